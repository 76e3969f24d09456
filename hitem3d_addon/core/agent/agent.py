# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The child process that works on many tasks while Blender stays free: it runs the steps of `workflow` in threads.

Commands come as JSON lines on standard input, the first of them ``configure`` (so that secrets are never in argv);
events go as JSON lines to standard output. The state of a task is in the store, committed before the next step; the
events only say what need not be kept: progress, an account's credits, why a command could not be done.

When standard input closes, Blender is gone: a create-task that is on the wire is finished and its id committed;
anything else stops at once, and the next agent goes on with it.

    in   {"do": "configure", "home": …, "api_url": …, "credentials": {…}, "ca_file": …, "user_agent": …,
          "transfers": …, "unfinished_tasks": …, "site": {…}}
         {"do": "watch" | "cancel" | "retry" | "move" | "forget", "uid": …}   {"do": "adopt", "uid": …, "task_id": …}
         {"do": "account"}   {"do": "forget_ended"}
    out  {"event": "progress", "uid": …, "step": "upload" | "download", "done": bytes, "total": bytes}
         {"event": "progress", "uid": …, "step": "cutting", "done": percent, "total": 100}, where the service tells it
         {"event": "waits", "uid": …, "seconds": …, "template": …, "values": {…}}: what stands in the way, and when the
          next try is; "watch" makes it now
         {"event": "answered"}, after each command but the first
         {"event": "account", "template": …, "values": {…}}
         {"event": "problem", "uid": …, "kind": …, "template": …, "values": {…}}
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ..backoff import LONGEST, backoff
from ..errors import (
    BusyError,
    CredentialsError,
    CreditsError,
    Hitem3DError,
    InputError,
    ServiceUnavailableError,
    StoreError,
    TaskTimeoutError,
)
from ..site_settings import load_site
from ..task import Task
from ..tasks import workflow
from ..tasks.owner import Owner, is_script
from ..tasks.places import Places
from ..tasks.retention import clear_away
from ..tasks.rows import failure_fields
from ..values import ENDED, TRANSFERS, UNDER_WAY, TaskState
from .steps import Job, StepEnd, Steps

log = logging.getLogger(__name__)

RESCAN = 30.0
"""Seconds between looks for tasks whose owner is gone."""
WITHOUT_CREDITS = 60.0
"""Seconds between looks whether the account has got credits, for models that wait for them."""
LOCKED_OUT = 600.0
"""Seconds until keys that the service did not take are tried again by themselves."""


