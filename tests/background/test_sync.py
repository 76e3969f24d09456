# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of the tasks reaches Blender, also while another process is writing the task list."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import bpy
import pytest

from hitem3d_addon.background import sync
from hitem3d_addon.core.data_folder import TASK_LIST
from hitem3d_addon.core.task import SegmentationRequest
from hitem3d_addon.core.tasks import workflow
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.values import OutputFormat, TaskState
from hitem3d_addon.session.board import board
from hitem3d_addon.session.record import Record, task_id_of, write_record

ANOTHER_SERVICE = "https://another.example.org"
"""Not the one that is set, so that no agent is started for the task."""


@pytest.fixture
def store(addon: None, home: Path) -> Iterator[TaskStore]:
    with TaskStore(home) as store:
        yield store


@pytest.mark.parametrize("read", ["FROM counter", "FROM task", "FROM setting"])
def test_an_id_arrives_whichever_read_meets_a_write(store: TaskStore, home: Path, read: str) -> None:
    """The agent may begin to write between any two reads; what was missed is taken over at a later tick."""
    uid = "0" * 32
    request = SegmentationRequest(mesh_url="https://example.org/a.glb")
    workflow.record(store, request, uid=uid, name="Cube", api_url=ANOTHER_SERVICE)
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    write_record(cube, Record(uid=uid, matrix=(1.0,) * 16, format=OutputFormat.GLB, time=0))
    sync.take_news()
    assert board.tasks[uid].state is TaskState.PENDING and task_id_of(cube) == ""

    store.update(uid, state=TaskState.WORKING, task_id="segmentation_1")
    held = 0
    with closing(sqlite3.connect(home / TASK_LIST, isolation_level=None, timeout=0)) as writer:

        def write_meanwhile(statement: str) -> None:
            nonlocal held
            if read in statement and not held:
                held += 1
                view.execute("COMMIT")  # what this connection holds itself would keep the writer out
                writer.execute("BEGIN EXCLUSIVE")

        assert sync._view is not None
        view = sync._view._connection
        view.set_trace_callback(write_meanwhile)
        sync.take_news()
        view.set_trace_callback(None)
        assert held == 1
        writer.execute("ROLLBACK")
    sync.take_news()
    assert task_id_of(cube) == "segmentation_1"
    assert board.tasks[uid].state is TaskState.WORKING
