# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A grid over the parts that knows where only one part is near: there is no need to search for the nearest triangle
there.

The corners of the triangles are put into the cells of the grid. A node of the grid, where eight cells meet, knows
whether those hold one part, several, or none. No place on a triangle may be farther than half a cell from all its
corners, so larger triangles get points in between: then what is near a node has its nearest triangle in those cells.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ..mesh.arrays import Flags, Floats, Ints
from ..mesh.triangles import BLOCK, Triangles, corner_blocks

_USUAL = 0.95
"""Share of the triangles that are small for the grid."""
_SAMPLE = 100_000
"""How many triangles, about, are measured to find the usual size."""
_FROM_CORNERS = 0.58
"""Of its longest edge: how far a place on a triangle may be from all three corners."""
_MARGIN = 1.1
_NODES = 1 << 26
"""The largest number of cells of a grid, a byte each."""
_POINTS = 4
"""The largest number of points in between, for each corner."""


class LabelGrid:
    """What is known of the places around triangles that have labels."""

    def __init__(self, triangles: Triangles, labels: Ints) -> None:
        """Labels hold one number per triangle; triangles that share a corner have one label."""
        self._triangles = triangles
        of_corner = np.full(triangles.positions.shape[1], -1, np.int32)
        of_corner[triangles.corners] = labels[:, None]
        reach = _reach(triangles)
        usual = float(np.quantile(reach[:: 1 + len(reach) // _SAMPLE], _USUAL)) if len(reach) else 0.0
        low, high = triangles.positions.min(axis=1), triangles.positions.max(axis=1)
        self.width = 2 * _MARGIN * max(usual, float((high - low).max()) * 1e-5, 1e-30)
        while math.prod(_shape(low, high, self.width)) > _NODES:
            self.width *= 1.2
        wide = np.flatnonzero(reach * 2 * _MARGIN > self.width)
        while _count_between(reach[wide], self.width) > _POINTS * len(of_corner):
            self.width *= 2
            wide = wide[reach[wide] * 2 * _MARGIN > self.width]
        self._low, self._shape = low - np.float32(2 * self.width), _shape(low, high, self.width)
        _, y, z = self._shape
        self._steps = [a * y * z + b * z + c for a, b, c in product((0, 1), repeat=3)]
        self._several = int(labels.max(initial=0)) + 2
        kind = np.uint8 if self._several < 256 else np.int32
        count = math.prod(self._shape)
        self._cells: NDArray[np.integer] = np.zeros(count, kind)
        self._nodes: NDArray[np.integer] = np.zeros(count, kind)
        self._cell_of_corner = np.empty(len(of_corner), np.int32)
        for start in range(0, len(of_corner), BLOCK):
            block = slice(start, start + BLOCK)
            self._cell_of_corner[block] = places = self._places(triangles.positions[:, block], 0)
            used = of_corner[block] >= 0
            self._mark(self._cells, places[used], (of_corner[block][used] + 1).astype(kind))
        for points, which in _points_between(triangles, wide, reach, self.width):
            self._mark(self._cells, self._places(points, 0), (labels[which] + 1).astype(kind))
        self._wide = wide
        filled = np.flatnonzero(self._cells)
        for step in self._steps:
            self._mark(self._nodes, filled + step, self._cells[filled])

    def find(self, points: Floats) -> tuple[Ints, Flags]:
        """The label of each point (3, n) that has one part around it, else -1, and which points have none around."""
        labels, alone = np.empty(points.shape[1], np.int32), np.empty(points.shape[1], np.bool_)
        for start in range(0, len(labels), BLOCK):
            block = slice(start, start + BLOCK)
            states = self._nodes[self._places(points[:, block], 0.5)].astype(np.int32)
            alone[block] = states == 0
            labels[block] = np.where(states == self._several, -1, states - 1)
        return labels, alone

    def find_in_cell(self, points: Floats) -> Ints:
        """The label of each point (3, n) in whose own cell there is one part, else -1."""
        states = self._cells[self._places(points, 0)].astype(np.int32)
        return np.where(states == self._several, -1, states - 1)

    def borders(self) -> NDArray[np.intp]:
        """Which triangles have a corner in a cell of several parts."""
        of_corner = self._cells[self._cell_of_corner] == self._several
        return np.flatnonzero(of_corner[self._triangles.corners].any(axis=1))

    def around(self, points: Floats) -> NDArray[np.intp]:
        """Which triangles may be nearest to any of the points (3, n) that lie within half a cell of a triangle."""
        asked = np.zeros(len(self._nodes), np.bool_)
        asked[self._places(points, 0.5)] = True
        nodes = np.flatnonzero(asked)
        cells = np.zeros(len(self._nodes), np.bool_)
        for step in self._steps:
            cells[nodes - step] = True
        chosen: Flags = np.zeros(len(self._triangles), np.bool_)
        chosen[self._wide] = True
        chosen |= cells[self._cell_of_corner][self._triangles.corners].any(axis=1)
        return np.flatnonzero(chosen)

    def _places(self, points: Floats, rounded: float) -> NDArray[np.int32]:
        """The number of each point's cell, or with 0.5 of its nearest node; the edge of the grid for those outside."""
        scaled = (points - self._low[:, None]) * np.float32(1 / self.width)
        scaled += np.float32(rounded)
        x, y, z = (np.clip(scaled[k], 1, self._shape[k] - 2).astype(np.int32) for k in range(3))
        x *= np.int32(self._shape[1])
        x += y
        x *= np.int32(self._shape[2])
        x += z
        return x

    def _mark(self, states: NDArray[np.integer], places: NDArray[np.integer], values: NDArray[np.integer]) -> None:
        """Write a value to each place, and `_several` where there are, or already were, others."""
        before = states[places]
        states[places] = values
        clash = (states[places] != values) | ((before != 0) & (before != values))
        states[places[clash]] = self._several


def _shape(low: Floats, high: Floats, width: float) -> list[int]:
    """How many cells along each axis: two more than needed on each side, which stay empty."""
    return [math.ceil(extent / width) + 5 for extent in (high - low).tolist()]


def _reach(triangles: Triangles) -> Floats:
    """How far a place on each triangle may be from all its corners, (triangles,)."""
    reach = np.empty(len(triangles), np.float32)
    for block, (first, second, third) in corner_blocks(triangles):
        last = first - third
        first -= second
        second -= third
        longest = np.maximum(*(np.einsum("kn,kn->n", edge, edge) for edge in (first, second)))
        np.maximum(longest, np.einsum("kn,kn->n", last, last), out=longest)
        np.sqrt(longest, out=reach[block])
    reach *= np.float32(_FROM_CORNERS)
    return reach


def _parts_of_edge(reach: Floats, width: float) -> NDArray[np.int64]:
    """Into how many pieces the edges of large triangles are cut, (triangles,)."""
    return np.ceil(reach * (2 * _MARGIN / width)).astype(np.int64)


def _count_between(reach: Floats, width: float) -> int:
    pieces = _parts_of_edge(reach, width)
    return int(((pieces + 1) * (pieces + 2) // 2).sum())


def _points_between(
    triangles: Triangles, wide: NDArray[np.intp], reach: Floats, width: float
) -> Iterator[tuple[Floats, NDArray[np.intp]]]:
    """Points (3, n) spread over large triangles as densely as the corners of usual ones, and the triangle of each."""
    pieces = _parts_of_edge(reach[wide], width)
    for count in np.unique(pieces[pieces > 1]):
        which = wide[pieces == count]
        along = [(i, j, count - i - j) for i in range(count + 1) for j in range(count + 1 - i)]
        along = [some for some in along if count not in some]
        weights = np.array(along, np.float32) / np.float32(count)
        step = max(1, BLOCK // len(weights))
        for start in range(0, len(which), step):
            some = which[start : start + step]
            corners = triangles.positions.take(triangles.corners[some], axis=1)
            yield (corners @ weights.T).reshape(3, -1), np.repeat(some, len(weights))
