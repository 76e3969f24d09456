# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user decides about a task: take it in, stop it, send it again, name its id, forget it."""

from __future__ import annotations

import contextlib
import time

from ..address import shown
from ..data_folder import job_folder, new_uid, remove_folder
from ..errors import CancelledError, InputError, StoreError
from ..task import SegmentationRequest, Task
from ..values import ENDED, TaskState
from .rows import failure_fields
from .store import TaskStore
from .worker import Worker, check_address, claim, commit_id


def adopt(store: TaskStore, task_id: str, *, name: str, api_url: str, request: SegmentationRequest) -> Task:
    """Take a task into the list that was created elsewhere: another machine, a colleague, the service's website."""
    known = store.find(task_id)
    if known:
        return known
    now = int(time.time())
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


def cancel(worker: Worker, uid: str) -> Task:
    """Stop a task that nobody works on just now, and say what that means. A task that has ended stays."""
    task = claim(worker, uid)
    if task.state in ENDED:
        return task
    if task.state is TaskState.PENDING:
        said = CancelledError("Stopped before it was sent; nothing was charged.")
    elif task.task_id:
        said = CancelledError(
            "We stopped waiting; the service goes on, and its credits stay spent. Check it again later."
        )
    else:
        return task
    return worker.store.update(uid, state=TaskState.CANCELLED, finished=int(time.time()), **failure_fields(said))


def retry(worker: Worker, uid: str) -> Task:
    """Make a task that has no task id PENDING again. Where it is UNCERTAIN, only the user may. Raises InputError."""
    task = claim(worker, uid)
    if task.task_id or task.state not in (TaskState.UNCERTAIN, TaskState.FAILED, TaskState.CANCELLED):
        raise InputError("This task was sent, so it is not sent again. Segment the object once more for a new one.")
    check_address(worker, task)
    if task.request.mesh and not task.request.mesh.is_file():
        raise InputError("The model's file is gone, so it can't be sent again. Segment the object once more.")
    return worker.store.update(uid, state=TaskState.PENDING, finished=0, error=None, error_kind="")


def move(worker: Worker, uid: str) -> Task:
    """Move a task that was never sent to the service that is set now, as when its address was wrong. Raises InputError.

    A task that may have been sent stays at its old address, where it may have been paid for.
    """
    task = claim(worker, uid)
    if task.task_id or task.state not in (TaskState.PENDING, TaskState.FAILED, TaskState.CANCELLED):
        raise InputError(
            "This task was sent, or may have been, so it stays with its service: {host}.", host=shown(task.api_url)
        )
    if task.request.mesh and not task.request.mesh.is_file():
        raise InputError("The model's file is gone, so it can't be sent again. Segment the object once more.")
    return worker.store.update(
        uid, api_url=worker.client.api_url, state=TaskState.PENDING, finished=0, error=None, error_kind=""
    )


def give_task_id(worker: Worker, uid: str, task_id: str) -> Task:
    """Note the id of a task whose answer was lost. The user found it at the service, which is asked if it is right.

    Raises ServiceError for one that the service does not know: the task stays uncertain, and another may be given.
    """
    task = claim(worker, uid)
    if task.task_id:
        raise InputError(
            "This task has its id already: {task_id}. To take in another one, use Add Task by Id.", task_id=task.task_id
        )
    check_address(worker, task)
    worker.client.query_task(task_id)
    return commit_id(worker.store, task, task_id)


def forget(worker: Worker, uid: str) -> None:
    """Take a task out of the list and remove its files. At the service nothing changes."""
    if claim(worker, uid).state is TaskState.SENDING:
        raise InputError("The model is being sent just now. Stop it first, or wait for its task id.")
    worker.store.forget(uid)
    remove_folder(job_folder(worker.store.home, uid))


def forget_ended(worker: Worker) -> int:
    """Forget every task that is done, failed or stopped, as `forget` does, and say how many those were."""
    count = 0
    for task in worker.store.tasks(states=ENDED):
        with contextlib.suppress(StoreError):  # one that another Blender works on, or has forgotten, is left to that
            forget(worker, task.uid)
            count += 1
    return count
