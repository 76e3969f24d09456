# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The label of the nearest triangle, for triangles that did not come back as they were sent.

A grid tells where one part alone is near; only what lies near a border is searched for, and only there.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..mesh.arrays import Floats, Ints
from ..mesh.triangles import Triangles, measure, measure_centres, pick
from .label_grid import LabelGrid
from .nearest_surface import NearestSurface

_FEW = 20_000
"""Fewer triangles than this are searched for without a grid."""
_FINE = 0.006
"""Of the diagonal: in a grid of wider cells than this a part that is near may be too far away to be matched."""
_REACH = 4.0
"""How much farther than usual a surface on the right side of a thin wall may be."""
_LEVEL, _ASIDE = 0.7, 0.05
"""A surface that goes on: cosine of the angle to it, and how far its plane is, of the width of a cell."""
_ASIDE_IN_CELL = 0.25
"""The same, if the cell says that it is the right part."""
_ROUNDING = 1e-5
"""Of the diagonal: surfaces that are so close are the same."""
_SLANT = 0.4
"""A triangle is compared with those that face an axis along which its own normal has a component so large; every
normal has such an axis."""


def find_nearest(
    asked: Triangles, targets: Triangles, target_labels: Ints, diagonal: float, *, by_side: bool = True
) -> tuple[Ints, Floats]:
    """For each triangle the label of the target nearest to its centre, and how far that is, at most.

    A target that faces the other way is the far side of a thin wall: there the nearest that faces the same way counts,
    if it is not much farther than others are. Two triangles of one quad that lie near a border are asked for as one.
    Without ``by_side`` the nearest counts, whatever way it faces.
    """
    grid = LabelGrid(targets, target_labels) if len(asked) > _FEW else None
    if not grid or grid.width > _FINE * diagonal:
        centres, normals, _ = measure(asked)
        found, distances = _search(centres, normals, targets, diagonal, by_side=by_side)
        return target_labels[found], distances
    labels, alone = grid.find(measure_centres(asked))
    distances = np.full(len(asked), 3 * grid.width, np.float32)
    doubtful = np.flatnonzero(labels < 0)
    if len(doubtful):
        centres, normals, owners = _faces(pick(asked, doubtful))
        search = _Search(targets, target_labels, diagonal, centres, normals, by_side=by_side)
        if not alone.any():
            if by_side:
                search.search_borders(grid)
            search.search_nearby(grid)
        search.search_everywhere(grid.width)
        labels[doubtful], distances[doubtful] = search.labels[owners], search.distances[owners]
    return labels, distances


def _faces(triangles: Triangles) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """The points that are asked for and which way they face, (3, points), and the point of each triangle.

    One for the two triangles of a quad, one for each other triangle.
    """
    centres, normals, _ = measure(triangles)
    polygons = triangles.polygons
    first = np.ones(len(polygons), np.bool_)
    first[1:] = polygons[1:] != polygons[:-1]
    starts = np.flatnonzero(first)
    several = np.diff(starts, append=len(polygons)) > 2
    first |= several[np.cumsum(first) - 1]
    owners = np.cumsum(first) - 1
    starts = np.flatnonzero(first)
    twice = np.flatnonzero(np.diff(starts, append=len(polygons)) == 2)
    points, facing = centres.take(starts, axis=1), normals.take(starts, axis=1)
    for of_point, of_triangle in ((points, centres), (facing, normals)):
        of_point[:, twice] = (of_point[:, twice] + of_triangle.take(starts[twice] + 1, axis=1)) / 2
    return points, facing, owners