class Agent:
    """The scheduler: one loop that decides, and threads that do. Only the loop touches the jobs."""

    def __init__(self, configuration: Mapping[str, Any], emit: Callable[[dict[str, Any]], None]) -> None:
        self._emit = emit
        self._home = Path(configuration["home"])
        self._owner = Owner(self._home)
        self._steps = Steps(self._home, self._owner, emit, self.tell)
        self._places = Places()
        self._configure(configuration)
        self._jobs: dict[str, Job] = {}
        self._inbox: queue.SimpleQueue[tuple[Callable[..., None], tuple[Any, ...]]] = queue.SimpleQueue()
        self._threads = ThreadPoolExecutor(self._transfers + 2, "step")
        self._closing = False

    def tell(self, what: Callable[..., None], *arguments: Any) -> None:
        """Have the loop call this; the one way in for other threads."""
        self._inbox.put((what, arguments))

    def run(self) -> None:
        """Work until `close` was called and nothing is on the wire."""
        self._guarded(lambda: clear_away(self._steps.worker().store, self._owner))
        rescan = 0.0
        while not self._closing or any(job.sending for job in self._jobs.values()):
            now = time.monotonic()
            if not self._closing:
                if now >= rescan:
                    self._guarded(self._take_over_orphans)
                    rescan = now + RESCAN
                self._start_due_steps(now)
            due = [job.due for job in self._jobs.values() if not job.running and job.due > now]
            if pause := self._places.wait(now):
                due.append(now + pause)
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
            self._steps.tell_problem(error)
        except Exception:
            log.exception("in the agent's loop")

    # ---- commands, all on the loop

    def command(self, command: Mapping[str, Any]) -> None:
        """Carry out one line of standard input, and say when that is done."""
        uid = str(command.get("uid", ""))
        if self._is_ending(uid):
            # Back to the end of the inbox: by then the loop knows that the step has ended.
            self.tell(self.command, command)
            return
        try:
            match command.get("do"):
                case "configure":
                    self._configure(command)
                    for job in self._jobs.values():
                        if job.refused:
                            job.due, job.refused = 0.0, False
                case "watch":
                    self._watch(uid)
                case "cancel":
                    self._cancel(uid)
                case "retry":
                    self._check_idle(uid)
                    self._add_job(workflow.retry(self._steps.worker(), uid))
                case "move":
                    self._check_idle(uid)
                    self._add_job(workflow.move(self._steps.worker(), uid))
                case "adopt":
                    self._check_idle(uid)
                    # The job counts as running, so that the task can't be sent again while the service is asked.
                    job = self._jobs[uid] = Job(uid, TaskState.UNCERTAIN, running=True, asking=True)
                    self._threads.submit(self._steps.give_task_id, job, command["task_id"], self._take_answer)
                    return
                case "forget":
                    self._check_idle(uid)
                    workflow.forget(self._steps.worker(), uid)
                    self._jobs.pop(uid, None)
                case "forget_ended":
                    workflow.forget_ended(self._steps.worker())
                case "account":
                    self._threads.submit(self._steps.ask_account)
                    return
                case other:
                    log.error("unknown command %r", other)
        except Hitem3DError as error:
            self._steps.tell_problem(error, uid)
        self._emit({"event": "answered"})

    def close(self) -> None:
        """Blender is gone: stop everything but what is being sent."""
        self._closing = self._steps.closing = True
        for job in self._jobs.values():
            if job.state is not TaskState.PENDING:
                job.cancelled.set()

    def _watch(self, uid: str) -> None:
        """Work on a task from where it is; take its next step now if it waits. A result that was cleared away is
        fetched anew."""
        job = self._jobs.get(uid)
        if job:
            job.due, job.wanted_now = 0.0, True
            if job.state is TaskState.PENDING:
                self._places.hurry()
            return
        before = self._steps.worker().store.get(uid)
        task = self._steps.worker().store.claim(uid, self._owner)
        if task is None:
            return  # Another Blender's agent works on it; its steps show through the store.
        if task.state is TaskState.PENDING and before and is_script(before.owner):
            self._stop_unsent(uid)
            return
        if task.task_id and task.state in ENDED:
            if workflow.result_file(self._home, task):
                self._steps.worker().store.release(uid, self._owner)
                return
            task = self._steps.worker().store.update(uid, state=TaskState.WORKING, error=None, error_kind="")
        if task.state in UNDER_WAY:
            self._jobs[uid] = Job(uid, task.state)
        else:
            self._steps.worker().store.release(uid, self._owner)

    def _is_ending(self, uid: str) -> bool:
        """Whether the task's step is over, and its row says so, but the loop has not heard of it yet."""
        if not (job := self._jobs.get(uid)) or not job.running or job.asking:
            return False
        with contextlib.suppress(Hitem3DError):
            task = self._steps.worker().store.get(uid)
            return task is not None and task.state not in UNDER_WAY
        return False

    def _check_idle(self, uid: str) -> None:
        """Raise InputError while a step of the task runs: a second one beside it could send the task twice."""
        if (job := self._jobs.get(uid)) and job.running:
            raise InputError("The task is being worked on just now. Stop it first, or wait a moment.")

    def _add_job(self, task: Task) -> None:
        if not (job := self._jobs.get(task.uid)) or not job.running:
            self._jobs[task.uid] = Job(task.uid, task.state)

    def _cancel(self, uid: str) -> None:
        job = self._jobs.get(uid)
        if job and job.running:
            job.cancelled.set()  # The step ends at its next block or nap, and `_end_step` does the rest.
            return
        self._jobs.pop(uid, None)
        workflow.cancel(self._steps.worker(), uid)
        self._steps.worker().store.release(uid, self._owner)

    # ---- steps

    def _take_over_orphans(self) -> None:
        """Claim what was left behind: by an agent that died, or by a Blender that died before its agent heard of it."""
        for task in self._steps.worker().store.tasks(states=UNDER_WAY):
            if task.uid in self._jobs or task.api_url != self._steps.client.api_url:
                continue
            claimed = self._steps.worker().store.claim(task.uid, self._owner)
            if claimed and claimed.state is TaskState.PENDING and is_script(task.owner):
                self._stop_unsent(task.uid)
            elif claimed and claimed.state in UNDER_WAY:
                log.info("task %s: taken over, %s", claimed.task_id or claimed.uid, claimed.state.value)
                self._jobs[task.uid] = Job(task.uid, claimed.state)
            elif claimed:
                self._steps.worker().store.release(task.uid, self._owner)

    def _stop_unsent(self, uid: str) -> None:
        """Stop what a script had not sent when it died: the script is likely run again, and would pay twice."""
        workflow.cancel(self._steps.worker(), uid)
        self._steps.worker().store.release(uid, self._owner)

    def _start_due_steps(self, now: float) -> None:
        running = [job for job in self._jobs.values() if job.running]
        transfers = sum(job.state is not TaskState.WORKING for job in running)
        polls = len(running) - transfers
        at_service = self._working() + sum(job.state is TaskState.PENDING for job in running)
        asking = polls > 0 or any(job.due <= now for job in self._jobs.values() if job.state is TaskState.WORKING)
        for job in self._jobs.values():
            if job.running or job.due - (job.early if asking else 0.0) > now:
                continue
            if job.state is TaskState.WORKING:
                if polls >= 2:
                    continue
                polls += 1
            else:
                sends = job.state is TaskState.PENDING
                if transfers >= self._transfers or (sends and not self._places.has_room(at_service, now)):
                    continue
                if sends and not self._may_send():
                    job.due = now + RESCAN
                    continue
                transfers += 1
                at_service += sends
            job.running = True
            job.since = job.since or now
            self._threads.submit(self._steps.take, job, self._end_step)

    def _may_send(self) -> bool:
        """Whether the studio lets models leave, as its file says now; if not, the user is told why they wait."""
        try:
            load_site({**os.environ, **self._site}).check_uploads()
        except InputError as error:
            self._steps.tell_problem(error)
            return False
        return True

    def _working(self) -> int:
        """How many tasks are at the service."""
        return sum(job.state is TaskState.WORKING for job in self._jobs.values())

    def _end_step(self, job: Job, end: StepEnd) -> None:
        """On the loop: what a step's end means for its job."""
        job.running = job.sending = False
        job.early = end.early
        task = end.task
        if self._closing or (task is None and end.error is None):
            self._jobs.pop(job.uid, None)
        elif task is None:
            job.due = time.monotonic() + LONGEST  # not even the list can be read
        elif job.cancelled.is_set() and task.state is not TaskState.SENDING:
            if task.state in UNDER_WAY:
                workflow.cancel(self._steps.worker(), job.uid)
            self._drop(job.uid)
        else:
            self._go_on(job, task, end)

    def _go_on(self, job: Job, task: Task, end: StepEnd) -> None:
        """Say when the next step is due, or that there is none."""
        now = time.monotonic()
        error, pause = end.error, end.pause
        entered, job.state = job.state, task.state
        if entered is TaskState.PENDING and task.state is TaskState.WORKING:
            self._places.note_accepted(self._working())
        job.refused = isinstance(error, CredentialsError) and bool(task.task_id)
        waits_for_credits = isinstance(error, CreditsError) and task.state is TaskState.PENDING
        passes = isinstance(error, ServiceUnavailableError | StoreError) or job.refused or waits_for_credits
        if passes or task.state is TaskState.SENDING:
            # A fault that passes: of the network, the service, the disk that the list is on, or of keys that the user
            # renews, while the task goes on at the service; or credits that the account may get.
            pause = self._pause_after_fault(job, error, now)
        elif error and task.state in UNDER_WAY and not isinstance(error, TaskTimeoutError):
            if task.api_url != self._steps.client.api_url:
                self._drop(job.uid)  # The address was changed; the task waits for the day when it is changed back.
            else:
                # A result that can't be read or kept, a refusal to tell the state: asking again won't help.
                self._fail(job, error)
            return
        else:
            job.failures = 0
        if task.state not in UNDER_WAY:
            self._drop(job.uid)
            return
        if entered is not task.state or isinstance(error, BusyError | CreditsError):  # time in the queue does not count
            job.polls, job.since = 0, 0.0
        job.polls += 1
        job.due = now + pause
        if job.since and now - job.since > workflow.WAIT_BUDGET and task.state is not TaskState.SENDING:
            late = TaskTimeoutError("The service has not finished after more than an hour. Check the task again later.")
            self._fail(job, error or late)

    def _pause_after_fault(self, job: Job, error: Hitem3DError | None, now: float) -> float:
        """Seconds until the next try, of which the user is told."""
        job.failures += 1
        wanted = error.retry_after if isinstance(error, ServiceUnavailableError) else None
        if isinstance(error, BusyError):
            pause = self._places.note_refused(self._working(), now, wanted)
        elif job.refused:
            pause = LOCKED_OUT
        elif isinstance(error, CreditsError):
            pause = WITHOUT_CREDITS
        else:
            pause = backoff(job.failures, wanted)
        if error:
            template, values = error.message.pack()
            self._emit({"event": "waits", "uid": job.uid, "seconds": pause, "template": template, "values": values})
        return pause

    def _drop(self, uid: str) -> None:
        """Stop working on a task; another process may go on with it."""
        self._jobs.pop(uid, None)
        self._steps.worker().store.release(uid, self._owner)

    def _fail(self, job: Job, error: Hitem3DError) -> None:
        fields = failure_fields(error)
        self._steps.worker().store.update(job.uid, state=TaskState.FAILED, finished=int(time.time()), **fields)
        self._drop(job.uid)

    def _take_answer(self, uid: str, found: Task | Hitem3DError | None) -> None:
        """On the loop: go on with a task whose id is known now, or say why not; then another id may be given."""
        self._jobs.pop(uid, None)
        if isinstance(found, Task):
            self._add_job(found)
        elif found:
            self._steps.tell_problem(found, uid)
        self._emit({"event": "answered"})

    def _configure(self, configuration: Mapping[str, Any]) -> None:
        """Take over settings, at the start or while tasks run; the number of threads stays as it was at the start."""
        self._transfers: int = configuration.get("transfers", TRANSFERS)
        if (fixed := configuration.get("unfinished_tasks", 0)) != self._places.fixed:
            self._places = Places(fixed)
        self._site: dict[str, str] = configuration.get("site", {})
        self._steps.connect(configuration)
