# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many tasks in one process, round robin: what the command line runs, for one model or for a thousand.

One thread: there is one transfer at a time, and what takes long, the cutting, goes on at the service for several
tasks at a time. Only the tasks under way are in memory. The rest is in the list, where the next run finds what an
interrupted run did: a model whose content was sent before, with the same options, is never sent a second time.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ..backoff import backoff
from ..errors import (
    BusyError,
    CredentialsError,
    CreditsError,
    Hitem3DError,
    InputError,
    ServiceUnavailableError,
    StoreError,
    TaskFailedError,
    forgotten,
)
from ..task import Task
from ..values import TaskState
from . import workflow
from .outcome import Flight, Goal, Hooks, Model, Outcome, make_failure, make_late, make_stopped
from .places import Places
from .rows import error_of
from .store import is_locked
from .workflow import Cancelled, Worker

log = logging.getLogger(__name__)

SEND_TRIES = 5
"""How often to try to send a model while there is no connection; a busy service is waited for until the timeout."""
WATCH_PAUSE = 1.0
"""Seconds between looks at a task that another process works on."""

LOOK_PAUSE = 1.0
"""Seconds between two looks whether there is room for the next model."""

_NAP = 0.1
_WITHOUT_RESULT = (TaskState.FAILED, TaskState.CANCELLED)
"""Such a task goes on where it has a task id: then it may have been paid for."""


