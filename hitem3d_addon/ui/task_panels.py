# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks in the 3D View's sidebar: the list, and below it what is known of the selected one and what to press next.

Drawing reads plain values that others keep up to date; it never reads the disk or the network.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

import bpy

from ..core.address import shown
from ..core.data_folder import data_folder
from ..core.errors import Message, Value
from ..core.values import UNDER_WAY, TaskState
from ..session import connection, settings
from ..session.board import board
from ..session.parts import find_originals, is_shown, task_id_in
from ..session.record import parts_of_task, task_id_of
from .parts import HITEM3D_OT_apply_parts, HITEM3D_OT_import_result, HITEM3D_OT_show
from .sidebar import SidebarPanel
from .task_list import draw_bar, draw_list
from .tasks import (
    HITEM3D_OT_adopt_task,
    HITEM3D_OT_cancel_all,
    HITEM3D_OT_cancel_task,
    HITEM3D_OT_clear_finished_tasks,
    HITEM3D_OT_copy_task_id,
    HITEM3D_OT_forget_task,
    HITEM3D_OT_give_task_id,
    HITEM3D_OT_move_task,
    HITEM3D_OT_query_task,
    HITEM3D_OT_retry_task,
    running_tasks,
)
from .wording import draw_text, how_long_ago, level_name, state_message, translated

if TYPE_CHECKING:
    from ..core.task import Task


_UNSENT = (TaskState.PENDING, TaskState.FAILED, TaskState.CANCELLED)
"""States in which a task without an id was certainly never at a service."""


class HITEM3D_MT_tasks(bpy.types.Menu):
    bl_label = "Tasks"

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        layout.operator_context = "INVOKE_DEFAULT"
        layout.operator(HITEM3D_OT_adopt_task.bl_idname, text="Add Task by Id…", icon="ADD")
        layout.operator(HITEM3D_OT_clear_finished_tasks.bl_idname, icon="TRASH")
        folder = str(data_folder(os.environ))
        layout.operator("wm.path_open", text="Open Data Folder", icon="FILEBROWSER").filepath = folder


class HITEM3D_PT_tasks(SidebarPanel, bpy.types.Panel):
    bl_label = "Tasks"
    bl_parent_id = "HITEM3D_PT_segment"

    def draw_header_preset(self, context: bpy.types.Context) -> None:
        self.layout.menu(HITEM3D_MT_tasks.__name__, text="", icon="DOWNARROW_HLT")

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        active = context.view_layer.objects.active
        if active and task_id_of(active) and board.find_task(active) is None:
            # It came with the file; asking takes it into this computer's list.
            layout.label(text=active.name, icon="OBJECT_DATA", translate=False)
            layout.operator(HITEM3D_OT_query_task.bl_idname, icon="FILE_REFRESH")
            layout.operator(HITEM3D_OT_import_result.bl_idname, icon="IMPORT")
        if not board.tasks:
            layout.label(text="No tasks yet")
            return
        task = draw_list(context, layout)
        running = len(running_tasks())
        if running and (preferences := settings.get()):
            layout.prop(preferences, "auto_import")
        if running > 1:
            layout.operator(HITEM3D_OT_cancel_all.bl_idname, icon="CANCEL")
        if task:
            _draw_task(context, layout.box(), task)
        if board.unsaved_ids:
            hint = Message("Save the file to keep its new task ids, for another computer too")
            draw_text(context, layout, translated(hint), icon="FILE_TICK")


