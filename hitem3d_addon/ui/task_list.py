# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All tasks in one list that scrolls: a row each, and which of them is selected.

Blender draws a list from a collection of its own data, which drawing may not change. So a timer does, whenever what is
drawn is no longer what there is; the rows hold nothing but the tasks' uids.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import bpy
from bpy.app.translations import pgettext_iface
from bpy.props import CollectionProperty, IntProperty

from ..core.values import TaskState
from ..session.board import board
from .sidebar import is_wide
from .wording import how_long_ago, state_message, translated

if TYPE_CHECKING:
    from ..core.task import Task

ICONS = {
    TaskState.PENDING: "TIME",
    TaskState.SENDING: "EXPORT",
    TaskState.UNCERTAIN: "QUESTION",
    TaskState.WORKING: "TIME",
    TaskState.READY: "IMPORT",
    TaskState.DONE: "CHECKMARK",
    TaskState.FAILED: "ERROR",
    TaskState.CANCELLED: "CANCEL",
}
_order: list[str] = []
"""The uids that the rows were filled with: reading a thousand rows takes longer than drawing all else."""
_active = ""
"""The uid of the active object's task when the list was last looked at: when another one is, its row is selected."""


class HITEM3D_PG_task_row(bpy.types.PropertyGroup):
    """A row: its name is the task's uid."""


class HITEM3D_UL_tasks(bpy.types.UIList):
    """Icon, name, state, age."""

    def draw_item(
        self,
        context: bpy.types.Context,
        layout: bpy.types.UILayout,
        data: bpy.types.WindowManager,
        item: HITEM3D_PG_task_row,
        icon: int,
        active_data: bpy.types.WindowManager,
        active_property: str,
        index: int,
    ) -> None:
        task = board.tasks.get(item.name)
        if task is None:
            return
        names = board.shown().names
        row = layout.row()
        row.active = task.uid in names
        wide = is_wide(context)
        split = row.split(factor=0.5 if wide else 0.65)
        split.label(text=names.get(task.uid, task.name), icon=ICONS[task.state], translate=False)
        rest = split.row()
        if wide:
            rest.label(text=translated(state_message(task, short=True)), translate=False)
        age = rest.row()
        age.alignment = "RIGHT"
        age.label(text=translated(how_long_ago(time.time() - task.created, short=True)), translate=False)

    def filter_items(
        self, context: bpy.types.Context, data: bpy.types.WindowManager, property: str
    ) -> tuple[list[int], list[int]]:
        """By the name that is seen, not by the uid; the order is ours."""
        wanted = self.filter_name.casefold()
        if not wanted:
            return [], []
        names = board.shown().names
        shown = self.bitflag_filter_item
        flags = []
        for row in getattr(data, property):
            task = board.tasks.get(row.name)
            name = names.get(row.name, task.name if task else "")
            flags.append(shown if (wanted in name.casefold()) != self.use_filter_invert else 0)
        return flags, []


def draw_list(context: bpy.types.Context, layout: bpy.types.UILayout) -> Task | None:
    """Draw the list; gives the task of the selected row."""
    manager = context.window_manager
    follow(context)
    layout.template_list(
        HITEM3D_UL_tasks.__name__,
        "",
        manager,
        "hitem3d_tasks",
        manager,
        "hitem3d_task_index",
        rows=3,
        maxrows=8,
        item_dyntip_propname="",
    )
    return selected_task(context)


def selected_task(context: bpy.types.Context) -> Task | None:
    manager = context.window_manager
    rows, index = manager.hitem3d_tasks, manager.hitem3d_task_index
    return board.tasks.get(rows[index].name) if 0 <= index < len(rows) else None


def follow(context: bpy.types.Context) -> None:
    """See that the rows are those of the board, and the active object's task selected; soon, since this is drawing."""
    active = context.view_layer.objects.active
    mine = board.find_task(active) if active else None
    shown = board.shown(mine)
    count = len(context.window_manager.hitem3d_tasks)
    is_news = (mine.uid if mine else "") != _active or shown.order is not _order or count != len(_order)
    if is_news and not bpy.app.timers.is_registered(_fill):
        bpy.app.timers.register(_fill, first_interval=0.0)


def _fill() -> None:
    """Make the rows anew. Selected stays what was; but a task that is new, or the active object's, is what counts."""
    global _active, _order
    context = bpy.context
    manager = context.window_manager
    active = context.view_layer.objects.active
    mine = board.find_task(active) if active else None
    shown = board.shown(mine)
    rows = manager.hitem3d_tasks
    before = [row.name for row in rows]
    selected = before[manager.hitem3d_task_index] if 0 <= manager.hitem3d_task_index < len(before) else ""
    if before != shown.order:
        rows.clear()
        for uid in shown.order:
            rows.add().name = uid
    new = [uid for uid in shown.names if uid not in before] if before else []
    if mine and mine.uid != _active:
        selected = mine.uid
    elif new:
        selected = new[0]
    _active, _order = mine.uid if mine else "", shown.order
    manager.hitem3d_task_index = shown.order.index(selected) if selected in shown.order else 0
    board.redraw()


def minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def draw_bar(layout: bpy.types.UILayout, task: Task) -> None:
    """How far a transfer is, or the service, as far as anybody can tell."""
    transfer = board.transfers.get(task.uid)
    if transfer and transfer.total and task.state in (TaskState.SENDING, TaskState.READY):
        text = "Sending {:.0f} of {:.0f} MB" if transfer.step == "upload" else "Fetching {:.0f} of {:.0f} MB"
        text = pgettext_iface(text).format(transfer.done / 1e6, transfer.total / 1e6)
        layout.progress(factor=transfer.done / transfer.total, text=text)
    elif task.state is TaskState.WORKING and task.submitted:
        so_far = max(0, time.time() - task.submitted)
        if transfer and transfer.step == "cutting":  # only some answers of the service tell it
            text = pgettext_iface("{} so far, {:.0f} % done").format(minutes(so_far), transfer.done)
            layout.progress(factor=transfer.done / 100, text=text)
            return
        usual = board.shown().usual_duration
        if not usual or so_far > usual:
            text = "{} so far, longer than usual" if usual else "{} so far"
            layout.progress(factor=0.95 if usual else 0.0, text=pgettext_iface(text).format(minutes(so_far)))
            return
        text = pgettext_iface("{} so far, about {} left").format(minutes(so_far), minutes(usual - so_far))
        layout.progress(factor=so_far / usual, text=text)


_CLASSES = (HITEM3D_PG_task_row, HITEM3D_UL_tasks)
_register_classes, _unregister_classes = bpy.utils.register_classes_factory(_CLASSES)


def register() -> None:
    _register_classes()
    bpy.types.WindowManager.hitem3d_tasks = CollectionProperty(type=HITEM3D_PG_task_row, options={"SKIP_SAVE"})
    bpy.types.WindowManager.hitem3d_task_index = IntProperty(name="Task", options={"SKIP_SAVE"})


def unregister() -> None:
    global _active, _order
    _active, _order = "", []
    if bpy.app.timers.is_registered(_fill):
        bpy.app.timers.unregister(_fill)
    del bpy.types.WindowManager.hitem3d_task_index
    del bpy.types.WindowManager.hitem3d_tasks
    _unregister_classes()
