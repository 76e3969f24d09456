# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every step of a task needs: the list, the right to change rows in it, and the service."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..credentials import Credentials
from ..data_folder import job_folder
from ..errors import InputError, StoreError, forgotten
from ..task import ServiceState, Task
from ..values import TaskState
from .owner import Owner
from .rows import error_of
from .store import TaskStore

if TYPE_CHECKING:  # What speaks to the network is loaded when it is used.
    from ..service.client import Hitem3DClient

Progress = Callable[[int, int], None]
"""Called with bytes so far and bytes in all (0 where that is not known)."""
Cancelled = Callable[[], bool]


class Worker(NamedTuple):
    """What a thread needs to work on tasks: the list, the right to change rows in it, and the service."""

    store: TaskStore
    owner: Owner
    client: Hitem3DClient


def connect(
    store: TaskStore, api_url: str, credentials: Credentials, *, user_agent: str, ca_file: Path | None
) -> Hitem3DClient:
    """A client of the service that knows which authorization scheme was found to work there. Raises InputError."""
    from ..service.client import AuthScheme, Hitem3DClient

    known = store.recall(_scheme_key(api_url))
    scheme = AuthScheme(known) if known in list(AuthScheme) else None
    return Hitem3DClient(api_url, credentials, scheme=scheme, user_agent=user_agent, ca_file=ca_file)


def remember_scheme(worker: Worker) -> None:
    """Keep what the client learned of the word before the token, for the next client."""
    key, scheme = _scheme_key(worker.client.api_url), worker.client.scheme
    if scheme and worker.store.recall(key) != scheme:
        worker.store.remember(key, scheme)


def _scheme_key(api_url: str) -> str:
    return f"scheme {api_url}"


def claim(worker: Worker, uid: str) -> Task:
    """The task, this process's own from now on. Raises StoreError where another one works on it."""
    task = worker.store.claim(uid, worker.owner)
    if task is None:
        raise StoreError("Another Blender is working on this task. Wait for it, or close that Blender, and try again.")
    return task


def with_id(worker: Worker, uid: str) -> Task:
    """A task that was sent, to this service. Raises what its row keeps where it was not, InputError, StoreError."""
    task = worker.store.get(uid)
    if task is None:
        raise forgotten()
    if not task.task_id:
        if task.error:
            raise error_of(task)
        raise InputError(
            "The model has not been sent yet, so there is nothing to ask the service for. Wait until it is sent."
        )
    check_address(worker, task)
    return task


def check_address(worker: Worker, task: Task) -> None:
    """Raise InputError for a task of another service than the one that is set: it would be paid for elsewhere."""
    if task.api_url != worker.client.api_url:
        raise InputError(
            "This task belongs to {theirs}, but the add-on is set to {ours}. Change the address in the preferences.",
            theirs=task.api_url,
            ours=worker.client.api_url,
        )


def commit_id(store: TaskStore, task: Task, task_id: str) -> Task:
    """Commit the id, and remove the file that was sent, which is no longer needed.

    A list that is locked, or on a full disk, is tried again for a minute. If that does not help, the row stays SENDING
    and the id lies beside it, where `TaskStore.settle` and `TaskStore.claim` find it.
    """
    end = time.monotonic() + 60.0
    while True:
        try:
            task = store.update(
                task.uid,
                state=TaskState.WORKING,
                task_id=task_id,
                service_state=ServiceState.CREATED.value,
                submitted=int(time.time()),
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


def _remove_upload(home: Path, task: Task) -> None:
    """Remove the file that was sent, if this add-on wrote it; a model file of the user's stays."""
    mesh = task.request.mesh
    if mesh and mesh.parent == job_folder(home, task.uid):
        with contextlib.suppress(OSError):
            mesh.unlink()
