# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The triangles of a mesh as NumPy arrays, in world orientation and scale around a common centre.

Coordinates lie along the first axis (3, n): each is then one block of memory, which is twice as fast at a million.
They are float32 around the centre, which is what a file holds, too: centre them in float64 first, or little is left
far from the origin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from bpy.types import Mesh
from mathutils import Matrix
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]

BLOCK = 1 << 15
"""Triangles worked on at a time: what lies between stays in the processor's cache, and no new memory is asked for."""


@dataclass(frozen=True, slots=True)
class Triangles:
    positions: Floats
    """(3, vertices), world axes and scale, relative to the centre."""
    corners: Ints
    """(triangles, 3), indices into positions, wound so that the normals point out."""
    polygons: Ints
    """(triangles,): the polygon of the mesh that each is a piece of."""
    centres: Floats
    """(3, triangles)."""
    normals: Floats
    """(3, triangles), of unit length, 0 for a triangle without an area."""
    areas: Floats
    """(triangles,)."""

    def __len__(self) -> int:
        return len(self.polygons)


def mesh_triangles(meshes: Sequence[tuple[Mesh, Matrix]], centre: NDArray[np.float64]) -> Triangles:
    """The triangles that Blender draws the meshes with, and that an export of them holds, all in one.

    Each mesh comes with the matrix of its object; polygons are counted on from mesh to mesh. The winding follows what
    is seen: it is turned where the matrix mirrors.
    """
    positions, corners, polygons = [], [], []
    vertices_before = polygons_before = 0
    for mesh, matrix in meshes:
        world = np.array(matrix, dtype=np.float64)
        positions.append(_world_positions(mesh, world, centre))
        of_mesh, pieces_of = _corners(mesh)
        if np.linalg.det(world[:3, :3]) < 0:
            of_mesh = of_mesh[:, ::-1]
        corners.append(of_mesh + np.int32(vertices_before))
        polygons.append(pieces_of + np.int32(polygons_before))
        vertices_before += len(mesh.vertices)
        polygons_before += len(mesh.polygons)
    return _measured(np.concatenate(positions, axis=1), np.concatenate(corners), np.concatenate(polygons))


def picked(triangles: Triangles, which: NDArray[np.intp]) -> Triangles:
    """Some of the triangles, over the same positions."""
    return Triangles(
        triangles.positions,
        triangles.corners[which],
        triangles.polygons[which],
        triangles.centres[:, which],
        triangles.normals[:, which],
        triangles.areas[which],
    )


def joined(several: Sequence[Triangles]) -> Triangles:
    """All of them in one, in order; each keeps its own count of polygons."""
    offsets = np.cumsum([0] + [some.positions.shape[1] for some in several[:-1]])
    return Triangles(
        np.concatenate([some.positions for some in several], axis=1),
        np.concatenate([some.corners + np.int32(offset) for some, offset in zip(several, offsets, strict=True)]),
        np.concatenate([some.polygons for some in several]),
        np.concatenate([some.centres for some in several], axis=1),
        np.concatenate([some.normals for some in several], axis=1),
        np.concatenate([some.areas for some in several]),
    )


def _world_positions(mesh: Mesh, world: NDArray[np.float64], centre: NDArray[np.float64]) -> Floats:
    """Where the vertices are, (3, vertices) relative to the centre; world is the (4, 4) matrix of the object."""
    local = np.empty((len(mesh.vertices), 3), np.float32)
    if len(local):
        mesh.attributes["position"].data.foreach_get("vector", local.ravel())
    moved = world[:3, :3] @ local.T.astype(np.float64)
    moved += (world[:3, 3] - centre)[:, None]
    return moved.astype(np.float32)


def world_bounds(mesh: Mesh, matrix: Matrix) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest world coordinates of the mesh, (3,) each, in float64; the mesh has vertices."""
    local = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.attributes["position"].data.foreach_get("vector", local.ravel())
    world = np.array(matrix, dtype=np.float64)
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for axis in range(3):
        along = local.astype(np.float64) @ world[axis, :3] + world[axis, 3]
        low[axis], high[axis] = along.min(), along.max()
    return low, high


def polygon_starts(mesh: Mesh) -> Ints:
    """The first corner of each polygon and, at the end, the number of corners: (polygons + 1,)."""
    starts = np.empty(len(mesh.polygons) + 1, np.int32)
    starts[-1] = len(mesh.loops)
    mesh.polygons.foreach_get("loop_start", starts[:-1])
    return starts


def corner_values(mesh: Mesh, name: str) -> Ints:
    """The attribute ``.corner_vert`` or ``.corner_edge``: a hundred times faster than through ``mesh.loops``."""
    values = np.empty(len(mesh.loops), np.int32)
    if len(values):
        mesh.attributes[name].data.foreach_get("value", values)
    return values


def _corners(mesh: Mesh) -> tuple[Ints, Ints]:
    """The vertices of every triangle, (triangles, 3), and its polygon."""
    vertices = corner_values(mesh, ".corner_vert")
    pieces = np.diff(polygon_starts(mesh)) - 2
    polygons = np.arange(len(pieces), dtype=np.int32)
    if (pieces == 1).all():
        return vertices.reshape(-1, 3), polygons
    loops = np.empty((len(mesh.loop_triangles), 3), np.int32)
    mesh.loop_triangles.foreach_get("loops", loops.ravel())
    return vertices[loops], np.repeat(polygons, pieces)


def _measured(positions: Floats, corners: Ints, polygons: Ints) -> Triangles:
    count = len(corners)
    centres, normals = np.empty((3, count), np.float32), np.empty((3, count), np.float32)
    areas = np.empty(count, np.float32)
    for start in range(0, count, BLOCK):
        block = slice(start, start + BLOCK)
        first, second, third = (positions.take(corners[block, k], axis=1) for k in range(3))
        centres[:, block] = (first + second + third) / np.float32(3)
        second -= first
        third -= first
        normal = normals[:, block]
        for k in range(3):
            i, j = (k + 1) % 3, (k + 2) % 3
            normal[k] = second[i] * third[j] - second[j] * third[i]
        lengths = np.sqrt(np.einsum("kn,kn->n", normal, normal))
        normal /= np.maximum(lengths, np.finfo(np.float32).tiny)
        areas[block] = lengths / 2
    return Triangles(positions, corners, polygons, centres, normals, areas)
