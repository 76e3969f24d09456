# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the task list to Blender: shows in the panel and on the objects what became of the tasks. One timer.

The timer runs only while something is under way. This file is loaded with the first task, not at Blender's start.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Protocol, TypeVar

import bpy

from ..core.choices import ImportOptions
from ..core.data_folder import data_folder
from ..core.errors import Hitem3DError, Message, StoreError
from ..core.tasks import workflow
from ..core.tasks.ledger import recall_prices
from ..core.tasks.store import TaskStore, is_locked
from ..core.values import UNDER_WAY, TaskState
from ..receive.importing import import_parts
from ..session import connection, settings
from ..session.board import Transfer, board
from ..session.stamps import stamp, stamp_lost
from .agent_process import AgentProcess
from .pace import DrawingPace

if TYPE_CHECKING:
    from ..core.task import Task

TICK = 0.25


class Enlistable(Protocol):
    """What can be put in the task list, such as a submission of send/submission.py, which this room can't import."""

    def enlist(self, store: TaskStore, *, api_url: str, again: bool) -> Task: ...


Submission = TypeVar("Submission", bound=Enlistable)


_agent = AgentProcess()
_view: TaskStore | None = None
_seen: tuple[int, int] = (0, 0)
_pace = DrawingPace()


def tell_agent(**command: str) -> None:
    """Have the agent do something; it is started where it is not running. Raises Hitem3DError."""
    current = connection.current()
    current.check()
    board.forget_answers(account=command["do"] == "account")
    _agent.ensure(current)
    _agent.send(**command)
    wake()


def queue(submissions: list[Submission], *, again: bool) -> list[Task]:
    """Put submissions in the task list, from the first on, for the agent to send; Blender goes on at once.

    Each is taken out of the given list as soon as its file belongs to a task. Without ``again``, what was sent
    before is not sent: its objects get the task that is there. Raises Hitem3DError.
    """
    current = connection.current()
    _agent.ensure(current)  # before anything is recorded that only an agent can send
    tasks = []
    with TaskStore(current.home) as store:
        while submissions:
            tasks.append(submissions[0].enlist(store, api_url=current.api_url, again=again))
            del submissions[0]
            board.take_over(tasks[-1])
            tell_agent(do="watch", uid=tasks[-1].uid)
    return tasks


def import_on_arrival(uid: str, options: ImportOptions) -> None:
    """Import the parts of a task once they are here, as somebody asked for them. Raises Hitem3DError."""
    tell_agent(do="watch", uid=uid)
    board.want_import(uid, options)


def wake() -> None:
    """Start the timer if it does not run. Without a window Blender calls no timers."""
    if not bpy.app.background and not bpy.app.timers.is_registered(take_news):
        bpy.app.timers.register(take_news, first_interval=TICK, persistent=True)


def take_news() -> float | None:
    """What the timer calls: take over what has become of the tasks; gives the seconds until the next time."""
    _pace.measure()
    try:
        if not _take_over():
            return None
    except Hitem3DError as error:
        board.show_problem(error.message)
    except Exception:
        # Blender would take the timer away, and no task id would reach its object any more.
        import traceback

        traceback.print_exc()
    return 0.0 if _pace.measuring else TICK


def _take_over() -> bool:
    """Take over the news; tell whether there may be more."""
    _read_events()
    if not _read_store():
        return True
    current = connection.current()
    mine = [task for task in board.tasks.values() if task.api_url == current.api_url and task.state in UNDER_WAY]
    # For how much is transferred, and how long the service has worked; everything else is drawn when it happens.
    moving = board.transfers or any(task.state is TaskState.WORKING for task in mine)
    if moving and _pace.due():
        board.redraw()
    if (mine or _agent.unanswered) and _may_go_on(current):
        _agent.ensure(current)
        if _agent.keeps_dying:
            board.show_problem(
                Message(
                    "The background process keeps stopping, so tasks stand still. Its log file tells why: {file}.",
                    {"file": str(current.home / "agent.log")},
                )
            )
    _import_arrived()
    return bool(mine or _agent.unanswered or board.wanted)


