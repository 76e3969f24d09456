# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of the tasks reaches Blender, also while another process is writing the task list."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import bpy
import pytest

from hitem3d_addon.background import sync
from hitem3d_addon.background.agent_process import AgentProcess
from hitem3d_addon.core.data_folder import TASK_LIST
from hitem3d_addon.core.errors import MissingError
from hitem3d_addon.core.task import SegmentationRequest
from hitem3d_addon.core.tasks import workflow
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.values import OutputFormat, TaskState
from hitem3d_addon.session import connection
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
                view.execute("COMMIT")  # a lock of this connection itself would keep the writer out
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


def test_after_a_crash_the_file_finds_its_task_again(store: TaskStore, tmp_path: Path) -> None:
    """Saved before the press, and never after it: the task is the object's, and on top of the list."""
    for name in ("Other", "Cube"):
        bpy.ops.mesh.primitive_cube_add()
        bpy.context.object.name = name
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "robot.blend"))
    for number, source in enumerate((bpy.data.filepath, "")):
        request = SegmentationRequest(mesh_url="https://example.org/a.glb")
        uid = f"{number:032x}"
        workflow.record(store, request, uid=uid, name="Cube", api_url=ANOTHER_SERVICE, source=source)
        store.update(uid, state=TaskState.WORKING, task_id=f"segmentation_{number}")
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    sync.take_news()
    assert [task_id_of(bpy.data.objects[name]) for name in ("Other", "Cube")] == ["", "segmentation_0"]
    assert board.shown().order[0] == f"{0:032x}"
    assert list(board.shown().names) == [f"{0:032x}"]


def test_that_parts_are_ready_is_told_once(store: TaskStore) -> None:
    """And not of tasks that were ready before this Blender looked."""
    for number, state in enumerate((TaskState.DONE, TaskState.WORKING)):
        uid = f"{number:032x}"
        request = SegmentationRequest(mesh_url="https://example.org/a.glb")
        workflow.record(store, request, uid=uid, name=f"Cube {number}", api_url=ANOTHER_SERVICE)
        store.update(uid, state=state, task_id=f"segmentation_{number}")
    sync.take_news()
    assert board.news is None
    store.update(f"{1:032x}", state=TaskState.DONE)
    sync.take_news()
    assert str(board.news) == "The parts of “Cube 1” are ready to be imported"
    board.show_news(None)
    store.update(f"{1:032x}", service_state="success")
    sync.take_news()
    assert board.news is None


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_an_agent_that_can_t_be_started_leaves_nothing_open(addon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where security software forbids it: each press tries again."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    process = AgentProcess()
    for _ in range(3):
        with pytest.raises(MissingError, match="can't be started"):
            process.ensure(connection.current())
    assert len(list(Path("/proc/self/fd").iterdir())) == before
