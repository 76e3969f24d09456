# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages and states in the user's language and words."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import blf
import bpy
from bpy.app.translations import pgettext_rpt

from ..core.errors import Message
from ..core.values import TaskState
from ..session.board import board

if TYPE_CHECKING:
    from ..core.task import SegLevel, Task

_CHINESE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_CLOSING = "。，、；：？！）”》"
_WORDS = rf"[{_CHINESE}][{_CLOSING}]*|(?:[\d.,]+ (?=MB|%))?[^\s{_CHINESE}]+[{_CLOSING}]*\s*|\s+"
"""Where a line may end: after each match; not between a number and its unit, nor before closing punctuation. Compiled
where it is used: that takes a tenth of what Blender's start may."""


def translated(message: Message) -> str:
    """The message in the language of Blender's reports: the template is looked up, then filled."""
    values = {name: translated(v) if isinstance(v, Message) else v for name, v in message.values.items()}
    return str(Message(pgettext_rpt(message.template), values))


def state_message(task: Task, *, short: bool = False) -> Message:
    """What is going on with a task, in a few words; with ``short`` in one or two."""
    from ..core.task import ServiceState

    if short:
        return _SHORT[task.state]
    if task.state is TaskState.WORKING:
        if task.service_state in (ServiceState.CREATED, ServiceState.QUEUEING):
            return Message("In the service's queue")
        if task.service_state in (ServiceState.PROCESSING, ""):
            return Message("The service is cutting the model")
        return Message("At the service: {state}", {"state": task.service_state})
    match task.state:
        case TaskState.PENDING:
            return Message("Waiting to be sent")
        case TaskState.SENDING:
            return Message("Sending")
        case TaskState.UNCERTAIN:
            return Message("Uncertain: it may have been sent")
        case TaskState.READY | TaskState.DONE:
            return Message("The parts are ready")
        case TaskState.FAILED:
            return Message("Failed")
        case TaskState.CANCELLED:
            return Message("Stopped")


STL_WARNING = Message("An STL can't keep parts apart that touch each other; a GLB can")
"""Where a format is chosen: it costs credits to find out."""

_SHORT = {
    TaskState.PENDING: Message("Waiting"),
    TaskState.SENDING: Message("Sending"),
    TaskState.UNCERTAIN: Message("Uncertain"),
    TaskState.WORKING: Message("Working"),
    TaskState.READY: Message("Ready"),
    TaskState.DONE: Message("Ready"),
    TaskState.FAILED: Message("Failed"),
    TaskState.CANCELLED: Message("Stopped"),
}


def level_name(level: SegLevel) -> Message:
    """What the panel calls a level."""
    match level.value:
        case "low":
            return Message("Low")
        case "high":
            return Message("High")
    return Message("Medium")


def cost_message(seg_level: str, count: int) -> Message | None:
    """What tasks of this level would cost, as far as the last ones tell, and what is left; None where neither is known.

    It fits on a line of a narrow sidebar.
    """
    price = board.prices.get(seg_level.lower())
    left = board.account.values.get("credits") if board.account else None
    if price is not None and isinstance(left, int | float):
        return Message("≈ {price:g} of {credits:g} credits", {"price": count * price, "credits": left})
    if price is not None:
        return Message("≈ {price:g} credits", {"price": count * price})
    return board.credits_left()


def how_long_ago(seconds: float, *, short: bool = False) -> Message:
    """A time that has passed, in the one unit that tells most; with ``short`` without the word "ago"."""
    if short:
        if seconds < 90:
            return Message("{count} s", {"count": max(0, round(seconds))})
        if seconds < 90 * 60:
            return Message("{count} min", {"count": round(seconds / 60)})
        if seconds < 36 * 3600:
            return Message("{count} h", {"count": round(seconds / 3600)})
        return Message("{count} d", {"count": round(seconds / 86400)})
    if seconds < 90:
        return Message("{count} s ago", {"count": max(0, round(seconds))})
    if seconds < 90 * 60:
        return Message("{count} min ago", {"count": round(seconds / 60)})
    if seconds < 36 * 3600:
        return Message("{count} h ago", {"count": round(seconds / 3600)})
    return Message("{count} days ago", {"count": round(seconds / 86400)})


def draw_text(
    context: bpy.types.Context, layout: bpy.types.UILayout, text: str, *, icon: str = "NONE", width: int = 0
) -> None:
    """Draw a sentence over as many lines as its width asks for: labels are cut off, never wrapped.

    ``width`` is that of a dialog, in pixels at a scale of 1; without it the region's counts.
    """
    scale = context.preferences.system.ui_scale
    # The margins of panel and box, the tabs beside them, and the icon.
    room = (scale * width or context.region.width) - scale * (72 if icon == "NONE" else 94)
    column = layout.column(align=True)
    column.scale_y = 0.85
    for number, line in enumerate(_lines(text, room, context.preferences.ui_styles[0].widget.points * scale)):
        column.label(text=line, icon=icon if number == 0 else "NONE" if icon == "NONE" else "BLANK1", translate=False)


@functools.lru_cache(maxsize=500)
def _lines(text: str, room: float, size: float) -> list[str]:
    """The lines that fit into so many pixels in Blender's own font of this size. Kept, since panels are drawn often."""
    blf.size(0, size)
    return wrapped(text, lambda line: blf.dimensions(0, line)[0] <= room)


def wrapped(text: str, fits: Callable[[str], bool]) -> list[str]:
    """The text in lines that fit, broken at spaces and between Chinese characters, and a long word anywhere."""
    lines = [""]
    for word in re.findall(_WORDS, text):
        if fits((lines[-1] + word).rstrip()):
            lines[-1] += word
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if lines[-1] and not fits((lines[-1] + letter).rstrip()):
                lines.append("")
            lines[-1] += letter
    return [line.strip() for line in lines if line.strip()]
