# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many tasks an account may have at the service at a time, which no answer says: it is learnt from its refusals.

A refusal comes after the whole model was uploaded. So it counts: while the account is full with tasks of ours, nothing
is sent until one of them has ended.
"""

from __future__ import annotations

from ..backoff import backoff
from ..values import MOST_UNFINISHED, UNFINISHED

LONGEST_BUSY = 300.0
"""Seconds between tries while tasks of others fill the account: each of them is an upload."""
RECONSIDER = 600.0
"""Seconds until one task more is tried than there was room for at the last refusal: others share the account."""


class Places:
    """The room for tasks at the service. ``now`` is always in seconds of `time.monotonic`.

    ``fixed`` is the number that a studio or a user has set; 0: it begins with UNFINISHED, and while the service takes
    one more each time that all places are taken, it grows up to MOST_UNFINISHED.
    """

    def __init__(self, fixed: int = 0) -> None:
        self.fixed = fixed
        self.limit = fixed or UNFINISHED
        """As many may be at the service at a time, as far as is known."""
        self._most = fixed or MOST_UNFINISHED
        self._refusals = 0
        self._until = 0.0
        self._reconsider = 0.0

    def has_room(self, at_service: int, now: float) -> bool:
        """Whether another task may be sent while so many of ours are there."""
        one_more = self.limit < self._most and now >= self._reconsider
        return now >= self._until and at_service < self.limit + one_more

    def wait(self, now: float) -> float:
        """Seconds until the next try at the soonest."""
        return max(self._until - now, 0.0)

    def note_accepted(self, at_service: int) -> None:
        """The service took a task; so many of ours are there with it."""
        self._refusals = 0
        self._until = 0.0
        self.limit = max(self.limit, min(at_service, self._most))

    def note_refused(self, at_service: int, now: float, asked_for: float | None) -> float:
        """The service was busy while so many of ours were there; gives the seconds until the next try at the soonest.

        With none of ours there the number says nothing: others fill the account, and only time helps.
        """
        self._refusals += 1
        pause = backoff(self._refusals, asked_for, longest=LONGEST_BUSY)
        self._until = now + pause
        if at_service:
            self.limit = min(self.limit, at_service)
            self._reconsider = now + RECONSIDER
        return pause

    def hurry(self) -> None:
        """The user wants the next try now."""
        self._until = self._reconsider = 0.0
