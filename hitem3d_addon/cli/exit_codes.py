# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command line tells a script with its exit code: one table, by the classes of the error tree."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import IntEnum
from types import MappingProxyType

from ..core import errors
from ..core.task import Task
from ..core.values import TaskState


class ExitCode(IntEnum):
    """How a command ended."""

    DONE = 0
    FAILED = 1
    WRONG_USAGE = 2
    CREDENTIALS = 3
    CREDITS = 4
    TOO_LARGE = 5
    TASK_FAILED = 6
    TIMED_OUT = 7
    UNCERTAIN = 8
    INTERRUPTED = 130


MEANINGS: Mapping[ExitCode, str] = MappingProxyType(
    {
        ExitCode.DONE: "done",
        ExitCode.FAILED: "failed: no connection, a refusal, a result that can't be read; of many, in different ways",
        ExitCode.WRONG_USAGE: "wrong usage: a bad argument, a missing file, an object without faces; nothing was sent",
        ExitCode.CREDENTIALS: "no keys, or keys that Hitem3D does not take",
        ExitCode.CREDITS: "not enough API credits",
        ExitCode.TOO_LARGE: "a model over the limit of 200 MB",
        ExitCode.TASK_FAILED: "the service could not cut the model into parts (refunded)",
        ExitCode.TIMED_OUT: "not ready in time; the task goes on, and its id is printed",
        ExitCode.UNCERTAIN: "uncertain: the model may have been sent and paid for, and is not sent again by itself",
        ExitCode.INTERRUPTED: "interrupted (Ctrl-C or SIGTERM); run the same command again to go on",
    }
)

_CODES: Mapping[type[errors.Hitem3DError], ExitCode] = MappingProxyType(
    {
        errors.InputError: ExitCode.WRONG_USAGE,
        errors.TooLargeError: ExitCode.TOO_LARGE,
        errors.CredentialsError: ExitCode.CREDENTIALS,
        errors.CreditsError: ExitCode.CREDITS,
        errors.TaskFailedError: ExitCode.TASK_FAILED,
        errors.TaskTimeoutError: ExitCode.TIMED_OUT,
        errors.UncertainError: ExitCode.UNCERTAIN,
        errors.CancelledError: ExitCode.INTERRUPTED,
    }
)
"""Each class stands for those below it that have no code of their own; a class without one means FAILED."""


def exit_code_of(kind: str) -> ExitCode:
    """The code of an error by the name of its class, as `Task.error_kind` keeps it; DONE for ""."""
    if not kind:
        return ExitCode.DONE
    classes = getattr(errors, kind, errors.Hitem3DError).__mro__
    return next((_CODES[one] for one in classes if one in _CODES), ExitCode.FAILED)


def exit_code_of_task(task: Task) -> ExitCode:
    """The code for the state of a task, for somebody who waits for its parts."""
    match task.state:
        case TaskState.READY | TaskState.DONE:
            return ExitCode.DONE
        case TaskState.UNCERTAIN:
            return ExitCode.UNCERTAIN
        case TaskState.FAILED:
            return exit_code_of(task.error_kind) or ExitCode.FAILED
        case TaskState.CANCELLED:
            return ExitCode.FAILED
        case _:
            return ExitCode.TIMED_OUT


def exit_code_of_all(codes: Collection[ExitCode]) -> ExitCode:
    """One code for several tasks: if all that failed have the same code, that one, else FAILED."""
    failures = set(codes) - {ExitCode.DONE}
    if ExitCode.INTERRUPTED in failures:
        return ExitCode.INTERRUPTED
    if len(failures) > 1:
        return ExitCode.FAILED
    return next(iter(failures), ExitCode.DONE)
