# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which loops of a border belong to one cap: a cut through a ring has a loop and a hole in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..mesh.arrays import Doubles, Ints
from .body import Body
from .loops import area_vector

_BLOCK = 1 << 16


def group_loops(body: Body, loops: Sequence[Ints]) -> list[list[Ints]]:
    """Each loop with its holes: those that run against it, lie in it, and can't be closed by themselves.

    They can't where the middle of such a cap would lie outside the body: in the hole of a ring, in a cavity.
    """
    if len(loops) < 2:
        return [[loop] for loop in loops]
    at = [body.points[loop] for loop in loops]
    vectors = [area_vector(points) for points in at]
    areas = [float(np.linalg.norm(vector)) for vector in vectors]
    order = sorted(range(len(loops)), key=lambda number: -areas[number])
    groups: dict[int, list[int]] = {}
    hole_of: dict[int, int] = {}
    for place, number in enumerate(order):
        outer = [
            other
            for other in order[:place]
            if other not in hole_of and _is_in(at[number], vectors[number], at[other], vectors[other])
        ]
        if outer and not is_inside(body, at[number].mean(axis=0)):
            hole_of[number] = outer[-1]
            groups[outer[-1]].append(number)
        else:
            groups[number] = [number]
    return [[loops[number] for number in group] for group in groups.values()]


def _is_in(loop: Doubles, vector: Doubles, outer: Doubles, outer_vector: Doubles) -> bool:
    """Whether a loop runs against an outer one and lies in it, seen along the outer one's normal."""
    length = float(np.linalg.norm(outer_vector))
    normal = outer_vector / max(length, 1e-300)
    if float(vector @ normal) > -0.3 * float(np.linalg.norm(vector)):
        return False
    offset = loop.mean(axis=0) - outer.mean(axis=0)
    if abs(float(offset @ normal)) > np.sqrt(length):
        return False
    first = np.cross(normal, np.eye(3)[int(np.argmin(np.abs(normal)))])
    axes = np.stack([first / np.linalg.norm(first), np.cross(normal, first / np.linalg.norm(first))], axis=1)
    flat = (outer - loop.mean(axis=0)) @ axes
    angles = np.arctan2(flat[:, 1], flat[:, 0])
    turns = np.roll(angles, -1) - angles
    turns = (turns + np.pi) % (2 * np.pi) - np.pi
    return abs(float(turns.sum())) > np.pi


def is_inside(body: Body, place: Doubles) -> bool:
    """Whether a place is inside the source, by the solid angle of its surface."""
    total = 0.0
    for source in body.source:
        for start in range(0, len(source), _BLOCK):
            a, b, c = np.moveaxis(body.points[source[start : start + _BLOCK]] - place, 1, 0)
            la, lb, lc = (np.linalg.norm(x, axis=1) for x in (a, b, c))
            above = (a * np.cross(b, c)).sum(axis=1)
            below = la * lb * lc + (a * b).sum(1) * lc + (b * c).sum(1) * la + (c * a).sum(1) * lb
            total += float(np.arctan2(above, below).sum())
    return total > np.pi
