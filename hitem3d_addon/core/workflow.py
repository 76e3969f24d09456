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
from typing import TYPE_CHECKING, Any, NamedTuple

from .address import shown
from .credentials import Credentials
from .data_folder import job_folder, make_folder, new_uid, remove_folder
from .errors import (
    CancelledError,
    Hitem3DError,
    InputError,
    Message,
    ResultError,
    ServiceUnavailableError,
    StoreError,
    TaskFailedError,
    TaskTimeoutError,
    UncertainError,
)
from .model import TaskState
from .owner import Owner
from .store import TaskStore, failure_fields
from .task import SegmentationRequest, ServiceState, Task

if TYPE_CHECKING:  # What speaks to the network is loaded when it is used.
    from .client import Hitem3DClient, TaskStatus

Progress = Callable[[int, int], None]
"""Called with bytes so far and bytes in all (0 where that is not known)."""
Cancelled = Callable[[], bool]

FIRST_PAUSE = 5.0
"""Seconds between the first questions for a task, where the service does not say how long to wait."""
WAIT_BUDGET = 70 * 60.0
"""Seconds: the service gives a task up after an hour (its FAQ); the rest is margin."""


class Worker(NamedTuple):
    """What a thread needs to work on tasks: the list, the right to change rows in it, and the service."""

    store: TaskStore
    owner: Owner
    client: Hitem3DClient


def connect(
    store: TaskStore, api_url: str, credentials: Credentials, *, user_agent: str, ca_file: Path | None
) -> Hitem3DClient:
    """A client of the service that knows which authorization scheme was found to work there. Raises InputError."""
    from .client import AuthScheme, Hitem3DClient

    known = store.recall(_scheme_key(api_url))
    scheme = AuthScheme(known) if known in list(AuthScheme) else None
    return Hitem3DClient(api_url, credentials, scheme=scheme, user_agent=user_agent, ca_file=ca_file)


def record(
    store: TaskStore, request: SegmentationRequest, *, uid: str, name: str, api_url: str, owner: str = ""
) -> Task:
    """Put a request in the list as PENDING; the first step, before anything is sent. Raises InputError, StoreError."""
    request.check()
    return store.add(
        Task(uid=uid, name=name, api_url=api_url, request=request, state=TaskState.PENDING, created=_now(), owner=owner)
    )


def adopt(store: TaskStore, task_id: str, *, name: str, api_url: str, request: SegmentationRequest) -> Task:
    """Take a task into the list that was created elsewhere: another machine, a colleague, the service's website."""
    known = store.find(task_id)
    if known:
        return known
    now = _now()
    return store.add(
        Task(
            uid=new_uid(),
            name=name,
            api_url=api_url,
            request=request,
            state=TaskState.WORKING,
            created=now,
            submitted=now,
            task_id=task_id,
        )
    )


def submit(
    worker: Worker,
    uid: str,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    on_begin: Callable[[], None] | None = None,
) -> Task:
    """Send a PENDING task to create-task, once, and commit its task id.

    The row says SENDING before the first byte of the body leaves and has the id before this returns, so a process that
    dies in between leaves SENDING behind, which `TaskStore.claim` turns into UNCERTAIN. Every error is committed to
    the row and raised. After a ServiceUnavailableError the row is PENDING again: nothing was accepted, and the caller
    tries again or cancels. ``on_begin`` is called right before SENDING is committed, and may raise to keep it from
    that. A task in another state is given back as it is: it is never sent a second time.
    """
    task = _claim(worker, uid)
    if task.state is not TaskState.PENDING:
        return task
    _check_address(worker, task)
    store = worker.store
    begun = False

    def on_send() -> None:
        nonlocal begun
        if on_begin:
            on_begin()
        store.begin_sending(uid, worker.owner, again=begun)
        begun = True

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
        raise
    # From here on there is a paid task. Its id goes where it can be found again before anything else can go wrong.
    _log("task %s: created", task_id)
    store.note_task_id(uid, task_id)
    task = _created(store, task, task_id)
    with contextlib.suppress(StoreError):  # a convenience, which must not make a sent task look like a failure
        _remember_scheme(worker)
    return task


