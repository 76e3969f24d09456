# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the files of the zoo have to give, whoever imports them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
from mathutils import Matrix
from returned import add_mesh
from zoo.models import Floats, Model, get
from zoo.table import read_table

from hitem3d_addon.receive.readers.words import plain

ZOO = Path(__file__).parent / "receive" / "zoo"
Cell = dict[str, Any]
CELLS: list[Cell] = read_table(ZOO / "table.json")
NOT_READ = "can't read"
"""What the error says of a file that no importer of this Blender reads."""

PLACE = Matrix.Translation((2, -1, 0.5))
"""Where the source stands at the press: what is sent has the axes of the world, so its own are those of the files."""
Z_UP = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])

SAID = {
    "objects": "Told apart by the objects in the file.",
    "materials": "Told apart by their materials.",
    "colours": "Told apart by their colours.",
    "shells": "Told apart by what hangs together.",
    "whole": "Nothing in the file tells parts apart: it is one piece.",
}


BY_ORDER = "Told apart by the order of the triangles in the file."
"""Beside the object that was sent, an STL in one piece may tell its parts apart after all."""


def said_as(told: str) -> str:
    return SAID.get(told, f"Told apart by the {told} in the file.")


def standing(model: Model, matrix: Matrix) -> list[Floats]:
    """The triangles (n, 3, 3) of each part in the world, where the model stands with this matrix."""
    place = np.array(matrix)
    return [part.corners @ Z_UP.T @ place[:3, :3].T + place[:3, 3] for part in model.parts]


def triangles_of(thing: bpy.types.Object) -> Floats:
    """(n, 3, 3) in the world."""
    mesh = thing.data
    mesh.calc_loop_triangles()
    corners = np.empty(3 * len(mesh.loop_triangles), np.int32)
    mesh.loop_triangles.foreach_get("vertices", corners)
    points = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", points)
    matrix = np.array(thing.matrix_world)
    return (points.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3])[corners].reshape(-1, 3, 3)


def measures(corners: Floats) -> Floats:
    """(13,) lengths that a surface has however it is cut into triangles: bounds, middle, root of area, of volume."""
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) / 2
    areas = np.linalg.norm(normals, axis=1)
    middle = (corners.mean(axis=1) * areas[:, None]).sum(axis=0) / areas.sum()
    volume = ((corners.mean(axis=1) - middle) * normals).sum() / 3
    ends = corners.reshape(-1, 3)
    # Of an open surface too, the volume tells which way it faces.
    return np.concatenate(
        [ends.min(axis=0), ends.max(axis=0), middle, normals.sum(axis=0), [areas.sum() ** 0.5, np.cbrt(volume) / 10]]
    )


def off(found: Sequence[Floats], belongs: Sequence[Floats], *, bounds_only: bool = False) -> tuple[list[int], float]:
    """For each part that was found the one that it should be, and the worst measure in parts of the diagonal."""
    ours, theirs = np.array([*map(measures, found)]), np.array([*map(measures, belongs)])
    if bounds_only:
        ours, theirs = ours[:, :6], theirs[:, :6]
    diagonal = np.linalg.norm(np.ptp(np.concatenate(belongs).reshape(-1, 3), axis=0))
    between = np.abs(ours[:, None] - theirs[None]).max(axis=2) / diagonal
    nearest = between.argmin(axis=1)
    return nearest.tolist(), float(between[np.arange(len(ours)), nearest].max())


def is_closed(mesh: bpy.types.Mesh) -> bool:
    """Whether each edge, by the places of its ends, lies between two faces, once in each direction."""
    points = np.array([tuple(vertex.co) for vertex in mesh.vertices]).round(5)
    _, places = np.unique(points, axis=0, return_inverse=True)
    places = places.reshape(-1)
    edges = [
        (places[a], places[b])
        for face in mesh.polygons
        for a, b in zip(face.vertices, [*face.vertices[1:], face.vertices[0]], strict=True)
    ]
    return sorted(edges) == sorted((b, a) for a, b in edges)


