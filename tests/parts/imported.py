# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An import as the add-on makes it: an original, and its parts in a collection of their own."""

from __future__ import annotations

from typing import NamedTuple

import bpy
import numpy as np
from cut import bands, face_centres

from hitem3d_addon.apply.applying import apply_parts
from hitem3d_addon.mesh.colours import colour_part
from hitem3d_addon.mesh.cut import cut
from hitem3d_addon.session.record import ORIGINAL, PART, TASK_ID, parts_in

TASK = "segmentation_20260312_8f92ab3e1cde"


class Import(NamedTuple):
    original: bpy.types.Object
    collection: bpy.types.Collection
    labels: np.ndarray
    """Of each face of the original."""

    @property
    def parts(self) -> list[bpy.types.Object]:
        return parts_in(self.collection)

    def part(self, number: int) -> bpy.types.Object:
        return self.collection.objects[number]


def import_monkey(
    count: int = 4, *, textured: bool = False, location: tuple[float, float, float] = (3, -2, 1)
) -> Import:
    """A monkey's head in bands, in order from left to right; its parts have materials of their colours or, textured,
    that of the original."""
    bpy.ops.mesh.primitive_monkey_add(location=location, rotation=(0.4, 0.2, 1.1))
    original = bpy.context.object
    original.name = original.data.name = "Model"
    original[TASK_ID] = TASK
    if textured:
        for name in ("skin", "eyes"):
            original.data.materials.append(bpy.data.materials.new(name))
        original.data.polygons.foreach_set("material_index", np.arange(len(original.data.polygons)) % 2)
    labels = bands(face_centres(original), count)
    whole = original.data.copy()
    collection = bpy.data.collections.new("Model parts")
    bpy.context.scene.collection.children.link(collection)
    collection[TASK_ID], collection[ORIGINAL] = TASK, original.name
    for number, piece in cut(whole, labels).items():
        part = bpy.data.objects.new(f"Model part {number + 1:02}", piece.mesh)
        piece.mesh.name = part.name
        part.matrix_world = original.matrix_world
        part[PART] = TASK
        collection.objects.link(part)
        colour_part(part, number)
    bpy.context.view_layer.update()
    return Import(original, collection, labels)


def select(*objects: bpy.types.Object) -> None:
    """Select these alone; the last one is active."""
    bpy.ops.object.select_all(action="DESELECT")
    for obj in objects:
        obj.select_set(True)
    bpy.context.view_layer.objects.active = objects[-1]


def apply(imported: Import, target: str) -> None:
    bpy.context.view_layer.objects.active = imported.original
    apply_parts(bpy.context, imported.original, target, in_colour=target == "FACE_ATTRIBUTE")


def world_points(*objects: bpy.types.Object) -> np.ndarray:
    """(n, 3) the vertices of all in the world, sorted."""
    bpy.context.view_layer.update()
    rows = [tuple(obj.matrix_world @ vertex.co) for obj in objects for vertex in obj.data.vertices]
    return np.array(sorted(np.round(rows, 5).tolist()))


def faces(*objects: bpy.types.Object) -> list[tuple[object, ...]]:
    """Each face by its centre, with its material, the UVs and normals of its corners; sorted, in the world."""
    bpy.context.view_layer.update()
    found = []
    for obj in objects:
        mesh, turn = obj.data, obj.matrix_world.to_3x3().inverted().transposed()
        layer = mesh.uv_layers.active
        for polygon in mesh.polygons:
            material = obj.material_slots[polygon.material_index].material if obj.material_slots else None
            corners = [
                (*layer.uv[loop].vector, *(turn @ mesh.corner_normals[loop].vector).normalized())
                for loop in polygon.loop_indices
            ]
            centre = obj.matrix_world @ polygon.center
            found.append((tuple(centre), material.name if material else "", np.array(corners)))
    return sorted(found, key=lambda face: tuple(np.round(face[0], 3)))


def same_faces(some: list[tuple[object, ...]], others: list[tuple[object, ...]], *, materials: bool = True) -> None:
    """Assert that two surfaces look the same."""
    assert len(some) == len(others)
    np.testing.assert_allclose([face[0] for face in some], [face[0] for face in others], atol=1e-5)
    if materials:
        assert [face[1] for face in some] == [face[1] for face in others]
    for one, other in zip(some, others, strict=True):
        np.testing.assert_allclose(one[2], other[2], atol=2e-3)


def attribute(obj: bpy.types.Object, name: str) -> np.ndarray:
    values = np.empty(len(obj.data.polygons), np.int32)
    obj.data.attributes[name].data.foreach_get("value", values)
    return values
