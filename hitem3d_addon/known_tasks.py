# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks as this Blender last saw them, so that drawing never reads the disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import bpy

from .core.errors import Message
from .core.model import Task
from .record import RECORD, TASK_ID, Record, task_id_of, uid_of


class Transfer(NamedTuple):
    """How far an upload or a download is, in bytes; ``total`` is 0 where it is not known."""

    step: str
    done: int
    total: int


tasks: dict[str, Task] = {}
"""By uid."""
transfers: dict[str, Transfer] = {}
"""Of the tasks that this Blender's agent is sending or downloading just now, by uid."""
problem: Message | None = None
"""Why the newest command to the agent could not be done, or why there is no agent."""
account: Message | None = None
"""What the newest connection test found."""


unsaved_ids = False
"""Task ids came onto objects since the file was saved. Blender does not see that as a change, and would not ask."""

records: dict[int, Record] = {}
"""Which record each object was given in this session, by its session_uid: undo takes it off the object again."""


def credits() -> Message | None:
    """What was left to spend when the account was asked last; None where it was not in this session."""
    if account is None:
        return None
    return Message("{credits:g} API credits left", account.values)


def saw(task: Task) -> None:
    """Keep what is known of a task now, and show it."""
    tasks[task.uid] = task
    redraw()


def redraw() -> None:
    """Have every sidebar, and the preferences, drawn again."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "PREFERENCES":
                area.tag_redraw()
            elif area.type == "VIEW_3D":
                # Only this region: drawing the whole area means drawing the scene.
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()


def of_object(obj: bpy.types.Object) -> Task | None:
    """The task of an object as it was last seen, through its record or its task id; None if it was not seen yet.

    The id on the object is the public contract, so one that a script has set wins over the record beside it.
    """
    found = _of_object(obj, {})
    if found is None and (task_id := task_id_of(obj)):
        found = next((task for task in tasks.values() if task.task_id == task_id), None)
    return found


def uids_in_file() -> dict[str, list[bpy.types.Object]]:
    """The objects of each task that this .blend knows, by uid."""
    found: dict[str, list[bpy.types.Object]] = {}
    by_id = {task.task_id: task for task in reversed(tasks.values()) if task.task_id}  # the first of an id stays
    for obj in bpy.data.objects:
        if (TASK_ID in obj or RECORD in obj) and (task := _of_object(obj, by_id)):
            found.setdefault(task.uid, []).append(obj)
    return found


def _of_object(obj: bpy.types.Object, by_id: Mapping[str, Task]) -> Task | None:
    task_id = task_id_of(obj)
    task = tasks.get(uid_of(obj))
    return task if task and task_id in ("", task.task_id) else by_id.get(task_id)


def _clear() -> None:
    global problem, account, unsaved_ids
    tasks.clear()
    transfers.clear()
    records.clear()
    problem = account = None
    unsaved_ids = False


register = unregister = _clear