def refresh(worker: Worker, uid: str) -> tuple[Task, TaskStatus]:
    """Ask the service once for the state of a task and commit the answer. A task that is DONE stays so."""
    return _refresh(worker, _with_id(worker, uid))


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
    task = _with_id(worker, uid)
    end = time.monotonic() + timeout
    polls = 0
    while True:
        try:
            before = task
            task, status = _refresh(worker, task)
            pause = poll_pause(polls, status.retry_after)
            if on_change and task.revision != before.revision:
                on_change(task)
        except ServiceUnavailableError as error:
            _log("task %s: no answer, asking again: %s", task.task_id, error)
            pause = max(poll_pause(polls), error.retry_after or 0.0)
        if task.state in (TaskState.READY, TaskState.DONE):
            return task
        if task.state is TaskState.FAILED:
            raise _failure(task)
        polls += 1
        if not _sleep(min(pause, end - time.monotonic()), cancelled):
            raise CancelledError("Stopped waiting. The task goes on at the service; import it when it is ready.")
        if time.monotonic() >= end:
            raise TaskTimeoutError(
                "The parts are not ready after {seconds} seconds; the task goes on at the service ({task_id}). "
                "Import the parts later.",
                seconds=round(timeout),
                task_id=task.task_id,
            )


def fetch(worker: Worker, uid: str, *, progress: Progress | None = None, cancelled: Cancelled | None = None) -> Path:
    """Have the result of a task on this disk, and give its path; downloads only what is not there.

    The link is asked for right before it is used, since it lives one hour, and once more if it has expired all the
    same. Raises TaskTimeoutError when the service is not done, TaskFailedError, ResultError.
    """
    from .download import LinkExpiredError

    task = _with_id(worker, uid)
    if (here := result_file(worker.store.home, task)) is not None:
        return here
    folder = make_folder(make_folder(worker.store.home / "jobs") / task.uid)
    for last_try in (False, True):
        task, status = _refresh(worker, task)
        if task.state is TaskState.FAILED:
            raise _failure(task)
        if status.state != ServiceState.SUCCESS:
            raise TaskTimeoutError(
                "The parts are not ready: the service says “{state}”. Try again in a while.",
                state=status.state,
            )
        if not status.url:
            raise ResultError("The service is done but gave no link to the parts. Try again in a while.")
        try:
            file = worker.client.download(status.url, folder, progress=progress, cancelled=cancelled)
        except LinkExpiredError:
            if last_try:
                raise
            continue
        worker.store.update(
            uid, state=TaskState.DONE, result=file.name, finished=task.finished or _now(), error=None, error_kind=""
        )
        _log("task %s: parts downloaded", task.task_id)
        return file
    raise AssertionError("unreachable: the last try returns or raises")


def result_file(home: Path, task: Task) -> Path | None:
    """The result of a task on this disk, or None where it was never fetched or was cleared away since."""
    if not task.result:
        return None
    file = job_folder(home, task.uid) / Path(task.result).name
    return file if file.is_file() else None


def cancel(worker: Worker, uid: str) -> Task:
    """Stop a task that nobody works on just now, and say honestly what that means. A task that has ended stays."""
    task = _claim(worker, uid)
    if task.state in (TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED):
        return task
    if task.state is TaskState.PENDING:
        said = CancelledError("Stopped before it was sent; nothing was charged.")
    elif task.task_id:
        said = CancelledError(
            "We stopped waiting; the service goes on, and its credits stay spent. Check it again later."
        )
    else:
        return task
    return worker.store.update(uid, state=TaskState.CANCELLED, finished=_now(), **failure_fields(said))


def retry(worker: Worker, uid: str) -> Task:
    """Make a task PENDING again that has no task id: the user's decision, where it is UNCERTAIN. Raises InputError."""
    task = _claim(worker, uid)
    if task.task_id or task.state not in (TaskState.UNCERTAIN, TaskState.FAILED, TaskState.CANCELLED):
        raise InputError("This task was sent, so it is not sent again. Segment the object once more for a new one.")
    _check_address(worker, task)
    if task.request.mesh and not task.request.mesh.is_file():
        raise InputError("The model's file is gone, so it can't be sent again. Segment the object once more.")
    return worker.store.update(uid, state=TaskState.PENDING, finished=0, error=None, error_kind="")


