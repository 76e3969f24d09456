# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long to wait before something that failed is tried again: one formula for everybody, bounded for any count."""

FIRST = 5.0
LONGEST = 60.0
LEAST = 0.2
"""Seconds. However little the service asks for, it is not asked again sooner than this."""

_DOUBLINGS = 60
"""More than any bound needs. Without it, 2.0 to the power of 1,024 failures would be too large for a float."""


def backoff(failures: int, asked_for: float | None = None, *, first: float = FIRST, longest: float = LONGEST) -> float:
    """Seconds until the next try, after so many failures in a row (1 for the first).

    It doubles from ``first`` to ``longest``. Where the other side asked for a pause (Retry-After), that is the first
    pause, and it still doubles: a service that says "at once" and refuses again is not asked in a tight loop. A
    longer pause than ``longest`` is taken where it was asked for.
    """
    if asked_for is not None:
        first = max(asked_for, LEAST)
        longest = max(asked_for, longest)
    return min(first * 2.0 ** min(max(failures - 1, 0), _DOUBLINGS), longest)
