# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the store to Blender: task ids onto objects, states and progress into the panel. One timer and three handlers.

The timer runs only while something is under way. Objects find their tasks through the record that was written at the
press, so undo, redo and loading a file lose nothing: what is missing is stamped again.
"""

from __future__ import annotations

import os
import time

import bpy
from bpy.app.handlers import persistent

from . import known_tasks, preferences, service
from .agent_process import AgentProcess
from .core import workflow
from .core.data_folder import data_folder
from .core.errors import Hitem3DError, Message, OfflineError, StoreError
from .core.model import TaskState
from .core.store import FILE_NAME, TaskStore, is_locked
from .importing import ImportOptions, import_parts
from .record import RECORD, stamp_task_id, task_id_of, uid_of, write_record

TICK = 0.25
UNDER_WAY = frozenset({TaskState.PENDING, TaskState.SENDING, TaskState.WORKING, TaskState.READY})

_agent = AgentProcess()
_view: TaskStore | None = None
_seen: tuple[int, int] = (0, 0)
_wanted: dict[str, ImportOptions] = {}
"""The tasks, by uid, whose parts are imported as soon as they are here."""


def tell_agent(**command: str) -> None:
    """Have the agent do something; it is started where it is not running. Raises Hitem3DError."""
    current = service.current()
    current.check()
    known_tasks.problem = None
    _agent.ensure(current)
    _agent.send(**command)
    wake()


def import_on_arrival(uid: str, options: ImportOptions) -> None:
    """Import the parts of a task once they are here, as somebody asked for them. Raises Hitem3DError."""
    tell_agent(do="watch", uid=uid)
    _wanted[uid] = options


def wake() -> None:
    """See that the timer runs. In background none does: nothing would call it."""
    if not bpy.app.background and not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, first_interval=TICK, persistent=True)


def _tick() -> float | None:
    try:
        _read_events()
        _read_store()
        _import_arrived()
        states = {task.state for task in known_tasks.tasks.values()}
        if TaskState.WORKING in states and int(time.monotonic() / TICK) % round(1 / TICK) == 0:
            known_tasks.redraw()  # each second, for the time that it takes
        if not states & UNDER_WAY and not _agent.unanswered and not _wanted:
            return None
        if not _agent.running:
            _start_again()
    except Hitem3DError as error:
        known_tasks.problem = error.message
        known_tasks.redraw()
    return TICK


def _start_again() -> None:
    current = service.current()
    try:
        current.check()
    except OfflineError as error:
        known_tasks.problem = error.message
        return
    _agent.ensure(current)
    if _agent.keeps_dying:
        known_tasks.problem = Message(
            "The background process keeps stopping, so tasks are not worked on. Its log file tells why: {file}.",
            {"file": str(current.home / "agent.log")},
        )


def _read_events() -> None:
    for event in _agent.events():
        match event["event"]:
            case "progress":
                known_tasks.transfers[event["uid"]] = known_tasks.Transfer(event["step"], event["done"], event["total"])
            case "account":
                known_tasks.account = Message(event["template"], event["values"])
            case "problem":
                known_tasks.problem = Message(event["template"], event["values"])
        known_tasks.redraw()


def _read_store() -> None:
    """Take over what changed. A file that somebody else is writing just now is read at the next tick."""
    global _view, _seen
    home = data_folder(os.environ)
    if _view is not None and _view.home != home:
        _close_view()
    try:
        if _view is None:
            _view = TaskStore(home, timeout=0)
            known_tasks.problem = _view.notice or known_tasks.problem
        newest = _view.revision()
        if newest == _seen:
            return
        changed = _view.tasks(newer_than=_seen[0])
        for task in changed:
            before = known_tasks.tasks.get(task.uid)
            if task.state is TaskState.DONE and before and before.state in UNDER_WAY and preferences.auto_import():
                _wanted[task.uid] = ImportOptions()
            known_tasks.tasks[task.uid] = task
            if task.state not in (TaskState.PENDING, TaskState.SENDING, TaskState.READY):
                known_tasks.transfers.pop(task.uid, None)
        if len(known_tasks.tasks) != newest[1]:
            known_tasks.tasks.clear()
            known_tasks.tasks.update((task.uid, task) for task in _view.tasks())
        _seen = newest
    except StoreError as error:
        if is_locked(error):
            return
        raise
    stamp()
    known_tasks.redraw()


def _import_arrived() -> None:
    """Import what was asked for and is here, unless the user is in the middle of something."""
    for uid in list(_wanted):
        task = known_tasks.tasks.get(uid)
        if _agent.unanswered or (task and task.state in UNDER_WAY):
            continue
        file = workflow.result_file(data_folder(os.environ), task) if task else None
        objects = known_tasks.uids_in_file().get(uid, [])
        if task is None or file is None or not objects:
            del _wanted[uid]
            continue
        if bpy.context.mode != "OBJECT" or any(w.modal_operators for w in bpy.context.window_manager.windows):
            continue
        import_parts(bpy.context, file, objects[0], _wanted.pop(uid))
        # Work from a timer makes no undo step of its own.
        bpy.ops.ed.undo_push(message="Import Parts")


def stamp() -> None:
    """Put records that undo took away back, and the task ids that have come onto the objects that carry the records."""
    for obj in bpy.data.objects:
        if obj.session_uid in known_tasks.records and RECORD not in obj:
            write_record(obj, known_tasks.records[obj.session_uid])
        if RECORD not in obj or not obj.is_editable or task_id_of(obj):
            continue
        task = known_tasks.tasks.get(uid_of(obj))
        if task and task.task_id:
            stamp_task_id(obj, task.task_id)


def _close_view() -> None:
    global _view, _seen
    if _view is not None:
        _view.close()
    _view, _seen = None, (0, 0)


def _resume() -> None:
    """Once, right after start: see whether a task was left under way."""
    if (data_folder(os.environ) / FILE_NAME).is_file():
        wake()


@persistent
def _after_undo(*_: object) -> None:
    stamp()


@persistent
def _after_load(*_: object) -> None:
    known_tasks.records.clear()  # session_uid begins anew with each file
    stamp()


_HANDLERS = (
    (bpy.app.handlers.undo_post, _after_undo),
    (bpy.app.handlers.redo_post, _after_undo),
    (bpy.app.handlers.load_post, _after_load),
)


def register() -> None:
    for handlers, handler in _HANDLERS:
        handlers.append(handler)
    if not bpy.app.background:
        bpy.app.timers.register(_resume, first_interval=1.0, persistent=True)


def unregister() -> None:
    for handlers, handler in _HANDLERS:
        handlers.remove(handler)
    for timer in (_tick, _resume):
        if bpy.app.timers.is_registered(timer):
            bpy.app.timers.unregister(timer)
    _agent.stop(sending=any(task.state is TaskState.SENDING for task in known_tasks.tasks.values()))
    _close_view()
    _wanted.clear()