def give_task_id(worker: Worker, uid: str, task_id: str) -> Task:
    """Tell the task id of a task whose answer was lost, as the user found it at the service, which is asked for it.

    Raises ServiceError for one that the service does not know: the task stays uncertain, and another may be given.
    """
    task = _claim(worker, uid)
    if task.task_id:
        raise InputError(
            "This task has its id already: {task_id}. To take in another one, use Add Task by Id.", task_id=task.task_id
        )
    _check_address(worker, task)
    worker.client.query_task(task_id)
    return _created(worker.store, task, task_id)


def account(worker: Worker) -> Message:
    """Whether the keys work, at which host, and what is left to spend, in one sentence."""
    worker.client.learn_scheme()
    _remember_scheme(worker)
    return Message(
        "The keys work: {host}, {credits:g} API credits left.",
        {"host": shown(worker.client.api_url), "credits": worker.client.balance()},
    )


def forget(worker: Worker, uid: str) -> None:
    """Take a task out of the list and remove its files. At the service nothing changes."""
    if _claim(worker, uid).state is TaskState.SENDING:
        raise InputError("The model is being sent just now. Stop it first, or wait for its task id.")
    worker.store.forget(uid)
    remove_folder(job_folder(worker.store.home, uid))


def forget_ended(worker: Worker) -> int:
    """Forget every task that is done, failed or stopped, as `forget` does, and say how many those were."""
    count = 0
    for task in worker.store.tasks(states=(TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED)):
        with contextlib.suppress(StoreError):  # one that another Blender works on, or has forgotten, stays its own
            forget(worker, task.uid)
            count += 1
    return count


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


def _created(store: TaskStore, task: Task, task_id: str) -> Task:
    """Commit the id, the moment that counts; the file that was sent is needed no longer.

    A list that is locked, or on a full disk, is tried again for a minute. Should it stay so, the row stays SENDING and
    the id lies beside it, where `TaskStore.settle` and `TaskStore.claim` find it.
    """
    end = time.monotonic() + 60.0
    while True:
        try:
            task = store.update(
                task.uid,
                state=TaskState.WORKING,
                task_id=task_id,
                service_state=ServiceState.CREATED.value,
                submitted=_now(),
                finished=0,
                error=None,
                error_kind="",
            )
            break
        except StoreError:
            if time.monotonic() > end:
                raise
            time.sleep(1.0)
    _remove_upload(store.home, task)
    return task


def _claim(worker: Worker, uid: str) -> Task:
    task = worker.store.claim(uid, worker.owner)
    if task is None:
        raise StoreError("Another Blender is working on this task. Wait for it, or close that Blender, and try again.")
    return task


def _with_id(worker: Worker, uid: str) -> Task:
    task = worker.store.get(uid)
    if task is None:
        raise StoreError("The task is no longer in the list; it was forgotten. Give its task id to take it back.")
    if not task.task_id:
        if task.error:
            raise _failure(task)
        raise InputError(
            "The model has not been sent yet, so there is nothing to ask the service for. Wait until it is sent."
        )
    _check_address(worker, task)
    return task


def _check_address(worker: Worker, task: Task) -> None:
    """Raise InputError for a task of another service than the one that is set: it would be paid for elsewhere."""
    if task.api_url != worker.client.api_url:
        raise InputError(
            "This task belongs to {theirs}, but the add-on is set to {ours}. Change the address in the preferences.",
            theirs=task.api_url,
            ours=worker.client.api_url,
        )


def _scheme_key(api_url: str) -> str:
    return f"scheme {api_url}"


def _remember_scheme(worker: Worker) -> None:
    key, scheme = _scheme_key(worker.client.api_url), worker.client.scheme
    if scheme and worker.store.recall(key) != scheme:
        worker.store.remember(key, scheme)


def _failure(task: Task) -> Hitem3DError:
    """The error that a task's row keeps, as an error again."""
    if task.error is None:
        return TaskFailedError("The task failed at the service. Try again later, or with a simpler model.")
    return TaskFailedError(task.error.template, **task.error.values)


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


def _remove_upload(home: Path, task: Task) -> None:
    """Remove the file that was sent, if this add-on wrote it; a model file of the user's stays."""
    mesh = task.request.mesh
    if mesh and mesh.parent == job_folder(home, task.uid):
        with contextlib.suppress(OSError):
            mesh.unlink()


def _now() -> int:
    return int(time.time())


def _log(text: str, *values: object) -> None:
    import logging  # not at the top: Blender starts with this module

    logging.getLogger(__name__).info(text, *values)
