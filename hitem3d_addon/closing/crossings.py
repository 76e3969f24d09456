# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which triangles cross: those that meet elsewhere than in vertices and edges that they share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from mathutils.bvhtree import BVHTree

from ..mesh.arrays import Doubles, Flags, Ints

_CELLS = 40
_ROOM = 2
"""Cells around the triangles in which others count as near."""


@dataclass(frozen=True, slots=True)
class Walls:
    """Triangles that others may cross, ready to be asked."""

    corners: Ints
    """(triangles, 3)."""
    tree: BVHTree | None


def make_tree(points: Doubles, corners: Ints) -> BVHTree:
    """A tree of triangles (n, 3), of their own points alone."""
    is_used = np.zeros(len(points), np.bool_)
    is_used[corners] = True
    places = np.cumsum(is_used, dtype=np.int32) - 1
    return BVHTree.FromPolygons(points[is_used].tolist(), places[corners].tolist(), all_triangles=True)


def find_walls(points: Doubles, corners: Ints, others: Ints) -> Walls:
    """Those of the others (n, 3) that lie near the triangles (m, 3), which may move a little."""
    if not len(corners) or not len(others):
        return Walls(others[:0], None)
    near = others[_near_to(points, corners, others)]
    return Walls(near, make_tree(points, near) if len(near) else None)


def find_crossings(points: Doubles, corners: Ints, walls: Walls) -> Ints:
    """The triangles (pairs, 2) that cross: number among ``corners``, and among the walls or -1 for their own others.

    All are indices (n, 3) into points (n, 3). Pairs that touch in a shared vertex or edge don't count.
    """
    if not len(corners):
        return np.empty((0, 2), np.int32)
    tree = make_tree(points, corners)
    own = _real(points, corners, corners, [pair for pair in tree.overlap(tree) if pair[0] < pair[1]])
    found = [np.stack([own.ravel(), np.full(own.size, -1)], axis=1)]
    if walls.tree:
        found.append(_real(points, corners, walls.corners, tree.overlap(walls.tree)))
    return np.concatenate(found).astype(np.int32)


def crossing_faces(points: Doubles, caps: Ints, source: Ints) -> Ints:
    """Those triangles (n, 3) of a part's caps that cross one another or its surface."""
    found = find_crossings(points, caps, find_walls(points, caps, source))
    return caps[np.unique(found[:, 0])]


def _near_to(points: Doubles, corners: Ints, others: Ints) -> Flags:
    """Which of the others may touch the triangles: a few too many, by the cells that these lie in."""
    here = points[np.unique(corners)]
    low, high = here.min(axis=0), here.max(axis=0)
    size = max(float((high - low).max()), 1e-30)
    cell = max(size / _CELLS, float(_lengths(points, corners).max()) / 2)
    count = np.ceil((high - low) / cell).astype(np.intp) + 1 + 2 * (_ROOM + 1)
    taken = np.zeros(count, np.bool_)
    middles = points[corners].mean(axis=1)
    places = ((np.concatenate([here, middles]) - low) / cell).astype(np.intp) + _ROOM + 1
    taken[tuple(places.T)] = True
    for axis in range(3):
        for _ in range(_ROOM):
            grown = taken.copy()
            mine, its = np.moveaxis(grown, axis, 0), np.moveaxis(taken, axis, 0)
            mine[1:] |= its[:-1]
            mine[:-1] |= its[1:]
            taken = grown
    used = np.zeros(len(points), np.bool_)
    used[others] = True
    numbers = np.flatnonzero(used)
    cells = ((points[numbers] - low) / cell + (_ROOM + 1)).clip(0, count - 1).astype(np.intp)
    used[numbers] = taken[tuple(cells.T)]
    # A triangle that is larger than what is around may cross it with its middle.
    return np.asarray(used[others].any(axis=1) | (_lengths(points, others) > _ROOM * cell))


def _lengths(points: Doubles, corners: Ints) -> Doubles:
    """The longest side of each triangle."""
    first, second, third = (points[corners[:, k]] for k in range(3))
    squares = [np.square(one - other).sum(axis=1) for one, other in ((first, second), (second, third), (third, first))]
    return np.sqrt(np.maximum(np.maximum(squares[0], squares[1]), squares[2]))


def _real(points: Doubles, one: Ints, other: Ints, pairs: list[tuple[int, int]]) -> Ints:
    """Of pairs that touch, those that don't only share a vertex or an edge."""
    if not pairs:
        return np.empty((0, 2), np.int32)
    found = np.array(pairs, np.int32).reshape(-1, 2)
    mine, its = one[found[:, 0]], other[found[:, 1]]
    same = mine[:, :, None] == its[:, None, :]
    shared = same.sum(axis=(1, 2))
    crossing = shared == 0
    single = np.flatnonzero(shared == 1)
    if len(single):
        place = same[single].reshape(-1, 9).argmax(axis=1)
        first = _from_corner(mine[single], place // 3)
        second = _from_corner(its[single], place % 3)
        crossing[single] = _pierces(points, first, second) | _pierces(points, second, first)
    return found[crossing]


def _from_corner(corners: Ints, start: np.ndarray) -> Ints:
    """The triangles with this corner first."""
    turns = (start[:, None] + np.arange(3)) % 3
    return np.take_along_axis(corners, turns, axis=1)


def _pierces(points: Doubles, first: Ints, second: Ints) -> Flags:
    """Whether the side of the first that lies opposite the corner that they share goes through the second."""
    apex, start, end = (points[first[:, k]] for k in range(3))
    one, two = points[second[:, 1]] - apex, points[second[:, 2]] - apex
    start, end = start - apex, end - apex
    normal = np.cross(one, two)
    before, after = (start * normal).sum(1), (end * normal).sum(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = start + (end - start) * (before / (before - after))[:, None]
        squares = (normal * normal).sum(1)
        v = (np.cross(one, at) * normal).sum(1) / squares
        u = (np.cross(at, two) * normal).sum(1) / squares
        return np.asarray((before * after < 0) & (u > 1e-9) & (v > 1e-9) & (u + v < 1 - 1e-9))
