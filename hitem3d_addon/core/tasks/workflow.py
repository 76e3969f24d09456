# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to one task, as straight-line functions. Scripts call them here and now; the agent runs the same ones.

Each function takes a Worker and a task's uid, commits every step before it takes the next, and leaves the row such that
another process can go on from wherever this one dies:

    record -> PENDING -> submit -> WORKING -> refresh, wait -> READY -> fetch -> DONE
                            `-> UNCERTAIN (the answer was lost: only the user may retry or give the id)
"""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..address import shown
from ..data_folder import make_folder
from ..errors import (
    CancelledError,
    CreditsError,
    Hitem3DError,
    Message,
    ResultError,
    ServiceUnavailableError,
    StoreError,
    TaskFailedError,
    TaskTimeoutError,
    UncertainError,
)
from ..task import SegmentationRequest, ServiceState, Task
from ..values import TaskState
from .credits import note_accepted, note_refused
from .decisions import adopt, cancel, forget, forget_ended, give_task_id, move, retry
from .id_note import write_note
from .ledger import observe, observe_after, observe_before
from .ledger_events import source_key
from .results import download_models, result_file
from .rows import error_of, failure_fields
from .store import TaskStore
from .worker import Cancelled, Progress, Worker, check_address, claim, commit_id, connect, remember_scheme, with_id

if TYPE_CHECKING:  # What speaks to the network is loaded when it is used.
    from ..service.client import TaskStatus

__all__ = [
    "WAIT_BUDGET",
    "Cancelled",
    "Progress",
    "Worker",
    "account",
    "adopt",
    "cancel",
    "connect",
    "describe_account",
    "fetch",
    "forget",
    "forget_ended",
    "give_task_id",
    "move",
    "poll_pause",
    "read_sources",
    "record",
    "refresh",
    "result_file",
    "retry",
    "source_of",
    "submit",
    "wait",
]
"""What others call, the user's decisions included."""

FIRST_PAUSE = 5.0
"""Seconds between the first questions for a task, where the service does not say how long to wait."""
WAIT_BUDGET = 70 * 60.0
"""Seconds: the service gives a task up after an hour (its FAQ); the rest is margin."""


def record(
    store: TaskStore,
    request: SegmentationRequest,
    *,
    uid: str,
    name: str,
    api_url: str,
    owner: str = "",
    source: str = "",
    content: str = "",
    again: bool = True,
) -> Task:
    """Put a request in the list as PENDING; the first step, before anything is sent. Raises InputError, StoreError.

    ``source`` is the file that it comes from, such as a .blend, for the ledger and the task list; see `source_of`.
    Without ``again``, a model of the same content that was asked for with the same options is not put there twice:
    gives the task of it that is there, which has another uid.
    """
    request.check()
    if source:
        store.remember(source_key(uid), source)
    task = Task(
        uid=uid,
        name=name,
        api_url=api_url,
        request=request,
        state=TaskState.PENDING,
        created=_now(),
        owner=owner,
        content=content,
    )
    return store.add(task) if again else store.add_once(task)[0]


def source_of(store: TaskStore, uid: str) -> str:
    """The file that a task came from, as it was given to `record`; "" where it was not."""
    return store.recall(source_key(uid))


def read_sources(store: TaskStore) -> dict[str, str]:
    """The files that tasks came from, by uid; only of those of which it is known."""
    prefix = source_key("")
    return {key.removeprefix(prefix): file for key, file in store.recall_all(prefix).items()}


def submit(
    worker: Worker,
    uid: str,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    on_begin: Callable[[], None] | None = None,
    ask_after: bool = True,
) -> Task:
    """Send a PENDING task to create-task, once, and commit its task id.

    The row says SENDING before the first byte of the body leaves and has the id before this returns, so a process that
    dies in between leaves SENDING behind, which `TaskStore.claim` turns into UNCERTAIN. Every error is committed to the
    row and raised. After a ServiceUnavailableError it is PENDING again: nothing was accepted, and the caller tries
    again or cancels. ``on_begin`` is called right before SENDING is committed, and may raise to prevent it. A task in
    another state is given back: it is never sent twice. The balance is asked for before and, with ``ask_after``, after.
    """
    task = claim(worker, uid)
    if task.state is not TaskState.PENDING:
        return task
    check_address(worker, task)
    store = worker.store
    begun = False

    def on_send() -> None:
        nonlocal begun
        if on_begin:
            on_begin()
        store.begin_sending(uid, worker.owner, again=begun)
        begun = True

    observe_before(worker)
    try:
        task_id = worker.client.create_task(task.request, progress=progress, cancelled=cancelled, on_send=on_send)
    except UncertainError as error:
        store.update(uid, state=TaskState.UNCERTAIN, **failure_fields(error))
        raise
    except ServiceUnavailableError as error:
        store.update(uid, state=TaskState.PENDING, **failure_fields(error))
        raise
    except CancelledError as error:
        store.update(uid, state=TaskState.CANCELLED, finished=_now(), **failure_fields(error))
        raise
    except StoreError:
        raise  # from on_send, before this body's first byte; the row stays as it is found, for `settle` to judge
    except Hitem3DError as error:
        store.update(uid, state=TaskState.FAILED, finished=_now(), **failure_fields(error))
        if isinstance(error, CreditsError):
            note_refused(worker, task.request.seg_level)
        raise
    # From here on there is a paid task. Its id goes where it can be found again before anything else can go wrong.
    write_note(store.home, uid, task_id)
    _log("task %s: created", task_id)
    task = commit_id(store, task, task_id)
    with contextlib.suppress(StoreError):  # conveniences, which must not make a sent task look like a failure
        remember_scheme(worker)
        note_accepted(worker, task.request.seg_level)
    if ask_after:
        observe_after(worker)
    return task


def refresh(worker: Worker, uid: str) -> tuple[Task, TaskStatus]:
    """Ask the service once for the state of a task and commit the answer. A task that is DONE stays so."""
    return _refresh(worker, with_id(worker, uid))


def wait(
    worker: Worker,
    uid: str,
    *,
    timeout: float = WAIT_BUDGET,
    on_change: Callable[[Task], None] | None = None,
    cancelled: Cancelled | None = None,
) -> Task:
    """Ask until the service has the result; gives the task, READY or DONE.

    A network error or a fault of the service does not end the wait: the task goes on there. Raises TaskFailedError
    when the service says "failed", TaskTimeoutError after ``timeout`` seconds, CancelledError, or what the service
    refuses with.
    """
    task = with_id(worker, uid)
    end = time.monotonic() + timeout
    polls = 0
    while True:
        obstacle: ServiceUnavailableError | None = None
        try:
            before = task
            task, status = _refresh(worker, task)
            pause = poll_pause(polls, status.retry_after)
            if on_change and task.revision != before.revision:
                on_change(task)
        except ServiceUnavailableError as error:
            _log("task %s: no answer, asking again: %s", task.task_id, error)
            obstacle = error
            pause = max(poll_pause(polls), error.retry_after or 0.0)
        if task.state in (TaskState.READY, TaskState.DONE):
            return task
        if task.state is TaskState.FAILED:
            raise error_of(task)
        polls += 1
        if not _sleep(min(pause, end - time.monotonic()), cancelled):
            raise CancelledError("Stopped waiting. The task goes on at the service; import it when it is ready.")
        if time.monotonic() >= end:
            raise _make_late(task, timeout, obstacle) from obstacle


def _make_late(task: Task, timeout: float, obstacle: Hitem3DError | None) -> TaskTimeoutError:
    if obstacle:
        return TaskTimeoutError(
            "It is not known whether the parts are ready: {obstacle} The task goes on at the service ({task_id}). "
            "Import the parts later.",
            obstacle=obstacle.message,
            task_id=task.task_id,
        )
    return TaskTimeoutError(
        "The parts are not ready after {seconds} seconds; the task goes on at the service ({task_id}). "
        "Import the parts later.",
        seconds=round(timeout),
        task_id=task.task_id,
    )


def fetch(worker: Worker, uid: str, *, progress: Progress | None = None, cancelled: Cancelled | None = None) -> Path:
    """Give the path of the result of a task on this disk; it is downloaded if it is not there.

    The link is asked for right before it is used, since it lives one hour, and once more if it has expired anyway.
    Raises TaskTimeoutError when the service is not done, TaskFailedError, ResultError.
    """
    from ..service.download import LinkExpiredError

    task = with_id(worker, uid)
    if (here := result_file(worker.store.home, task)) is not None:
        return here
    folder = make_folder(make_folder(worker.store.home / "jobs") / task.uid)
    for last_try in (False, True):
        task, status = _refresh(worker, task)
        if task.state is TaskState.FAILED:
            raise error_of(task)
        if status.state != ServiceState.SUCCESS:
            raise TaskTimeoutError(
                "The parts are not ready: the service says “{state}”. Try again in a while.",
                state=status.state,
            )
        if not status.urls:
            raise ResultError("The service is done but gave no link to the parts. Try again in a while.")
        try:
            file, note = download_models(
                worker.client, status.urls, folder, asked=task.request.format, progress=progress, cancelled=cancelled
            )
        except LinkExpiredError:
            if last_try:
                raise
            continue
        worker.store.update(
            uid, state=TaskState.DONE, result=file.name, finished=task.finished or _now(), error=note, error_kind=""
        )
        _log("task %s: parts downloaded", task.task_id)
        return file
    raise AssertionError("unreachable: the last try returns or raises")


def account(worker: Worker) -> Message:
    """Whether the keys work, at which host, and what is left to spend, in one sentence."""
    worker.client.learn_scheme()
    remember_scheme(worker)
    return describe_account(worker, observe(worker))


def describe_account(worker: Worker, credits: float) -> Message:
    return Message(
        "The keys work: {host}, {credits:g} API credits left.",
        {"host": shown(worker.client.api_url), "credits": credits},
    )


def poll_pause(polls: int, asked_for: float | None = None) -> float:
    """Seconds until the next query: what the service asks for, else 5 and a tenth of the wait so far, at most 15.

    With jitter, so that many machines do not ask in step.
    """
    if asked_for is not None:
        return max(asked_for, 0.2)
    return FIRST_PAUSE * min(1.1 ** min(polls, 12), 3.0) * random.uniform(0.9, 1.1)


def _refresh(worker: Worker, task: Task) -> tuple[Task, TaskStatus]:
    status = worker.client.query_task(task.task_id)
    changes: dict[str, Any] = {"service_state": status.state}
    if status.state == ServiceState.SUCCESS:
        changes["state"] = TaskState.DONE if result_file(worker.store.home, task) else TaskState.READY
    elif status.state == ServiceState.FAILED:
        error = TaskFailedError(
            "The service could not cut the model into parts. Credits are refunded; try again later."
        )
        changes |= {"state": TaskState.FAILED, **failure_fields(error)}
        if status.error:
            changes["error"] = status.error
    else:
        changes["state"] = TaskState.WORKING
    if changes["state"] is not TaskState.WORKING and not task.finished:
        changes["finished"] = _now()
    if any(getattr(task, name) != value for name, value in changes.items()):
        task = worker.store.update(task.uid, **changes)
        _log("task %s: %s", task.task_id, status.state)
    return task, status


def _sleep(seconds: float, cancelled: Cancelled | None) -> bool:
    """Sleep in short naps; False as soon as it is cancelled."""
    end = time.monotonic() + seconds
    while True:
        if cancelled and cancelled():
            return False
        rest = end - time.monotonic()
        if rest <= 0:
            return True
        time.sleep(min(rest, 0.2))


def _now() -> int:
    return int(time.time())


def _log(text: str, *values: object) -> None:
    import logging  # not at the top: Blender starts with this module

    logging.getLogger(__name__).info(text, *values)
