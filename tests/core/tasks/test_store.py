# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitem3d_addon.core.data_folder import TASK_LIST
from hitem3d_addon.core.errors import CreditsError, Message, StoreError
from hitem3d_addon.core.task import SegLevel, SegmentationRequest, Task
from hitem3d_addon.core.tasks.id_note import write_note
from hitem3d_addon.core.tasks.owner import Owner
from hitem3d_addon.core.tasks.store import TaskStore, failure_fields, is_locked
from hitem3d_addon.core.values import OutputFormat, TaskState

REPOSITORY = Path(__file__).resolve().parents[3]


def new_task(uid: str = "0" * 32, **changes: object) -> Task:
    request = SegmentationRequest(SegLevel.HIGH, OutputFormat.FBX, mesh=Path("/models/ünï code.glb"))
    task = Task(uid=uid, name="Würfel", api_url="https://h", request=request, state=TaskState.PENDING, created=5)
    return task._replace(**changes)


def test_a_task_comes_back_as_it_was_put_in(tmp_path: Path) -> None:
    with TaskStore(tmp_path) as store:
        added = store.add(new_task())
        error = CreditsError("No {what} left.", what="credits")
        changed = store.update(added.uid, state=TaskState.FAILED, **failure_fields(error))
    with TaskStore(tmp_path) as again:
        found = again.get(added.uid)
    assert found == changed
    assert found is not None
    assert found.request == added.request
    assert str(found.error) == "No credits left."
    assert found.error_kind == "CreditsError"


TEXTS = st.text(st.characters(), max_size=200)  # with lone surrogates, as names of old files have them
VALUES = st.dictionaries(st.text(max_size=10), TEXTS | st.integers() | st.floats(allow_nan=False), max_size=4)


@pytest.fixture(scope="module")
def long_list(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TaskStore]:
    """One list for many examples, which does not wait for the disk each time."""
    with TaskStore(tmp_path_factory.mktemp("store")) as store:
        store._connection.execute("PRAGMA synchronous = OFF")
        yield store


@given(
    name=TEXTS,
    address=TEXTS,
    request=st.builds(
        SegmentationRequest,
        seg_level=st.sampled_from(SegLevel),
        format=st.sampled_from(OutputFormat),
        mesh=st.none() | TEXTS.filter(lambda text: text and "\0" not in text).map(Path),
        mesh_url=TEXTS,
        callback_url=TEXTS,
    ),
    changes=st.fixed_dictionaries(
        {},
        optional={
            "state": st.sampled_from(TaskState),
            "task_id": TEXTS,
            "service_state": TEXTS,
            "result": TEXTS,
            "error": st.none() | st.builds(Message, TEXTS, VALUES),
            "error_kind": TEXTS,
            "owner": TEXTS,
            "finished": st.integers(0, 2**62),
        },
    ),
)
def test_whatever_is_put_in_comes_back(
    long_list: TaskStore,
    name: str,
    address: str,
    request: SegmentationRequest,
    changes: dict[str, Any],
) -> None:
    uid = uuid.uuid4().hex
    added = long_list.add(new_task(uid, name=name, api_url=address, request=request))
    assert long_list.get(uid) == added
    changed = long_list.update(uid, **changes)
    assert long_list.get(uid) == changed == added._replace(**changes, revision=changed.revision)
    if changed.task_id:
        found = long_list.find(changed.task_id)
        assert found is not None
        assert found.task_id == changed.task_id
    long_list.forget(uid)
    assert long_list.get(uid) is None


def test_reading_only_what_changed(tmp_path: Path) -> None:
    with TaskStore(tmp_path) as store, TaskStore(tmp_path) as other:
        first = store.add(new_task("1" * 32))
        second = store.add(new_task("2" * 32))
        seen = other.revision()
        assert other.tasks(newer_than=second.revision) == []
        store.update(first.uid, task_id="t")
        assert other.revision() != seen
        assert [task.uid for task in other.tasks(newer_than=second.revision)] == [first.uid]
        seen = other.revision()
        store.forget(second.uid)
        assert other.revision() != seen, "a task that is gone shows as a smaller count"


