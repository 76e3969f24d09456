# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the agent's threads do: one step of one task, or a question to the service. The loop is told how it went."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ..credentials import Credentials
from ..errors import CreditsError, Hitem3DError, Message, ServiceUnavailableError
from ..service.client import Hitem3DClient
from ..task import Task
from ..tasks import ledger, workflow
from ..tasks.credits import check_credits
from ..tasks.owner import Owner
from ..tasks.rows import failure_fields
from ..tasks.store import TaskStore
from ..tasks.workflow import Progress, Worker
from ..values import TaskState

log = logging.getLogger(__name__)

PROGRESS = 1.0
"""Seconds between two reports of how far a transfer is. Each report redraws Blender's window, which the user can feel.
All transfers report at the same moments, so that several cost no more than one."""
_EARLY = 0.25
"""Share of the pause between questions by which a question may come early: all tasks that wait are then asked for at
the same time, and the processor wakes up once. Never where the service said how long to wait."""

_BALANCE_AGE = 5.0
"""Seconds for which a balance is good enough for another model that waits for credits."""


@dataclass
class Job:
    """A task that this agent works on, and when it takes the next step."""

    uid: str
    state: TaskState
    due: float = 0.0
    early: float = 0.0
    """Seconds by which its question may come early, to be asked together with another's."""
    running: bool = False
    sending: bool = False
    """A create-task is on the wire, or about to be: it is finished even when Blender is gone."""
    asking: bool = False
    """The service is being asked for a task id that the user gave."""
    cancelled: threading.Event = field(default_factory=threading.Event)
    refused: bool = False
    """The service does not take the keys: it is asked again as soon as there are others."""
    wanted_now: bool = False
    """The user wants it to be tried now, whatever became of the last try."""
    polls: int = 0
    failures: int = 0
    since: float = 0.0
    """When its first step in this state began; time in the queue does not count."""


class StepEnd(NamedTuple):
    """How a step went."""

    task: Task | None
    """As the list has it now; None where it was forgotten, or where not even the list can be read (then ``error``)."""
    error: Hitem3DError | None
    pause: float = 0.0
    """Seconds until the next question."""
    early: float = 0.0


