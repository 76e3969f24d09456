# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the triangles that came back untouched, among millions: by a hash of where their corners are.

The corners are put into the cells of a fine grid. Two corners at the same place may still be in two cells,
if one was rounded across the side of a cell; so what is left is tried again in grids with another origin.
"""

from __future__ import annotations

import numpy as np

from .arrays import Ints
from .place_keys import Keys, cell_keys, find_keys, follow_keys
from .triangles import BLOCK, Triangles, pick

_CELL = 1e-5
"""Edge of the cells, of the diagonal. Coordinates that went to a GLB and back are off by 1e-7, to an OBJ by 1e-6."""
_GRIDS = 32
_SAMPLED = 64
"""Of so many corners, a power of two, one is looked at to see whether anything at all came back untouched."""
_MANY = 1 << 18
"""More corners than this are sampled first."""


def find_same(asked: Triangles, targets: Triangles, target_labels: Ints, diagonal: float) -> Ints:
    """For each triangle the label of the target with the same corners that faces the same way, -1 where there is none.

    Where such targets have several labels it is one of them, or -1.
    """
    random = np.random.default_rng(0)
    labels = np.full(len(asked), -1, np.int32)
    open_asked, open_targets = np.arange(len(asked)), np.arange(len(targets))
    cell = np.float32(1 / (_CELL * diagonal))
    for grid in range(_GRIDS):
        shift = random.random((3, 1), dtype=np.float32)
        target_places, asked_places = (cell_keys(some.positions, cell, shift) for some in (targets, asked))
        if not grid and not _any_in_common(asked_places, target_places):
            break
        target_keys = _hash_triangles(target_places, targets.corners)
        asked_keys = _hash_triangles(asked_places, asked.corners)
        if grid:
            held = find_keys(asked_keys, target_keys, target_labels[open_targets])
        else:
            held = follow_keys(asked_keys, target_keys)
        met = np.flatnonzero(held >= 0)
        labels[open_asked[met]] = target_labels[open_targets[held[met]]]
        if (grid and len(met) <= min(len(open_asked), len(open_targets)) // 100) or len(met) == len(open_asked):
            break
        left_asked, left_targets = np.ones(len(open_asked), np.bool_), np.ones(len(open_targets), np.bool_)
        left_asked[met] = left_targets[held[met]] = False
        left = np.flatnonzero(left_asked), np.flatnonzero(left_targets)
        if not len(left[1]):
            break
        open_asked, open_targets = open_asked[left[0]], open_targets[left[1]]
        asked, targets = pick(asked, left[0]), pick(targets, left[1])
    return labels


def _any_in_common(one: Keys, other: Keys) -> bool:
    if min(len(one), len(other)) < _MANY:
        return True
    first, second = (places[places & np.uint64(_SAMPLED - 1) == 0] for places in (one, other))
    return bool(np.isin(first, second).any())


def _hash_triangles(places: Keys, corners: Ints) -> Keys:
    """The same number for the same three places in the same order around, and another for the other way around."""
    keys = np.empty(len(corners), np.uint64)
    half = np.uint64(31)
    for start in range(0, len(keys), BLOCK):
        first, second, third = (places.take(corners[start : start + BLOCK, k]) for k in range(3))
        some = first * (second >> half)
        some += second * (third >> half)
        some += third * (first >> half)
        keys[start : start + BLOCK] = some
    return keys