def test_a_field_that_does_not_exist_is_a_bug_and_changes_nothing(tmp_path: Path) -> None:
    with TaskStore(tmp_path) as store:
        task = store.add(new_task())
        with pytest.raises((TypeError, ValueError), match="stat"):
            store.update(task.uid, stat="x")
        assert store.get(task.uid) == task


def test_the_owner_keeps_others_out_until_it_is_gone(tmp_path: Path) -> None:
    with TaskStore(tmp_path) as store, Owner(tmp_path) as mine:
        task = store.add(new_task())
        theirs = Owner(tmp_path)
        assert store.claim(task.uid, theirs) is not None
        assert store.claim(task.uid, mine) is None
        theirs.close()
        claimed = store.claim(task.uid, mine)
        assert claimed is not None
        assert (claimed.owner, claimed.state) == (mine.name, TaskState.PENDING)


def test_a_process_killed_while_sending_leaves_an_uncertain_task(tmp_path: Path) -> None:
    """The lock goes with the process, and whoever takes the task over finds that nobody can know."""
    with TaskStore(tmp_path) as store, Owner(tmp_path) as mine:
        task = store.add(new_task())
        code = (
            "import sys; from pathlib import Path\n"
            "from hitem3d_addon.core.tasks.owner import Owner\n"
            "from hitem3d_addon.core.tasks.store import TaskStore, TaskState\n"
            "home = Path(sys.argv[1]); store = TaskStore(home); owner = Owner(home)\n"
            "store.claim(sys.argv[2], owner); store.update(sys.argv[2], state=TaskState.SENDING)\n"
            "print('sending', flush=True); sys.stdin.read()"
        )
        with subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path), task.uid],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"sending\n"
            assert store.claim(task.uid, mine) is None
            process.kill()
        claimed = store.claim(task.uid, mine)
        assert claimed is not None
        assert claimed.state is TaskState.UNCERTAIN
        assert "may have been charged" in str(claimed.error)


def test_a_damaged_file_is_set_aside_and_said(tmp_path: Path) -> None:
    rubbish = b"this is no database at all" * 100
    (tmp_path / TASK_LIST).write_bytes(rubbish)
    with TaskStore(tmp_path) as store:
        assert store.notice is not None
        kept = Path(str(store.notice.values["file"]))
        assert store.tasks() == []
    assert kept.read_bytes() == rubbish


def test_damage_in_the_middle_of_the_file_is_noticed(tmp_path: Path) -> None:
    with TaskStore(tmp_path) as store:
        for number in range(200):
            store.add(new_task(f"{number:032x}"))
    file = tmp_path / TASK_LIST
    content = bytearray(file.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 4096] = b"\xa5" * 4096
    file.write_bytes(content)
    with TaskStore(tmp_path) as store:
        assert store.notice is not None


def test_many_processes_that_find_a_damaged_file_set_one_aside(tmp_path: Path) -> None:
    """The second must not take the first one's new list for the damaged one, and with it the tasks in it."""
    code = (
        "import sys, uuid; from pathlib import Path\n"
        "sys.path.insert(0, sys.argv[2])\n"
        "from tests.core.tasks.test_store import new_task\n"
        "from hitem3d_addon.core.tasks.store import TaskStore\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "with TaskStore(Path(sys.argv[1]), timeout=30) as store: store.add(new_task(uuid.uuid4().hex))\n"
    )
    (tmp_path / TASK_LIST).write_bytes(b"this is no database at all" * 100)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path), str(REPOSITORY)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(6)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write(b"go\n")
        process.stdin.flush()
    assert [process.communicate(timeout=60) and process.returncode for process in processes] == [0] * 6
    with TaskStore(tmp_path) as store:
        assert len(store.tasks()) == 6
    assert len(list(tmp_path.glob("tasks-damaged-*"))) == 1


def test_a_newer_version_of_the_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    with TaskStore(tmp_path) as store:
        task = store.add(new_task())
    connection = sqlite3.connect(tmp_path / TASK_LIST)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        TaskStore(tmp_path)
    connection = sqlite3.connect(tmp_path / TASK_LIST)
    assert connection.execute("SELECT uid FROM task").fetchall() == [(task.uid,)]
    connection.close()