class Steps:
    """Takes steps, each in the thread that calls. ``tell`` has the agent's loop call something."""

    def __init__(
        self, home: Path, owner: Owner, emit: Callable[[dict[str, Any]], None], tell: Callable[..., None]
    ) -> None:
        self.closing = False
        """Blender is gone: nothing that costs is begun any more."""
        self.client: Hitem3DClient
        self._home = home
        self._owner = owner
        self._emit = emit
        self._tell = tell
        self._local = threading.local()
        self._balance_lock = threading.Lock()
        self._balance = ("", 0.0, -math.inf)
        """Of which account, how much, and when it was asked for (`time.monotonic`)."""

    def connect(self, configuration: Mapping[str, Any]) -> None:
        """Use another address, other keys. Raises InputError, StoreError."""
        with TaskStore(self._home) as store:
            self.client = workflow.connect(
                store,
                configuration["api_url"],
                Credentials(**configuration["credentials"]),
                user_agent=configuration["user_agent"],
                ca_file=Path(configuration["ca_file"]) if configuration["ca_file"] else None,
            )

    def worker(self) -> Worker:
        """This thread's own: a connection to SQLite can't be used by two threads; the client is shared."""
        store: TaskStore | None = getattr(self._local, "store", None)
        if store is None:
            store = self._local.store = TaskStore(self._home)
        return Worker(store, self._owner, self.client)

    def take(self, job: Job, then: Callable[[Job, StepEnd], None]) -> None:
        """Take the next step of a task."""
        end = StepEnd(None, None)
        try:
            end = self._take(job)
        except Hitem3DError as error:
            end = StepEnd(None, error)
        except Exception:
            log.exception("task %s", job.uid)
            mistake = Hitem3DError("The add-on made a mistake; its log file has the details. Try again, and report it.")
            end = StepEnd(None, mistake)
        if end.task is None:
            try:
                task = self.worker().store.get(job.uid)
                # That it was forgotten meanwhile is no fault.
                end = end._replace(task=task, error=end.error if task else None)
            except Hitem3DError as error:
                end = end._replace(error=error)
        self._tell(then, job, end)

    def _take(self, job: Job) -> StepEnd:
        worker = self.worker()
        match job.state:
            case TaskState.PENDING:
                self._check_credits(worker, job)
                task = workflow.submit(
                    worker,
                    job.uid,
                    progress=self._progress(job, "upload"),
                    cancelled=job.cancelled.is_set,
                    on_begin=lambda: self._begin_sending(job),
                    ask_after=False,
                )
                job.sending = False  # from here on nothing is lost when Blender is gone
                if not self.closing and (credits := ledger.observe_after(worker)) is not None:
                    self.tell_account(workflow.describe_account(worker, credits))
                return StepEnd(task, None)
            case TaskState.SENDING:
                return StepEnd(worker.store.settle(job.uid, self._owner), None)
            case TaskState.WORKING:
                task, status = workflow.refresh(worker, job.uid)
                if status.progress is not None and task.state is TaskState.WORKING:
                    self._report_progress(job, "cutting", round(status.progress), 100)
                pause = workflow.poll_pause(job.polls, status.retry_after)
                return StepEnd(task, None, pause, 0.0 if status.retry_after is not None else pause * _EARLY)
        workflow.fetch(worker, job.uid, progress=self._progress(job, "download"), cancelled=job.cancelled.is_set)
        return StepEnd(None, None)

    def _check_credits(self, worker: Worker, job: Job) -> None:
        """Spare the upload of a model that the service would refuse. The row says why the model waits."""
        task = worker.store.get(job.uid)
        if task is None or task.state is not TaskState.PENDING or job.wanted_now:
            job.wanted_now = False
            return
        try:
            check_credits(worker, task, self._ask_balance)
        except CreditsError as error:
            if task.error != error.message:
                worker.store.update(job.uid, **failure_fields(error))
            raise

    def _ask_balance(self, worker: Worker) -> float:
        """The balance, asked for once for all models that wait for credits."""
        with self._balance_lock:
            account, balance, asked = self._balance
            if account != worker.client.account or time.monotonic() - asked > _BALANCE_AGE:
                account, balance = worker.client.account, worker.client.balance(ledger.PATIENCE)
                self._balance = account, balance, time.monotonic()
            return balance

    def _begin_sending(self, job: Job) -> None:
        """Note that the body is about to leave, unless Blender is gone: then the next agent sends it."""
        job.sending = True
        if self.closing:
            job.sending = False
            raise ServiceUnavailableError(
                "Blender was closed before the model was sent. It is sent when Blender is back."
            )

    def give_task_id(self, job: Job, task_id: str, then: Callable[[str, Task | Hitem3DError | None], None]) -> None:
        """Take the id that the user found at the service, if the service knows it."""
        found: Task | Hitem3DError | None = None
        try:
            found = workflow.give_task_id(self.worker(), job.uid, task_id)
        except Hitem3DError as error:
            found = error
        except Exception:
            log.exception("give_task_id")
        self._tell(then, job.uid, found)

    def ask_account(self) -> None:
        """Whether the keys work, and what is left."""
        try:
            self.tell_account(workflow.account(self.worker()))
        except Hitem3DError as error:
            self.tell_problem(error)
        except Exception:
            log.exception("account")
        self._emit({"event": "answered"})

    def tell_account(self, found: Message) -> None:
        """Say what the account has."""
        template, values = found.pack()
        self._emit({"event": "account", "template": template, "values": values})

    def tell_problem(self, error: Hitem3DError, uid: str = "") -> None:
        """Say why something could not be done, which no row of the task list keeps."""
        log.info("%s: %s", type(error).__name__, error)
        self._emit(problem_event(error, uid))

    def _progress(self, job: Job, step: str) -> Progress:
        last = -1

        def tell(done: int, total: int) -> None:
            nonlocal last
            moment = int(time.monotonic() / PROGRESS)
            if moment != last or done == total:
                last = moment
                self._report_progress(job, step, done, total)

        return tell

    def _report_progress(self, job: Job, step: str, done: int, total: int) -> None:
        self._emit({"event": "progress", "uid": job.uid, "step": step, "done": done, "total": total})


def problem_event(error: Hitem3DError, uid: str = "") -> dict[str, Any]:
    """What Blender is told of an error that no row of the task list keeps."""
    template, values = error.message.pack()
    return {
        "event": "problem",
        "uid": uid,
        "kind": type(error).__name__,
        "template": template,
        "values": values,
    }
