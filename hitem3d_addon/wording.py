# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages and states in the user's language and words."""

from __future__ import annotations

import textwrap

import bpy
from bpy.app.translations import pgettext_rpt

from .core.errors import Message
from .core.model import ServiceState, Task, TaskState


def translated(message: Message) -> str:
    """The message in the language of Blender's reports: the template is looked up, then filled."""
    return str(Message(pgettext_rpt(message.template), message.values))


def state_message(task: Task) -> Message:
    """What is going on with a task, in a few words."""
    if task.state is TaskState.WORKING:
        if task.service_state in (ServiceState.CREATED, ServiceState.QUEUEING):
            return Message("In the service's queue")
        if task.service_state in (ServiceState.PROCESSING, ""):
            return Message("The service is cutting the model")
        return Message("At the service: {state}", {"state": task.service_state})
    return {
        TaskState.PENDING: Message("Waiting to be sent"),
        TaskState.SENDING: Message("Sending"),
        TaskState.UNCERTAIN: Message("Uncertain: it may have been sent"),
        TaskState.READY: Message("The parts are ready"),
        TaskState.DONE: Message("The parts are ready"),
        TaskState.FAILED: Message("Failed"),
        TaskState.CANCELLED: Message("Stopped"),
    }[task.state]


def draw_text(context: bpy.types.Context, layout: bpy.types.UILayout, text: str, *, icon: str = "NONE") -> None:
    """Draw a sentence over as many lines as the region's width asks for: labels are cut off, never wrapped."""
    scale = context.preferences.system.ui_scale
    width = context.region.width if context.region else 300
    # A character of the interface's font is about 6.2 pixels wide; the icon and the margins take the rest.
    characters = max(int((width / scale - 50) / 6.2), 12)
    column = layout.column(align=True)
    for number, line in enumerate(textwrap.wrap(text, characters)):
        column.label(text=line, icon=icon if number == 0 else "NONE" if icon == "NONE" else "BLANK1", translate=False)
