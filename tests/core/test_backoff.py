# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one formula for pauses: it grows, it is bounded, and it never breaks, however long something fails."""

from __future__ import annotations

import pytest

from hitem3d_addon.core.backoff import LEAST, LONGEST, backoff


def test_it_doubles_up_to_a_bound() -> None:
    assert [backoff(failures) for failures in range(1, 7)] == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]


@pytest.mark.parametrize("failures", [0, 1, 1024, 1025, 5000, 10**9])
def test_any_count_is_a_pause(failures: int) -> None:
    for first, longest in ((5.0, LONGEST), (2.0, 300.0), (1e-3, 3600.0)):
        assert first <= backoff(failures, first=first, longest=longest) <= longest


def test_what_is_asked_for_comes_first_and_grows_when_it_was_too_short() -> None:
    assert [backoff(failures, 1.0) for failures in (1, 2, 3, 100)] == [1.0, 2.0, 4.0, LONGEST]
    assert backoff(1, 0.0) == LEAST, "never in a tight loop"
    assert backoff(1, 300.0) == backoff(9, 300.0) == 300.0, "a longer pause is taken where it is asked for"