class Batch:
    """Runs models and tasks to a goal, ``jobs`` at a time; 0: as many as the service takes, see `Places`.

    ``timeout`` is in seconds, for each from its first step on. ``again`` sends models even if they were sent before;
    without ``retry`` those that failed at the service and were refunded are not sent again either.
    ``check_uploads`` raises InputError where no model may leave any more; it is asked before each.
    ``stopped_by`` is the refusal that would meet every other model as well, after which no new one is begun.
    """

    def __init__(
        self,
        worker: Worker,
        goal: Goal,
        *,
        jobs: int = 0,
        timeout: float = workflow.WAIT_BUDGET,
        again: bool = False,
        retry: bool = True,
        hooks: Hooks | None = None,
        cancelled: Cancelled = lambda: False,
        check_uploads: Callable[[], None] = lambda: None,
    ) -> None:
        self._worker = worker
        self._goal = goal
        self._places = Places(jobs)
        self._timeout = timeout
        self._again = again
        self._retry = retry
        self._hooks = hooks or Hooks()
        self._cancelled = cancelled
        self._check_uploads = check_uploads
        self._flights: list[Flight] = []
        self._sent: deque[str] = deque()
        """Tasks that this run sent and asks for no more, by uid: they fill the account all the same."""
        self._next_look = 0.0
        self._was_busy = False
        self.stopped_by: Hitem3DError | None = None

    def run(self, given: Iterable[Model | Task | Outcome]) -> Iterator[Outcome]:
        """An outcome for each, as it comes, until all are there, something stops the batch, or it is cancelled.

        An Outcome among what is given, of a model that could not even be prepared, comes out as it is.
        """
        line = iter(given)
        try:
            more = True
            while (more or self._flights) and not self._cancelled():
                while more and self._has_room():
                    one = next(line, None)
                    if one is None:
                        more = False
                    elif isinstance(one, Outcome):
                        yield one
                    else:
                        yield from self._begin(one)
                for flight in list(self._flights):
                    if self._cancelled():
                        break
                    if flight.due <= time.monotonic() and (outcome := self._step(flight)):
                        yield self._end(flight, outcome)
                self._look_at_sent()
                more = more and self.stopped_by is None
                self._sleep(more)
            for flight in list(self._flights):
                yield self._end(flight, self._interrupted(flight))
        finally:
            for flight in self._flights:
                with contextlib.suppress(Hitem3DError):
                    self._let_go(flight)

    def _has_room(self) -> bool:
        going_on = not self.stopped_by and not self._cancelled()
        return going_on and self._places.has_room(max(len(self._flights), self._at_service()), time.monotonic())

    def _at_service(self) -> int:
        """How many tasks of this run are at the service, as far as it asks for them."""
        waiting = sum(flight.told is not None for flight in self._flights)
        return waiting + (len(self._sent) if self._was_busy else 0)

    def _look_at_sent(self) -> None:
        """While the account is full, ask for a task that was sent and left alone: once it has ended, there is room."""
        now = time.monotonic()
        if not self._was_busy or not self._sent or now < self._next_look:
            return
        self._next_look = now + workflow.poll_pause(0)
        uid = self._sent.popleft()
        try:
            ended = workflow.refresh(self._worker, uid)[0].state is not TaskState.WORKING
        except ServiceUnavailableError:
            ended = False
        except Hitem3DError:  # it was forgotten, or the account lost it
            ended = True
        if not ended:
            self._sent.append(uid)

    def _sleep(self, more: bool) -> None:
        if more and self._has_room():
            return
        while self._flights and not self._cancelled():
            rest = min(flight.due for flight in self._flights) - time.monotonic()
            if rest <= 0:
                return
            time.sleep(min(rest, _NAP))
        if more and not self._cancelled():  # nothing is under way, and the service is too busy for a new one
            time.sleep(_NAP)

    def _begin(self, one: Model | Task) -> Iterator[Outcome]:
        now = time.monotonic()
        if isinstance(one, Task):
            self._flights.append(Flight(one.name, one.uid, one.uid, None, now))
            return
        try:
            one.request.check()
            task = self._enlist(one)
        except Hitem3DError as error:
            yield make_failure(one.name, one.uid, error)
            return
        self._flights.append(Flight(one.name, one.uid, task.uid, one, now))

    def _enlist(self, model: Model) -> Task:
        task = Task(
            uid=model.uid,
            name=model.name,
            api_url=self._worker.client.api_url,
            request=model.request,
            state=TaskState.PENDING,
            created=int(time.time()),
            owner=self._worker.owner.name,
            content=model.content,
        )
        if self._again:
            return self._worker.store.add(task)
        return self._worker.store.add_once(task, retry=self._retry)[0]

    def _enlist_anew(self, flight: Flight) -> bool:
        """Make a new row where the known one ended unsent, in another process; False where that was our own."""
        if flight.model is None or flight.uid == flight.model.uid:
            return False
        flight.uid = self._enlist(flight.model).uid
        flight.due = 0.0
        return True

    # ---- one step of one task

    def _step(self, flight: Flight) -> Outcome | None:
        """Take the next step; the outcome, if it was the last."""
        error: Hitem3DError
        try:
            outcome = self._advance(flight)
        except ServiceUnavailableError as caught:
            error = caught
        except StoreError as caught:
            if not is_locked(caught):
                return self._failed(flight, caught)
            error = caught
        except Hitem3DError as caught:
            if isinstance(caught, CreditsError | CredentialsError):
                self.stopped_by = caught
            return self._failed(flight, caught)
        else:
            flight.failures, flight.obstacle = 0, None
            if outcome is None and time.monotonic() - flight.since >= self._timeout:
                return self._timed_out(flight)
            return outcome
        return self._try_later(flight, error)

    def _advance(self, flight: Flight) -> Outcome | None:
        store, owner = self._worker.store, self._worker.owner
        before = store.get(flight.uid) if flight.model is None else None
        if before and before.state is TaskState.PENDING and (not before.owner or owner.is_gone(before.owner)):
            # Not claimed: releasing it would take the script's name off it, and a Blender's agent would send it.
            raise _not_sent(flight.name)
        task = store.claim(flight.uid, owner)
        if task is None:
            return self._watch(flight)
        if task.state is TaskState.SENDING:
            task = store.settle(flight.uid, owner)
            if flight.model and task.state is TaskState.WORKING:
                flight.created = True  # by this run: its id could not be put in the list until now
        if task.state is TaskState.PENDING:
            if flight.model is None:
                raise _not_sent(flight.name)
            if not self._places.has_room(self._at_service(), time.monotonic()):
                flight.due = time.monotonic() + LOOK_PAUSE
                return None
            task = self._submit(flight, flight.model, task)
        if task.state is TaskState.UNCERTAIN:
            raise error_of(task)
        if task.state in _WITHOUT_RESULT:
            if not task.task_id and self._enlist_anew(flight):
                return None
            if not task.task_id or task.error_kind == TaskFailedError.__name__:
                raise error_of(task)
            task = store.update(task.uid, state=TaskState.WORKING, error=None, error_kind="")
        self._tell(flight, task)
        if self._goal is Goal.SENT:
            return self._outcome(flight, task)
        if (file := workflow.result_file(store.home, task)) is None:
            if task.state is not TaskState.READY:
                task, status = workflow.refresh(self._worker, task.uid)
                flight.due = time.monotonic() + workflow.poll_pause(flight.polls, status.retry_after)
                flight.polls += 1
                self._tell(flight, task)
            if task.state is TaskState.FAILED:
                raise error_of(task)
            if task.state is TaskState.WORKING:
                return None
            if self._goal is Goal.FETCHED:
                file = self._fetch(flight)
                task = store.get(task.uid) or task
        return self._outcome(flight, task, file)

    def _submit(self, flight: Flight, model: Model, task: Task) -> Task:
        self._check_uploads()
        if task.request.mesh != model.request.mesh:  # left by a run that died; its file may be elsewhere, or gone
            request = task.request._replace(mesh=model.request.mesh)
            self._worker.store.update(task.uid, request=request)
        mesh = model.request.mesh
        if mesh and model.content and model.request.content() != model.content:
            # The list would say that the old content was paid for, and nobody would know of the new one.
            raise InputError("The model file changed while it stood in line. Run the same command again to send it.")
        task = workflow.submit(
            self._worker,
            task.uid,
            progress=lambda done, total: self._hooks.transfer(flight.name, "upload", done, total),
            cancelled=self._cancelled,
        )
        flight.created = True
        self._places.note_accepted(self._at_service() + 1)
        if self._goal is Goal.SENT:
            self._sent.append(task.uid)
        return task

    def _fetch(self, flight: Flight) -> Path:
        return workflow.fetch(
            self._worker,
            flight.uid,
            progress=lambda done, total: self._hooks.transfer(flight.name, "download", done, total),
            cancelled=self._cancelled,
        )

    def _watch(self, flight: Flight) -> Outcome | None:
        """See how far another process is, which works on this task."""
        flight.due = time.monotonic() + WATCH_PAUSE
        task = self._worker.store.get(flight.uid)
        if task is None:
            raise forgotten()
        if task.task_id:
            self._tell(flight, task)
        file = workflow.result_file(self._worker.store.home, task)
        reached = {
            Goal.SENT: bool(task.task_id),
            Goal.READY: task.state in (TaskState.READY, TaskState.DONE),
            Goal.FETCHED: file is not None,
        }
        if reached[self._goal]:
            return self._outcome(flight, task, file)
        if task.state in _WITHOUT_RESULT and not task.task_id and self._enlist_anew(flight):
            return None
        if task.state in (TaskState.UNCERTAIN, *_WITHOUT_RESULT):
            raise error_of(task)
        return None

    def _tell(self, flight: Flight, task: Task) -> None:
        seen = flight.told
        if seen is None or (seen.state, seen.service_state) != (task.state, task.service_state):
            flight.told = task
            self._hooks.changed(flight.name, task)

    def _try_later(self, flight: Flight, error: Hitem3DError) -> Outcome | None:
        """Put a task back in the queue after a fault that passes by itself."""
        flight.failures += 1
        flight.obstacle = error.message
        wanted = error.retry_after if isinstance(error, ServiceUnavailableError) else None
        now = time.monotonic()
        if isinstance(error, BusyError):
            # The account is full. No task of this run need try before the pause is over and one of ours has ended.
            self._was_busy = True
            pause = self._places.note_refused(self._at_service(), now, wanted)
        else:
            pause = backoff(flight.failures, wanted)
        flight.due = now + pause
        sent = flight.told is not None
        over = now - flight.since >= self._timeout
        if over and sent:
            return self._timed_out(flight)
        if over or (not sent and not isinstance(error, BusyError) and flight.failures >= SEND_TRIES):
            return self._failed(flight, error)
        log.info("%s: again in %.1f s: %s", flight.uid, pause, error)
        self._hooks.waits(flight.name, error.message, pause)
        return None

    # ---- how a task ends for this run

    def _end(self, flight: Flight, outcome: Outcome) -> Outcome:
        self._flights.remove(flight)
        try:
            self._let_go(flight)
        except Hitem3DError as error:
            log.warning("%s: %s", flight.uid, error)
        return outcome

    def _let_go(self, flight: Flight) -> None:
        """Leave the task to others. What was not sent is stopped: a later process is not to send it unasked."""
        if any(other.uid == flight.uid for other in self._flights if other is not flight):
            return
        store, owner = self._worker.store, self._worker.owner
        task = store.get(flight.uid)
        if task and task.state is TaskState.PENDING and task.owner == owner.name and flight.model:
            workflow.cancel(self._worker, flight.uid)
        store.release(flight.uid, owner)

    def _outcome(self, flight: Flight, task: Task, file: Path | None = None) -> Outcome:
        return Outcome(flight.name, flight.given, task, flight.created, file)

    def _failed(self, flight: Flight, error: Hitem3DError) -> Outcome:
        task = None
        with contextlib.suppress(StoreError):
            task = self._worker.store.get(flight.uid)
        return make_failure(flight.name, flight.given, error, task, created=flight.created)

    def _timed_out(self, flight: Flight) -> Outcome:
        task = self._worker.store.get(flight.uid)
        return self._failed(flight, make_late(task, self._timeout, flight.obstacle))

    def _interrupted(self, flight: Flight) -> Outcome:
        return self._failed(flight, make_stopped(self._worker.store.get(flight.uid)))


def _not_sent(name: str) -> InputError:
    return InputError("“{name}” was not sent yet, so there is nothing to ask for. Wait until it is sent.", name=name)
