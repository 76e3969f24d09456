# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes into a batch and what comes out of it: models, goals, outcomes, and what a watcher is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

from ..data_folder import new_uid
from ..errors import CancelledError, Hitem3DError, Message, TaskTimeoutError
from ..task import SegmentationRequest, Task


class Goal(Enum):
    """What a task has to reach."""

    SENT = auto()
    """It has a task id."""
    READY = auto()
    """The service has the result."""
    FETCHED = auto()
    """The result is on this disk."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model to cut. ``content`` is its digest; a model without one is always new."""

    name: str
    request: SegmentationRequest
    content: str = ""
    uid: str = field(default_factory=new_uid)
    """Of the task, if it becomes a new one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one model or task. ``kind`` is the class of the error, by name; "" where it went well."""

    name: str
    uid: str
    """That of the model or task that was handed in."""
    task: Task | None = None
    created: bool = False
    """It was sent by this run."""
    file: Path | None = None
    error: Message | None = None
    kind: str = ""


def make_failure(
    name: str, uid: str, error: Hitem3DError, task: Task | None = None, *, created: bool = False
) -> Outcome:
    """The outcome of what ended with an error."""
    return Outcome(name, uid, task, created, error=error.message, kind=type(error).__name__)


def make_late(task: Task | None, seconds: float, obstacle: Message | None) -> TaskTimeoutError:
    """The error for a task whose time is over, with what stood in the way of the last step, if anything."""
    if task is None or not task.task_id:
        late = TaskTimeoutError(
            "Not sent after {seconds} seconds. Run the same command again to go on, or give more time with --timeout.",
            seconds=round(seconds),
        )
    else:
        late = TaskTimeoutError(
            "Not ready after {seconds} seconds. The task goes on at the service ({task_id}); wait for it, or run the "
            "same command again.",
            seconds=round(seconds),
            task_id=task.task_id,
        )
    if obstacle:
        return TaskTimeoutError("{late} What stood in the way last: {obstacle}", late=late.message, obstacle=obstacle)
    return late


def make_stopped(task: Task | None) -> CancelledError:
    """The error for a task that is no longer waited for, because somebody asked to stop."""
    if task and task.task_id:
        return CancelledError("Stopped waiting. The task goes on at the service ({task_id}).", task_id=task.task_id)
    return CancelledError("Stopped before it was sent; nothing was charged.")


@dataclass(frozen=True, slots=True)
class Hooks:
    """What a watcher is told. None of them may raise an OSError, see `Hitem3DClient.create_task`."""

    changed: Callable[[str, Task], None] = lambda _name, _task: None
    """A task has taken a step; the first time as soon as its id is committed."""
    transfer: Callable[[str, str, int, int], None] = lambda _name, _step, _done, _total: None
    """Name, "upload" or "download", bytes so far and in all (0: not known)."""
    waits: Callable[[str, Message, float], None] = lambda _name, _error, _pause: None
    """Something passing went wrong; it is tried again in so many seconds."""


@dataclass
class Flight:
    """A task under way."""

    name: str
    given: str
    """The uid that was handed in."""
    uid: str
    """That of the row, another one where the content is known."""
    model: Model | None
    """None for a task that is only waited for: it is never sent."""
    since: float
    due: float = 0.0
    created: bool = False
    polls: int = 0
    failures: int = 0
    told: Task | None = None
    obstacle: Message | None = None
    """What stood in the way of the last step, if anything."""
