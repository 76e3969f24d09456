# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which triangles cross: those that meet elsewhere than in vertices and edges that they share."""

from __future__ import annotations

import numpy as np
from mathutils.bvhtree import BVHTree

from ..mesh.arrays import Doubles, Flags, Ints

_CELLS = 40
_CENTRES = np.array(
    [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [1 / 3, 1 / 3, 1 / 3]]
)


def make_tree(points: Doubles, corners: Ints) -> BVHTree:
    """A tree of triangles (n, 3), of their own points alone."""
    used, places = np.unique(corners, return_inverse=True)
    return BVHTree.FromPolygons(points[used].tolist(), places.reshape(-1, 3).tolist(), all_triangles=True)


def find_crossings(points: Doubles, corners: Ints, others: Ints) -> Ints:
    """The triangles (pairs, 2) that cross: number among ``corners``, and among ``others`` or -1 for one of themselves.

    Both are indices (n, 3) into points (n, 3). Pairs that touch in a shared vertex or edge don't count.
    """
    if not len(corners):
        return np.empty((0, 2), np.int32)
    tree = make_tree(points, corners)
    own = _real(points, corners, corners, [pair for pair in tree.overlap(tree) if pair[0] < pair[1]])
    found = [np.stack([own.ravel(), np.full(own.size, -1)], axis=1)]
    near = np.flatnonzero(near_to(points, corners, others))
    if len(near):
        pairs = tree.overlap(make_tree(points, others[near]))
        crossing = _real(points, corners, others[near], pairs)
        crossing[:, 1] = near[crossing[:, 1]]
        found.append(crossing)
    return np.concatenate(found).astype(np.int32)


def near_to(points: Doubles, corners: Ints, others: Ints) -> Flags:
    """Which of the others may touch the triangles: a few too many, by the cells that these lie in."""
    here = points[corners]
    low, high = here.min(axis=(0, 1)), here.max(axis=(0, 1))
    size = max(float((high - low).max()), 1e-30)
    longest = float(np.ptp(here, axis=1).max())
    cell = max(size / _CELLS, longest / 2)
    there = points[others]
    low_there, high_there = there.min(axis=1), there.max(axis=1)
    near = np.all((low_there <= high) & (high_there >= low), axis=1)
    count = np.ceil((high - low) / cell).astype(np.intp) + 3
    taken = np.zeros(count, np.bool_)
    inside = np.einsum("ck,nkd->ncd", _CENTRES, here).reshape(-1, 3)
    places = ((inside - low) / cell).astype(np.intp) + 1
    for step in np.ndindex(3, 3, 3):
        taken[tuple((places + step - 1).T)] = True
    some = np.flatnonzero(near)
    spans = np.einsum("ck,nkd->ncd", _CENTRES, there[some])
    cells = np.clip(np.floor((spans - low) / cell) + 1, 0, count - 1).astype(np.intp)
    hit = taken[tuple(np.moveaxis(cells, 2, 0))].any(axis=1)
    hit |= np.ptp(there[some], axis=1).max(axis=1) > cell
    near[some] = hit
    return np.asarray(near)


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
