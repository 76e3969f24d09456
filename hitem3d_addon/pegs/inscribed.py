# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The largest circle that lies inside a border in a plane."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..mesh.arrays import Doubles, Flags

_CELLS = 24
"""Places that are looked at, along each side of the bounds; then again around the best."""
_FINER = 4
_BLOCK = 1 << 20


class Circle(NamedTuple):
    centre: Doubles
    """(2,)."""
    radius: float


def find_widest(border: Doubles) -> Circle | None:
    """The largest circle that no side of the border (sides, 2, 2) enters, as far as a grid shows; None for no inside.

    A place is inside where the border runs around it; loops in loops are holes.
    """
    if not len(border):
        return None
    low, high = border.reshape(-1, 2).min(axis=0), border.reshape(-1, 2).max(axis=0)
    middle, half, best = (low + high) / 2, (high - low) / 2, None
    for _ in range(_FINER):
        steps = (np.arange(_CELLS) + 0.5) / _CELLS * 2 - 1
        places = middle + half * np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=2).reshape(-1, 2)
        if best is not None:
            places = np.concatenate([places, best.centre[None]])
        distances = np.where(_inside(border, places), distances_to(border, places), 0.0)
        number = int(distances.argmax())
        if not distances[number] > 0:
            return best
        best = Circle(places[number], float(distances[number]))
        middle, half = best.centre, half * (3 / _CELLS)
    return best


def distances_to(border: Doubles, places: Doubles) -> Doubles:
    """From each place (n, 2) to the nearest of the sides (m, 2, 2)."""
    start, along = border[:, 0], border[:, 1] - border[:, 0]
    squares = np.maximum((along * along).sum(axis=1), 1e-300)
    found = np.empty(len(places))
    rows = max(_BLOCK // len(border), 1)
    for first in range(0, len(places), rows):
        away = places[first : first + rows, None] - start
        share = np.clip((away * along).sum(axis=2) / squares, 0, 1)
        away -= share[:, :, None] * along
        found[first : first + rows] = np.sqrt((away * away).sum(axis=2).min(axis=1))
    return found


def _inside(border: Doubles, places: Doubles) -> Flags:
    """Which places (n, 2) the border runs around, by the sides (m, 2, 2) to the right of each."""
    (x1, y1), (x2, y2) = border[:, 0].T, border[:, 1].T
    slope = (x2 - x1) / np.where(y1 == y2, 1.0, y2 - y1)
    found = np.empty(len(places), np.bool_)
    rows = max(_BLOCK // len(border), 1)
    for first in range(0, len(places), rows):
        x, y = places[first : first + rows].T[:, :, None]
        crossed = ((y1 <= y) != (y2 <= y)) & (x1 + (y - y1) * slope > x)
        found[first : first + rows] = crossed.sum(axis=1) % 2 == 1
    return found