def test_a_locked_file_is_told_from_a_bad_one(tmp_path: Path) -> None:
    with TaskStore(tmp_path) as store, TaskStore(tmp_path, timeout=0) as impatient:
        store.add(new_task())
        writer = sqlite3.connect(tmp_path / TASK_LIST, isolation_level=None)
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="in use") as caught:
            impatient.tasks()
        assert is_locked(caught.value)
        writer.execute("ROLLBACK")
        writer.close()
        assert len(impatient.tasks()) == 1


def test_what_is_remembered(tmp_path: Path) -> None:
    with TaskStore(tmp_path) as store:
        assert store.recall("scheme https://h") == ""
        store.remember("scheme https://h", "Token")
        store.remember("scheme https://h", "Bearer")
    with TaskStore(tmp_path) as again:
        assert again.recall("scheme https://h") == "Bearer"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX file modes")
def test_only_this_user_can_read_it(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    with TaskStore(home) as store, Owner(home):
        store.add(new_task())
        for path in [home, *home.rglob("*")]:
            assert path.stat().st_mode & 0o077 == 0, path


def test_an_id_that_was_not_committed_is_found_beside_the_job(tmp_path: Path) -> None:
    """The list was locked or the disk full when the answer came, and then the process died."""
    with TaskStore(tmp_path) as store, Owner(tmp_path) as mine:
        task = store.add(new_task(owner="gone", state=TaskState.SENDING))
        write_note(tmp_path, task.uid, "segmentation_1")
        claimed = store.claim(task.uid, mine)
    assert claimed is not None
    assert (claimed.state, claimed.task_id) == (TaskState.WORKING, "segmentation_1")


def test_sending_begins_once_and_only_for_the_owner(tmp_path: Path) -> None:
    with TaskStore(tmp_path) as store, Owner(tmp_path) as mine, Owner(tmp_path) as other:
        task = store.add(new_task())
        store.claim(task.uid, mine)
        with pytest.raises(StoreError, match="took the task over"):
            store.begin_sending(task.uid, other, again=False)
        store.begin_sending(task.uid, mine, again=False)
        with pytest.raises(StoreError, match="took the task over"):
            store.begin_sending(task.uid, mine, again=False)
        store.begin_sending(task.uid, mine, again=True)
        assert store.settle(task.uid, mine).state is TaskState.UNCERTAIN


def test_a_list_of_the_first_version_is_taken_over(tmp_path: Path) -> None:
    """Its tasks stay, and what was sent before contents were kept counts as no content."""
    with TaskStore(tmp_path) as store:
        task = store.add(new_task())
    connection = sqlite3.connect(tmp_path / TASK_LIST)
    connection.executescript("DROP INDEX task_content; ALTER TABLE task DROP COLUMN content; PRAGMA user_version = 1")
    connection.close()
    with TaskStore(tmp_path) as store:
        assert store.get(task.uid) == task
        assert store.add_once(new_task("1" * 32)) == (store.get("1" * 32), True)


def test_the_same_content_stands_in_the_list_once(tmp_path: Path) -> None:
    with TaskStore(tmp_path) as store:
        first, is_new = store.add_once(new_task("1" * 32, content="c"))
        assert is_new
        assert store.add_once(new_task("2" * 32, content="c")) == (first, False)
        assert store.add_once(new_task("3" * 32, content="c", api_url="https://other"))[1]
        store.update(first.uid, state=TaskState.CANCELLED)
        assert store.add_once(new_task("4" * 32, content="c"))[1], "it was stopped before it was sent"
        store.update("4" * 32, state=TaskState.FAILED, task_id="t", error_kind="TaskFailedError")
        assert store.add_once(new_task("5" * 32, content="c"))[1], "it failed at the service, which is refunded"
        store.update("5" * 32, state=TaskState.CANCELLED, task_id="t", error_kind="CancelledError")
        assert not store.add_once(new_task("6" * 32, content="c"))[1], "waiting was stopped, after it was paid for"
