# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ctrl-C, and the SIGTERM of a farm: the first one stops where nothing is lost, the second one at once."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any, Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """A context manager; called, it says whether somebody asked to stop. The second signal raises KeyboardInterrupt.

    ``said`` is called at the first signal, between two steps of Python's. Handlers that Blender's C code had set can't
    be restored: the system's defaults take their place.
    """

    def __init__(self, said: Callable[[], None]) -> None:
        self._said = said
        self._asked = False

    def __call__(self) -> bool:
        return self._asked

    def __enter__(self) -> Self:
        self._before: dict[int, Any] = {one: signal.signal(one, self._handle) for one in _SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for one, handler in self._before.items():
            signal.signal(one, signal.SIG_DFL if handler is None else handler)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True
        self._said()
