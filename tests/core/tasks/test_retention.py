# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hitem3d_addon.core.data_folder import job_folder, make_folder
from hitem3d_addon.core.task import SegmentationRequest, Task
from hitem3d_addon.core.tasks.owner import Owner
from hitem3d_addon.core.tasks.retention import KEPT_BYTES, KEPT_DAYS, clear_away
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.values import TaskState

NOW = 2_000_000_000
DAY = 86400


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TaskStore]:
    with TaskStore(tmp_path) as store:
        make_folder(tmp_path / "jobs")
        yield store


def add(store: TaskStore, number: int, state: TaskState, days: float, *, owner: str = "", size: int = 10) -> Path:
    """A task that ended so many days ago, with a (sparse) file of that size; gives the file."""
    uid = f"{number:032x}"
    file = make_folder(job_folder(store.home, uid)) / "result.glb"
    with file.open("wb") as stream:
        stream.truncate(size)
    when = int(NOW - days * DAY)
    request = SegmentationRequest(mesh_url="https://h/m.glb")
    store.add(Task(uid, "Box", "https://h", request, state, when, task_id="t", finished=when, owner=owner))
    return file


def test_only_what_ended_long_ago_goes(store: TaskStore) -> None:
    somebody = Owner(store.home)
    kept = [
        add(store, 1, TaskState.DONE, KEPT_DAYS - 1),
        add(store, 2, TaskState.WORKING, 90),
        add(store, 3, TaskState.UNCERTAIN, 90),
        add(store, 4, TaskState.PENDING, 90),
        add(store, 5, TaskState.DONE, 90, owner=somebody.name),
    ]
    gone = [
        add(store, 6, TaskState.DONE, KEPT_DAYS + 1),
        add(store, 7, TaskState.FAILED, 90),
        add(store, 8, TaskState.CANCELLED, 90, owner="script.that-ended"),
    ]
    with Owner(store.home) as owner:
        clear_away(store, owner, now=NOW)
    assert all(file.exists() for file in kept)
    assert not any(file.exists() for file in gone)
    somebody.close()
    assert len(store.tasks()) == 8, "the rows stay"


def test_the_oldest_go_when_there_is_too_much(store: TaskStore) -> None:
    files = [add(store, day, TaskState.DONE, day, size=KEPT_BYTES // 3) for day in range(1, 6)]
    active = add(store, 99, TaskState.WORKING, 20, size=KEPT_BYTES // 3)
    with Owner(store.home) as owner:
        clear_away(store, owner, now=NOW)
    assert [file.exists() for file in files] == [True, True, False, False, False]
    assert active.exists()


def test_folders_without_a_row_and_owners_that_are_gone(store: TaskStore) -> None:
    old, new = (make_folder(store.home / "jobs" / (letter * 32)) for letter in "ab")
    os.utime(old, (time.time() - 2 * DAY,) * 2)
    mine = make_folder(store.home / "jobs" / "notes of the user")
    (make_folder(store.home / "owners") / "host.dead").touch()
    with Owner(store.home) as owner:
        clear_away(store, owner)
        assert [file.name for file in (store.home / "owners").iterdir()] == [owner.name]
    assert not old.exists()
    assert new.exists()
    assert mine.exists()
