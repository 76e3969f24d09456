# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes of parts -> objects of the user's scene, where they belong and where they can be seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import bpy
import numpy as np
from bpy.types import Collection, Context, LayerCollection, Object

from ..mesh.evaluated import world_matrices, world_matrix
from ..mesh.transform import transform_mesh, transform_meshes
from .names import part_names
from .placing.movement import is_flat
from .placing.place import Place
from .splitting.split import Part


def make_objects(found: Sequence[Part], place: Place, name: str, collection: Collection) -> list[Object]:
    """An object for each part, in the collection, its mesh moved to where it belongs and its origin at its centre."""
    names = part_names([part.name for part in found], name)
    matrices = [place.matrix @ part.matrix for part in found]
    flipped = [place.turned != bool(np.linalg.det(part.matrix[:3, :3]) < 0) for part in found]
    origins = transform_meshes([part.mesh for part in found], matrices, flipped)
    parts = []
    for part, origin, its_name in zip(found, origins, names, strict=True):
        obj = bpy.data.objects.new(its_name, part.mesh)
        obj.location = origin
        part.mesh.name = obj.name
        collection.objects.link(obj)
        parts.append(obj)
    return parts


def make_children(context: Context, parts: Sequence[Object], source: Object) -> None:
    """Parent the parts to the source where they stand, to the last digit.

    Blender multiplies the matrices of parent and child in float32, which far from the origin moves the child by
    millimetres. So the meshes are written once more, relative to where their objects really are. Where the source is
    turned or scaled, each child has rounding of its own there: borders that were equal to the last bit are then equal
    to a millionth of the size.
    """
    stands = world_matrix(source, context.evaluated_depsgraph_get())
    if is_flat(np.array(stands, np.float64)):
        return  # flattened to a scale of 0: its children would be flat, too
    origins = [np.array(part.location, np.float64) for part in parts]
    for part in parts:
        part.parent = source
        part.matrix_parent_inverse = stands.inverted()
    matrices = world_matrices(parts, context.evaluated_depsgraph_get())
    for part, origin, now in zip(parts, origins, matrices, strict=True):
        matrix = np.array(now, np.float64)
        before = np.eye(4)
        before[:3, 3] = origin
        if np.array_equal(matrix, before):
            continue  # what was on the grid stays there
        transform_mesh(part.data, np.linalg.inv(matrix) @ before)


def home(context: Context, source: Object | None) -> Collection:
    """The collection to put the new one into, one that the view layer shows: the source's, else the active one."""
    shown = list(_shown(context.view_layer.layer_collection))
    candidates = [*(source.users_collection if source else ()), context.collection]
    return next((one for one in candidates if one in shown and one.is_editable), context.scene.collection)


def _shown(layer: LayerCollection) -> Iterator[Collection]:
    if not (layer.exclude or layer.hide_viewport or layer.collection.hide_viewport):
        yield layer.collection
        for child in layer.children:
            yield from _shown(child)


def select_parts(context: Context, parts: Sequence[Object]) -> None:
    """Select the parts, and in Object Mode only them. The active object stays: its task is what was imported."""
    layer = context.view_layer
    if context.mode == "OBJECT":
        for obj in context.selected_objects:
            obj.select_set(False)
    layer.update()
    for part in parts:
        if part.name in layer.objects:
            part.select_set(True)
    if layer.objects.active is None and parts[0].name in layer.objects:
        layer.objects.active = parts[0]
