# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The triangles of a mesh as NumPy arrays, with world orientation and scale, around a common centre.

Coordinates lie along the first axis (3, n): each is then one block of memory, which is twice as fast at a million.
They are float32 around the centre, which is what a file holds, too: centre them in float64 first, or little is left
far from the origin.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from bpy.types import Mesh
from mathutils import Matrix
from numpy.typing import NDArray

from .arrays import Flags, Floats, Ints

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
        local = local_positions(mesh)
        loops, pieces_of = triangle_loops(mesh, local)
        of_mesh = corner_values(mesh, ".corner_vert")[loops]
        positions.append(_world_positions(local, world, centre))
        if np.linalg.det(world[:3, :3]) < 0:
            of_mesh = of_mesh[:, ::-1]
        corners.append(of_mesh + np.int32(vertices_before))
        polygons.append(pieces_of + np.int32(polygons_before))
        vertices_before += len(mesh.vertices)
        polygons_before += len(mesh.polygons)
    return Triangles(np.concatenate(positions, axis=1), np.concatenate(corners), np.concatenate(polygons))


class Measures(NamedTuple):
    """What is known of some triangles."""

    centres: Floats
    """(3, triangles)."""
    normals: Floats
    """(3, triangles), of unit length, 0 for a triangle without an area."""
    areas: Floats
    """(triangles,)."""


def measure(triangles: Triangles) -> Measures:
    """The centres, normals and areas of the triangles."""
    count = len(triangles)
    centres, normals = np.empty((3, count), np.float32), np.empty((3, count), np.float32)
    areas = np.empty(count, np.float32)
    for block, (first, second, third) in corner_blocks(triangles):
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
    return Measures(centres, normals, areas)


def measure_centres(triangles: Triangles) -> Floats:
    """The centres alone, (3, triangles), which takes a third of the time."""
    centres = np.empty((3, len(triangles)), np.float32)
    for block, (first, second, third) in corner_blocks(triangles):
        first += second
        first += third
        np.multiply(first, np.float32(1 / 3), out=centres[:, block])
    return centres


def corner_blocks(triangles: Triangles) -> Iterator[tuple[slice, tuple[Floats, Floats, Floats]]]:
    """Block by block, where the three corners of the triangles are, (3, n) each: copies, which may be written to."""
    for start in range(0, len(triangles), BLOCK):
        block = slice(start, start + BLOCK)
        some = triangles.corners[block]
        first, second, third = (triangles.positions.take(some[:, k], axis=1) for k in range(3))
        yield block, (first, second, third)


def pick(triangles: Triangles, which: NDArray[np.intp]) -> Triangles:
    """Some of the triangles, and only the positions that they use."""
    count = triangles.positions.shape[1]
    used: NDArray[np.integer]
    chosen = corners = triangles.corners[which]
    if 3 * len(chosen) < count:
        used, places = np.unique(chosen, return_inverse=True)
        corners = places.reshape(-1, 3).astype(np.int32)
    else:
        flags = np.zeros(count, np.bool_)
        flags[chosen] = True
        used = np.flatnonzero(flags)
        numbers: Ints = np.empty(count, np.int32)
        numbers[used] = np.arange(len(used), dtype=np.int32)
        corners = numbers[chosen]
    return Triangles(triangles.positions.take(used, axis=1), corners, triangles.polygons[which])


def join(several: Sequence[Triangles]) -> Triangles:
    """All of them as one, in order; polygons keep their numbers."""
    offsets = np.cumsum([0] + [some.positions.shape[1] for some in several[:-1]])
    return Triangles(
        np.concatenate([some.positions for some in several], axis=1),
        np.concatenate([some.corners + np.int32(offset) for some, offset in zip(several, offsets, strict=True)]),
        np.concatenate([some.polygons for some in several]),
    )


def _world_positions(local: Floats, world: NDArray[np.float64], centre: NDArray[np.float64]) -> Floats:
    """Local coordinates (3, n) through an object's (4, 4) matrix, relative to the centre."""
    positions = np.empty_like(local)
    there = (world[:3, 3] - centre)[:, None]
    for start in range(0, local.shape[1], BLOCK):
        block = slice(start, start + BLOCK)
        moved = world[:3, :3] @ local[:, block].astype(np.float64)
        moved += there
        positions[:, block] = moved
    return positions


def world_bounds(mesh: Mesh, matrix: Matrix) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest world coordinates of the mesh, (3,) each; the mesh has vertices."""
    world = np.array(matrix, dtype=np.float64)
    turned = world[:3, :3].astype(np.float32) @ local_positions(mesh)
    return turned.min(axis=1) + world[:3, 3], turned.max(axis=1) + world[:3, 3]


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


def local_positions(mesh: Mesh) -> Floats:
    """Where the vertices are in the mesh's own frame, (3, vertices)."""
    positions = np.empty((len(mesh.vertices), 3), np.float32)
    if len(positions):
        mesh.attributes["position"].data.foreach_get("vector", positions.ravel())
    return np.ascontiguousarray(positions.T)


def triangle_loops(mesh: Mesh, positions: Floats) -> tuple[Ints, Ints]:
    """The triangles that Blender draws: the loops of each, (triangles, 3), and the polygon that it is a piece of.

    The same as `Mesh.loop_triangles` has them (4.2 to 5.2), where reading them takes twice as long as finding them anew
    here. They are read where any polygon has more than four corners: how it is cut, only Blender knows. Positions are
    the mesh's own (3, n).
    """
    if len(mesh.loops) == 3 * len(mesh.polygons):
        return np.arange(len(mesh.loops), dtype=np.int32).reshape(-1, 3), np.arange(len(mesh.polygons), dtype=np.int32)
    starts = polygon_starts(mesh)
    pieces = np.diff(starts) - 2
    polygons = np.repeat(np.arange(len(pieces), dtype=np.int32), pieces)
    loops = np.empty((len(polygons), 3), np.int32)
    if len(pieces) and pieces.max() > 2:
        mesh.loop_triangles.foreach_get("loops", loops.ravel())
        return loops, polygons
    vertices = corner_values(mesh, ".corner_vert")
    done = 0
    for block in (slice(first, first + BLOCK // 2) for first in range(0, len(pieces), BLOCK // 2)):
        firsts, quad = starts[:-1][block], pieces[block] == 2
        second = np.cumsum(pieces[block])[quad] - 1  # which triangles are the second pieces of quads
        loop = np.repeat(firsts, pieces[block])
        some = loops[done : done + len(loop)]
        done += len(loop)
        some[:, 0] = loop
        loop += 1
        loop[second] += 1
        some[:, 1] = loop
        loop += 1
        some[:, 2] = loop
        corners = vertices[firsts[quad] + np.arange(4, dtype=np.int32)[:, None]]
        turned = second[_bends_inward(positions.take(corners, axis=1))]
        some[turned - 1, 2] = some[turned, 2]
        some[turned, 0] = some[turned - 1, 1]
    return loops, polygons


def _bends_inward(quads: Floats) -> Flags:
    """Which quads (3, 4, n) can't be cut from their first corner to their third, by Blender's own rule."""
    with np.errstate(all="ignore"):  # of absurd sizes, where Blender has no better answer either
        first = quads[:, 0]
        second, third, fourth = (quads[:, k] - first for k in (1, 2, 3))
        dot = np.zeros(first.shape[1], np.float32)
        for k in range(3):
            i, j = (k + 1) % 3, (k + 2) % 3
            one = second[i] * third[j] - second[j] * third[i]
            one *= fourth[i] * third[j] - fourth[j] * third[i]
            dot += one
        return dot > 0
