# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks as this Blender last saw them, so that drawing never reads the disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import bpy
from bpy.app.handlers import persistent

from ..core.errors import Message
from ..core.values import TaskState
from .record import RECORD, TASK_ID, Record, task_id_of, uid_of

if TYPE_CHECKING:
    from ..core.choices import ImportOptions
    from ..core.task import Task

_OVER = frozenset({TaskState.DONE, TaskState.CANCELLED})
_NAMES = 10
"""Objects of one task that are named; there is no room for more."""
_LATEST = 10
"""Tasks that "usually" is about."""


class Transfer:
    """How far an upload or a download is, in bytes; ``total`` is 0 where it is not known."""

    def __init__(self, step: str, done: int, total: int) -> None:
        self.step, self.done, self.total = step, done, total


class Shown:
    """What the panels need of many tasks at once."""

    def __init__(self, names: Mapping[str, str], others: Sequence[str], usual_duration: int) -> None:
        self.names = names
        """The objects of each task of this .blend, by uid: first what is not done yet, and of that the newest."""
        self.others = others
        """The uids of all other tasks, the newest first."""
        self.usual_duration = usual_duration
        """Seconds that the service took for the tasks that it finished last, or 0 where there were none."""


tasks: dict[str, Task] = {}
"""By uid. Whoever changes it calls `changed`."""
transfers: dict[str, Transfer] = {}
"""Of the tasks that this Blender's agent is sending or downloading just now, by uid."""
problem: Message | None = None
"""Why the newest command to the agent could not be done, or why there is no agent."""
account: Message | None = None
"""What the newest connection test found; ``credits`` of its values is what was left at the newest question."""
prices: dict[str, float] = {}
"""Credits that a task cost the last time, by its level ("low", "medium", "high"); only the levels that are known."""
next_tries: dict[str, tuple[float, Message]] = {}
"""By uid, of the tasks that something stands in the way of: when they are tried again (`time.time`), and what it is."""


unsaved_ids = False
"""Task ids came onto objects since the file was saved. Blender does not see that as a change, and would not ask."""

wanted: dict[str, ImportOptions] = {}
"""The tasks, by uid, whose parts are imported as soon as they are here."""

records: dict[int, Record] = {}
"""Which record each object was given in this session, by its session_uid: undo takes it off the object again."""


def credits() -> Message | None:
    """What was left to spend when the account was asked last; None where it was not in this session."""
    if account is None:
        return None
    return Message("{credits:g} API credits left", account.values)


_shown: Shown | None = None


def saw(task: Task) -> None:
    """Keep what is known of a task now, and show it."""
    tasks[task.uid] = task
    changed()


def changed() -> None:
    """Show what became of the tasks."""
    _forget_shown()
    redraw()


def shown(of_active: Task | None = None) -> Shown:
    """What the panels show. Worked out once after each change, since a list can hold thousands of tasks.

    ``of_active`` is the active object's task, which may be news: Blender tells nobody when a script sets a task id.
    """
    global _shown
    if _shown is None or (of_active and of_active.uid not in _shown.names):
        in_file = uids_in_file()
        newest = sorted(tasks.values(), key=lambda task: -task.created)
        mine = sorted((task for task in newest if task.uid in in_file), key=lambda task: task.state in _OVER)
        _shown = Shown(
            names={task.uid: ", ".join(obj.name for obj in in_file[task.uid][:_NAMES]) for task in mine},
            others=[task.uid for task in newest if task.uid not in in_file],
            usual_duration=_usual_duration(),
        )
    return _shown


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


def _usual_duration() -> int:
    # A clock that was set back meanwhile makes a task end before it began.
    finished = [task for task in tasks.values() if task.state is TaskState.DONE and task.finished > task.submitted > 0]
    finished.sort(key=lambda task: -task.finished)
    durations = sorted(task.finished - task.submitted for task in finished[:_LATEST])
    return durations[len(durations) // 2] if durations else 0


@persistent
def _forget_shown(*_: object) -> None:
    global _shown
    _shown = None


_HANDLERS = (
    bpy.app.handlers.depsgraph_update_post,
    bpy.app.handlers.load_post,
    bpy.app.handlers.undo_post,
    bpy.app.handlers.redo_post,
)
"""Objects come, go and are renamed."""


def register() -> None:
    _clear()
    for handlers in _HANDLERS:
        handlers.append(_forget_shown)


def unregister() -> None:
    for handlers in _HANDLERS:
        handlers.remove(_forget_shown)
    _clear()


def _clear() -> None:
    global problem, account, unsaved_ids
    _forget_shown()
    tasks.clear()
    transfers.clear()
    records.clear()
    wanted.clear()
    prices.clear()
    next_tries.clear()
    problem = account = None
    unsaved_ids = False
