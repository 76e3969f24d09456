# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies between the fixed points of a sheet: positions by springs, and which owner each triangle has."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..mesh.arrays import Doubles, Flags, Ints

_LINE = 4.0
"""How much stronger the springs along the lines between owners are, which straightens these."""


class Web(NamedTuple):
    """The springs between the points of a sheet."""

    ends: Ints
    """(springs, 2)."""
    weights: Doubles
    """(springs,)."""
    fixed: Flags
    """(points,)."""

    def spread(self, values: Doubles) -> Doubles:
        """Values (points, k) as they are given where points are fixed, and elsewhere the mean of the neighbours'."""
        free = np.flatnonzero(~self.fixed)
        found = values.copy()
        if not len(free):
            return found
        number = np.full(len(values), -1)
        number[free] = np.arange(len(free))
        matrix = np.zeros((len(free), len(free)))
        known = np.zeros((len(free), values.shape[1]))
        for one, other in (self.ends.T, self.ends.T[::-1]):
            mine = ~self.fixed[one]
            rows, columns, weights = number[one[mine]], other[mine], self.weights[mine]
            matrix[rows, rows] = 0.0
            inner = ~self.fixed[columns]
            matrix[rows[inner], number[columns[inner]]] = -weights[inner]
            for k in range(values.shape[1]):
                known[:, k] += np.bincount(rows[~inner], weights[~inner] * values[columns[~inner], k], len(free))
        sums = np.bincount(self.ends.ravel(), np.repeat(self.weights, 2), len(values))[free]
        matrix[np.diag_indices(len(free))] = np.maximum(sums, 1e-12)
        found[free] = np.linalg.solve(matrix, known)
        return found

    def relaxed(self, points: Doubles) -> Doubles:
        """Points (n, 3) between the fixed ones."""
        centre = points[self.fixed].mean(axis=0)
        return self.spread(points - centre) + centre

    def means(self, points: Doubles) -> Doubles:
        """For each free point the mean of its neighbours (free, 3)."""
        one = np.concatenate([self.ends[:, 0], self.ends[:, 1]])
        other = np.concatenate([self.ends[:, 1], self.ends[:, 0]])
        weights = np.concatenate([self.weights, self.weights])
        total = np.maximum(np.bincount(one, weights, len(points)), 1e-300)
        sums = [np.bincount(one, weights * points[other, k], len(points)) / total for k in range(3)]
        return np.stack(sums, axis=1)[~self.fixed]


def make_web(corners: Ints, owners: Ints, fixed: Flags) -> Web:
    """The springs of triangles (n, 3) that have an owner (n,) each."""
    sides = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]]), axis=1)
    of_sides = np.tile(owners, 3)
    ends, group = np.unique(sides, axis=0, return_inverse=True)
    group = group.reshape(-1)
    lowest = np.full(len(ends), np.iinfo(np.int32).max)
    highest = np.full(len(ends), -1)
    np.minimum.at(lowest, group, of_sides)
    np.maximum.at(highest, group, of_sides)
    return Web(ends.astype(np.int32), np.where(lowest == highest, 1.0, _LINE), fixed)


def divide(corners: Ints, edges: Ints, owners: Ints) -> Ints:
    """The owner (n,) of each triangle: the one whose edges are near.

    ``edges`` (k, 2) are the border of the triangles, with an owner (k,) each.
    """
    names, column = np.unique(owners, return_inverse=True)
    if len(names) == 1:
        return np.full(len(corners), names[0], np.int32)
    count = int(corners.max()) + 1
    scores, fixed = np.zeros((count, len(names))), np.zeros(count, np.bool_)
    for ends in edges.T:
        np.add.at(scores, (ends, column.reshape(-1)), 0.5)
        fixed[ends] = True
    scores = make_web(corners, np.zeros(len(corners), np.int32), fixed).spread(scores)
    return names[scores[corners].sum(axis=1).argmax(axis=1)].astype(np.int32)