def _may_go_on(current: connection.Connection) -> bool:
    """Whether the agent may use the network and has keys for it; one that no longer may is let go."""
    if reason := connection.offline_reason(current.api_url):
        _agent.stop(sending=True)
        board.show_problem(reason)
        return False
    return current.credentials.present


def _read_events() -> None:
    for event in _agent.events():
        match event["event"]:
            case "progress":
                board.show_transfer(event["uid"], Transfer(event["step"], event["done"], event["total"]))
            case "waits":
                obstacle = Message.unpack((event["template"], event["values"]))
                board.show_next_try(event["uid"], time.time() + event["seconds"], obstacle)
            case "account":
                board.show_account(Message.unpack((event["template"], event["values"])))
            case "problem":
                board.show_problem(Message.unpack((event["template"], event["values"])))


def _read_store() -> bool:
    """Take over what changed; False where somebody else is writing just now, so that it is read at the next tick."""
    global _view, _seen
    home = data_folder(os.environ)
    if _view is not None and _view.home != home:
        _close_view()
    try:
        if _view is None:
            _view = TaskStore(home, timeout=0)
            if _view.notice:
                board.show_problem(_view.notice)
        newest = _view.revision()
        if newest == _seen:
            stamp_lost()
            return True
        # All is read before anything is taken over: what fails in the middle is done again as a whole.
        changed = _view.tasks(newer_than=_seen[0])
        known = {*board.tasks, *(task.uid for task in changed)}
        origins = workflow.read_sources(_view) if len(known) > len(board.tasks) else {}
        kept = _view.tasks() if len(known) != newest[1] else None
        prices = recall_prices(_view, connection.current().api_url)
    except StoreError as error:
        if is_locked(error):
            return False
        raise
    board.take_over_origins(origins)
    for task in changed:
        _note_change(task)
    board.take_over(*changed)
    if kept is not None:
        board.keep_only(kept)
    board.show_prices(prices)
    _seen = newest
    stamp()
    stamp_lost()
    return True


def _note_change(task: Task) -> None:
    """See to what a task's new state brings with it, before it is taken over."""
    before = board.tasks.get(task.uid)
    if task.task_id and before and not before.task_id and board.account:
        _agent.send(do="account")  # it costs credits, whose number is shown
    came = task.state is TaskState.DONE and before and before.state in UNDER_WAY
    if came and settings.auto_import() and task.uid in board.list_objects():
        board.want_import(task.uid, board.wanted.get(task.uid, ImportOptions(hide_source=True)))
    elif came and task.uid not in board.wanted:
        board.show_news(Message("The parts of “{name}” are ready to be imported", {"name": task.name}))


def _import_arrived() -> None:
    """Import what was asked for and is here, unless the user is in the middle of something."""
    for uid in list(board.wanted):
        task = board.tasks.get(uid)
        if _agent.unanswered or (task and task.state in UNDER_WAY):
            continue
        file = workflow.result_file(data_folder(os.environ), task) if task else None
        objects = board.list_objects().get(uid, [])
        if task is None or file is None:
            board.take_wanted(uid)
            continue
        if bpy.context.mode != "OBJECT" or any(w.modal_operators for w in bpy.context.window_manager.windows):
            continue
        imported = import_parts(bpy.context, file, task, objects[0] if objects else None, board.take_wanted(uid))
        for warning in imported.warnings:
            board.show_problem(warning)
        if imported.doubtful:
            board.show_problem(imported.report)
        # What a timer does makes no undo step by itself.
        bpy.ops.ed.undo_push(message="Import Parts")


def _close_view() -> None:
    global _view, _seen
    if _view is not None:
        _view.close()
    _view, _seen = None, (0, 0)


def stop() -> None:
    """Stop the timer and the agent, and close the list."""
    if bpy.app.timers.is_registered(take_news):
        bpy.app.timers.unregister(take_news)
    _agent.stop(sending=any(task.state is TaskState.SENDING for task in board.tasks.values()))
    _close_view()
