# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far points are from a surface. A few are asked one by one; for many, Geometry Nodes are quicker."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
from bpy.types import Mesh
from mathutils.bvhtree import BVHTree
from mathutils.kdtree import KDTree

from .arrays import Doubles, Floats, Ints
from .from_arrays import make_mesh
from .scratch import ScratchScene
from .surface import Frame, Surface, moved

_CELLS = 128
"""Along the longest side of the points."""
_STRIPES = 1 << 18
_MOST = 50_000
"""Vertices near the points; where there are more, asking the surface is quicker."""
_FEW = 1 << 16
"""Points. Geometry Nodes take twenty times as long to begin, but then each point a tenth of the time."""
_DISTANCE = "distance"
_ASIDE = np.array([0.6180339887, 0.5497004779, 0.5619285404])
"""A direction, of unit length, along which few models have many vertices in a row."""


class SurfaceDistance:
    """Surfaces, seen through a frame that brings them near the origin, ready to be asked."""

    def __init__(self, surfaces: Sequence[Surface], frame: Frame) -> None:
        self._surfaces, self._frame = surfaces, frame

    def distances(self, points: Doubles) -> Doubles:
        """For points (n, 3) in the frame."""
        if len(points) > _FEW:
            return self._of_many(points)
        return np.array([self._tree.find_nearest(point)[3] for point in points.tolist()], np.float64)

    def nearest(self, points: Doubles) -> tuple[Doubles, Doubles, Doubles, Ints]:
        """For points (n, 3) in the frame the nearest places there, (n, 3), the normals there, (n, 3), how far they are,
        (n,), and their triangles, (n,), numbered surface after surface and place after place.

        Beyond all measure nothing is near: then a normal without a length, infinitely far away.
        """
        nothing = (np.full(3, np.inf), np.zeros(3), -1, np.inf)
        found = [self._tree.find_nearest(point) for point in points.tolist()]
        found = [nothing if one[0] is None else one for one in found]
        places, normals = (np.array([tuple(one[k]) for one in found], np.float64).reshape(-1, 3) for k in (0, 1))
        return places, normals, np.array([one[3] for one in found]), np.array([one[2] for one in found], np.int32)

    def corners(self, triangles: Ints) -> Doubles:
        """The corners of these triangles, (n, 3, 3), in the frame."""
        positions, corners = self._arrays
        return positions[corners[triangles]].astype(np.float64)

    @functools.cached_property
    def _arrays(self) -> tuple[Floats, Ints]:
        return _arrays(self._surfaces, self._frame)

    @functools.cached_property
    def _tree(self) -> BVHTree:
        # FromObject takes a fifth of the time that FromPolygons takes; the object is not needed after it.
        with ScratchScene() as scratch:
            obj = scratch.add_object(_mesh(self._surfaces, self._frame))
            return BVHTree.FromObject(obj, scratch.evaluate())

    def _of_many(self, points: Doubles) -> Doubles:
        with ScratchScene() as scratch:
            target = scratch.add_object(_mesh(self._surfaces, self._frame))
            asked = scratch.add_object(make_mesh("Hitem3D scratch", points.astype(np.float32), np.empty(0, np.int32)))
            tree = scratch.add_tree(asked)
            nodes, link = tree.nodes, tree.links.new
            there = nodes.new("GeometryNodeObjectInfo")
            there.inputs["Object"].default_value = target
            proximity = nodes.new("GeometryNodeProximity")
            link(there.outputs["Geometry"], proximity.inputs[0])
            store = nodes.new("GeometryNodeStoreNamedAttribute")
            store.data_type, store.domain = "FLOAT", "POINT"
            store.inputs["Name"].default_value = _DISTANCE
            link(nodes.new("NodeGroupInput").outputs[0], store.inputs["Geometry"])
            link(proximity.outputs["Distance"], store.inputs["Value"])
            link(store.outputs[0], nodes.new("NodeGroupOutput").inputs[0])
            mesh = asked.evaluated_get(scratch.evaluate()).data
            assert isinstance(mesh, Mesh)
            found = np.empty(len(points), np.float32)
            mesh.attributes[_DISTANCE].data.foreach_get("value", found)
            asked.modifiers.clear()
            return found.astype(np.float64)


