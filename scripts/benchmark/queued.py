# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks as a press of Segment leaves them for the agent, without an export before them."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Collection
from pathlib import Path

from hitem3d_addon.core.data_folder import job_folder, make_folder
from hitem3d_addon.core.task import SegmentationRequest, Task
from hitem3d_addon.core.tasks import workflow
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.values import TaskState


def queue(home: Path, api_url: str, size: int) -> str:
    """Put a task with a model of so many bytes in the list, and give its uid."""
    uid = uuid.uuid4().hex
    with TaskStore(home) as store:
        make_folder(home / "jobs")
        file = make_folder(job_folder(home, uid)) / "mesh.glb"
        with file.open("wb") as stream:
            for start in range(0, size, 1_000_000):
                stream.write(os.urandom(min(1_000_000, size - start)))
        workflow.record(store, SegmentationRequest(mesh=file), uid=uid, name="Model", api_url=api_url)
    return uid


def wait(home: Path, states: Collection[TaskState], uids: Collection[str], tick: Callable[[], object]) -> None:
    """Call ``tick`` four times a second, as Blender's timer does, until all these tasks are in one of the states."""
    with TaskStore(home) as store:
        end = time.monotonic() + 300
        while time.monotonic() < end:
            tick()
            tasks = [store.get(uid) for uid in uids]
            if all(task and task.state in states for task in tasks):
                return
            if lost := [task for task in tasks if task and task.state in (TaskState.FAILED, TaskState.UNCERTAIN)]:
                raise RuntimeError(str(lost[0].error))
            time.sleep(0.25)
    raise RuntimeError("the tasks did not get there in five minutes")


def finished(home: Path, api_url: str, count: int) -> list[str]:
    """Put so many tasks in the list that were done long ago, and give their task ids."""
    task_ids = [f"segmentation_{number:08}" for number in range(10_000_000, 10_000_000 + count)]
    with TaskStore(home) as store:
        for task_id in task_ids:
            store.add(
                Task(
                    uid=uuid.uuid4().hex,
                    name="Model",
                    api_url=api_url,
                    request=SegmentationRequest(),
                    state=TaskState.DONE,
                    created=1_700_000_000,
                    submitted=1_700_000_000,
                    finished=1_700_000_300,
                    task_id=task_id,
                )
            )
    return task_ids
