# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is drawn: the panels in the 3D View's sidebar, and the menu in Object, through which F3 finds the operators.

Drawing reads plain values that others keep up to date; it never reads the disk or the network.
"""

from __future__ import annotations

import time
from statistics import median

import bpy
from bpy.app.translations import pgettext_iface

from . import known_tasks, preferences, service
from .core.model import Task, TaskState
from .importing import parts_of
from .operators import HITEM3D_OT_create_task, HITEM3D_OT_query_task
from .parts_operators import HITEM3D_OT_apply_parts, HITEM3D_OT_import_result
from .record import task_id_of
from .task_operators import (
    HITEM3D_OT_adopt_task,
    HITEM3D_OT_cancel_task,
    HITEM3D_OT_copy_task_id,
    HITEM3D_OT_forget_task,
    HITEM3D_OT_give_task_id,
    HITEM3D_OT_retry_task,
)
from .wording import draw_text, state_message, translated

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


class _SidebarPanel:
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Hitem3D"


class HITEM3D_PT_segment(_SidebarPanel, bpy.types.Panel):
    bl_label = "Hitem3D"

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        current = service.current()
        if reason := service.offline_reason(current.api_url):
            draw_text(context, layout, reason, icon="ERROR")
            if not bpy.app.online_access_override:
                layout.operator("extensions.userpref_show_online", text="Allow Online Access…")
            return
        if not current.credentials.present:
            draw_text(context, layout, "No keys for Hitem3D yet", icon="ERROR")
            layout.operator("preferences.addon_show", text="Enter Keys…").module = __package__ or ""
            return
        settings = preferences.get()
        column = layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        if settings:
            column.prop(settings, "seg_level")
            column.prop(settings, "format")
            column.prop(settings, "include_materials")
            column.prop(settings, "callback_url")
        selected, active = context.selected_objects, context.view_layer.objects.active
        if len(selected) > 1:
            sources = [("EACH", "Segment Each"), ("TOGETHER", "Segment as One")]
        elif selected and selected[0] != active:  # box select leaves the active object as it was
            sources = [("EACH", "Segment")]
        else:
            sources = [("ACTIVE", "Segment")]
        buttons = layout.column(align=True)
        buttons.scale_y = 1.3
        for source, text in sources:
            button = buttons.operator(HITEM3D_OT_create_task.bl_idname, text=text, icon="MOD_EXPLODE")
            button.source = source
            button.without_dialog = True
        if known_tasks.problem:
            draw_text(context, layout, translated(known_tasks.problem), icon="ERROR")


class HITEM3D_PT_tasks(_SidebarPanel, bpy.types.Panel):
    bl_label = "Tasks"
    bl_parent_id = "HITEM3D_PT_segment"

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        active = context.view_layer.objects.active
        mine = known_tasks.of_object(active) if active else None
        in_file = known_tasks.uids_in_file()
        shown = sorted((known_tasks.tasks[uid] for uid in in_file), key=lambda task: (task != mine, -task.created))
        for task in shown:
            names = ", ".join(obj.name for obj in in_file[task.uid])
            _draw_task(context, layout, task, names, is_active=task == mine)
        if active and task_id_of(active) and mine is None:
            # It came with the file; asking takes it into this computer's list.
            box = layout.box()
            box.label(text=active.name, icon="OBJECT_DATA")
            box.operator(HITEM3D_OT_query_task.bl_idname, icon="FILE_REFRESH")
            box.operator(HITEM3D_OT_import_result.bl_idname, icon="IMPORT")
        elif not shown:
            layout.label(text="No tasks in this file")
        layout.operator(HITEM3D_OT_adopt_task.bl_idname, text="Add Task by Id…", icon="ADD")


class HITEM3D_PT_other_tasks(_SidebarPanel, bpy.types.Panel):
    bl_label = "Tasks of Other Files"
    bl_parent_id = "HITEM3D_PT_segment"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return len(known_tasks.tasks) > len(known_tasks.uids_in_file())

    def draw(self, context: bpy.types.Context) -> None:
        in_file = known_tasks.uids_in_file()
        others = [task for task in known_tasks.tasks.values() if task.uid not in in_file]
        for task in sorted(others, key=lambda task: -task.created)[:20]:
            _draw_task(context, self.layout, task, task.name, is_active=False)


def _draw_task(
    context: bpy.types.Context, layout: bpy.types.UILayout, task: Task, names: str, *, is_active: bool
) -> None:
    box = layout.box()
    box.label(text=names, icon=_ICONS[task.state])
    transfer = known_tasks.transfers.get(task.uid)
    if transfer and transfer.total and task.state in (TaskState.SENDING, TaskState.READY):
        share = transfer.done / transfer.total
        text = "Sending {:.0f} of {:.0f} MB" if transfer.step == "upload" else "Downloading {:.0f} of {:.0f} MB"
        box.progress(factor=share, text=pgettext_iface(text).format(transfer.done / 1e6, transfer.total / 1e6))
    else:
        draw_text(context, box, translated(state_message(task)))
    if task.state is TaskState.WORKING and task.submitted:
        elapsed = int(time.time()) - task.submitted
        text = pgettext_iface("{} so far").format(_minutes(elapsed))
        if usual := usual_duration():
            text += pgettext_iface(", usually {}").format(_minutes(usual))
        box.label(text=text)
    if task.error:
        draw_text(context, box, translated(task.error))
    if task.task_id and task.state in (TaskState.READY, TaskState.DONE):
        row = box.row()
        row.scale_y = 1.2
        row.operator(HITEM3D_OT_import_result.bl_idname, icon="IMPORT").uid = task.uid
        active = context.view_layer.objects.active
        if is_active and active and parts_of(active):
            box.operator_menu_enum(HITEM3D_OT_apply_parts.bl_idname, "target", text="Apply Parts to Original")
    row = box.row(align=True)
    if task.state in (TaskState.PENDING, TaskState.SENDING, TaskState.WORKING, TaskState.READY):
        row.operator(HITEM3D_OT_cancel_task.bl_idname, icon="CANCEL").uid = task.uid
    elif not task.task_id:
        row.operator(HITEM3D_OT_retry_task.bl_idname, icon="FILE_REFRESH").uid = task.uid
        if task.state is TaskState.UNCERTAIN:
            row.operator(HITEM3D_OT_give_task_id.bl_idname, icon="GREASEPENCIL").uid = task.uid
    elif task.state is not TaskState.DONE:
        row.operator(HITEM3D_OT_query_task.bl_idname, icon="FILE_REFRESH").uid = task.uid
    if task.task_id:
        row.operator(HITEM3D_OT_copy_task_id.bl_idname, text="", icon="COPYDOWN").uid = task.uid
    if task.state is not TaskState.SENDING:
        row.operator(HITEM3D_OT_forget_task.bl_idname, text="", icon="TRASH").uid = task.uid


def usual_duration() -> int:
    """Seconds that the service took for the tasks that it finished last, or 0 where there were none."""
    finished = [t for t in known_tasks.tasks.values() if t.state is TaskState.DONE and t.submitted and t.finished]
    finished.sort(key=lambda task: -task.finished)
    return round(median(t.finished - t.submitted for t in finished[:10])) if finished else 0


def _minutes(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"


class HITEM3D_MT_object(bpy.types.Menu):
    bl_label = "Hitem3D"

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        layout.operator_context = "INVOKE_DEFAULT"
        layout.operator(HITEM3D_OT_create_task.bl_idname, text="Segment (Split into Parts)…")
        layout.operator(HITEM3D_OT_query_task.bl_idname)
        layout.operator(HITEM3D_OT_import_result.bl_idname)
        layout.operator_menu_enum(HITEM3D_OT_apply_parts.bl_idname, "target", text="Apply Parts to Original")
        layout.operator(HITEM3D_OT_adopt_task.bl_idname, text="Add Task by Id…")


def _draw_menu(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    self.layout.separator()
    self.layout.menu(HITEM3D_MT_object.__name__)


_register_classes, _unregister_classes = bpy.utils.register_classes_factory(
    (HITEM3D_PT_segment, HITEM3D_PT_tasks, HITEM3D_PT_other_tasks, HITEM3D_MT_object)
)


def register() -> None:
    _register_classes()
    bpy.types.VIEW3D_MT_object.append(_draw_menu)


def unregister() -> None:
    bpy.types.VIEW3D_MT_object.remove(_draw_menu)
    _unregister_classes()
