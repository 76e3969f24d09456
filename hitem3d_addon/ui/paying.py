# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing is paid for twice by accident: what was sent before, and is about to be sent again, is asked about first.

A model is recognised by the digest of its file, whatever the object is called, and however long ago it was.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import bpy
from bpy.props import EnumProperty

from ..core.errors import Hitem3DError, Message, Value
from ..session.connection import Connection
from .base import Hitem3DOperator
from .wording import draw_text, how_long_ago, translated

if TYPE_CHECKING:
    from ..core.task import Task
    from ..send.submission import Submission

_DIALOG = 320


class _Held:
    """What is to be sent, from the press to the answer. Its files are discarded if there is none."""

    def __init__(self, connection: Connection, submissions: list[Submission]) -> None:
        self.connection = connection
        self.submissions = submissions
        self.twins = len(submissions) - len({one.content for one in submissions})
        """How many are the same as another one of them."""
        self.known: Mapping[str, Task] = {}
        """The tasks of those that were sent before, by the submission's uid."""

    def question(self) -> Message:
        latest = max((task.submitted or task.created for task in self.known.values()), default=0)
        values: dict[str, Value] = {
            "known": len(self.known),
            "twins": self.twins,
            "count": len(self.submissions),
            "ago": translated(how_long_ago(time.time() - latest)),
        }
        if not self.known:
            return Message("{twins} of {count} models are the same as another one of them", values)
        if len(self.submissions) > 1:
            return Message("{known} of {count} models were sent before with the same options, {ago}", values)
        return Message("The same model was sent with the same options {ago}", values)


_held: _Held | None = None


def queue(connection: Connection, submissions: list[Submission], *, again: bool) -> Message | None:
    """Have submissions sent in the background; where some were sent before, ask first. Raises Hitem3DError.

    Gives what to report, or None while the user is asked. The submissions' files are looked after from here on.
    """
    from ..send.submission import find_sent

    global _held
    discard_held()
    _held = _Held(connection, submissions)
    try:
        if not again:
            _held.known = find_sent(connection, submissions)
            if _held.known or _held.twins:
                bpy.ops.hitem3d.pay_again("INVOKE_DEFAULT")
                return None
        # The list looks once more, in the step that adds the task: another Blender may have added it since.
        message = _queue(submissions, again=again)
    except BaseException:
        discard_held()
        raise
    discard_held()
    return message


def discard_held() -> None:
    """Remove the files of what waits for an answer, if anything does."""
    global _held
    if _held:
        from ..send.submission import discard

        discard(_held.connection, _held.submissions)
    _held = None


def _queue(submissions: list[Submission], *, again: bool) -> Message:
    from ..background import sync

    given = {one.uid for one in submissions}
    tasks: Sequence[Task] = sync.queue(submissions, again=again)
    sent = sum(task.uid in given for task in tasks)
    if not sent:
        return Message("Nothing is sent: the task that there is belongs to the object now")
    if sent == 1:
        return Message("Sending to Hitem3D in the background")
    return Message("Sending to Hitem3D in the background: {count} tasks", {"count": sent})


class HITEM3D_OT_pay_again(Hitem3DOperator):
    """Send what was sent before once more, or use the task that there is"""

    bl_idname = "hitem3d.pay_again"
    bl_label = "Sent Before"
    bl_options = {"INTERNAL"}

    choice: EnumProperty(
        name="Do",
        description="What is done with what was sent before",
        items=[
            ("USE", "Use That Task", "Nothing is paid; what was not sent before is sent"),
            ("SEND", "Send Again", "Each is a new task, which costs credits"),
        ],
        default="USE",
        options={"SKIP_SAVE"},
    )

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_props_dialog(
            self, width=_DIALOG, title="Sent Before", confirm_text="Go On"
        )

    def draw(self, context: bpy.types.Context) -> None:
        if _held:
            draw_text(context, self.layout, translated(_held.question()), icon="QUESTION", width=_DIALOG)
        self.layout.row().prop(self, "choice", expand=True)
        if _held and self.choice == "SEND":
            count = len(_held.submissions)
            paid = Message("1 task will be paid" if count == 1 else "{count} tasks will be paid", {"count": count})
            draw_text(context, self.layout, translated(paid), icon="BLANK1", width=_DIALOG)

    def cancel(self, context: bpy.types.Context) -> None:
        discard_held()

    def run(self, context: bpy.types.Context) -> Message | None:
        if _held is None:
            return None
        self.only_queued = True
        try:
            return _queue(_held.submissions, again=self.choice == "SEND")
        finally:
            discard_held()


_register_classes, _unregister_classes = bpy.utils.register_classes_factory((HITEM3D_OT_pay_again,))


def register() -> None:
    _register_classes()


def unregister() -> None:
    with contextlib.suppress(Hitem3DError):
        discard_held()
    _unregister_classes()
