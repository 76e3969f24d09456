# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A few points that stand for a surface: spread evenly over its area, or vertices by their numbers; always the same.

Vertices are numbered as they are sent: surface after surface, place after place, in the mesh's order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .arrays import Doubles, Floats
from .surface import Frame, Surface, blocks, moved


def sample(surfaces: Sequence[Surface], frame: Frame, number: int) -> Floats:
    """Points on what is sent, (number, 3), Z up: one in each equal share of the area.

    A matrix takes a normal that is as long as its triangle's area through its cofactors: so the triangles of a mesh are
    measured once for all its places.
    """
    vectors = [_area_vectors(surface) for surface in surfaces]
    owners = np.repeat(np.arange(len(surfaces)), [len(surface.matrices) for surface in surfaces])
    areas = np.ones(len(owners))
    if len(owners) > 1:
        measured = [_place_areas(surface, known) for surface, known in zip(surfaces, vectors, strict=True)]
        if any(some.any() for some in measured):
            areas = np.concatenate(measured)
    firsts = np.searchsorted(owners, np.arange(len(surfaces)))
    ends = np.cumsum(areas)
    targets = (np.arange(number) + 0.5) / number * ends[-1]
    chosen = _find(ends, targets)
    points = np.empty((number, 3), np.float32)
    for place in np.unique(chosen):
        here = np.flatnonzero(chosen == place)
        owner = int(owners[place])
        surface, known = surfaces[owner], vectors[owner]
        matrix = surface.matrices[[place - firsts[owner]]]
        inner = np.cumsum(_triangle_areas(matrix, known)[0][0], dtype=np.float64)
        if not inner[-1]:
            inner = np.arange(1.0, len(inner) + 1)
        share = 1 - (ends[place] - targets[here]) / areas[place]
        corners = surface.corners[_find(inner, share * inner[-1])]
        triangles = frame.sent(moved(surface.local[:, corners.ravel()], matrix)).reshape(3, -1, 3)
        points[here] = np.einsum("ktc,tc->tk", triangles, _weights(here))
    return points


ANCHORS = 256
_WEIGHTS = 1 << 14
"""After so many the weights begin again."""


def anchor_numbers(vertices: int) -> NDArray[np.int64]:
    """The numbers of a few among so many vertices, spread evenly; all where they are few."""
    count = min(vertices, ANCHORS)
    return np.arange(count) * vertices // max(count, 1)


def vertices_at(surfaces: Sequence[Surface], numbers: NDArray[np.int64]) -> Doubles:
    """World coordinates (n, 3) of the vertices with these numbers."""
    found = np.empty((len(numbers), 3))
    first = 0
    for surface in surfaces:
        size = surface.local.shape[1]
        here = (numbers >= first) & (numbers < first + size * len(surface.matrices))
        place, vertex = np.divmod(numbers[here] - first, size)
        matrices = surface.matrices[place]
        local = surface.local[:, vertex].T.astype(np.float64)
        found[here] = np.einsum("nij,nj->ni", matrices[:, :, :3], local) + matrices[:, :, 3]
        first += size * len(surface.matrices)
    return found


def weighted_mean(surfaces: Sequence[Surface]) -> Doubles:
    """A mean of all vertices (3,) in the world. Each has a weight of its own, so that no two changes cancel out.

    An affine map of the vertices maps the mean in the same way.
    """
    weights = 0.5 + np.arange(_WEIGHTS) * 0.6180339887498949 % 1
    total, weight = np.zeros(3), 0.0
    for surface in surfaces:
        sums = np.zeros(4)
        for start in range(0, surface.local.shape[1], _WEIGHTS):
            block = surface.local[:, start : start + _WEIGHTS].astype(np.float64)
            here = weights[: block.shape[1]]
            sums += [*(block @ here), here.sum()]
        total += (surface.matrices @ sums).sum(axis=0)
        weight += sums[3] * len(surface.matrices)
    return total / weight


def _find(ends: Doubles, targets: Doubles) -> NDArray[np.intp]:
    """Which interval each target lies in; in spite of rounding never beyond the last one."""
    return np.minimum(np.searchsorted(ends, targets, side="right"), len(ends) - 1)


def _weights(numbers: NDArray[np.intp]) -> Floats:
    """The share of each corner in each point, (points, 3): an even scatter over a triangle (the R2 sequence)."""
    along = np.sqrt((numbers + 1) * 0.7548776662466927 % 1)
    across = (numbers + 1) * 0.5698402909980532 % 1
    return np.stack((1 - along, along * (1 - across), along * across), axis=1).astype(np.float32)


def _exponent(surface: Surface) -> int:
    """The size of the mesh as a power of two."""
    low, high = surface.local.min(axis=1), surface.local.max(axis=1)
    return math.frexp(float(np.max(high.astype(np.float64) - low)))[1]


def _area_vectors(surface: Surface) -> Floats:
    """Normals as long as the area, (3, triangles), of the mesh at a size of one: float32 holds their squares."""
    unit = np.ldexp(surface.local, -_exponent(surface))
    vectors = np.empty((3, len(surface.corners)), np.float32)
    for _, some in blocks(1, vectors.shape[1]):
        one, two, three = unit.take(surface.corners[some].T, axis=1).transpose(1, 0, 2)
        two -= one
        three -= one
        for k in range(3):
            i, j = (k + 1) % 3, (k + 2) % 3
            np.subtract(two[i] * three[j], two[j] * three[i], out=vectors[k, some])
    return vectors


def _place_areas(surface: Surface, vectors: Floats) -> Doubles:
    """The area of the mesh in each of its places, (places,), comparable between surfaces."""
    areas = np.zeros(len(surface.matrices))
    for places, triangles in blocks(len(areas), vectors.shape[1]):
        block, factors = _triangle_areas(surface.matrices[places], vectors[:, triangles])
        areas[places] += block.sum(axis=1, dtype=np.float64) * factors
    return np.ldexp(areas, 2 * _exponent(surface))


def _triangle_areas(matrices: Doubles, vectors: Floats) -> tuple[Floats, Doubles]:
    """Areas (places, triangles), each row to be multiplied by a factor of its own (places,)."""
    x, y, z = (matrices[:, axis, :3] for axis in range(3))
    cofactors = np.stack((np.cross(y, z), np.cross(z, x), np.cross(x, y)), axis=1)
    factors = np.abs(cofactors).max(axis=(1, 2))
    cofactors /= np.where(factors, factors, 1)[:, None, None]
    small = cofactors.astype(np.float32)
    squares = np.zeros((len(matrices), vectors.shape[1]), np.float32)
    for axis in range(3):
        along = small[:, axis, 0, None] * vectors[0]
        along += small[:, axis, 1, None] * vectors[1]
        along += small[:, axis, 2, None] * vectors[2]
        along *= along
        squares += along
    return np.sqrt(squares, out=squares), factors
