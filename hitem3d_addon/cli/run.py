# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of the command line over models or tasks: what is printed on the way and at the end of each, and the exit
code of all.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..core.data_folder import is_uid, job_folder
from ..core.errors import Hitem3DError, Message, ResultError
from ..core.site_settings import load_site
from ..core.task import Task
from ..core.tasks.batch import Batch
from ..core.tasks.outcome import Goal, Hooks, Model, Outcome
from ..core.tasks.retention import clear_away
from ..core.tasks.workflow import Cancelled, Worker
from ..core.values import TaskState
from ..session import connection
from .exit_codes import ExitCode, exit_code_of, exit_code_of_all
from .output import Output

Deliver = Callable[[Outcome], Sequence[Path]]
"""What to do with each outcome, also with one that failed; gives the files that were written."""


class Run:
    """Runs batches and keeps count. ``total`` is how many there are in all, where that is known."""

    def __init__(self, options: Namespace, output: Output, stop: Cancelled, worker: Worker) -> None:
        self.options = options
        self.output = output
        self.worker = worker
        self.total = 0
        self._stop = stop
        self._ended: Counter[ExitCode] = Counter()
        self._sent = 0
        self._known = 0
        self._stopped_by = ""
        self._start = time.monotonic()

    @property
    def stopped(self) -> bool:
        """Whether to begin nothing new: somebody asked to stop, or the account refuses everything."""
        return self._stop() or bool(self._stopped_by)

    def each(self, goal: Goal, things: Iterable[Model | Task | Outcome], deliver: Deliver, *, timeout: float) -> None:
        """Bring models and tasks to the goal, and print each as it ends."""
        batch = Batch(
            self.worker,
            goal,
            jobs=_limit_jobs(getattr(self.options, "jobs", None) or connection.current().unfinished_tasks),
            timeout=timeout,
            again=getattr(self.options, "again", False),
            retry=not getattr(self.options, "no_retry", False),
            hooks=Hooks(self._changed, self._transfer, self._waits),
            cancelled=self._stop,
            check_uploads=lambda: load_site(os.environ).check_uploads(),
        )
        for outcome in batch.run(things):
            files: Sequence[Path] = ()
            try:
                files = deliver(outcome)
            except Hitem3DError as error:
                outcome = replace(outcome, error=error.message, kind=type(error).__name__)
            self._tell_end(outcome, files)
            self._discard_unused(outcome)
        if batch.stopped_by:
            self._stopped_by = type(batch.stopped_by).__name__

    def summary(self) -> ExitCode:
        """Print how it went in all, and give the exit code."""
        code = exit_code_of_all(set(self._ended))
        done, interrupted = self._ended[ExitCode.DONE], self._ended[ExitCode.INTERRUPTED]
        failed = self._ended.total() - done - interrupted
        left = max(self.total - done - failed, interrupted)
        if self._stop() and left:
            code = ExitCode.INTERRUPTED
        elif self._stopped_by:
            code = exit_code_of(self._stopped_by)
        seconds = time.monotonic() - self._start
        text = f"{done} done ({self._known} known before), {failed} failed, {left} left; {self._sent} sent"
        self.output.event(
            "summary",
            f"{text}, {seconds:.0f} s" if max(self.total, self._ended.total()) > 1 else "",
            done=done,
            known=self._known,
            failed=failed,
            left=left,
            sent=self._sent,
            seconds=round(seconds, 3),
            exit_code=code,
        )
        return code

    # ---- what is told

    def _changed(self, name: str, task: Task) -> None:
        self.output.event(
            "state",
            name=name,
            uid=task.uid,
            task_id=task.task_id,
            state=task.state,
            service_state=task.service_state,
        )
        if self._draw_bar(name, ""):
            return
        said = {TaskState.READY: "ready", TaskState.DONE: "ready"}.get(task.state, task.service_state or "sent")
        self.output.note(f"{self._place()}{name}: {said} ({task.task_id})")

    def _transfer(self, name: str, step: str, done: int, total: int) -> None:
        self._draw_bar(name, f" {step} {100 * done // total if total else 0} %")

    def _waits(self, name: str, message: Message, pause: float) -> None:
        self.output.note(f"{self._place()}{name}: {message} Trying again in {pause:.0f} s.")

    def _draw_bar(self, name: str, text: str) -> bool:
        total, ended = self.total or 1, self._ended.total()
        failed = ended - self._ended[ExitCode.DONE]
        return self.output.progress(f"{ended}/{total}, {failed} failed: {name}{text}", ended / total)

    def _place(self) -> str:
        return f"[{self._ended.total() + 1}/{self.total}] " if self.total > 1 else ""

    def _tell_end(self, outcome: Outcome, files: Sequence[Path]) -> None:
        code = exit_code_of(outcome.kind)
        self._ended[code] += 1
        self._sent += outcome.created
        self._known += not (outcome.created or outcome.kind)
        task_id = outcome.task.task_id if outcome.task else ""
        where = f": {files[0] if len(files) == 1 else f'{len(files)} files in {files[-1].parent}'}" if files else ""
        if outcome.error:
            known = f" Task: {task_id}." if task_id and task_id not in str(outcome.error) else ""
            self.output.note(f"{outcome.name}: {outcome.error}{known}")
        self.output.event(
            "task",
            "" if outcome.error else f"{outcome.name}: {task_id}{where}",
            name=outcome.name,
            **(task_fields(outcome.task) if outcome.task else {"uid": "", "task_id": "", "state": ""}),
            created=outcome.created,
            result=outcome.file,
            files=list(files),
            error=str(outcome.error or ""),
            kind=outcome.kind,
            exit_code=code,
        )

    def _discard_unused(self, outcome: Outcome) -> None:
        """Remove the exported file of a model that another task stands for, unless that one may yet send it.

        If the task is not known, the list can't be read, and the folder may hold the only note of a paid task's id.
        """
        task = outcome.task
        if task is None or task.uid == outcome.uid or not is_uid(outcome.uid):
            return
        folder = job_folder(self.worker.store.home, outcome.uid)
        if task.task_id or not task.request.mesh or task.request.mesh.parent != folder:
            shutil.rmtree(folder, ignore_errors=True)


def _limit_jobs(jobs: int) -> int:
    """How many tasks at a time: what the user says, since accounts differ; at most the studio's limit."""
    most = connection.site().unfinished_tasks
    return min(filter(None, (jobs, most)), default=0)


@contextlib.contextmanager
def open_run(options: Namespace, output: Output, stop: Cancelled) -> Iterator[Run]:
    """A run with the service as the environment and the preferences say. Raises a Hitem3DError."""
    with connection.worker(connection.current()) as worker:
        if worker.store.notice:
            output.note(str(worker.store.notice))
        clear_away(worker.store, worker.owner)
        yield Run(options, output, stop, worker)


def task_fields(task: Task) -> dict[str, Any]:
    """What JSON tells of a task."""
    return {"uid": task.uid, "task_id": task.task_id, "state": task.state, "service_state": task.service_state}


def copy_result(file: Path, target: Path) -> Path:
    """Copy a result to where the user wants it, as a whole or not at all. Raises ResultError."""
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(file, part)
            return part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise ResultError(
            "The result can't be written to {file} ({reason}). Free some space or correct the permissions, then run "
            "the same command again; nothing is paid twice.",
            file=str(target),
            reason=error.strerror or type(error).__name__,
        ) from error
