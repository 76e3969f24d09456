# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nearest triangle to each of many points, found by Geometry Nodes: ten times faster than BVHTree from Python."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import numpy as np
from bpy.types import Mesh, Object
from numpy.typing import NDArray

from ..mesh.arrays import Floats, Ints
from ..mesh.attributes import store_numbers
from ..mesh.from_arrays import make_mesh
from ..mesh.scratch import ScratchScene, named_attribute
from ..mesh.triangles import BLOCK, Triangles

_INDEX, _GROUP = "triangle", "group"
_NEAR = 0.02
"""Of the size of it all: how far neighbouring points are apart where the points are in a good order."""


class NearestSurface:
    """A context manager that holds the triangles while they are asked for."""

    def __init__(self, triangles: Triangles, normals: Floats, groups: Ints) -> None:
        """Normals (3, triangles). Groups hold a number per triangle: a point can ask for the nearest one of a group."""
        self._triangles = triangles
        self._groups = groups
        self._normals = normals

    def __enter__(self) -> Self:
        self._scratch = ScratchScene().__enter__()
        self._target = self._scratch.add_object(_triangle_mesh(self._triangles, self._groups))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._scratch.__exit__(kind, error, trace)

    def find(self, points: Floats, groups: Ints | None = None) -> tuple[Ints, Floats]:
        """The nearest triangle to each point (3, n), of its group where groups are given, and how far it is.

        Where a group is empty the triangle is -1 and the distance infinite.
        """
        order = _along_the_surface(points)
        if order is not None:
            found, distances = np.empty(len(order), np.int32), np.empty(len(order), np.float32)
            found[order], distances[order] = self._find(points[:, order], None if groups is None else groups[order])
            return found, distances
        return self._find(points, groups)

    def _find(self, points: Floats, groups: Ints | None) -> tuple[Ints, Floats]:
        queries = self._scratch.add_object(_point_mesh(points, groups))
        self._add_nodes(queries, groups is not None)
        mesh = queries.evaluated_get(self._scratch.evaluate()).data
        assert isinstance(mesh, Mesh)
        found = np.empty(points.shape[1], np.int32)
        mesh.attributes[_INDEX].data.foreach_get("value", found)
        queries.modifiers.clear()
        found -= 1
        distances = _distances(points, self._triangles, self._normals, found)
        distances[found < 0] = np.inf
        return found, distances

    def _add_nodes(self, queries: Object, grouped: bool) -> None:
        tree = self._scratch.add_tree(queries)
        nodes, link = tree.nodes, tree.links.new
        target = nodes.new("GeometryNodeObjectInfo")
        target.inputs["Object"].default_value = self._target
        sample = nodes.new("GeometryNodeSampleNearestSurface")
        sample.data_type = "INT"
        link(target.outputs["Geometry"], sample.inputs["Mesh"])
        link(named_attribute(tree, _INDEX), sample.inputs["Value"])
        if grouped:
            link(named_attribute(tree, _GROUP), sample.inputs["Group ID"])
            link(named_attribute(tree, _GROUP), sample.inputs["Sample Group ID"])
        store = nodes.new("GeometryNodeStoreNamedAttribute")
        store.data_type, store.domain = "INT", "POINT"
        store.inputs["Name"].default_value = _INDEX
        link(nodes.new("NodeGroupInput").outputs[0], store.inputs["Geometry"])
        link(sample.outputs["Value"], store.inputs["Value"])
        link(store.outputs[0], nodes.new("NodeGroupOutput").inputs[0])


def _distances(points: Floats, triangles: Triangles, normals: Floats, which: Ints) -> Floats:
    """How far each point (3, n) is from a triangle. With that as well, the nodes would take twice as long in 4.2."""
    distances = np.empty(len(which), np.float32)
    for start in range(0, len(which), BLOCK):
        block = slice(start, start + BLOCK)
        point, some = points[:, block], which[block]
        corners = [triangles.positions.take(triangles.corners[some, k], axis=1) for k in range(3)]
        normal = normals.take(some, axis=1)
        height = _dot(point - corners[0], normal)
        above = (normal != 0).any(axis=0)
        nearest = np.full(len(some), np.inf, np.float32)
        for k in range(3):
            edge, to = corners[(k + 1) % 3] - corners[k], point - corners[k]
            inward = np.stack([normal[i - 2] * edge[i - 1] - normal[i - 1] * edge[i - 2] for i in range(3)])
            above &= _dot(inward, to) >= 0
            along = np.clip(_dot(to, edge) / np.maximum(_dot(edge, edge), np.finfo(np.float32).tiny), 0, 1)
            to -= along * edge
            nearest = np.minimum(nearest, _dot(to, to))
        distances[block] = np.where(above, np.abs(height), np.sqrt(nearest))
    return distances


def _dot(one: Floats, other: Floats) -> Floats:
    return np.einsum("kn,kn->n", one, other)


def _triangle_mesh(triangles: Triangles, groups: Ints) -> Mesh:
    """A mesh to be sampled. Nothing here reads its edges, which are left out."""
    mesh = make_mesh("Hitem3D scratch", triangles.positions.T, triangles.corners)
    store_numbers(mesh, _INDEX, "FACE", np.arange(1, len(triangles) + 1, dtype=np.int32))
    store_numbers(mesh, _GROUP, "FACE", groups)
    return mesh


def _point_mesh(points: Floats, groups: Ints | None) -> Mesh:
    mesh = make_mesh("Hitem3D scratch", points.T, np.empty(0, np.int32))
    if groups is not None:
        store_numbers(mesh, _GROUP, "POINT", groups)
    return mesh


def _along_the_surface(points: Floats) -> NDArray[np.intp] | None:
    """An order in which neighbours follow one another; None where they do already.

    The search is six times faster when each point lies near the one before.
    """
    low, high = points.min(axis=1), points.max(axis=1)
    size = float((high - low).max())
    if points.shape[1] < 2 or float(np.abs(np.diff(points, axis=1)).mean()) <= size * _NEAR:
        return None
    cells = ((points - low[:, None]) * np.float32(63.9 / size)).astype(np.int32)
    return np.argsort((cells[0] << 12) | (cells[1] << 6) | cells[2], kind="stable")
