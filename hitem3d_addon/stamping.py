# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records and task ids onto the objects that they belong to, again after each undo, redo and load.

Objects find their tasks through the record that was written at the press, so nothing of this loses a task: what is
missing is stamped again.
"""

from __future__ import annotations

import os
import sys

import bpy
from bpy.app.handlers import persistent

from . import known_tasks
from .core.data_folder import TASK_LIST, data_folder
from .record import RECORD, read_record, stamp_task_id, task_id_of, uid_of, write_record


def stamp() -> None:
    """Put records that undo took away back, and the task ids that have come onto the objects that carry the records."""
    for obj in bpy.data.objects:
        record = known_tasks.records.get(obj.session_uid)
        if record and uid_of(obj) != record.uid:
            write_record(obj, record)
            stamp_task_id(obj, "")
        if RECORD not in obj or not obj.is_editable or task_id_of(obj):
            continue
        task = known_tasks.tasks.get(uid_of(obj))
        if task and task.task_id:
            stamp_task_id(obj, task.task_id)
            known_tasks.unsaved_ids = bpy.data.is_saved


def _resume_soon() -> None:
    """Have it looked for tasks that were left under way; not at once, which whoever opens a file would wait for."""
    if not bpy.app.background and not bpy.app.timers.is_registered(_resume):
        bpy.app.timers.register(_resume, first_interval=1.0, persistent=True)


def _resume() -> None:
    if (data_folder(os.environ) / TASK_LIST).is_file():
        from . import sync

        sync.wake()


def _remember_records() -> None:
    """Once, right after start: what was written before an upgrade or a reload of the add-on is to outlive undo too."""
    for obj in bpy.data.objects:
        if obj.is_editable and (record := read_record(obj)):
            known_tasks.records.setdefault(obj.session_uid, record)


@persistent
def _after_undo(*_: object) -> None:
    stamp()


@persistent
def _after_save(*_: object) -> None:
    known_tasks.unsaved_ids = False


@persistent
def _after_load(*_: object) -> None:
    known_tasks.unsaved_ids = False
    known_tasks.records.clear()  # session_uid begins anew with each file
    known_tasks.wanted.clear()
    stamp()
    _resume_soon()  # the file may bring tasks that this Blender has not seen yet


_HANDLERS = (
    (bpy.app.handlers.undo_post, _after_undo),
    (bpy.app.handlers.redo_post, _after_undo),
    (bpy.app.handlers.load_post, _after_load),
    (bpy.app.handlers.save_post, _after_save),
)


def register() -> None:
    for handlers, handler in _HANDLERS:
        handlers.append(handler)
    if not bpy.app.background:
        # Not here: while an add-on is enabled Blender lets nobody read its data.
        bpy.app.timers.register(_remember_records, first_interval=0.0, persistent=True)
    _resume_soon()


def unregister() -> None:
    for handlers, handler in _HANDLERS:
        handlers.remove(handler)
    for timer in (_remember_records, _resume):
        if bpy.app.timers.is_registered(timer):
            bpy.app.timers.unregister(timer)
    if sync := sys.modules.get(f"{__package__}.sync"):
        sync.stop()