def distances_to_vertices(surfaces: Sequence[Surface], points: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """The bounds of the surfaces, (3,) each, and how far points (n, 3) are from the nearest vertex; inf where that is
    far.

    A look at each vertex, once: seen along one direction, most of them lie beside all of the points.
    """
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    along = points @ _ASIDE
    start = float(along.min(initial=np.inf))
    cell = max((float(along.max(initial=-np.inf)) - start) / _STRIPES, 1e-30)
    wanted = np.zeros(_STRIPES, np.bool_)
    places = ((along - start) / cell).astype(np.int32)
    for step in (-1, 0, 1):
        wanted[places + step & _STRIPES - 1] = True
    near = []
    for surface in surfaces:
        for matrix in surface.matrices:
            ends = _ends(surface, matrix)
            low, high = np.minimum(low, ends.min(axis=1)), np.maximum(high, ends.max(axis=1))
            *direction, offset = ((_ASIDE @ matrix - [0, 0, 0, start]) / cell).astype(np.float32)
            stripes = sum((factor * row for factor, row in zip(direction, surface.local, strict=True)), offset)
            with np.errstate(invalid="ignore"):  # far outside, one place is as good as another
                # What lies beyond the last stripe is counted in the first ones: a few vertices too many do no harm.
                here = np.flatnonzero(wanted[stripes.astype(np.int32) & _STRIPES - 1])
            near.append(moved(surface.local[:, here], matrix[None])[:, 0])
    found = np.concatenate(near, axis=1) if near else np.empty((3, 0))
    if not 0 < found.shape[1] <= _MOST:
        return low, high, np.full(len(points), np.inf)
    tree = KDTree(found.shape[1])
    for number, vertex in enumerate(found.T.tolist()):
        tree.insert(vertex, number)
    tree.balance()
    return low, high, np.array([tree.find(point)[2] for point in points.tolist()], np.float64)


def _ends(surface: Surface, matrix: Doubles) -> Doubles:
    """Coordinates (3, n) that have the bounds of the surface in this place (3, 4)."""
    if (np.count_nonzero(matrix[:, :3], axis=1) > 1).any():
        return moved(surface.local, matrix[None])[:, 0]
    # Its axes lie along those of the world.
    corners = np.stack([surface.local.min(axis=1), surface.local.max(axis=1)], axis=1)
    return moved(corners, matrix[None])[:, 0]


def near_points(surfaces: Sequence[Surface], frame: Frame, points: Doubles) -> list[Surface]:
    """The triangles that have a corner near one of the points (n, 3) in the frame; there may be none.

    A point is never nearer to these than to all of them. A tree of these few is made in no time; one of a million
    triangles takes half a second.
    """
    low = points.min(axis=0)
    cell = max(float((points.max(axis=0) - low).max()), 1e-30) / _CELLS
    wanted = np.zeros((_CELLS + 3,) * 3, np.bool_)
    x, y, z = ((points - low) / cell).astype(np.intp).T + 1
    for step in np.ndindex(3, 3, 3):
        wanted[x + step[0] - 1, y + step[1] - 1, z + step[2] - 1] = True
    picked = []
    for surface in surfaces:
        for matrix in surface.matrices:
            world = moved(surface.local, matrix[None])[:, 0]
            of_vertex = [((world[k] - (frame.centre[k] + low[k])) / cell + 1) for k in range(3)]
            inside = np.clip(of_vertex, 0, _CELLS + 2).astype(np.intp)
            corners = surface.corners[wanted[tuple(inside)][surface.corners].any(axis=1)]
            if len(corners):
                used, renumbered = np.unique(corners, return_inverse=True)
                triangles = renumbered.reshape(-1, 3).astype(np.int32)
                picked.append(Surface(surface.local[:, used], triangles, matrix[None]))
    return picked


def _mesh(surfaces: Sequence[Surface], frame: Frame) -> Mesh:
    return make_mesh("Hitem3D scratch", *_arrays(surfaces, frame))


def _arrays(surfaces: Sequence[Surface], frame: Frame) -> tuple[Floats, Ints]:
    """Points (n, 3) in the frame, and triangles (m, 3)."""
    positions = [frame.sent(block).reshape(3, -1).T for surface in surfaces for block in surface.world_blocks()]
    starts = np.cumsum([0] + [surface.local.shape[1] * len(surface.matrices) for surface in surfaces])
    corners = [
        block.reshape(-1, 3)
        for surface, start in zip(surfaces, starts, strict=False)
        for block in surface.corner_blocks(int(start))
    ]
    return np.concatenate(positions), np.concatenate(corners).astype(np.int32)
