# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Triangles and a cylinder around the third axis: which of them reach into it, and how high they are at a place."""

from __future__ import annotations

import numpy as np

from ..mesh.arrays import Doubles, Flags

_ALMOST = 1e-9


def along(points: Doubles, axes: Doubles) -> Doubles:
    """Points (n, 3) along each of some axes (m, 3): (n, m).

    Not as a product of matrices: the same point gives the same bits, whatever the others are.
    """
    x, y, z = points.T
    return np.stack([x * axis[0] + y * axis[1] + z * axis[2] for axis in axes], axis=1)


def cross(one: Doubles, two: Doubles) -> Doubles:
    """Of vectors (…, 2) in the plane."""
    return np.asarray(one[..., 0] * two[..., 1] - one[..., 1] * two[..., 0])


def reach_into(triangles: Doubles, radius: float, low: float = -np.inf, high: float = np.inf) -> Flags:
    """Which triangles (n, 3, 3) have a point that is inside the radius and between these heights."""
    found = np.zeros(len(triangles), np.bool_)
    # Most are not even near.
    lowest, highest = triangles.min(axis=1), triangles.max(axis=1)
    near = (np.abs(np.clip(0, lowest[:, :2], highest[:, :2])) <= radius).all(axis=1)
    near &= (lowest[:, 2] <= high) & (highest[:, 2] >= low)
    some = triangles[near]
    if len(some):
        inside = _hit_by_axis(some, low, high)
        for k in range(3):
            inside |= _side_reaches(some[:, k], some[:, (k + 1) % 3], radius, low, high)
        for height in (low, high):
            if np.isfinite(height):
                inside |= _slice_reaches(some, radius, height)
        found[near] = inside
    return found


def heights_at(triangles: Doubles, places: Doubles) -> Doubles:
    """(n,): how high one of the triangles (m, 3, 3) is at each place (n, 2); NaN where there is none."""
    shares = _shares(triangles, places)
    least = shares.min(axis=2)
    best = least.argmax(axis=1)
    rows = np.arange(len(places))
    heights = (shares[rows, best] * triangles[best, :, 2]).sum(axis=1)
    return np.where(least[rows, best] > -1e-6, heights, np.nan)


def _shares(triangles: Doubles, places: Doubles) -> Doubles:
    """(places, triangles, 3): the share of each corner in each place (n, 2), seen along the axis."""
    first = triangles[:, 0, :2]
    one, two = triangles[:, 1, :2] - first, triangles[:, 2, :2] - first
    area = cross(one, two)
    area = np.where(np.abs(area) > 1e-300, area, np.nan)
    away = places[:, None] - first
    v, w = cross(away, two) / area, cross(one, away) / area
    return np.nan_to_num(np.stack([1 - v - w, v, w], axis=2), nan=-1.0)


def _hit_by_axis(triangles: Doubles, low: float, high: float) -> Flags:
    shares = _shares(triangles, np.zeros((1, 2)))[0]
    height = (shares * triangles[:, :, 2]).sum(axis=1)
    return np.asarray((shares.min(axis=1) >= -_ALMOST) & (height >= low) & (height <= high))


def _side_reaches(start: Doubles, end: Doubles, radius: float, low: float, high: float) -> Flags:
    """Whether what lies between the heights of a side from start to end (n, 3) comes as near to the axis."""
    side = end - start
    flat = np.abs(side[:, 2]) < 1e-300
    slope = np.where(flat, 1.0, side[:, 2])
    one, two = (low - start[:, 2]) / slope, (high - start[:, 2]) / slope
    within = (start[:, 2] >= low) & (start[:, 2] <= high)
    first = np.where(flat, np.where(within, 0.0, 2.0), np.clip(np.minimum(one, two), 0, None))
    last = np.where(flat, 1.0, np.clip(np.maximum(one, two), None, 1))
    squares = np.maximum((side[:, :2] ** 2).sum(axis=1), 1e-300)
    share = np.clip(-(start[:, :2] * side[:, :2]).sum(axis=1) / squares, first, np.maximum(first, last))
    nearest = start[:, :2] + share[:, None] * side[:, :2]
    return np.asarray((first <= last) & ((nearest**2).sum(axis=1) <= radius**2))


def _slice_reaches(triangles: Doubles, radius: float, height: float) -> Flags:
    """Whether what a level cuts of each triangle comes as near to the axis."""
    above = triangles[:, :, 2] > height
    cut = np.flatnonzero(above.any(axis=1) & ~above.all(axis=1))
    found = np.zeros(len(triangles), np.bool_)
    if not len(cut):
        return found
    # The corner that is alone on its side: both sides that begin there are cut.
    few = above[cut].sum(axis=1) == 1
    alone = np.where(few, above[cut].argmax(axis=1), above[cut].argmin(axis=1))
    rows, apex = np.arange(len(cut)), triangles[cut, alone]
    ends = np.zeros((2, len(cut), 3))
    for k in (1, 2):
        other = triangles[cut][rows, (alone + k) % 3]
        share = (height - apex[:, 2]) / (other[:, 2] - apex[:, 2])
        ends[k - 1, :, :2] = (apex + share[:, None] * (other - apex))[:, :2]
    found[cut] = _side_reaches(ends[0], ends[1], radius, -1.0, 1.0)
    return found
