# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which faces of a surface are connected, and which shells are closed: from coordinates alone, without Blender.

Files without shared vertices (STL), or with vertices that are split for normals and UVs (GLB), do not say which faces
belong together. Edges at the same place tell it: a closed shell has each of its edges twice, once in each direction.
Where shells touch, more faces meet at an edge, and the angles around it tell which two are neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .arrays import Flags, Floats, Ints
from .components import components


@dataclass(frozen=True, slots=True)
class Faces:
    """Polygons as NumPy arrays."""

    positions: Floats
    """(vertices, 3)."""
    corners: Ints
    """(corners,), the vertex of each."""
    starts: Ints
    """(faces + 1,), the first corner of each face and, at the end, the number of corners."""

    def first(self) -> Ints:
        """The first vertex of each face."""
        return self.corners[self.starts[:-1]]

    def owners(self) -> Ints:
        """The face of each corner."""
        return np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), np.diff(self.starts))


def joined_by_vertices(faces: Faces, same: Ints | None = None) -> Ints:
    """For each face a number, the same for all faces that vertices connect; ``same`` is that of `same_place`."""
    count = len(faces.positions)
    corners = faces.corners if same is None else same[faces.corners]
    firsts = np.repeat(corners[faces.starts[:-1]], np.diff(faces.starts))
    return components(count, firsts, corners)[corners[faces.starts[:-1]]]


def same_place(positions: Floats) -> Ints:
    """For each vertex the first one with the same coordinates.

    By a hash table, which is twice as fast as sorting. Its random numbers are new each time, so that nobody can make a
    file that is slow.
    """
    bits = (positions + np.float32(0)).view(np.uint32)  # 0.0 and -0.0 are the same
    factors = np.random.default_rng().integers(1 << 31, 1 << 32, 3, np.uint32) | np.uint32(1)
    keys = np.zeros(len(bits), np.uint32)
    for axis in range(3):
        keys += bits[:, axis] * factors[axis]
        keys ^= keys >> np.uint32(15)
    size = 1 << (2 * len(bits)).bit_length()
    slots = (keys & np.uint32(size - 1)).astype(np.int64)
    table = np.empty(size, np.int32)
    first = np.empty(len(bits), np.int32)
    left = np.arange(len(bits), dtype=np.int32)
    while len(left):
        table[slots[::-1]] = left[::-1]  # of those with one slot, the first stays in it
        holders = table[slots]
        equal = (bits[holders] == bits[left]).all(axis=1)
        first[left[equal]] = holders[equal]
        left, slots = left[~equal], slots[~equal] * 5 + 1 & size - 1
    return first


def closed_shells(faces: Faces, same: Ints) -> tuple[Ints, Flags]:
    """For each face the lowest face of its shell, and whether that shell is closed.

    Faces are neighbours where their edges pair up; ``same`` (vertices,) tells which vertices are one.
    """
    count = len(faces.starts) - 1
    owners = faces.owners()
    tails = same[faces.corners]
    heads = np.roll(tails, -1)
    heads[faces.starts[1:] - 1] = tails[faces.starts[:-1]]
    real = tails != heads  # an edge without length, of a triangle without an area, has no other side
    low, high = np.minimum(tails, heads).astype(np.int64), np.maximum(tails, heads)
    edges = low << 32 | high
    edges[~real] = -1
    order = np.argsort(edges, kind="stable")
    order = order[np.count_nonzero(~real) :]
    if not len(order):
        return np.arange(count, dtype=np.int32), np.zeros(count, np.bool_)
    ordered = edges[order]
    begins = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    sizes = np.diff(np.append(begins, len(ordered)))
    forward = (tails == low)[order]
    two = begins[sizes == 2]
    two = two[forward[two] != forward[two + 1]]
    one, other = order[two], order[two + 1]
    if (sizes > 2).any():
        many = np.repeat(sizes > 2, sizes)
        pairs = _paired_by_angle(faces, same, order[many], forward[many], np.repeat(begins, sizes)[many])
        one, other = np.concatenate((one, pairs[0])), np.concatenate((other, pairs[1]))
    paired = ~real
    paired[one] = paired[other] = True
    shells = components(count, owners[one], owners[other])
    open_shells = np.zeros(count, np.bool_)
    open_shells[shells[owners[~paired]]] = True
    return shells, ~open_shells[shells]


def _paired_by_angle(
    faces: Faces, same: Ints, corners: NDArray[np.int64], forward: Flags, group: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The corners whose edges are neighbours where more than two meet, one end and the other of each pair.

    Around an edge, each solid lies between a face that runs along it and the next that runs against it. Of two faces
    that lie on each other, the one that ends a solid comes before the one that begins the next.
    """
    points = faces.positions.astype(np.float64)
    owners = faces.owners()
    starts, ends = faces.starts[:-1], faces.starts[1:]
    after = np.where(corners + 1 == ends[owners[corners]], starts[owners[corners]], corners + 1)
    tails, heads = points[same[faces.corners[corners]]], points[same[faces.corners[after]]]
    along = np.where(forward[:, None], heads - tails, tails - heads)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    inward = np.cross(_normals(faces, points)[owners[corners]], np.where(forward[:, None], along, -along))
    reference = np.eye(3)[np.argmin(np.abs(along), axis=1)]
    right = np.cross(along, reference)
    right /= np.linalg.norm(right, axis=1, keepdims=True)
    up = np.cross(along, right)
    angles = np.arctan2((inward * up).sum(1), (inward * right).sum(1))
    angles = np.round(angles, 5)
    angles[angles <= -3.14159] = 3.14159  # the same direction, at the other end of the scale
    ending = forward != _inside_out(faces, points)
    order = np.lexsort((~ending, angles, group))
    group, ending, corners = group[order], ending[order], corners[order]
    begins = np.flatnonzero(np.concatenate(([True], group[1:] != group[:-1])))
    sizes = np.diff(np.append(begins, len(group)))
    last = np.repeat(begins + sizes - 1, sizes)
    following = np.arange(1, len(group) + 1)
    at_end = np.arange(len(group)) == last
    following[at_end] = np.repeat(begins, sizes)[at_end]
    alternate = ending != ending[following]
    sound = np.logical_and.reduceat(alternate, begins)
    beginning = ~ending & np.repeat(sound, sizes)
    return corners[beginning], corners[following[beginning]]


def _normals(faces: Faces, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Normals (faces, 3), of any length, of polygons that may have more than three corners."""
    at = points[faces.corners]
    after = np.roll(at, -1, axis=0)
    after[faces.starts[1:] - 1] = at[faces.starts[:-1]]
    origin = np.repeat(at[faces.starts[:-1]], np.diff(faces.starts), axis=0)
    return np.add.reduceat(np.cross(at - origin, after - origin), faces.starts[:-1], axis=0)


def _inside_out(faces: Faces, points: NDArray[np.float64]) -> bool:
    """Whether the faces look inward on the whole, by the volume that they enclose."""
    middle = points[faces.first()].mean(axis=0)
    return float((_normals(faces, points) * (points[faces.first()] - middle)).sum()) < 0
