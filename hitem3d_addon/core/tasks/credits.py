# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a refusal for want of credits says about the next model, which is uploaded whole before the service refuses it.

It is known from refusals alone, since no page gives a price: with as many credits as there were when the service
refused a level, it refuses that level again.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable

from ..errors import CreditsError, ServiceError, StoreError
from ..task import SegLevel, Task
from .ledger import observe_after
from .worker import Worker


def note_refused(worker: Worker, level: SegLevel) -> None:
    """Keep how many credits there were when the service refused a level. Nothing is raised."""
    balance = observe_after(worker)
    if balance is not None:
        with contextlib.suppress(StoreError):
            worker.store.remember(_key(worker, level), repr(balance))


def note_accepted(worker: Worker, level: SegLevel) -> None:
    """The service took this level, so an earlier refusal says nothing any more. Raises StoreError."""
    if worker.store.recall(_key(worker, level)):
        worker.store.remember(_key(worker, level), "")


def check_credits(worker: Worker, task: Task, ask: Callable[[Worker], float]) -> None:
    """Raise CreditsError where the service would refuse the task as it refused the last one of its level.

    ``ask`` gives the balance; it is called only after a refusal. A service that does not tell it decides by itself.
    Raises what the question raises, StoreError.
    """
    refused = worker.store.recall(_key(worker, task.request.seg_level))
    if not refused:
        return
    try:
        balance = ask(worker)
    except ServiceError:
        return
    if balance <= float(refused):
        raise CreditsError(
            "The model waits for API credits: the service refused another one, and there are no more since. It is sent "
            "by itself as soon as there are. Press Stop if you don't want that."
        )


def _key(worker: Worker, level: SegLevel) -> str:
    return f"refused {json.dumps([worker.client.api_url, worker.client.account])} {level}"
