# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks in the 3D View's sidebar: how far each is, and what to press next.

Drawing reads plain values that others keep up to date; it never reads the disk or the network.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import bpy
from bpy.app.translations import pgettext_iface

from ..core.errors import Message
from ..core.values import TaskState
from ..session.board import board
from ..session.record import parts_of, task_id_of
from .parts import HITEM3D_OT_apply_parts, HITEM3D_OT_import_result
from .sidebar import SidebarPanel
from .tasks import (
    HITEM3D_OT_adopt_task,
    HITEM3D_OT_cancel_task,
    HITEM3D_OT_copy_task_id,
    HITEM3D_OT_forget_task,
    HITEM3D_OT_give_task_id,
    HITEM3D_OT_query_task,
    HITEM3D_OT_retry_task,
)
from .wording import draw_text, state_message, translated

if TYPE_CHECKING:
    from ..core.task import Task

MOST = 4
"""Tasks that a panel shows at once: nobody scrolls through a thousand, and Blender would draw them all."""

_ICONS = {
    TaskState.PENDING: "TIME",
    TaskState.SENDING: "EXPORT",
    TaskState.UNCERTAIN: "QUESTION",
    TaskState.WORKING: "TIME",
    TaskState.READY: "IMPORT",
    TaskState.DONE: "CHECKMARK",
    TaskState.FAILED: "ERROR",
    TaskState.CANCELLED: "CANCEL",
}


class HITEM3D_PT_tasks(SidebarPanel, bpy.types.Panel):
    bl_label = "Tasks"
    bl_parent_id = "HITEM3D_PT_segment"

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        active = context.view_layer.objects.active
        mine = board.find_task(active) if active else None
        names = board.shown(mine).names
        first = [mine.uid] if mine and mine.uid in names else []
        uids = first + [uid for uid in names if uid not in first]
        for uid in uids[:MOST]:
            _draw_task(context, layout, board.tasks[uid], names[uid], is_active=uid in first)
        _draw_rest(context, layout, Message("{count} more: select an object to see its task"), len(uids))
        if board.unsaved_ids:
            hint = Message("Save the file to keep its new task ids, for another computer too")
            draw_text(context, layout, translated(hint), icon="FILE_TICK")
        if active and task_id_of(active) and mine is None:
            # It came with the file; asking takes it into this computer's list.
            box = layout.box()
            box.label(text=active.name, icon="OBJECT_DATA", translate=False)
            box.operator(HITEM3D_OT_query_task.bl_idname, icon="FILE_REFRESH")
            box.operator(HITEM3D_OT_import_result.bl_idname, icon="IMPORT")
        elif not names:
            layout.label(text="No tasks in this file")
        layout.operator(HITEM3D_OT_adopt_task.bl_idname, text="Add Task by Id…", icon="ADD")


class HITEM3D_PT_other_tasks(SidebarPanel, bpy.types.Panel):
    bl_label = "Tasks of Other Files"
    bl_parent_id = "HITEM3D_PT_segment"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return bool(board.shown().others)

    def draw(self, context: bpy.types.Context) -> None:
        others = board.shown().others
        for uid in others[:MOST]:
            task = board.tasks[uid]
            _draw_task(context, self.layout, task, task.name, is_active=False)
        _draw_rest(context, self.layout, Message("{count} older ones"), len(others))


def _draw_rest(context: bpy.types.Context, layout: bpy.types.UILayout, said: Message, count: int) -> None:
    if count > MOST:
        text = translated(Message(said.template, {"count": count - MOST}))
        draw_text(context, layout, text, icon="THREE_DOTS")


def _draw_task(
    context: bpy.types.Context, layout: bpy.types.UILayout, task: Task, names: str, *, is_active: bool
) -> None:
    box = layout.box()
    header = box.row(align=True)
    header.label(text=names, icon=_ICONS[task.state], translate=False)
    if task.task_id:
        header.operator(HITEM3D_OT_copy_task_id.bl_idname, text="", icon="COPYDOWN", emboss=False).uid = task.uid
    if task.state is not TaskState.SENDING:
        header.operator(HITEM3D_OT_forget_task.bl_idname, text="", icon="TRASH", emboss=False).uid = task.uid
    active = context.view_layer.objects.active
    is_here = task.state in (TaskState.READY, TaskState.DONE)
    has_parts = bool(is_here and is_active and active and parts_of(active))
    if has_parts and task.state is TaskState.DONE:
        draw_text(context, box, translated(Message("The parts are imported")))
    else:
        _draw_state(context, box, task)
    if task.error:
        draw_text(context, box, translated(task.error))
    buttons = box.column()
    if task.task_id and is_here:
        row = buttons.row()
        row.scale_y = 1.2
        row.operator(HITEM3D_OT_import_result.bl_idname, icon="IMPORT").uid = task.uid
        if has_parts:
            buttons.operator_menu_enum(HITEM3D_OT_apply_parts.bl_idname, "target", text="Apply Parts")
    if task.state in (TaskState.PENDING, TaskState.SENDING, TaskState.WORKING, TaskState.READY):
        buttons.operator(HITEM3D_OT_cancel_task.bl_idname, icon="CANCEL").uid = task.uid
    elif not task.task_id:
        if task.state is TaskState.UNCERTAIN:
            buttons.operator(HITEM3D_OT_give_task_id.bl_idname, icon="GREASEPENCIL").uid = task.uid
        buttons.operator(HITEM3D_OT_retry_task.bl_idname, icon="FILE_REFRESH").uid = task.uid
    elif task.state is not TaskState.DONE:
        buttons.operator(HITEM3D_OT_query_task.bl_idname, icon="FILE_REFRESH").uid = task.uid


def _draw_state(context: bpy.types.Context, box: bpy.types.UILayout, task: Task) -> None:
    """What is going on: a bar for what is being transferred, the time for what the service works on, else words."""
    transfer = board.transfers.get(task.uid)
    if transfer and transfer.total and task.state in (TaskState.SENDING, TaskState.READY):
        text = "Sending {:.0f} of {:.0f} MB" if transfer.step == "upload" else "Fetching {:.0f} of {:.0f} MB"
        text = pgettext_iface(text).format(transfer.done / 1e6, transfer.total / 1e6)
        box.progress(factor=transfer.done / transfer.total, text=text)
        return
    draw_text(context, box, translated(state_message(task)))
    if task.state is TaskState.WORKING and task.submitted:
        text = pgettext_iface("{} so far").format(_minutes(max(0, int(time.time()) - task.submitted)))
        if usual := board.shown().usual_duration:
            text += pgettext_iface(", usually {}").format(_minutes(usual))
        draw_text(context, box, text)


def _minutes(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"


register, unregister = bpy.utils.register_classes_factory((HITEM3D_PT_tasks, HITEM3D_PT_other_tasks))
