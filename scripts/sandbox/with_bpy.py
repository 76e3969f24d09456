# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""with_bpy.py COMMAND PARTS.npz TARGET OPTION: the one file of the sandbox that runs inside bpy.

    write   PARTS.npz TARGET.fbx|.usdz nodes|materials|colours|shells
    reshape PARTS.npz TARGET.npz       decimate|voxel

The parts' coordinates are those of a file with Y up, as in a GLB; Blender's are (x, -z, y) of them.
"""

from __future__ import annotations

import colorsys
import sys
from pathlib import Path
from typing import Any

import bpy
import numpy as np


def main() -> None:
    command, source, target, option = sys.argv[1:]
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with np.load(source) as arrays:
        parts = [(arrays[f"v{number}"], arrays[f"t{number}"]) for number in range(len(arrays.files) // 2)]
    if command == "write":
        write(parts, Path(target), option)
    else:
        reshape(parts, Path(target), option)


def write(parts: list[tuple[np.ndarray, np.ndarray]], target: Path, merge: str) -> None:
    """Export the parts as objects, or as one object that holds them in another way."""
    names = [f"part_{number:02}" for number in range(len(parts))]
    if merge == "nodes":
        for name, (vertices, triangles) in zip(names, parts, strict=True):
            new_object(name, vertices, triangles)
    else:
        counts = [len(vertices) for vertices, _ in parts]
        starts = np.cumsum([0, *counts[:-1]])
        triangles = np.concatenate([part[1] + start for part, start in zip(parts, starts, strict=True)])
        number = np.repeat(np.arange(len(parts)), [len(part[1]) for part in parts])
        mesh = new_object("segmented", np.concatenate([part[0] for part in parts]), triangles).data
        colours = [(*colorsys.hsv_to_rgb(i * 0.618034 % 1.0, 0.65, 0.95), 1.0) for i in range(len(parts))]
        if merge == "materials":
            for name, colour in zip(names, colours, strict=True):
                material = bpy.data.materials.new(name)
                material.diffuse_color = colour
                mesh.materials.append(material)
            mesh.polygons.foreach_set("material_index", number.astype(np.int32))
        elif merge == "colours":
            attribute = mesh.color_attributes.new("part", "FLOAT_COLOR", "CORNER")
            attribute.data.foreach_set("color", np.repeat(np.array(colours, np.float32)[number], 3, 0).ravel())
    if target.suffix == ".fbx":
        import addon_utils

        addon_utils.enable("io_scene_fbx", default_set=False)
        bpy.ops.export_scene.fbx(filepath=str(target), use_mesh_modifiers=False, colors_type="LINEAR")
    else:
        bpy.ops.wm.usd_export(
            filepath=str(target),
            convert_orientation=True,
            export_global_forward_selection="NEGATIVE_Z",
            export_global_up_selection="Y",
        )


def reshape(parts: list[tuple[np.ndarray, np.ndarray]], target: Path, way: str) -> None:
    """Halve the triangles of each mesh, or give it a new surface of voxels."""
    everything = np.concatenate([vertices for vertices, _ in parts])
    diagonal = float(np.linalg.norm(everything.max(0) - everything.min(0))) or 1.0
    arrays = {}
    for number, (vertices, triangles) in enumerate(parts):
        part = new_object("part", vertices, triangles)
        weld: Any = part.modifiers.new("weld", "WELD")
        weld.merge_threshold = diagonal * 1e-7
        if way == "decimate":
            decimate: Any = part.modifiers.new("decimate", "DECIMATE")
            decimate.ratio = 0.5
        else:
            remesh: Any = part.modifiers.new("voxel", "REMESH")
            remesh.mode = "VOXEL"
            remesh.voxel_size = diagonal / 150
        mesh = part.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
        mesh.calc_loop_triangles()
        if len(mesh.loop_triangles):
            found = read(len(mesh.vertices) * 3, np.float32, mesh.vertices, "co").reshape(-1, 3)
            vertices = np.stack((found[:, 0], found[:, 2], -found[:, 1]), 1)
            triangles = read(len(mesh.loop_triangles) * 3, np.int32, mesh.loop_triangles, "vertices").reshape(-1, 3)
        arrays[f"v{number}"], arrays[f"t{number}"] = vertices, triangles.astype(np.int64)
        bpy.data.objects.remove(part)
    np.savez(target, **arrays)  # type: ignore[arg-type]


def new_object(name: str, vertices: np.ndarray, triangles: np.ndarray) -> Any:
    """A linked object, in Blender's axes."""
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(len(vertices))
    points = np.stack((vertices[:, 0], -vertices[:, 2], vertices[:, 1]), 1).astype(np.float32)
    mesh.vertices.foreach_set("co", points.ravel())
    mesh.loops.add(triangles.size)
    mesh.loops.foreach_set("vertex_index", triangles.ravel().astype(np.int32))
    mesh.polygons.add(len(triangles))
    mesh.polygons.foreach_set("loop_start", np.arange(0, triangles.size, 3, dtype=np.int32))
    mesh.update(calc_edges=True)
    made = bpy.data.objects.new(name, mesh)
    scene: Any = bpy.context.scene
    scene.collection.objects.link(made)
    return made


def read(size: int, kind: Any, collection: Any, name: str) -> Any:
    values = np.empty(size, kind)
    collection.foreach_get(name, values)
    return values


if __name__ == "__main__":
    main()
