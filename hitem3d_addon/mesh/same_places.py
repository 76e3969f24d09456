# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of millions of vertices have no like in another mesh: looked up one by one, in linear time.

Most are the same to the last bit. What was rounded on the way lies in the same cell of a fine grid; two that are near
may still be in two cells, so what is left is tried again in grids with another origin.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .arrays import Floats, Ints
from .place_keys import cell_keys, exact_keys, find_each
from .triangles import BLOCK

_GRIDS = 6
_CELL = 2.0
"""Edge of the cells, of the distance up to which two positions are alike."""

Numbers = NDArray[np.intp]


class Alone(NamedTuple):
    """What has no like on the other side."""

    one: Numbers
    other: Numbers
    apart: float
    """How far those that are alike are apart, at most."""


def find_alone(one: Floats, other: Floats, near: float) -> Alone:
    """The numbers of the positions (3, n) and (3, m) with none of the other side at the same place.

    Up to the distance ``near`` places may be the same; a position whose like is farther, or is missed, counts as alone.
    """
    keys, others = exact_keys(one), exact_keys(other)
    held = find_each(keys, others)
    met = np.zeros(len(others), np.bool_)
    met[held[held >= 0]] = True
    back = np.flatnonzero(~met)
    return _nearly(one, other, np.flatnonzero(held < 0), back[find_each(others[back], keys) < 0], near)


def _nearly(one: Floats, other: Floats, left: Numbers, back: Numbers, near: float) -> Alone:
    """Of those without an equal (``left`` and ``back``) the ones that have none in the same cell either."""
    first, second, apart = one[:, left], other[:, back], 0.0
    size = np.float32(1 / (_CELL * near)) if near > 0 else np.float32(0)
    here, there = np.arange(len(left)), np.arange(len(back))
    for grid in range(_GRIDS):
        if not (len(here) or len(there)) or not (len(left) and len(back)) or not np.isfinite(size) or not size:
            break
        shift = np.full((3, 1), grid / _GRIDS, np.float32)
        keys, others = cell_keys(first, size, shift), cell_keys(second, size, shift)
        here, off = _without_near(first, second, here, find_each(keys[here], others), near)
        apart = max(apart, off)
        there, off = _without_near(second, first, there, find_each(others[there], keys), near)
        apart = max(apart, off)
    return Alone(left[here], back[there], apart)


def _without_near(some: Floats, others: Floats, which: Numbers, held: Ints, near: float) -> tuple[Numbers, float]:
    """Those of ``which`` that were not found, or too far from what was found; and how far the rest is from it."""
    apart = np.full(len(which), np.inf, np.float32)
    found = np.flatnonzero(held >= 0)
    for start in range(0, len(found), BLOCK):
        block = found[start : start + BLOCK]
        step = some[:, which[block]] - others[:, held[block]]
        apart[block] = np.sqrt(np.einsum("kn,kn->n", step, step))
    alike = apart <= near
    return which[~alike], float(apart[alike].max(initial=0))
