# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The child process that works on many tasks while Blender stays free: it runs workflow's functions in threads.

Commands come as JSON lines on standard input, the first of them ``configure`` (so secrets are never in argv); events go
as JSON lines to standard output. What is true of a task is in the store, committed before the next step; the events
only say what is not worth keeping: progress, an account's credits, why a command could not be done.

When standard input closes, Blender is gone: a create-task that is on the wire is finished and its id committed;
anything else stops at once and is gone on with by the next agent.

    in   {"do": "configure", "home": …, "api_url": …, "credentials": {…}, "ca_file": …, "user_agent": …,
          "transfers": …, "unfinished_tasks": …, "site": {…}}
         {"do": "watch" | "cancel" | "retry" | "forget", "uid": …}   {"do": "adopt", "uid": …, "task_id": …}
         {"do": "account"}   {"do": "forget_ended"}
    out  {"event": "progress", "uid": …, "step": "upload" | "download", "done": bytes, "total": bytes}
         {"event": "answered"}, after each command but the first
         {"event": "account", "template": …, "values": {…}}
         {"event": "problem", "uid": …, "kind": …, "template": …, "values": {…}}
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import workflow
from .client import Hitem3DClient
from .credentials import Credentials
from .errors import BusyError, Hitem3DError, InputError, ServiceUnavailableError, StoreError, TaskTimeoutError
from .model import TRANSFERS, UNFINISHED, TaskState
from .owner import Owner, is_script
from .retention import clear_away
from .site_settings import load_site
from .store import TaskStore, failure_fields
from .task import Task
from .workflow import Progress, Worker

log = logging.getLogger(__name__)

FIRST_BACKOFF = 5.0
LONGEST_BACKOFF = 60.0
"""Seconds until a step is taken again after a fault that passes; they double each time."""
PROGRESS = 1.0
"""Seconds between two words on how far a transfer is. Each has Blender's window drawn again, and that is the one pause
that the user can feel. All transfers speak at the same moments, so that several cost no more than one."""
_EARLY = 0.25
"""Share of the pause between questions by which one may be sooner: all tasks that wait are then asked for in one go,
and the processor wakes up for them once. Never where the service said how long to wait."""
RESCAN = 30.0
"""Seconds between looks for tasks whose owner is gone."""

_ACTIVE = (TaskState.PENDING, TaskState.SENDING, TaskState.WORKING, TaskState.READY)


@dataclass
class _Job:
    """A task that this agent works on, and when it takes the next step."""

    uid: str
    state: TaskState
    due: float = 0.0
    early: float = 0.0
    """Seconds by which its question may be sooner, to go out with another's."""
    running: bool = False
    sending: bool = False
    """A create-task is on the wire, or about to be: it is finished even when Blender is gone."""
    asking: bool = False
    """The service is being asked for a task id that the user gave."""
    cancelled: threading.Event = field(default_factory=threading.Event)
    polls: int = 0
    failures: int = 0
    since: float = 0.0
    """When its first step in this state was taken; time in line does not count."""


