# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes of parts -> objects of the user's scene, where they belong and where they can be seen."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import bpy
import numpy as np
from bpy.types import Collection, Context, LayerCollection, Mesh, Object

from ..mesh.arrays import Doubles
from ..mesh.evaluated import world_matrices, world_matrix
from ..mesh.surface import moved
from .build import turn_normals
from .names import part_names
from .placing.movement import is_flat
from .placing.place import Place
from .splitting.split import Part

_DIGITS = 24
"""Binary digits of a float32."""


def make_objects(found: Sequence[Part], place: Place, name: str, collection: Collection) -> list[Object]:
    """An object for each part, in the collection, its mesh moved to where it belongs and its origin at its centre.

    Coordinates and origins lie on one grid that float32 can hold. So two parts that share a border in the file share
    it in the world, to the last bit; rounded one by one, relative to its own origin each, they would not.
    """
    step, coarse = _grid([_bounds(_moved(part.mesh, place.matrix @ part.matrix)) for part in found])
    parts = []
    for part, its_name in zip(found, part_names([part.name for part in found], name), strict=True):
        mesh = part.mesh
        obj = bpy.data.objects.new(its_name, mesh)
        world = _moved(mesh, place.matrix @ part.matrix)  # once more: all at a time would fill the memory
        origin = np.rint(_bounds(world).mean(axis=0) / coarse) * coarse
        obj.location = origin
        # The sum of the two is the same for each part that has this point.
        world /= step
        np.rint(world, out=world)
        world -= (origin / step)[:, None]
        world *= step
        mesh.attributes["position"].data.foreach_set("vector", world.T.astype(np.float32).ravel())
        flipped = place.turned != bool(np.linalg.det(part.matrix[:3, :3]) < 0)
        turn_normals(mesh, place.matrix @ part.matrix, flipped=flipped)
        if flipped:
            mesh.flip_normals()
        mesh.update()
        mesh.name = obj.name
        collection.objects.link(obj)
        parts.append(obj)
    return parts


def _moved(mesh: Mesh, matrix: Doubles) -> Doubles:
    """The vertices (3, n) of a mesh, taken through a (4, 4) matrix."""
    return moved(np.ascontiguousarray(_positions(mesh).T), matrix[None, :3])[:, 0]


def _positions(mesh: Mesh) -> np.ndarray:
    positions = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.attributes["position"].data.foreach_get("vector", positions.ravel())
    return positions


def _bounds(world: Doubles) -> Doubles:
    """(2, 3): the lowest and the highest coordinates."""
    return np.stack([world.min(axis=1), world.max(axis=1)])


def _grid(bounds: Sequence[Doubles]) -> tuple[float, float]:
    """Two steps, powers of two: of coordinates relative to an origin, and of origins, which may lie far away.

    The first is as fine as the largest part lets it be: a point moves by 3e-8 of that part's size at most. The second
    is a multiple of the first.
    """
    farthest = max(float(np.abs(one.mean(axis=0)).max()) for one in bounds)
    coarse = _step(farthest)
    reach = max(float(np.ptp(one, axis=0).max()) / 2 for one in bounds)
    step = _step(reach + coarse)
    return step, max(step, coarse)


def _step(largest: float) -> float:
    """The finest step of a grid on which float32 holds all numbers up to the largest."""
    return math.ldexp(1.0, max(math.frexp(largest)[1] - _DIGITS, -126))


def make_children(context: Context, parts: Sequence[Object], source: Object) -> None:
    """Parent the parts to the source where they stand, to the last digit.

    Blender multiplies the matrices of parent and child in float32, which far from the origin moves the child by
    millimetres. So the meshes are written once more, relative to where their objects have really come to stand.
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
        exact = _moved(part.data, np.linalg.inv(matrix) @ before)
        part.data.attributes["position"].data.foreach_set("vector", exact.T.astype(np.float32).ravel())
        part.data.update()


def home(context: Context, source: Object | None) -> Collection:
    """The collection that the new one goes into, one that the view layer shows: the source's, else the active one."""
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