class _Search:
    """The labels of points, found step by step: each step is slower, and searches only for what is still open."""

    def __init__(
        self,
        targets: Triangles,
        target_labels: Ints,
        diagonal: float,
        centres: Floats,
        normals: Floats,
        *,
        by_side: bool,
    ) -> None:
        self._by_side = by_side
        self._targets, self._target_labels, self._diagonal = targets, target_labels, diagonal
        self._centres, self._normals = centres, normals
        self.labels = np.full(centres.shape[1], -1, np.int32)
        self.distances = np.full(centres.shape[1], np.inf, np.float32)

    def search_borders(self, grid: LabelGrid) -> None:
        """Search among the triangles along the borders: a point on a part's side of a border belongs to that part.

        That counts if the point's own cell says the same, or if the surface at the point continues the triangle that
        was found; else that triangle is on another wall.
        """
        near = grid.borders()
        if not len(near):
            return
        targets = pick(self._targets, near)
        centres, normals, _ = measure(targets)
        with NearestSurface(targets, normals, np.zeros(len(targets), np.int32)) as surface:
            found, distances = surface.find(self._centres)
        labels = self._target_labels[near[found]]
        facing = normals.take(found, axis=1)
        level = _facing(facing, self._normals)
        aside = np.abs(_facing(facing, self._centres - centres.take(found, axis=1))) / grid.width
        goes_on = (level > _LEVEL) & (aside < _ASIDE) & (distances < 2 * grid.width)
        same_cell = (level > 0) & (aside < _ASIDE_IN_CELL) & (grid.find_in_cell(self._centres) == labels)
        believed = goes_on | same_cell
        self.labels[believed] = labels[believed]
        self.distances[believed] = np.minimum(distances[believed], grid.width)

    def search_nearby(self, grid: LabelGrid) -> None:
        """Search among the triangles that are near to the points that are left."""
        self._search(np.flatnonzero(self.labels < 0), grid.around)

    def search_everywhere(self, far: float) -> None:
        """Search for what is left, or has been found farther away than that, among all triangles."""
        self._search(np.flatnonzero((self.labels < 0) | (self.distances > far)), None)

    def _search(self, left: NDArray[np.intp], around: Callable[[Floats], NDArray[np.intp]] | None) -> None:
        if not len(left):
            return
        centres = self._centres.take(left, axis=1)
        targets, labels = self._targets, self._target_labels
        if around:
            near = around(centres)
            targets, labels = pick(targets, near), labels[near]
        normals = self._normals.take(left, axis=1)
        found, self.distances[left] = _search(centres, normals, targets, self._diagonal, by_side=self._by_side)
        self.labels[left] = labels[found]


def _search(
    centres: Floats, normals: Floats, targets: Triangles, diagonal: float, *, by_side: bool = True
) -> tuple[Ints, Floats]:
    """The nearest target of each point, by side on its side of a thin wall, and how far it is."""
    facing_of_targets = measure(targets).normals
    with NearestSurface(targets, facing_of_targets, _sides(facing_of_targets)) as surface:
        found, distances = surface.find(centres)
        if not by_side:
            return found, distances
        facing = _facing(normals, facing_of_targets[:, found])
        doubtful = np.flatnonzero(facing < 0)
        if len(doubtful) and len(doubtful) < len(found):
            # As far as the two surfaces are apart elsewhere: beyond that, the near one is right and only inside out.
            reach = _REACH * max(float(np.quantile(distances[facing >= 0], 0.95)), _ROUNDING * diagonal)
            again, there = _same_side(surface, centres[:, doubtful], normals[:, doubtful], facing_of_targets)
            better = there < reach
            found[doubtful[better]] = again[better]
            distances[doubtful[better]] = there[better]
    return found, distances


def _same_side(
    surface: NearestSurface, centres: Floats, normals: Floats, facing_of_targets: Floats
) -> tuple[Ints, Floats]:
    """The nearest triangle of those that face the same way, and how far it is: infinite where there is none."""
    who, groups = [], []
    for axis in range(3):
        along = normals[axis]
        which = np.flatnonzero(np.abs(along) > _SLANT)
        who.append(which)
        groups.append(2 * axis + (along[which] < 0))
    askers, sides = np.concatenate(who), np.concatenate(groups).astype(np.int32)
    found, distances = surface.find(centres[:, askers], sides)
    distances[_facing(normals[:, askers], facing_of_targets[:, found]) < 0] = np.inf
    order: NDArray[np.intp] = np.argsort(-distances, kind="stable")
    best, there = np.zeros(centres.shape[1], np.int32), np.full(centres.shape[1], np.inf, np.float32)
    best[askers[order]], there[askers[order]] = found[order], distances[order]
    return best, there


def _facing(one: Floats, other: Floats) -> Floats:
    return np.einsum("kn,kn->n", one, other)


def _sides(normals: Floats) -> Ints:
    """Which of the six faces of a cube each normal points at: 2 for an axis, and 1 more where it points down it."""
    axis = np.abs(normals).argmax(axis=0)
    return (2 * axis + (normals[axis, np.arange(len(axis))] < 0)).astype(np.int32)