class Agent:
    """The scheduler: one loop that decides, and threads that do. Only the loop touches the jobs."""

    def __init__(self, configuration: Mapping[str, Any], emit: Callable[[dict[str, Any]], None]) -> None:
        self._emit = emit
        self._home = Path(configuration["home"])
        self._owner = Owner(self._home)
        self._configure(configuration)
        self._jobs: dict[str, _Job] = {}
        self._inbox: queue.SimpleQueue[tuple[Callable[..., None], tuple[Any, ...]]] = queue.SimpleQueue()
        self._threads = ThreadPoolExecutor(self._transfers + 2, "step")
        self._local = threading.local()
        self._closing = False

    def tell(self, what: Callable[..., None], *arguments: Any) -> None:
        """Have the loop call this; the one way in for other threads."""
        self._inbox.put((what, arguments))

    def run(self) -> None:
        """Work until `close` was called and nothing is on the wire."""
        self._guarded(lambda: clear_away(self._worker().store, self._owner))
        rescan = 0.0
        while not self._closing or any(job.sending for job in self._jobs.values()):
            now = time.monotonic()
            if not self._closing:
                if now >= rescan:
                    self._guarded(self._take_over_orphans)
                    rescan = now + RESCAN
                self._start_due_steps(now)
            due = [job.due for job in self._jobs.values() if not job.running and job.due > now]
            # While closing only the end of what is being sent counts, and that arrives in the inbox.
            timeout = None if self._closing else max(0.0, min([rescan, *due]) - time.monotonic())
            try:
                what, arguments = self._inbox.get(timeout=timeout)
            except queue.Empty:
                continue
            self._guarded(what, *arguments)
        self._owner.close()

    def _guarded(self, what: Callable[..., object], *arguments: Any) -> None:
        """Call it; whatever goes wrong, the loop goes on, since other tasks depend on it."""
        try:
            what(*arguments)
        except Hitem3DError as error:
            self._problem(error)
        except Exception:
            log.exception("in the agent's loop")

    # ---- commands, all on the loop

    def command(self, command: Mapping[str, Any]) -> None:
        """Carry out one line of standard input, and say when that is done."""
        uid = str(command.get("uid", ""))
        if self._is_ending(uid):
            self.tell(self.command, command)  # It comes round again right after the loop has heard of the end.
            return
        try:
            match command.get("do"):
                case "configure":
                    self._configure(command)
                case "watch":
                    self._watch(uid)
                case "cancel":
                    self._cancel(uid)
                case "retry":
                    self._check_idle(uid)
                    self._add_job(workflow.retry(self._worker(), uid))
                case "adopt":
                    self._check_idle(uid)
                    # A job that runs keeps "send again" out while the service is asked.
                    job = self._jobs[uid] = _Job(uid, TaskState.UNCERTAIN, running=True, asking=True)
                    self._threads.submit(self._give_task_id, job, command["task_id"])
                    return
                case "forget":
                    self._check_idle(uid)
                    workflow.forget(self._worker(), uid)
                    self._jobs.pop(uid, None)
                case "forget_ended":
                    workflow.forget_ended(self._worker())
                case "account":
                    self._threads.submit(self._account)
                    return
                case other:
                    log.error("unknown command %r", other)
        except Hitem3DError as error:
            self._problem(error, uid)
        self._emit({"event": "answered"})

    def close(self) -> None:
        """Blender is gone: stop everything but what is being sent."""
        self._closing = True
        for job in self._jobs.values():
            if job.state is not TaskState.PENDING:
                job.cancelled.set()

    def _watch(self, uid: str) -> None:
        """Work on a task from where it is; ask now if it waits. A result that was cleared away is fetched anew."""
        job = self._jobs.get(uid)
        if job:
            job.due = 0.0
            return
        before = self._worker().store.get(uid)
        task = self._worker().store.claim(uid, self._owner)
        if task is None:
            return  # Another Blender's agent works on it; its steps show through the store.
        if task.state is TaskState.PENDING and before and is_script(before.owner):
            self._stop_unsent(uid)
            return
        if task.task_id and task.state in (TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED):
            if workflow.result_file(self._home, task):
                self._worker().store.release(uid, self._owner)
                return
            task = self._worker().store.update(uid, state=TaskState.WORKING, error=None, error_kind="")
        if task.state in _ACTIVE:
            self._jobs[uid] = _Job(uid, task.state)
        else:
            self._worker().store.release(uid, self._owner)

    def _is_ending(self, uid: str) -> bool:
        """Whether the task's step is over, and its row says so, but the loop has not heard of it yet."""
        if not (job := self._jobs.get(uid)) or not job.running or job.asking:
            return False
        with contextlib.suppress(Hitem3DError):
            task = self._worker().store.get(uid)
            return task is not None and task.state not in _ACTIVE
        return False

    def _check_idle(self, uid: str) -> None:
        """Raise InputError while a step of the task is being taken: another beside it could send it twice."""
        if (job := self._jobs.get(uid)) and job.running:
            raise InputError("The task is being worked on just now. Stop it first, or wait a moment.")

    def _add_job(self, task: Task) -> None:
        if not (job := self._jobs.get(task.uid)) or not job.running:
            self._jobs[task.uid] = _Job(task.uid, task.state)

    def _cancel(self, uid: str) -> None:
        job = self._jobs.get(uid)
        if job and job.running:
            job.cancelled.set()  # The step ends at its next block or nap, and `_after` does the rest.
            return
        self._jobs.pop(uid, None)
        workflow.cancel(self._worker(), uid)
        self._worker().store.release(uid, self._owner)

    # ---- steps

    def _take_over_orphans(self) -> None:
        """Claim what was left behind: by an agent that died, or by a Blender that died before its agent heard of it."""
        for task in self._worker().store.tasks(states=_ACTIVE):
            if task.uid in self._jobs or task.api_url != self._client.api_url:
                continue
            claimed = self._worker().store.claim(task.uid, self._owner)
            if claimed and claimed.state is TaskState.PENDING and is_script(task.owner):
                self._stop_unsent(task.uid)
            elif claimed and claimed.state in _ACTIVE:
                log.info("task %s: taken over, %s", claimed.task_id or claimed.uid, claimed.state.value)
                self._jobs[task.uid] = _Job(task.uid, claimed.state)
            elif claimed:
                self._worker().store.release(task.uid, self._owner)

    def _stop_unsent(self, uid: str) -> None:
        """Stop what a script had not sent when it died: the script is likely run again, and would pay twice."""
        workflow.cancel(self._worker(), uid)
        self._worker().store.release(uid, self._owner)

    def _start_due_steps(self, now: float) -> None:
        running = [job for job in self._jobs.values() if job.running]
        transfers = sum(job.state is not TaskState.WORKING for job in running)
        polls = len(running) - transfers
        at_service = sum(
            job.state is TaskState.WORKING or (job.running and job.state is TaskState.PENDING)
            for job in self._jobs.values()
        )
        asking = polls > 0 or any(job.due <= now for job in self._jobs.values() if job.state is TaskState.WORKING)
        for job in self._jobs.values():
            if job.running or job.due - (job.early if asking else 0.0) > now:
                continue
            if job.state is TaskState.WORKING:
                if polls >= 2:
                    continue
                polls += 1
            else:
                if transfers >= self._transfers or (job.state is TaskState.PENDING and at_service >= self._unfinished):
                    continue
                if job.state is TaskState.PENDING and not self._may_send():
                    job.due = now + RESCAN
                    continue
                transfers += 1
                at_service += job.state is TaskState.PENDING
            job.running = True
            job.since = job.since or now
            self._threads.submit(self._step, job)

    def _may_send(self) -> bool:
        """Whether the studio lets models leave, as its file says now; if not, the user is told why they wait."""
        try:
            load_site({**os.environ, **self._site}).check_uploads()
        except InputError as error:
            self._problem(error)
            return False
        return True

    def _step(self, job: _Job) -> None:
        """In a thread: take the next step of a task, and tell the loop how it went."""
        error: Hitem3DError | None = None
        task: Task | None = None
        pause = early = 0.0
        try:
            worker = self._worker()
            match job.state:
                case TaskState.PENDING:
                    task = workflow.submit(
                        worker,
                        job.uid,
                        progress=self._progress(job, "upload"),
                        cancelled=job.cancelled.is_set,
                        on_begin=lambda: self._begin_sending(job),
                    )
                case TaskState.SENDING:
                    task = worker.store.settle(job.uid, self._owner)
                case TaskState.WORKING:
                    task, status = workflow.refresh(worker, job.uid)
                    pause = workflow.poll_pause(job.polls, status.retry_after)
                    early = 0.0 if status.retry_after is not None else pause * _EARLY
                case _:
                    workflow.fetch(
                        worker, job.uid, progress=self._progress(job, "download"), cancelled=job.cancelled.is_set
                    )
        except Hitem3DError as caught:
            error = caught
        except Exception:
            log.exception("task %s", job.uid)
            error = Hitem3DError("The add-on made a mistake; its log file has the details. Try again, and report it.")
        try:
            task = task or self._worker().store.get(job.uid)
            if task is None:
                error = None  # it was forgotten meanwhile, which is no fault
        except Hitem3DError as caught:
            error = caught
        self.tell(self._after, job, task, error, pause, early)

    def _begin_sending(self, job: _Job) -> None:
        """In a thread: note that the body is about to leave, unless Blender is gone: then the next agent sends it."""
        job.sending = True
        if self._closing:
            job.sending = False
            raise ServiceUnavailableError(
                "Blender was closed before the model was sent. It is sent when Blender is back."
            )

    def _after(self, job: _Job, task: Task | None, error: Hitem3DError | None, pause: float, early: float) -> None:
        """On the loop: what a step's end means for its job."""
        job.running = job.sending = False
        job.early = early
        now = time.monotonic()
        if self._closing:
            self._jobs.pop(job.uid, None)
            return
        if task is None:
            if error is None:  # forgotten meanwhile
                self._jobs.pop(job.uid, None)
            else:
                job.due = now + LONGEST_BACKOFF  # not even the list can be read
            return
        if job.cancelled.is_set() and task.state is not TaskState.SENDING:
            if task.state in _ACTIVE:
                workflow.cancel(self._worker(), job.uid)
            self._drop(job.uid)
            return
        entered, job.state = job.state, task.state
        if isinstance(error, ServiceUnavailableError | StoreError) or task.state is TaskState.SENDING:
            # A fault that passes: of the network, the service, or the disk that the list is on.
            job.failures += 1
            wanted = error.retry_after if isinstance(error, ServiceUnavailableError) else None
            pause = max(wanted or 0.0, min(FIRST_BACKOFF * 2 ** (job.failures - 1), LONGEST_BACKOFF))
        elif error and task.state in _ACTIVE and not isinstance(error, TaskTimeoutError):
            if task.api_url != self._client.api_url:
                self._drop(job.uid)  # The address was changed; the task waits for the day when it is changed back.
            else:
                # A result that can't be read or kept, a refusal to tell the state: asking again won't mend it.
                self._fail(job, error)
            return
        else:
            job.failures = 0
        if task.state not in _ACTIVE:
            self._drop(job.uid)
            return
        if entered is not task.state:
            job.polls, job.since = 0, 0.0
        job.polls += 1
        job.due = now + pause
        waiting = task.state is TaskState.SENDING or isinstance(error, BusyError)
        if job.since and now - job.since > workflow.WAIT_BUDGET and not waiting:
            self._fail(
                job,
                error
                or TaskTimeoutError(
                    "The service has not finished after more than an hour. Check the task again later."
                ),
            )

    def _drop(self, uid: str) -> None:
        """Work on a task no longer; another process may."""
        self._jobs.pop(uid, None)
        self._worker().store.release(uid, self._owner)

    def _fail(self, job: _Job, error: Hitem3DError) -> None:
        self._worker().store.update(job.uid, state=TaskState.FAILED, finished=int(time.time()), **failure_fields(error))
        self._drop(job.uid)

    def _give_task_id(self, job: _Job, task_id: str) -> None:
        """In a thread, since the service is asked for it: take the id that the user found there."""
        found: Task | Hitem3DError | None = None
        try:
            found = workflow.give_task_id(self._worker(), job.uid, task_id)
        except Hitem3DError as error:
            found = error
        except Exception:
            log.exception("give_task_id")
        self.tell(self._asked, job.uid, found)

    def _asked(self, uid: str, found: Task | Hitem3DError | None) -> None:
        """On the loop: go on with a task whose id is known now; another id may be given from when the user is told."""
        self._jobs.pop(uid, None)
        if isinstance(found, Task):
            self._add_job(found)
        elif found:
            self._problem(found, uid)
        self._emit({"event": "answered"})

    def _account(self) -> None:
        """In a thread: whether the keys work, and what is left."""
        try:
            found = workflow.account(self._worker())
            self._emit({"event": "account", "template": found.template, "values": dict(found.values)})
        except Hitem3DError as error:
            self._problem(error)
        except Exception:
            log.exception("account")
        self._emit({"event": "answered"})

    def _problem(self, error: Hitem3DError, uid: str = "") -> None:
        log.info("%s: %s", type(error).__name__, error)
        self._emit(problem_event(error, uid))

    def _progress(self, job: _Job, step: str) -> Progress:
        last = -1

        def report(done: int, total: int) -> None:
            nonlocal last
            moment = int(time.monotonic() / PROGRESS)
            if moment != last or done == total:
                last = moment
                self._emit({"event": "progress", "uid": job.uid, "step": step, "done": done, "total": total})

        return report

    def _configure(self, configuration: Mapping[str, Any]) -> None:
        """Take over settings, at the start or while tasks run; the number of threads stays as it was at the start."""
        self._transfers: int = configuration.get("transfers", TRANSFERS)
        self._unfinished: int = configuration.get("unfinished_tasks", UNFINISHED)
        self._site: dict[str, str] = configuration.get("site", {})
        self._client = self._connected(configuration)

    def _connected(self, configuration: Mapping[str, Any]) -> Hitem3DClient:
        with TaskStore(self._home) as store:
            return workflow.connect(
                store,
                configuration["api_url"],
                Credentials(**configuration["credentials"]),
                user_agent=configuration["user_agent"],
                ca_file=Path(configuration["ca_file"]) if configuration["ca_file"] else None,
            )

    def _worker(self) -> Worker:
        """This thread's: a connection to SQLite does not cross threads; the client is shared."""
        store: TaskStore | None = getattr(self._local, "store", None)
        if store is None:
            store = self._local.store = TaskStore(self._home)
        return Worker(store, self._owner, self._client)


def problem_event(error: Hitem3DError, uid: str = "") -> dict[str, Any]:
    """What Blender is told of an error that no row of the task list keeps."""
    message = error.message
    return {
        "event": "problem",
        "uid": uid,
        "kind": type(error).__name__,
        "template": message.template,
        "values": dict(message.values),
    }
