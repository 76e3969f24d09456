# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Room between neighbours: the caps of a part moved back, with the edge of its surface around them."""

from __future__ import annotations

import numpy as np

from ..mesh.arrays import Doubles, Flags, Ints
from .loops import triangle_normals

_REACH = 4.0
"""Of the distance: so far from a cap the surface gives way, along itself, so that its triangles aren't folded."""
_STEEPEST = 2.0
"""Of the distance: how far the corner between two caps may move."""
_EVENINGS = 6
_BLOCK = 1 << 22


def move_back(points: Doubles, caps: Ints, source: Ints, distance: float) -> tuple[Doubles, Flags] | None:
    """The points (n, 3) with the caps (m, 3) of a part moved back, and which of them (n,) moved; None where triangles
    would be turned over, as the part is too thin or its edges are too short.

    Each cap moves along its normal by the distance; what it shares with the surface (k, 3) moves along that as well.
    """
    used = np.unique(caps)
    shift = np.zeros_like(points)
    shift[used] = _solve(points, caps, source, used, distance)
    border = used[np.isin(used, source)]
    _carry_on(points, source, border, shift, distance)
    _even_out(points, caps, border, shift)
    around = source[(np.abs(shift[source]).sum(axis=2) > 0).any(axis=1)]
    if _turned(points, shift, around).any():
        return None
    return points + shift, np.abs(shift).sum(axis=1) > 0


def _turned(points: Doubles, shift: Doubles, corners: Ints) -> Flags:
    """Which triangles look the other way after the shift."""
    before, after = triangle_normals(points, corners), triangle_normals(points + shift, corners)
    areas = (before * before).sum(axis=1)
    large = areas > 1e-6 * np.median(areas) if len(areas) else areas > 0
    return np.asarray(((before * after).sum(axis=1) < 0) & large)


def _even_out(points: Doubles, caps: Ints, border: Ints, shift: Doubles) -> None:
    """Where triangles of caps would be turned over, their inner points move as their neighbours do."""
    ends = np.concatenate([caps[:, [0, 1]], caps[:, [1, 2]], caps[:, [2, 0]]])
    inner = np.zeros(len(points), np.bool_)
    inner[caps] = True
    inner[border] = False
    for _ in range(_EVENINGS):
        wrong = np.zeros(len(points), np.bool_)
        wrong[caps[_turned(points, shift, caps)]] = True
        wrong &= inner
        if not wrong.any():
            return
        counts = np.maximum(np.bincount(ends[:, 0], minlength=len(points)), 1)
        for k in range(3):
            means = np.bincount(ends[:, 0], shift[ends[:, 1], k], len(points)) / counts
            shift[wrong, k] = (shift[wrong, k] + means[wrong]) / 2


def _solve(points: Doubles, caps: Ints, source: Ints, used: Ints, distance: float) -> Doubles:
    """(used, 3): the shift of each point that moves its caps by the distance and its surface by nothing."""
    number = np.full(len(points), -1, np.int32)
    number[used] = np.arange(len(used))
    matrix, wanted = np.zeros((len(used), 3, 3)), np.zeros((len(used), 3))
    for corners, goal in ((caps, -distance), (source[(number[source] >= 0).any(axis=1)], 0.0)):
        normals = triangle_normals(points, corners)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-300)
        for k in range(3):
            at = number[corners[:, k]]
            here, ahead = at >= 0, points[corners[:, (k + 1) % 3]] - points[corners[:, k]]
            behind = points[corners[:, (k + 2) % 3]] - points[corners[:, k]]
            lengths = np.maximum(np.linalg.norm(ahead, axis=1) * np.linalg.norm(behind, axis=1), 1e-300)
            weights = np.arccos(np.clip((ahead * behind).sum(axis=1) / lengths, -1, 1))
            normal = normals[here]
            np.add.at(matrix, at[here], weights[here, None, None] * normal[:, :, None] * normal[:, None])
            np.add.at(wanted, at[here], (goal * weights[here])[:, None] * normal)
    # A little stiffness: where all normals are alike, nothing else says how far to move aside.
    matrix += 1e-3 * np.trace(matrix, axis1=1, axis2=2)[:, None, None] * np.eye(3) + 1e-12 * np.eye(3)
    shift = np.linalg.solve(matrix, wanted[:, :, None])[:, :, 0]
    lengths = np.linalg.norm(shift, axis=1, keepdims=True)
    return np.asarray(shift * np.minimum(1, _STEEPEST * distance / np.maximum(lengths, 1e-300)))


def _carry_on(points: Doubles, source: Ints, border: Ints, shift: Doubles, distance: float) -> None:
    """Points of the surface near the border move with it, the less the farther they are."""
    reach = _REACH * distance
    at = points[border]
    if not len(at):
        return
    others = np.setdiff1d(np.unique(source), border)
    inside = np.all((points[others] >= at.min(axis=0) - reach) & (points[others] <= at.max(axis=0) + reach), axis=1)
    others = others[inside]
    rows = max(_BLOCK // len(at), 1)
    for start in range(0, len(others), rows):
        some = others[start : start + rows]
        here = points[some]
        squares = (here * here).sum(1)[:, None] - 2 * here @ at.T + (at * at).sum(1)[None]
        nearest = squares.argmin(axis=1)
        away = np.linalg.norm(here - at[nearest], axis=1)
        shift[some] = shift[border[nearest]] * np.maximum(1 - away / reach, 0)[:, None]