def main_colour(mesh: bpy.types.Mesh) -> tuple[float, ...]:
    """The colour (RGB, linear) that most corners or vertices have."""
    attribute = mesh.color_attributes[0]
    values = np.empty(4 * len(attribute.data), np.float32)
    attribute.data.foreach_get("color", values)
    colours, counts = np.unique(values.reshape(-1, 4)[:, :3].round(2), axis=0, return_counts=True)
    return tuple(colours[counts.argmax()])


def base_colour(mesh: bpy.types.Mesh) -> tuple[float, ...]:
    """The colour (RGB, linear) of the one material that the faces have."""
    (slot,) = {face.material_index for face in mesh.polygons}
    nodes = mesh.materials[slot].node_tree.nodes
    (shader,) = (node for node in nodes if node.type == "BSDF_PRINCIPLED")
    return tuple(shader.inputs["Base Color"].default_value)[:3]


@functools.cache
def source_mesh(name: str) -> tuple[list[tuple[float, ...]], list[tuple[int, ...]]]:
    vertices, triangles, _ = get(name).together()
    return (vertices @ Z_UP.T).tolist(), triangles.tolist()


def add_source(name: str) -> bpy.types.Object:
    thing = add_mesh("Source", *source_mesh(name))
    thing.matrix_world = PLACE
    bpy.context.view_layer.update()
    return thing


def is_refused(cell: Cell) -> bool:
    """Whether this Blender can't read it, which has to be said."""
    return cell["told"] == "refused" or bpy.app.version < tuple(map(int, filter(None, cell["since"].split("."))))


def check(
    cell: Cell, objects: Sequence[bpy.types.Object], notes: Sequence[str], matrix: Matrix | None, name: str = "Model"
) -> None:
    """Compare an import with the table; with a matrix also where the parts stand. ``name`` is that of the object."""
    model = get(cell["model"])
    bpy.context.view_layer.update()
    if matrix and cell["told"] == "whole" and BY_ORDER in notes:  # then all of them have to be right
        cell = cell | {"told": "order", "parts": len(model.parts)}
    assert BY_ORDER in notes if cell["told"] == "order" else said_as(cell["told"]) in notes, notes
    assert len(objects) == cell["parts"]
    found = [triangles_of(thing) for thing in objects]
    belongs = standing(model, matrix or Matrix())
    if len(objects) != len(model.parts):
        assert objects[0].name.startswith(f"{name} part") or cell["names"] != "none", objects[0].name
        if matrix and not cell["fused"]:
            assert off([np.concatenate(found)], [np.concatenate(belongs)])[1] < cell["off"]
        return
    if matrix:
        which, worst = off(found, belongs, bounds_only=cell["border"])
        assert worst < (0.15 if cell["border"] else cell["off"]), notes
    elif not cell["border"]:
        # As delivered, in the file's own units and axes: each part is known by its share of the whole.
        shares, right = (
            [np.linalg.norm(np.ptp(part.reshape(-1, 3), axis=0)) for part in all_parts]
            for all_parts in (found, belongs)
        )
        which = []
        assert np.sort(shares) / max(shares) == pytest.approx(np.sort(right) / max(right), abs=0.05)
    if matrix:
        assert sorted(which) == list(range(len(model.parts)))
        for thing, number in zip(objects, which, strict=True):
            check_part(cell, thing, model, number, name)


def check_part(cell: Cell, thing: bpy.types.Object, model: Model, number: int, whole: str) -> None:
    part = model.parts[number]
    found = plain(thing.name)  # other imports in the same file may have taken the name before
    name = {
        "kept": part.name,
        "paint": f"{part.name} paint",
        "path": f"Model/{part.name}",
        "underscores": part.name.replace(" ", "_"),
        "joined": part.name.replace(" ", ""),
    }.get(cell["names"])
    if name and (model.name != "twins" or cell["names"] == "paint"):
        assert found == name
    elif name:
        assert found.startswith("fin")
    elif cell["names"] == "first":
        assert found.startswith(model.parts[0].name)
    else:
        assert found.startswith(f"{whole} part"), found
    if not cell["border"]:
        assert is_closed(thing.data) == model.closed
    if cell["colours"]:
        assert main_colour(thing.data) == pytest.approx(part.colour, abs=0.01)
    if cell["materials"]:
        assert base_colour(thing.data) == pytest.approx(part.colour, abs=0.01)
