# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nearest triangle to each of many points, found by Geometry Nodes: ten times faster than BVHTree from Python."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import bpy
import numpy as np
from bpy.types import Mesh, Object
from numpy.typing import NDArray

from .scratch_scene import ScratchScene
from .triangles import Floats, Ints, Triangles

_INDEX, _GROUP = "triangle", "group"
_NEAR = 0.02
"""Of the size of it all: how far neighbouring points are apart where the points are in a good order."""


class NearestSurface:
    """A context manager that holds the triangles while they are asked for."""

    def __init__(self, triangles: Triangles, groups: Ints) -> None:
        """Groups hold one number per triangle: a point can ask for the nearest one of a group."""
        self._triangles = triangles
        self._groups = groups

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
        where = np.empty((points.shape[1], 3), np.float32)
        mesh.attributes[_INDEX].data.foreach_get("value", found)
        mesh.attributes["position"].data.foreach_get("vector", where.ravel())
        found -= 1
        away = where.T - points
        distances = np.sqrt(np.einsum("kn,kn->n", away, away))
        distances[found < 0] = np.inf
        queries.modifiers.clear()
        return found, distances

    def _add_nodes(self, queries: Object, grouped: bool) -> None:
        tree = self._scratch.add_tree(queries)
        nodes, link = tree.nodes, tree.links.new
        target = nodes.new("GeometryNodeObjectInfo")
        target.inputs["Object"].default_value = self._target
        sampled = {}
        for kind, value in (("INT", _named(tree, _INDEX)), ("FLOAT_VECTOR", nodes.new("GeometryNodeInputPosition"))):
            sample = nodes.new("GeometryNodeSampleNearestSurface")
            sample.data_type = kind
            link(target.outputs["Geometry"], sample.inputs["Mesh"])
            link(value.outputs[0], sample.inputs["Value"])
            if grouped:
                group = _named(tree, _GROUP)
                link(group.outputs[0], sample.inputs["Group ID"])
                link(group.outputs[0], sample.inputs["Sample Group ID"])
            sampled[kind] = sample.outputs["Value"]
        store = nodes.new("GeometryNodeStoreNamedAttribute")
        store.data_type, store.domain = "INT", "POINT"
        store.inputs["Name"].default_value = _INDEX
        move = nodes.new("GeometryNodeSetPosition")
        link(nodes.new("NodeGroupInput").outputs[0], store.inputs["Geometry"])
        link(sampled["INT"], store.inputs["Value"])
        link(store.outputs[0], move.inputs["Geometry"])
        link(sampled["FLOAT_VECTOR"], move.inputs["Position"])
        link(move.outputs[0], nodes.new("NodeGroupOutput").inputs[0])


def _named(tree: bpy.types.GeometryNodeTree, name: str) -> bpy.types.Node:
    node = tree.nodes.new("GeometryNodeInputNamedAttribute")
    node.data_type = "INT"
    node.inputs["Name"].default_value = name
    return node


def _triangle_mesh(triangles: Triangles, groups: Ints) -> Mesh:
    """A mesh that is good for being sampled: its edges are left out, which nothing here reads and which take long."""
    mesh = _point_mesh(triangles.positions, None)
    count = len(triangles)
    mesh.loops.add(count * 3)
    mesh.polygons.add(count)
    mesh.polygons.foreach_set("loop_start", np.arange(0, count * 3, 3, dtype=np.int32))
    mesh.attributes[".corner_vert"].data.foreach_set("value", np.ascontiguousarray(triangles.corners).ravel())
    _store(mesh, _INDEX, "FACE", np.arange(1, count + 1, dtype=np.int32))
    _store(mesh, _GROUP, "FACE", groups)
    return mesh


def _point_mesh(points: Floats, groups: Ints | None) -> Mesh:
    mesh = bpy.data.meshes.new("Hitem3D scratch")
    mesh.vertices.add(points.shape[1])
    mesh.attributes["position"].data.foreach_set("vector", np.ascontiguousarray(points.T).ravel())
    if groups is not None:
        _store(mesh, _GROUP, "POINT", groups)
    return mesh


def _along_the_surface(points: Floats) -> NDArray[np.intp] | None:
    """An order in which neighbours follow each other, None where they do already.

    The search is six times faster when each point lies near the one before.
    """
    low, high = points.min(axis=1), points.max(axis=1)
    size = float((high - low).max())
    if points.shape[1] < 2 or float(np.abs(np.diff(points, axis=1)).mean()) < size * _NEAR:
        return None
    cells = ((points - low[:, None]) * np.float32(63.9 / size)).astype(np.int32)
    return np.argsort((cells[0] << 12) | (cells[1] << 6) | cells[2], kind="stable")


def _store(mesh: Mesh, name: str, domain: str, values: NDArray[np.int32]) -> None:
    mesh.attributes.new(name, "INT", domain).data.foreach_set("value", values)
