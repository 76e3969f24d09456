# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands on tasks that were sent already: status, wait, import, download, list, forget; and balance."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from types import MappingProxyType

import bpy

from ..core.address import shown
from ..core.data_folder import is_uid
from ..core.errors import Hitem3DError, InputError, ServiceError
from ..core.task import SegmentationRequest, Task
from ..core.tasks import workflow
from ..core.tasks.ledger import read_ledger
from ..core.tasks.outcome import Goal, Outcome
from ..core.tasks.store import TaskStore
from ..core.tasks.workflow import Cancelled
from ..core.values import TaskState
from ..export.part_files import check_exporter
from ..session import connection
from ..session.lookup import task_of
from ..session.record import RECORD, clean_task_id, task_id_of, uid_of
from .exit_codes import ExitCode, exit_code_of, exit_code_of_all, exit_code_of_task
from .ledger import tell_ledger
from .output import Output
from .run import Run, copy_result, open_run, task_fields
from .scene import file_name, import_into_scene, in_window, save_file

Command = Callable[[Namespace, Output, Cancelled], ExitCode]


@dataclass(frozen=True)
class _Meant:
    """A task that the arguments name, and its object in the open scene, if there is one."""

    task: Task
    obj: bpy.types.Object | None
    adopted: bool = False
    """It was not in the list before."""


def status(options: Namespace, output: Output, stop: Cancelled) -> ExitCode:
    """Ask the service once for each task."""
    connection.current().check()
    codes: list[ExitCode] = []
    with open_run(options, output, stop) as run:
        meant = _find_tasks(run)
        if options.task_id:
            if len(meant) != 1:
                raise InputError("--task-id is for one task. Say which one by its uid, as `list` shows it.")
            task_id = clean_task_id(options.task_id)
            if not task_id:
                raise InputError("This is no task id. It looks like segmentation_20260312_8f92ab3e1cde.")
            meant = [_Meant(workflow.give_task_id(run.worker, meant[0].task.uid, task_id), meant[0].obj)]
        for one in meant:
            if stop():
                codes.append(ExitCode.INTERRUPTED)
                break
            codes.append(_status(run, one))
    return exit_code_of_all(codes)


def _status(run: Run, one: _Meant) -> ExitCode:
    task, error, code = one.task, "", ExitCode.DONE
    try:
        if task.task_id:
            task, _ = workflow.refresh(run.worker, task.uid)
        code = exit_code_of_task(task)
        error = str(task.error or "")
    except Hitem3DError as caught:
        error, code = str(caught), exit_code_of(type(caught).__name__)
        if one.adopted and isinstance(caught, ServiceError):
            run.worker.store.forget(task.uid)  # most likely a mistyped id
    text = f"{task.name}: {task.state.value}{f' ({task.service_state})' if task.service_state else ''} {task.task_id}"
    run.output.event(
        "task", f"{text} {error}".rstrip(), name=task.name, **task_fields(task), error=error, exit_code=code
    )
    return code


def wait(options: Namespace, output: Output, stop: Cancelled) -> ExitCode:
    """Wait for the service, without downloading."""
    connection.current().check()
    with open_run(options, output, stop) as run:
        meant = _find_tasks(run)
        run.total = len(meant)
        run.each(Goal.READY, [one.task for one in meant], lambda _: (), timeout=options.timeout)
        return run.summary()


def download(options: Namespace, output: Output, stop: Cancelled) -> ExitCode:
    """Download results."""

    def deliver(outcome: Outcome) -> Sequence[Path]:
        if outcome.kind or outcome.file is None or outcome.task is None:
            return ()
        if not options.out:
            return (outcome.file,)
        name = file_name(outcome.name)
        if name in taken:
            name = f"{name}-{file_name(outcome.task.task_id)}"
        taken.add(name)
        return (copy_result(outcome.file, options.out / f"{name}{outcome.file.suffix}"),)

    taken: set[str] = set()
    with open_run(options, output, stop) as run:
        _fetch(run, _find_tasks(run), deliver)
        return run.summary()


def import_(options: Namespace, output: Output, stop: Cancelled) -> ExitCode:
    """Bring parts into the open scene."""
    if options.save and not bpy.data.filepath:
        raise InputError("The open scene has no file yet. Say with --save-as where to save it.")
    if options.export_parts:
        check_exporter(options.export_parts)
    with in_window(), open_run(options, output, stop) as run:
        meant = _find_tasks(run)
        objects = {one.task.uid: one.obj for one in meant}
        if options.apply_parts and not all(objects.values()):
            raise InputError(
                "--apply-parts needs the object of the task, which is not in this scene. Open the .blend that "
                "has it, or leave --apply-parts out."
            )
        imported = False

        def deliver(outcome: Outcome) -> Sequence[Path]:
            nonlocal imported
            if outcome.kind or outcome.file is None or outcome.task is None:
                return ()
            obj = objects[outcome.task.uid]
            files: list[Path] = []
            target = options.out / file_name(outcome.name) if options.out else None
            if target:
                files.append(copy_result(outcome.file, target.with_name(f"{target.name}{outcome.file.suffix}")))
            files += import_into_scene(run, outcome.task, outcome.file, [obj] if obj else [], target)
            imported = True
            return files

        _fetch(run, meant, deliver)
        save = options.save_as or (Path(bpy.data.filepath) if options.save else None)
        if save and imported:
            save_file(save)
        return run.summary()


