# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often progress is drawn: a user can feel the drawing, and on some machines it is slow."""

from __future__ import annotations

import time
from collections.abc import Callable

OFTEN = 1.0
SELDOM = 5.0
"""Seconds between two drawings."""
SHARE = 1 / 20
"""The share of Blender's time that drawing may take, within these limits."""


class DrawingPace:
    """Says when to draw, by how long the last drawing took: the time until Blender called the timer again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.measuring = False
        """Whether something was drawn just now, so that the timer is to be called again without a pause."""
        self._clock = clock
        self._drawn = 0.0
        self._next = clock()

    def due(self) -> bool:
        """Whether to draw now; if so, the caller has to."""
        now = self._clock()
        if now < self._next:
            return False
        self.measuring = True
        self._drawn = now
        self._next = now + OFTEN
        return True

    def measure(self) -> None:
        """To be called when the timer is called: see how long the drawing took, if there was one."""
        if self.measuring:
            self.measuring = False
            took = self._clock() - self._drawn
            self._next = self._drawn + min(max(OFTEN, took / SHARE), SELDOM)
