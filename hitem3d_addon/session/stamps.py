# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records and task ids onto the objects that they belong to.

Objects find their tasks through the record that was written at the press, so nothing of this loses a task: what is
missing, after an undo or a load, is stamped again.
"""

from __future__ import annotations

import bpy

from .board import board
from .record import RECORD, stamp_task_id, task_id_of, uid_of, write_record


def stamp() -> None:
    """Put records that undo took away back, and the task ids that have come onto the objects that carry the records."""
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