def _fetch(run: Run, meant: Sequence[_Meant], deliver: Callable[[Outcome], Sequence[Path]]) -> None:
    if any(workflow.result_file(run.worker.store.home, one.task) is None for one in meant):
        connection.current().check()
    run.total = len(meant)
    timeout = run.options.timeout if run.options.wait else 0.0
    run.each(Goal.FETCHED, [one.task for one in meant], deliver, timeout=timeout)


def list_(options: Namespace, output: Output, stop: Cancelled) -> ExitCode:
    """Show the list as it is, without asking the service."""
    states = [TaskState(state) for state in options.state or TaskState]
    with open_run(options, output, stop) as run:
        for task in run.worker.store.tasks(states=states):
            when = time.strftime("%Y-%m-%d %H:%M", time.localtime(task.created))
            text = f"{when}  {task.state.value:<9}  {task.uid}  {task.task_id or '-'}  {task.name}"
            file = workflow.result_file(run.worker.store.home, task)
            output.event(
                "task",
                text,
                name=task.name,
                **task_fields(task),
                seg_level=task.request.seg_level,
                format=task.request.format.name.lower(),
                created=task.created,
                result=file,
                error=str(task.error or ""),
                kind=task.error_kind,
            )
    return ExitCode.DONE


def forget(options: Namespace, output: Output, stop: Cancelled) -> ExitCode:
    """Remove tasks from the list."""
    codes: list[ExitCode] = []
    with open_run(options, output, stop) as run:
        for one in _find_tasks(run, adopt=False):
            error, code = "", ExitCode.DONE
            try:
                workflow.forget(run.worker, one.task.uid)
            except Hitem3DError as caught:
                error, code = str(caught), exit_code_of(type(caught).__name__)
            text = f"{one.task.name}: {error or 'forgotten'} {one.task.task_id}".rstrip()
            output.event("forgotten", text, name=one.task.name, **task_fields(one.task), error=error, exit_code=code)
            codes.append(code)
    return exit_code_of_all(codes)


def balance(options: Namespace, output: Output, stop: Cancelled) -> ExitCode:
    """Whether the keys work, and what is left; or what each task cost, as far as that is known."""
    current = connection.current()
    if options.ledger:
        with TaskStore(current.home) as store:
            tell_ledger(read_ledger(store, current.api_url), output, as_csv=options.csv)
        return ExitCode.DONE
    current.check()
    with open_run(options, output, stop) as run:
        found = workflow.account(run.worker)
        output.event("balance", str(found), credits=found.values["credits"], host=shown(current.api_url))
    return ExitCode.DONE


def _find_tasks(run: Run, *, adopt: bool = True) -> list[_Meant]:
    """The tasks that the command line names, else those of the open scene's objects. Raises InputError, StoreError.

    An id that is not in the list is taken into it: the task may come from another machine.
    """
    options, store, api_url = run.options, run.worker.store, run.worker.client.api_url
    objects = [obj for obj in bpy.context.view_layer.objects if task_id_of(obj) or RECORD in obj]
    if options.objects:
        objects = [obj for obj in objects if any(fnmatchcase(obj.name, pattern) for pattern in options.objects)]
    found: dict[str, _Meant] = {}
    for name in options.tasks:
        adopted = False
        task = store.find(name) or (store.get(name) if is_uid(name) else None)
        if task is None:
            task_id = clean_task_id(name)
            if not adopt or not task_id or is_uid(name):
                raise InputError("There is no task “{name}” in the list. See them with `list`.", name=name[:100])
            owner = next((obj for obj in objects if task_id_of(obj) == task_id), None)
            request = SegmentationRequest()
            task = workflow.adopt(
                store, task_id, name=owner.name if owner else task_id, api_url=api_url, request=request
            )
            adopted = True
        belongs = (o for o in objects if task_id_of(o) == task.task_id != "" or uid_of(o) == task.uid)
        found[task.uid] = _Meant(task, next(belongs, None), adopted)
    if not options.tasks:
        for obj in objects:
            task = task_of(store, api_url, obj)
            found.setdefault(task.uid, _Meant(task, obj))
        if not found:
            raise InputError("No such object of the open scene has a task. Say which task is meant, by its id.")
    return list(found.values())


TASK_COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        "status": status,
        "wait": wait,
        "import": import_,
        "download": download,
        "list": list_,
        "forget": forget,
        "balance": balance,
    }
)