def _draw_task(context: bpy.types.Context, box: bpy.types.UILayout, task: Task) -> None:
    """The selected task: what it is about, how far it is, and what is next."""
    parts = parts_of_task(task.task_id)
    is_imported = task.state is TaskState.DONE and parts
    draw_text(context, box, translated(Message("The parts are imported") if is_imported else state_message(task)))
    draw_bar(box, task)
    if task.uid in board.next_tries and task.state in UNDER_WAY:
        when, obstacle = board.next_tries[task.uid]
        draw_text(context, box, translated(obstacle))
        seconds = Message("Next try in {count} s", {"count": max(0, round(when - time.time()))})
        draw_text(context, box, translated(seconds))
        row = box.row()
        row.operator(HITEM3D_OT_query_task.bl_idname, text="Try Again Now", icon="FILE_REFRESH").uid = task.uid
    elif task.error:
        draw_text(context, box, translated(task.error))
    _draw_next_step(context, box.column(), task, parts)
    draw_text(context, box, _origin(task))
    row = box.row()
    if task.task_id:
        row.operator(HITEM3D_OT_copy_task_id.bl_idname, text="Id", icon="COPYDOWN").uid = task.uid
    if task.state is not TaskState.SENDING:
        row.operator(HITEM3D_OT_forget_task.bl_idname, icon="TRASH").uid = task.uid


def _draw_next_step(
    context: bpy.types.Context, layout: bpy.types.UILayout, task: Task, parts: Sequence[bpy.types.Object]
) -> None:
    is_here = bool(task.task_id) and task.state in (TaskState.READY, TaskState.DONE)
    row = layout.row()
    row.scale_y = 1.2
    if is_here and parts:
        originals = find_originals(task.task_id)
        if task_id_in(context) != task.task_id:  # else the main button above does that
            row.enabled = bool(originals)
            row.operator_menu_enum(HITEM3D_OT_apply_parts.bl_idname, "target", text="Apply to Original")
        show = layout.row(align=True)
        show.label(text="", icon="HIDE_OFF")
        button = show.operator(HITEM3D_OT_show.bl_idname, text="Original", depress=is_shown(context, originals))
        button.uid, button.what = task.uid, "ORIGINAL"
        button = show.operator(HITEM3D_OT_show.bl_idname, text="Parts", depress=is_shown(context, parts))
        button.uid, button.what = task.uid, "PARTS"
        layout.operator(HITEM3D_OT_import_result.bl_idname, text="Import Again", icon="IMPORT").uid = task.uid
    elif is_here:
        row.operator(HITEM3D_OT_import_result.bl_idname, icon="IMPORT").uid = task.uid
    if task.api_url != connection.current().api_url and task.state is not TaskState.DONE:
        _draw_elsewhere(context, layout, task)
    elif task.state in UNDER_WAY:
        layout.operator(HITEM3D_OT_cancel_task.bl_idname, icon="CANCEL").uid = task.uid
    elif not task.task_id:
        if task.state is TaskState.UNCERTAIN:
            layout.operator(HITEM3D_OT_give_task_id.bl_idname, icon="GREASEPENCIL").uid = task.uid
        layout.operator(HITEM3D_OT_retry_task.bl_idname, icon="FILE_REFRESH").uid = task.uid
    elif task.state is not TaskState.DONE:
        layout.operator(HITEM3D_OT_query_task.bl_idname, icon="FILE_REFRESH").uid = task.uid


def _draw_elsewhere(context: bpy.types.Context, layout: bpy.types.UILayout, task: Task) -> None:
    """A task of another service than the one that is set: it stands still until that one is set again, or is moved."""
    waits = Message("It belongs to {host}, which is not the service that is set", {"host": shown(task.api_url)})
    draw_text(context, layout, translated(waits), icon="INFO")
    if not task.task_id and task.state in _UNSENT:
        layout.operator(HITEM3D_OT_move_task.bl_idname, icon="EXPORT").uid = task.uid


def _origin(task: Task) -> str:
    """Where a task came from: object, file, level, time."""
    values: dict[str, Value] = {
        "name": task.name,
        "file": PurePath(board.origins.get(task.uid, "")).name,
        "level": translated(level_name(task.request.seg_level)),
        "ago": translated(how_long_ago(time.time() - task.created)),
    }
    if values["file"]:
        return translated(Message("“{name}” from {file}, {level}, {ago}", values))
    return translated(Message("“{name}”, {level}, {ago}", values))


register, unregister = bpy.utils.register_classes_factory((HITEM3D_MT_tasks, HITEM3D_PT_tasks))
