# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts records and task ids on the objects that they belong to.

Objects find their tasks through the record that was written at the press, so a task is never lost: what is missing
after an undo or a load is stamped again.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from ..core.errors import CreditsError, Message, Value
from ..core.values import TaskState
from .board import board
from .record import (
    ORIGINAL,
    PART,
    RECORD,
    TASK_ID,
    has_earlier_again,
    newest_uid_of,
    read_text,
    settle_task_id,
    stamp_task_id,
    write_record,
)

if TYPE_CHECKING:
    from ..core.task import Task


def stamp_lost() -> None:
    """Once after a file was opened: give objects the tasks that were sent from it after it was saved.

    That is the case after a crash. A task belongs to the object with the name that it was sent under, if that object
    has no other task.
    """
    if not board.take_opened() or not bpy.data.filepath:
        return
    try:
        since = int(Path(bpy.data.filepath).stat().st_mtime)  # tasks are dated in whole seconds
    except OSError:
        return
    lost = [
        board.tasks[uid]
        for uid, file in board.origins.items()
        if file == bpy.data.filepath and uid in board.tasks and board.tasks[uid].created >= since
    ]
    for task in sorted(lost, key=lambda task: task.created):
        obj = bpy.data.objects.get(task.name)
        if task.task_id and obj and obj.is_editable and RECORD not in obj and TASK_ID not in obj:
            stamp_task_id(obj, task.task_id)
            board.note_new_id()


def stamp_parts() -> None:
    """Mark the parts that an early version has imported, which put nothing but the task id on their collection."""
    for collection in bpy.data.collections:
        task_id = read_text(collection, TASK_ID)
        if task_id and ORIGINAL not in collection and collection.is_editable:
            collection[ORIGINAL] = ""  # once: what the user puts there later is no part
            for part in collection.objects:
                if part.type == "MESH" and part.is_editable:
                    part[PART] = task_id


def stamp() -> None:
    """Put back records that undo took away, and put task ids that have arrived on the objects with their records.

    An object whose new task was not sent gets its earlier one back, which is told.
    """
    for obj in bpy.data.objects:
        record = board.records.get(obj.session_uid)
        if record and newest_uid_of(obj) != record.uid:
            write_record(obj, record)
            stamp_task_id(obj, "")
        if RECORD not in obj or not obj.is_editable:
            continue
        task = board.tasks.get(newest_uid_of(obj))
        if not settle_task(obj, task):
            continue
        board.note_new_id()
        if task and task.error and has_earlier_again(obj):
            said: dict[str, Value] = {"name": obj.name, "reason": task.error}
            board.show_problem(
                Message("“{name}” has its earlier task again, as the new one was not sent: {reason}", said)
            )


def settle_task(obj: bpy.types.Object, task: Task | None) -> bool:
    """Put on the object the id that it has to have as its newest task is now; gives whether anything changed.

    Neither a task that is not in this computer's list counts as one that is about to be sent, nor one for which the
    account has no credits.
    """
    if task is None:
        return settle_task_id(obj, "", unsent=True)
    without_credits = task.state is TaskState.PENDING and task.error_kind == CreditsError.__name__
    unsent = without_credits or task.state in (TaskState.FAILED, TaskState.CANCELLED)
    return settle_task_id(obj, task.task_id, unsent=unsent)
