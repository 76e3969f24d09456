# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts records and task ids on the objects that they belong to.

Objects find their tasks through the record that was written at the press, so a task is never lost: what is missing
after an undo or a load is stamped again.
"""

from __future__ import annotations

from pathlib import Path

import bpy

from .board import board
from .record import ORIGINAL, PART, RECORD, TASK_ID, read_text, stamp_task_id, task_id_of, uid_of, write_record


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
    """Put back records that undo took away, and put task ids that have arrived on the objects with their records."""
    for obj in bpy.data.objects:
        record = board.records.get(obj.session_uid)
        if record and uid_of(obj) != record.uid:
            write_record(obj, record)
            stamp_task_id(obj, "")
        if RECORD not in obj or not obj.is_editable or task_id_of(obj):
            continue
        task = board.tasks.get(uid_of(obj))
        if task and task.task_id:
            stamp_task_id(obj, task.task_id)
            board.note_new_id()
