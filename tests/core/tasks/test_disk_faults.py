# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks that are full, can't be written, or go away, at each write of a task's life: a sentence, and no id is lost.

A real small file system is mounted for it, which takes root; elsewhere these tests say that they were skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import trimesh
from sandbox.process import Sandbox
from small_disk import Disk

from hitem3d_addon.core import credentials
from hitem3d_addon.core.credentials import Credentials
from hitem3d_addon.core.errors import ResultError, StoreError
from hitem3d_addon.core.service.authorization import AuthScheme
from hitem3d_addon.core.service.client import Hitem3DClient
from hitem3d_addon.core.task import SegmentationRequest, Task
from hitem3d_addon.core.tasks import workflow
from hitem3d_addon.core.tasks.owner import Owner
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.tasks.workflow import Worker
from hitem3d_addon.core.values import TaskState

ROOM = "full|No space left"


@pytest.fixture
def worker(disk: Disk, sandbox: Sandbox) -> Iterator[Worker]:
    client = Hitem3DClient(sandbox.url, Credentials(token=sandbox.token), scheme=AuthScheme.TOKEN)
    with TaskStore(disk.folder) as store, Owner(disk.folder) as owner, closing(client):
        yield Worker(store, owner, client)


@pytest.fixture
def task(worker: Worker, tmp_path: Path) -> Task:
    mesh = tmp_path / "box.glb"
    trimesh.creation.box().export(mesh)
    request = SegmentationRequest(mesh=mesh)
    return workflow.record(worker.store, request, uid=uuid.uuid4().hex, name="Box", api_url=worker.client.api_url)


def state(worker: Worker, task: Task) -> TaskState:
    found = worker.store.get(task.uid)
    assert found
    return found.state


def test_full_before_the_list_is_made(disk: Disk) -> None:
    disk.fill()
    with pytest.raises(StoreError, match=f"can't be .*({ROOM}|malformed|unable)"), TaskStore(disk.folder) as store:
        store.remember("a", "b")


def test_full_when_the_keys_are_saved(disk: Disk) -> None:
    disk.fill()
    with pytest.raises(StoreError, match=rf"The keys can't be saved: .*({ROOM}).*Free some space"):
        credentials.save(disk.folder, Credentials(token="t" * 10_000))
    disk.free()
    assert list(disk.folder.iterdir()) == []


def test_full_when_a_task_is_recorded(disk: Disk, worker: Worker, task: Task) -> None:
    disk.fill()
    with pytest.raises(StoreError, match=ROOM):
        for _ in range(50):
            workflow.record(worker.store, task.request, uid=uuid.uuid4().hex, name="x" * 9000, api_url="https://h")


def test_full_before_the_model_is_sent(disk: Disk, worker: Worker, task: Task, sandbox: Sandbox) -> None:
    with pytest.raises(StoreError, match=ROOM):
        workflow.submit(worker, task.uid, on_begin=disk.fill)
    assert sandbox.counts()["tasks_created"] == 0
    disk.free()
    assert state(worker, task) is TaskState.PENDING
    assert workflow.submit(worker, task.uid).state is TaskState.WORKING


def test_full_when_the_id_comes_and_then_room_again(disk: Disk, worker: Worker, task: Task, sandbox: Sandbox) -> None:
    def fill(done: int, total: int) -> None:
        if done == total:
            disk.fill()
            threading.Timer(1.5, disk.free).start()

    assert workflow.submit(worker, task.uid, progress=fill).state is TaskState.WORKING
    assert sandbox.counts()["requests"]["create-task"] == 1


