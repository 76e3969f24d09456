# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all operators share: one sentence at the end, and how the window shows that a call takes its time."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import bpy

from .. import ADDON
from ..core.errors import Hitem3DError, Message
from ..session import connection
from ..session.parts import has_parts
from .wording import translated

if TYPE_CHECKING:
    from ..core.tasks.workflow import Worker

UNREADABLE_NAME = Message("The name of an object in this file can't be read. Rename the object, and try again.")


CHANGED_FILES = Message(
    "The add-on's files have changed since this Blender was started, perhaps by an update in another one. "
    "Save your work and start Blender again."
)


class Hitem3DOperator(bpy.types.Operator):
    """What the operators share: `run` does the work and gives the sentence to report."""

    only_queued = False
    """Set by `run` when nothing has changed in the file yet: then there is nothing to undo."""

    @property
    def is_window_control(self) -> bool:
        """Whether a button, a menu or a dialog began this, so that Blender may not wait; False from a script.

        OK in an operator's dialog calls `execute`, so it is not the method that tells.
        """
        return self.options.is_invoke and not bpy.app.background

    def run(self, context: bpy.types.Context) -> Message | None:
        """Do it, and give what to report, unless that is done. Raises Hitem3DError, whose sentence is reported;
        anything else is a bug, and keeps its traceback."""
        raise NotImplementedError

    def execute(self, context: bpy.types.Context) -> set[str]:
        try:
            message = self.run(context)
        except UnicodeDecodeError:
            # The one thing that Blender's own data raises when it is read: a name of a damaged or an ancient file.
            self.report({"ERROR"}, translated(UNREADABLE_NAME))
            return {"CANCELLED"}
        except ImportError as error:
            if not (error.name or "").startswith(ADDON):
                raise
            import traceback

            traceback.print_exc()
            self.report({"ERROR"}, translated(CHANGED_FILES))
            return {"CANCELLED"}
        except Hitem3DError as error:
            self.report({"ERROR"}, translated(error.message))
            return {"CANCELLED"}
        if message:
            self.report({"INFO"}, translated(message))
        return {"CANCELLED"} if self.only_queued else {"FINISHED"}


class PartsOperator(Hitem3DOperator):
    """What works on the import of the active object, or of what is selected."""

    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if has_parts(context):
            return True
        cls.poll_message_set(translated(Message("Select imported parts, or the object that they were cut from")))
        return False


class AgentOperator(Hitem3DOperator):
    """What a button of the window leaves to the agent, and a script does here and now.

    Each says what the agent is told (`command`), what the user is told meanwhile (`begun`), and what a script does
    (`do_now`).
    """

    bl_options = {"INTERNAL"}
    begun = Message("Asking Hitem3D…")
    asks_nothing = False
    """It makes no request: without keys or online access, when there is no agent, it is done here and now."""

    def command(self, context: bpy.types.Context) -> dict[str, str]:
        """What the agent is told. Raises a Hitem3DError for what can't be done at all."""
        raise NotImplementedError

    def do_now(self, worker: Worker, command: dict[str, str]) -> Message:
        """Do it while the script waits, and give what to report. Raises Hitem3DError."""
        raise NotImplementedError

    def run(self, context: bpy.types.Context) -> Message:
        from ..background import sync

        command, current = self.command(context), connection.current()
        if self.is_window_control and not (self.asks_nothing and current.is_unreachable):
            sync.tell_agent(**command)
            return self.begun
        with connection.worker(current) as worker:
            done = self.do_now(worker, command)
        sync.wake()
        return done


@contextlib.contextmanager
def cursor_progress(context: bpy.types.Context) -> Iterator[Callable[[int, int], None]]:
    """Show percent beside the mouse cursor while a call blocks; nothing in background."""
    manager = context.window_manager
    manager.progress_begin(0, 100)
    try:
        yield lambda done, total: manager.progress_update(100 * done // total if total else 0)
    finally:
        manager.progress_end()
