# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pegs leave an order in which the parts can be put together.

Two pieces slide onto each other along one line. So all pegs between them have to be parallel, and no cap between them
may stand in the way. What is put together is one piece from then on: three slices of a ring keep two pegs of three.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from ..mesh.arrays import Doubles, Ints
from .places import Fit
from .seams import Seam

_PARALLEL = math.cos(math.radians(1.0))
_AGAINST = -0.1
"""The cosine of the angle with the way there, from which on a cap is in the way,"""
_SHARE = 0.01
"""and how much of the area between two pieces may be."""


def find_blocked(seams: Sequence[Seam], fits: Mapping[int, Fit], count: int) -> set[int]:
    """Which of the pegs, by the number of their seam, would keep ``count`` parts from being put together."""
    piece = np.arange(count, dtype=np.int32)
    blocked = set()
    for some in _parallel(seams, fits):
        before = piece.copy()
        for number in some:
            seam = seams[number]
            one, other = int(piece[seam.one]), int(piece[seam.other])
            if one == other:
                if before[seam.one] == before[seam.other]:
                    blocked.add(number)
            elif _in_the_way(seams, piece, one, other, fits[number].place.axes[2]):
                blocked.add(number)
            else:
                piece[piece == other] = one
    return blocked


def _parallel(seams: Sequence[Seam], fits: Mapping[int, Fit]) -> list[list[int]]:
    """The pegs in groups of one direction, the one with the largest seams first, and of these the largest first."""
    groups: list[list[int]] = []
    for number in sorted(fits, key=lambda number: (-seams[number].area, number)):
        axis = fits[number].place.axes[2]
        for group in groups:
            if abs(float(fits[group[0]].place.axes[2] @ axis)) > _PARALLEL:
                group.append(number)
                break
        else:
            groups.append([number])
    return sorted(groups, key=lambda group: -sum(seams[number].area for number in group))


def _in_the_way(seams: Sequence[Seam], piece: Ints, one: int, other: int, way: Doubles) -> bool:
    """Whether caps between two pieces keep the first from moving along the way (3,) onto the other."""
    normals = [seam.normals for seam in seams if (piece[seam.one], piece[seam.other]) == (one, other)]
    normals += [-seam.normals for seam in seams if (piece[seam.one], piece[seam.other]) == (other, one)]
    all_normals = np.concatenate(normals)
    areas = np.linalg.norm(all_normals, axis=1)
    return bool(areas[all_normals @ way < _AGAINST * areas].sum() > _SHARE * areas.sum())
