# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What takes longer than a moment and can be stopped: in a window by and by, from a script all at once."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from typing import Any, Protocol

import bpy

from ..core.errors import Hitem3DError, Message
from .base import PartsOperator
from .wording import translated

_SLICE = 0.1
"""Seconds of work between two looks at the keyboard."""


class Outcome(Protocol):
    """What the steps give at their end."""

    def sentence(self) -> Message: ...

    def warnings(self) -> Sequence[Message]: ...


Steps = Generator[tuple[int, int], None, Outcome]
"""Each step yields how many are done, and of how many. Nothing is changed before the last one."""


class SteppedOperator(PartsOperator):
    """What changes parts in steps: with a progress in the status bar, and Esc to stop it."""

    def begin(self, context: bpy.types.Context) -> Any:
        """Read what there is, and give the `Steps`. Raises Hitem3DError."""
        raise NotImplementedError

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        try:
            self._steps: Steps = self.begin(context)
        except Hitem3DError as error:
            self.report({"ERROR"}, translated(error.message))
            return {"CANCELLED"}
        manager = context.window_manager
        manager.progress_begin(0, 100)
        self._timer = manager.event_timer_add(0.01, window=context.window)
        manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        if event.type == "ESC":
            self._steps.close()
            self._end(context)
            self.report({"INFO"}, translated(Message("Stopped; the parts are as they were")))
            return {"CANCELLED"}
        if event.type != "TIMER":
            return {"RUNNING_MODAL"}
        until, percent = time.monotonic() + _SLICE, 0
        try:
            while time.monotonic() < until:
                done, total = next(self._steps)
                percent = 100 * done // max(total, 1)
                context.window_manager.progress_update(percent)
        except StopIteration as end:
            self._end(context)
            self._tell(end.value)
            return {"FINISHED"}
        except Hitem3DError as error:
            self._end(context)
            self.report({"ERROR"}, translated(error.message))
            return {"CANCELLED"}
        except BaseException:
            self._end(context)
            raise
        status = Message("Working on the parts: {percent} %. Esc stops it", {"percent": percent})
        context.workspace.status_text_set(translated(status))
        return {"RUNNING_MODAL"}

    def run(self, context: bpy.types.Context) -> None:
        from ..closing.close import run_through

        self._tell(run_through(self.begin(context)))

    def _end(self, context: bpy.types.Context) -> None:
        context.window_manager.event_timer_remove(self._timer)
        context.window_manager.progress_end()
        context.workspace.status_text_set(None)

    def _tell(self, outcome: Outcome) -> None:
        for warning in outcome.warnings():
            self.report({"WARNING"}, translated(warning))
        self.report({"INFO"}, translated(outcome.sentence()))