def test_full_when_the_id_comes_and_then_the_process_dies(
    disk: Disk, worker: Worker, task: Task, sandbox: Sandbox
) -> None:
    """The list can't take the id, but room for it was set aside before the model was sent."""
    program = """
import os, sys, time
from pathlib import Path
from hitem3d_addon.core.tasks import workflow
from hitem3d_addon.core.service.authorization import AuthScheme
from hitem3d_addon.core.service.client import Hitem3DClient
from hitem3d_addon.core.credentials import Credentials
from hitem3d_addon.core.tasks.owner import Owner
from hitem3d_addon.core.tasks.store import TaskStore
home, url, token, uid = sys.argv[1:]
client = Hitem3DClient(url, Credentials(token=token), scheme=AuthScheme.TOKEN)
def fill(done, total):
    if done == total:
        with open(home + "/filler", "ab", buffering=0) as stream:
            for size in (65536, 4096, 1):
                try:
                    while True: stream.write(b"x" * size)
                except OSError: pass
time.sleep = lambda seconds: os._exit(7)  # at the first nap between two tries to commit the id
workflow.submit(workflow.Worker(TaskStore(Path(home)), Owner(Path(home)), client), uid, progress=fill)
"""
    repository = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-c", program, str(disk.folder), worker.client.api_url, sandbox.token, task.uid]
    assert subprocess.run(command, cwd=repository, timeout=60, check=False).returncode == 7
    disk.free()
    counts = sandbox.counts()
    assert state(worker, task) is TaskState.SENDING
    taken = worker.store.claim(task.uid, worker.owner)
    assert taken
    assert (taken.state, taken.task_id) == (TaskState.WORKING, counts["tasks"][0]["task_id"])
    assert counts["requests"]["create-task"] == 1


def test_full_when_the_parts_come(disk: Disk, worker: Worker, task: Task) -> None:
    workflow.submit(worker, task.uid)
    workflow.wait(worker, task.uid)
    disk.fill()
    with pytest.raises((ResultError, StoreError), match=ROOM):
        workflow.fetch(worker, task.uid)
    disk.free()
    assert not list(disk.folder.rglob("*.part"))
    assert state(worker, task) is TaskState.READY
    assert workflow.fetch(worker, task.uid).is_file()


def test_read_only_when_the_parts_come(disk: Disk, worker: Worker, task: Task) -> None:
    workflow.submit(worker, task.uid)
    workflow.wait(worker, task.uid)
    with (
        disk.read_only(disk.folder / "jobs"),
        pytest.raises(ResultError, match=r"The parts can't be saved in .*Read-only.*correct the permissions"),
    ):
        workflow.fetch(worker, task.uid)
    assert state(worker, task) is TaskState.READY
    assert workflow.fetch(worker, task.uid).is_file()


def test_read_only_from_the_start(disk: Disk) -> None:
    with disk.read_only(disk.folder):
        for use in (TaskStore, Owner):
            with pytest.raises(StoreError, match=r"can't be"):
                use(disk.folder)
        with pytest.raises(StoreError, match="can't be saved"):
            credentials.save(disk.folder, Credentials(token="t"))


def test_the_folder_goes_away_while_a_task_is_at_the_service(disk: Disk, worker: Worker, task: Task) -> None:
    workflow.submit(worker, task.uid)
    workflow.wait(worker, task.uid)
    for path in disk.folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises((StoreError, ResultError)):
        workflow.fetch(worker, task.uid)
    with TaskStore(disk.folder) as store:
        assert store.tasks() == []


@pytest.mark.skipif(not hasattr(os, "setuid") or os.getuid() != 0, reason="only root can become another user")
def test_another_user_sees_nothing_and_is_told_so(tmp_path: Path) -> None:
    home = tmp_path / "home"
    credentials.save(home, Credentials(token="geheim"))
    with TaskStore(home):
        pass
    for folder in (tmp_path, *tmp_path.parents[:-1]):
        folder.chmod(folder.stat().st_mode | 0o055) if folder != Path("/dev/shm") else None

    def as_nobody(act: Callable[[], object]) -> int:
        child = os.fork()
        if not child:
            os.setuid(65534)
            try:
                act()
            except StoreError:
                os._exit(3)
            except BaseException:
                os._exit(4)
            os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    assert as_nobody(lambda: credentials.load(home)) == 3
    assert as_nobody(lambda: TaskStore(home)) == 3
    assert as_nobody(lambda: Owner(home)) == 3
