# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of tasks share."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import trimesh
from sandbox.process import Sandbox

sys.path.insert(0, str(Path(__file__).parent))  # for connected.py

from connected import NewTask, connected

from hitem3d_addon.core.data_folder import job_folder, make_folder
from hitem3d_addon.core.task import SegLevel, SegmentationRequest, Task
from hitem3d_addon.core.tasks import workflow
from hitem3d_addon.core.tasks.workflow import Worker
from hitem3d_addon.core.values import OutputFormat


@pytest.fixture
def worker(home: Path, sandbox: Sandbox) -> Iterator[Worker]:
    """A process that works on the tasks of an empty data folder."""
    with connected(home, sandbox) as worker:
        yield worker


@pytest.fixture
def new_task(worker: Worker) -> NewTask:
    """Records a task of a box, which waits to be sent."""

    def record() -> Task:
        uid = uuid.uuid4().hex
        make_folder(worker.store.home / "jobs")
        mesh = make_folder(job_folder(worker.store.home, uid)) / "mesh.glb"
        trimesh.creation.box().export(mesh)
        request = SegmentationRequest(SegLevel.LOW, OutputFormat.GLB, mesh=mesh)
        return workflow.record(worker.store, request, uid=uid, name="Box", api_url=worker.client.api_url)

    return record
