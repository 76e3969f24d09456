# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an object to the row of its task."""

from __future__ import annotations

import bpy

from ..core.errors import InputError, forgotten
from ..core.task import SegmentationRequest, Task
from ..core.tasks import workflow
from ..core.tasks.store import TaskStore
from ..core.values import OutputFormat
from .board import board
from .record import newest_uid_of, read_record, task_id_of
from .stamps import settle_task


def _object_with_task(context: bpy.types.Context) -> bpy.types.Object:
    """The active object, which has a task. Raises InputError."""
    obj = context.view_layer.objects.active
    if obj is None:
        raise InputError("No object is active. Click the object whose task you mean, and try again.")
    if not task_id_of(obj) and not read_record(obj):
        raise InputError("“{name}” has no Hitem3D task. Segment it first.", name=obj.name)
    return obj


def task_of(store: TaskStore, api_url: str, obj: bpy.types.Object) -> Task:
    """The row of an object's task. One that came with the file from another machine is taken into the list.

    The id on the object is the public contract, so a script's change to it wins over the record beside it. An id that
    is missing although the record's task has one (undo, a crash) is stamped again. Raises InputError, StoreError.
    """
    if (newest := newest_uid_of(obj)) and obj.is_editable:
        settle_task(obj, store.get(newest))
    record, task_id = read_record(obj), task_id_of(obj)
    task = store.get(record.uid) if record else None
    if task and (not task_id or task.task_id == task_id):
        return task
    if not task_id:
        raise InputError(
            "The task of “{name}” is not in this computer's list and the object has no task id. "
            "Set its custom property hitem3d_task_id, or segment it again.",
            name=obj.name,
        )
    request = SegmentationRequest(format=record.format if record else OutputFormat.GLB)
    return workflow.adopt(store, task_id, name=obj.name, api_url=api_url, request=request)


def find_task(
    context: bpy.types.Context, store: TaskStore, api_url: str, uid: str
) -> tuple[Task, bpy.types.Object | None]:
    """The task of that uid and an object of this file that belongs to it, if any; without a uid, the active object's.

    Raises InputError, StoreError.
    """
    if not uid:
        obj = _object_with_task(context)
        return task_of(store, api_url, obj), obj
    task = store.get(uid)
    if task is None:
        raise forgotten()
    objects = board.list_objects().get(uid, [])
    active = context.view_layer.objects.active
    return task, active if active in objects else next(iter(objects), None)
