# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the triangles that came back untouched, among millions: by a hash of where their corners are.

The corners are put into the cells of a fine grid. Two corners at the same place may still be in two cells,
if one was rounded across the side of a cell; so what is left is tried again in grids with another origin.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .arrays import Floats, Ints
from .triangles import BLOCK, Triangles, pick

Keys = NDArray[np.uint64]

_CELL = 1e-5
"""Edge of the cells, of the diagonal. Coordinates that went to a GLB and back are off by 1e-7, to an OBJ by 1e-6."""
_GRIDS = 32
_SAMPLED = 64
"""Of so many corners, a power of two, one is looked at to see whether anything at all came back untouched."""
_FOLLOWED = 32
"""Of so many triangles, a power of two, one is searched for by itself, where those between come in the same order."""
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
        target_places, asked_places = (_hash_places(some.positions, cell, shift) for some in (targets, asked))
        if not grid and not _any_in_common(asked_places, target_places):
            break
        target_keys = _hash_triangles(target_places, targets.corners)
        asked_keys = _hash_triangles(asked_places, asked.corners)
        if grid:
            held = _find_keys(asked_keys, target_keys, target_labels[open_targets])
        else:
            held = _follow_keys(asked_keys, target_keys)
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


def _hash_places(positions: Floats, cell: np.float32, shift: Floats) -> Keys:
    """A random number for the cell that each position lies in; ``cell`` is one over its edge."""
    places = np.empty(positions.shape[1], np.uint64)
    factors = [np.uint64(k) for k in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)]
    for start in range(0, len(places), BLOCK):
        cells = np.floor(positions[:, start : start + BLOCK] * cell + shift).astype(np.int64).view(np.uint64)
        some = cells[0] * factors[0]
        some += cells[1] * factors[1]
        some += cells[2] * factors[2]
        some ^= some >> np.uint64(32)
        some *= np.uint64(0xD6E8FEB86659FD93)
        some ^= some >> np.uint64(29)
        places[start : start + BLOCK] = some
    return places


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


def _follow_keys(asked: Keys, targets: Keys) -> Ints:
    """As `_find_keys`, only for those in the same order in both, which takes a third of the time.

    A few keys are found in the targets; what comes behind them here should come behind them there, and what comes
    before, before.
    """
    held: Ints = np.full(len(asked), -1, np.int32)
    some, others = (np.flatnonzero(keys & np.uint64(_FOLLOWED - 1) == 0) for keys in (asked, targets))
    if not len(others):
        return held
    found = _find_keys(asked[some], targets[others], np.zeros(len(others), np.int32))
    some, there = some[found >= 0], others[found[found >= 0]]
    if not len(some):
        return held
    steps = (there - some).astype(np.int32)
    behind = np.repeat(np.concatenate([steps[:1], steps]), np.diff(some, prepend=0, append=len(asked)))
    before = np.repeat(np.concatenate([steps, steps[-1:]]), np.diff(some + 1, prepend=0, append=len(asked)))
    numbers = np.arange(len(asked), dtype=np.int32)
    for guesses in (behind, before):
        guesses += numbers
        np.clip(guesses, 0, len(targets) - 1, out=guesses)
        right = (held < 0) & (targets[guesses] == asked)
        held[right] = guesses[right]
    return held


def _find_keys(asked: Keys, targets: Keys, labels: Ints) -> Ints:
    """Where each key is among the targets, -1 where it is not or has several labels.

    A hash table in which the last key keeps the slot; a key that loses its slot is not found in this round.
    """
    bits = (2 * len(targets)).bit_length()
    table = np.full(1 << bits, -1, np.int32)
    down = np.uint64(64 - bits)
    slots = (targets >> down).astype(np.intp)
    numbers = np.arange(len(slots), dtype=np.int32)
    table[slots] = numbers
    losers = np.flatnonzero(table[slots] != numbers)
    holders = table[slots[losers]]
    rivals = (labels[holders] != labels[losers]) & (targets[holders] == targets[losers])
    table[slots[losers[rivals]]] = -1
    held = table[(asked >> down).astype(np.intp)]
    held[(held >= 0) & (targets[held] != asked)] = -1
    return held
