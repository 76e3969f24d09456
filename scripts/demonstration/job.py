# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job as a script does it: the add-on's own operators, with a sandbox in place of the service."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import bpy
from blender.output import silenced
from environment import REPOSITORY
from sandbox.process import Sandbox

sys.path.insert(0, str(REPOSITORY))

import hitem3d_addon
from hitem3d_addon.core.tasks.store import TaskStore

SECONDS = 4.0
"""What a task takes: long enough to see the service's states go by."""


class Job:
    """The add-on registered and a sandbox running, for as long as it is open; both leave no trace."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with self._open as stack:
            self._home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hitem3d-demo-")))
            self._sandbox = stack.enter_context(Sandbox(seconds=SECONDS))
            os.environ.update(
                HITEM3D_API_URL=self._sandbox.url, HITEM3D_TOKEN=self._sandbox.token, HITEM3D_HOME=str(self._home)
            )
            hitem3d_addon.register()
            stack.callback(hitem3d_addon.unregister)
            self._open = stack.pop_all()
        self._tell("Started a local Hitem3D")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def send(self, sources: Sequence[bpy.types.Object], seg_level: str, result_format: str) -> str:
        """Segment the objects as one model, and give the task id. Raises RuntimeError."""
        for obj in bpy.context.view_layer.objects:
            obj.select_set(obj in sources)
        bpy.context.view_layer.objects.active = sources[0]
        source = "TOGETHER" if len(sources) > 1 else "ACTIVE"
        with silenced():
            bpy.ops.hitem3d.create_task(seg_level=seg_level, format=result_format, source=source)
        task_id = str(sources[0]["hitem3d_task_id"])
        self._tell(f"Sent it: {len(self._sandbox.mesh(task_id)) / 1e6:.2f} MB, task {task_id}")
        return task_id

    def fetch(self) -> list[bpy.types.Object]:
        """Wait for the parts, import them in place, and give them. Raises RuntimeError."""
        said = ""
        task_id = bpy.context.object["hitem3d_task_id"]
        while True:
            with silenced():
                bpy.ops.hitem3d.query_task()
            with TaskStore(self._home) as store:
                task = store.find(task_id)
            if task is None or task.service_state in ("success", "failed"):
                break
            if task.service_state != said:
                said = task.service_state
                self._tell(f"The service says: {said}")
            time.sleep(0.3)
        before = set(bpy.data.objects)
        with silenced():
            bpy.ops.hitem3d.import_result(wait=True)
        parts = [obj for obj in bpy.data.objects if obj not in before]
        self._tell(f"Imported {len(parts)} parts in place")
        return parts
