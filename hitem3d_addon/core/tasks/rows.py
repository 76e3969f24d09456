# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a task to a row of the task list and back; and from what a row keeps of an error to that error."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import Hitem3DError, Message, TaskFailedError
from ..task import SegLevel, SegmentationRequest, Task
from ..values import OutputFormat, TaskState

COLUMNS = [name for name in Task._fields if name != "request"] + list(SegmentationRequest._fields)


def failure_fields(error: Hitem3DError) -> dict[str, Any]:
    """The fields of a task that keep an error: its message, and the name of its class."""
    return {"error": error.message, "error_kind": type(error).__name__}


def error_of(task: Task) -> Hitem3DError:
    """The error that a task's row keeps, as an error again: what to raise for a task that ended without a result."""
    if task.error is None:
        return TaskFailedError("The task failed at the service. Try again later, or with a simpler model.")
    return TaskFailedError.of(task.error, task.error_kind)


def to_row(task: Task) -> dict[str, Any]:
    row = {name: value for name, value in task._asdict().items() if name != "request"}
    row |= task.request._asdict()
    row["state"] = task.state.value
    row["seg_level"] = task.request.seg_level.value
    row["format"] = int(task.request.format)
    row["mesh"] = str(task.request.mesh or "")
    row["error"] = json.dumps(task.error.pack()) if task.error else ""
    return {name: to_sql(value) for name, value in row.items()}


def to_sql(value: Any) -> Any:
    """The value as SQLite takes it: a path of another encoding holds lone surrogates, which its texts can't hold."""
    if isinstance(value, str):
        with contextlib.suppress(UnicodeEncodeError):
            value.encode()
            return value
        return value.encode("utf-8", "surrogatepass")
    return value


def to_task(row: Mapping[str, Any]) -> Task:
    row = {name: v.decode("utf-8", "surrogatepass") if isinstance(v, bytes) else v for name, v in row.items()}
    request = SegmentationRequest(
        seg_level=SegLevel(row["seg_level"]),
        format=OutputFormat(row["format"]),
        mesh=Path(row["mesh"]) if row["mesh"] else None,
        mesh_url=row["mesh_url"],
        callback_url=row["callback_url"],
    )
    values = {name: row[name] for name in Task._fields if name != "request"}
    values["state"] = TaskState(row["state"])
    values["error"] = Message.unpack(json.loads(row["error"])) if row["error"] else None
    return Task(request=request, **values)
