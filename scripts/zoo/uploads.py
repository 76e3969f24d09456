# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the add-on uploads for our models and for odd objects: a program for a Blender module, given a folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import bpy
import numpy as np
from mathutils import Euler, Matrix

from hitem3d_addon.core.values import OutputFormat
from hitem3d_addon.send.export import export_glb

from .models import models

_QUADS = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
_CORNERS = [(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1.5)]


def add(name: str, vertices: object, faces: object, matrix: Matrix | None = None) -> bpy.types.Object:
    """An object of these polygons."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(vertices, [], faces)
    thing = bpy.data.objects.new(name, mesh)
    thing.matrix_world = matrix or Matrix()
    bpy.context.collection.objects.link(thing)
    bpy.context.view_layer.update()
    return thing


def objects() -> list[bpy.types.Object]:
    """The models, and what is odd."""
    made = []
    for name, model in models().items():
        vertices, triangles, _ = model.together()
        made.append(add(name, vertices.tolist(), triangles.tolist()))
    made.append(add("tiny", _CORNERS, _QUADS, Matrix.Scale(1e-9, 4)))
    made.append(add("5 km", _CORNERS, _QUADS, Matrix.Translation((5000, -5000, 100)) @ Matrix.Scale(5000, 4)))
    made.append(add("mirrored", _CORNERS, _QUADS, Matrix.Diagonal((-1, 1, 1, 1))))
    made.append(add("concave", [(2, 0, 0), (0.4, 0.4, 0), (0, 2, 0), (0, 0, 0)], [(0, 1, 2, 3)]))
    doubled = [*_CORNERS, _CORNERS[1]]
    made.append(add("repeated", doubled, [(0, 1, 8, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), *_QUADS[4:]]))
    steps = np.arange(265)
    x, y = np.meshgrid(steps, steps, indexing="ij")
    points = np.stack([x, y, np.sin(x / 20) * np.cos(y / 30)], axis=-1).reshape(-1, 3) / 100
    corner = (x[:-1, :-1] * 265 + y[:-1, :-1]).ravel()
    made.append(
        add("70,000", points.tolist(), np.stack([corner, corner + 265, corner + 266, corner + 1], axis=1).tolist())
    )
    return made


def in_places() -> list[bpy.types.Object]:
    """A smooth egg of one material, moved, turned, resized, mirrored and stretched."""
    turns = [Euler((0.3 * k, 0.5 * k, 0.7 * k)).to_matrix().to_4x4() for k in range(8)]
    others = [Matrix.Diagonal(scale) for scale in ((-1, 1, 1, 1), (1, -1, 1, 1), (1, 2, 0.5, 1))]
    shapes = [*(Matrix.Scale(1 + k / 4, 4) for k in range(5)), *others]
    bpy.ops.mesh.primitive_uv_sphere_add(calc_uvs=False)
    bpy.ops.object.shade_smooth()
    egg = bpy.context.object
    egg.data.materials.append(bpy.data.materials.new("paint"))
    egg.data.transform(Matrix.Diagonal((1, 0.8, 1.3, 1)) @ Matrix.Translation((30, 0, 0)))
    made = [egg, *(egg.copy() for _ in shapes[1:])]
    for number, (thing, turn, shape) in enumerate(zip(made, turns, shapes, strict=True)):
        if number:
            bpy.context.collection.objects.link(thing)
        thing.matrix_world = (
            Matrix.Translation((5 * number, 0, number)) @ turn @ shape @ Matrix.Translation((-30, 0, 0))
        )
    bpy.context.view_layer.update()
    return made


def write(things: list[bpy.types.Object], path: Path, *, materials: bool = False) -> None:
    """Write the upload of a model, and beside it what belongs into it."""
    graph = bpy.context.evaluated_depsgraph_get()
    sent_as = export_glb(things, graph, path, output_format=OutputFormat.GLB, include_materials=materials)
    points, corners = [], []
    for number, thing in enumerate(things):
        mesh = thing.data
        mesh.calc_loop_triangles()
        some = np.array([list(one.vertices) for one in mesh.loop_triangles])
        matrix = np.array(thing.matrix_world)
        points.append(np.array([tuple(vertex.co) for vertex in mesh.vertices]) @ matrix[:3, :3].T + matrix[:3, 3])
        corners.append((some[:, ::-1] if np.linalg.det(matrix[:3, :3]) < 0 else some) + number * len(mesh.vertices))
    world = np.concatenate(points)
    world = (world - (world.min(axis=0) + world.max(axis=0)) / 2) * sent_as.scale
    to_y_up = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]])
    np.savez(path.with_suffix(".npz"), points=world @ to_y_up, corners=np.concatenate(corners))


def main(folder: Path) -> None:
    """Write an upload for each object, and what was sent."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    sent = {}
    for number, thing in enumerate(objects()):
        sent[thing.name] = f"upload-{number}.glb"
        write([thing], folder / sent[thing.name])
    sent["in places"] = "upload-places.glb"
    write(in_places(), folder / sent["in places"], materials=True)
    (folder / "uploads.json").write_text(json.dumps(sent))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
