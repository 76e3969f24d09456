# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which vertices have no like in another mesh: checked against a tree that looks at all of them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from hitem3d_addon.mesh.place_keys import exact_keys, find_each
from hitem3d_addon.mesh.same_places import find_alone

NEAR = 1e-5


def some_places(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((3, count), dtype=np.float32)


def check(one: np.ndarray, other: np.ndarray) -> None:
    found = find_alone(one, other, NEAR)
    for here, there, alone in ((one, other, found.one), (other, one, found.other)):
        apart = cKDTree(there.T.astype(np.float64)).query(here.T.astype(np.float64))[0]
        assert set(np.flatnonzero(apart > 1.01 * NEAR)) <= set(alone)
        assert not len(alone) or (apart[alone] > 0).all()
        rest = np.delete(apart, alone)
        assert found.apart <= NEAR
        assert not len(rest) or rest.max() <= found.apart + 1e-9


@pytest.mark.parametrize("order", ["same", "runs", "random"])
@pytest.mark.parametrize("rounded", [0.0, 1e-7, 1e-6])
def test_all_that_was_moved_is_found_in_any_order(order: str, rounded: float) -> None:
    chance = np.random.default_rng(1)
    one = some_places(20_000)
    which = np.arange(20_000)
    if order == "runs":
        which = np.concatenate([np.roll(which, 7000), which[300:500]])  # with a border that two parts have
    elif order == "random":
        which = chance.permutation(which)
    other = one[:, which] + (rounded * chance.uniform(-1, 1, (3, len(which)))).astype(np.float32)
    check(one, other)
    assert len(find_alone(one, other, NEAR).one) < (1 if rounded < 1e-6 else 20)
    moved = one.copy()
    moved[1, [0, 77, 19_999]] += np.float32(0.003)
    alone = find_alone(moved, other, NEAR)
    assert {0, 77, 19_999} <= set(alone.one)
    assert {*np.flatnonzero(np.isin(which, [0, 77, 19_999]))} <= set(alone.other)
    check(moved, other)


def test_one_side_may_be_empty_or_hold_more() -> None:
    one, none = some_places(100), np.empty((3, 0), np.float32)
    assert len(find_alone(one, none, NEAR).one) == 100
    assert len(find_alone(none, one, NEAR).other) == 100
    more = np.concatenate([one, some_places(50, 7)], axis=1)
    assert find_alone(one, more, NEAR).other.tolist() == list(range(100, 150))


def test_zero_has_no_sign() -> None:
    zero = np.zeros((3, 1), np.float32)
    assert exact_keys(zero) == exact_keys(-zero)


def test_keys_that_all_fall_into_one_slot_are_found() -> None:
    keys = np.arange(1, 200, dtype=np.uint64)  # they differ in their last digits alone
    assert find_each(keys, keys[::-1].copy()).tolist() == list(range(198, -1, -1))
    assert (find_each(keys + np.uint64(1000), keys) == -1).all()
