# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random numbers that stand for places, and finding the same ones among millions: in NumPy, in linear time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .arrays import Floats, Ints
from .triangles import BLOCK

Keys = NDArray[np.uint64]

_FACTORS = [np.uint64(k) for k in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)]
_FINAL = np.uint64(0xD6E8FEB86659FD93)
_FOLLOWED = 32
"""Of so many keys, a power of two, one is searched for by itself, where those between come in the same order."""
_ROUNDS = 64
"""No more than a few are needed, but for keys that somebody has made up."""


def exact_keys(positions: Floats) -> Keys:
    """The same number for each of the positions (3, n) that are the same to the last bit; 0.0 and -0.0 are the same."""
    keys = np.empty(positions.shape[1], np.uint64)
    sums, terms = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.uint64)
    for start in range(0, len(keys), BLOCK):
        some = keys[start : start + BLOCK]
        number, term = sums[: len(some)], terms[: len(some)]
        some[:] = 0
        for axis in range(3):
            np.add(positions[axis, start : start + BLOCK], np.float32(0), out=number)
            np.multiply(number.view(np.uint32), _FACTORS[axis], out=term)
            some += term
        np.right_shift(some, np.uint64(32), out=term)
        some ^= term
        some *= _FINAL
    return keys


def cell_keys(positions: Floats, cell: np.float32, shift: Floats) -> Keys:
    """A number for the cell that each of the positions (3, n) lies in; ``cell`` is one over its edge."""
    keys = np.empty(positions.shape[1], np.uint64)
    for start in range(0, len(keys), BLOCK):
        cells = np.floor(positions[:, start : start + BLOCK] * cell + shift).astype(np.int64).view(np.uint64)
        some = cells[0] * _FACTORS[0]
        some += cells[1] * _FACTORS[1]
        some += cells[2] * _FACTORS[2]
        some ^= some >> np.uint64(32)
        some *= _FINAL
        some ^= some >> np.uint64(29)
        keys[start : start + BLOCK] = some
    return keys


def follow_keys(asked: Keys, targets: Keys) -> Ints:
    """As `find_keys`, only for those in the same order in both, which takes a third of the time.

    A few keys are found in the targets; what comes behind them here should come behind them there, and what comes
    before, before.
    """
    held: Ints = np.full(len(asked), -1, np.int32)
    some, others = (np.flatnonzero(keys & np.uint64(_FOLLOWED - 1) == 0) for keys in (asked, targets))
    if not len(others):
        return held
    found = find_keys(asked[some], targets[others], np.zeros(len(others), np.int32))
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


def find_keys(asked: Keys, targets: Keys, labels: Ints) -> Ints:
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


def find_each(few: Keys, many: Keys) -> Ints:
    """For each of the keys a place where it is among the others, -1 where it is not.

    The table is of those that are looked for: where these are few, it is small and the processor keeps it near. A key
    that loses its slot to another is looked for again, by other digits, among the keys that fell into such a slot.
    """
    held = follow_keys(few, many)
    left = np.flatnonzero(held < 0)
    rest: NDArray[np.intp] | None = None
    digits, others = few[left], many
    for _ in range(_ROUNDS):
        if not len(left):
            break
        bits = (2 * len(left)).bit_length()
        down = np.uint64(64 - bits)
        table = np.full(1 << bits, -1, np.int32)
        slots = (digits >> down).astype(np.intp)
        table[slots] = np.arange(len(left), dtype=np.int32)
        at = table[(others >> down).astype(np.intp)]
        taken = np.flatnonzero(at >= 0)
        at, places = at[taken], taken if rest is None else rest[taken]
        same = digits[at] == others[taken]
        held[left[at[same]]] = places[same]
        holders = table[slots]
        settled = digits[holders] == digits
        held[left[settled]] = held[left[holders[settled]]]
        left, digits = left[~settled], digits[~settled] * _FACTORS[0]
        rest, others = places[~same], others[taken[~same]] * _FACTORS[0]
    return held
