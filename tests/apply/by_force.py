# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nearest triangle, found by looking at all of them, in float64: what quicker ways are compared with."""

from __future__ import annotations

import numpy as np

_PAIRS = 1 << 20
"""Points times triangles that are looked at together."""


def find_nearest_by_force(points: np.ndarray, corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For points (n, 3) which of the triangles (m, 3, 3) is nearest, and how far it is, (n,) each."""
    points, corners = points.astype(np.float64), corners.astype(np.float64)
    edges = np.roll(corners, -1, axis=1) - corners
    normals = np.cross(edges[:, 0], edges[:, 1])
    lengths = np.linalg.norm(normals, axis=1)
    flat = lengths == 0
    normals /= np.where(flat, 1, lengths)[:, None]
    inward = np.cross(normals[:, None], edges)
    squares = np.maximum((edges**2).sum(axis=2), np.finfo(np.float64).tiny)
    found, distances = np.empty(len(points), np.intp), np.empty(len(points))
    step = max(1, _PAIRS // len(corners))
    for start in range(0, len(points), step):
        some = points[start : start + step]
        height = some @ normals.T - (corners[:, 0] * normals).sum(axis=1)
        above = np.broadcast_to(~flat, height.shape).copy()
        nearest = np.full(height.shape, np.inf)
        for k in range(3):
            first, edge, inside = corners[:, k], edges[:, k], inward[:, k]
            above &= some @ inside.T >= (first * inside).sum(axis=1)
            along = np.clip((some @ edge.T - (first * edge).sum(axis=1)) / squares[:, k], 0, 1)
            away = sum((some[:, axis, None] - first[:, axis] - along * edge[:, axis]) ** 2 for axis in range(3))
            np.minimum(nearest, away, out=nearest)
        nearest[above] = height[above] ** 2
        best = nearest.argmin(axis=1)
        found[start : start + step] = best
        distances[start : start + step] = np.sqrt(nearest[np.arange(len(some)), best])
    return found, distances


def near_borders(corners: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Which of the triangles (m, 3, 3) share a corner, by its place, with one of another label."""
    size = np.ptp(corners.reshape(-1, 3), axis=0).max()
    places = np.rint(corners.reshape(-1, 3) / size * 1e6).astype(np.int64)
    numbers = np.unique(places, axis=0, return_inverse=True)[1].reshape(-1, 3)
    lowest, highest = np.full(numbers.max() + 1, labels.max()), np.zeros(numbers.max() + 1, labels.dtype)
    for k in range(3):
        np.minimum.at(lowest, numbers[:, k], labels)
        np.maximum.at(highest, numbers[:, k], labels)
    return np.asarray((lowest != highest)[numbers].any(axis=1))
