# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of a task on this disk: fetched once, of one link or several, and nothing half is left."""

from __future__ import annotations

import random
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from connected import NewTask, connected
from sandbox.process import Sandbox

from hitem3d_addon.core.data_folder import job_folder
from hitem3d_addon.core.errors import ConnectionFailedError, ResultError
from hitem3d_addon.core.tasks import workflow
from hitem3d_addon.core.tasks.retention import clear_away
from hitem3d_addon.core.tasks.workflow import Worker
from hitem3d_addon.core.values import OutputFormat, TaskState

REPOSITORY = Path(__file__).resolve().parents[3]
FETCH = """
import sys
from pathlib import Path
sys.path.insert(0, {here!r})
from hitem3d_addon.core.credentials import Credentials
from hitem3d_addon.core.tasks import workflow
from hitem3d_addon.core.tasks.owner import Owner
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.tasks.workflow import Worker
home, (url, token) = Path({home!r}), sys.argv[1:]
with TaskStore(home) as store, Owner(home, script=True) as owner:
    client = workflow.connect(store, url, Credentials(token=token), user_agent="test", ca_file=None)
    workflow.fetch(Worker(store, owner, client), {uid!r})
"""


def test_an_expired_link_is_asked_for_anew_once(worker: Worker, new_task: NewTask, sandbox: Sandbox) -> None:
    task = workflow.submit(worker, new_task().uid)
    workflow.wait(worker, task.uid)
    sandbox.behave(faults=[{"on": "result", "do": "answer", "status": 403, "text": "<html>403</html>"}])
    assert workflow.fetch(worker, task.uid).is_file()
    counts = sandbox.counts()
    assert counts["results_with_authorization"] == 0
    assert counts["requests"]["result"] == 2


@pytest.mark.parametrize("links", ["list", "urls", "items", "ResultFile3Ds"])
def test_several_links_are_all_fetched(worker: Worker, new_task: NewTask, sandbox: Sandbox, links: str) -> None:
    """Each part as a file of its own: they come as one zip, which is imported whole."""
    sandbox.behave(links=links)
    task = workflow.submit(worker, new_task().uid)
    workflow.wait(worker, task.uid)
    file = workflow.fetch(worker, task.uid)
    assert file.name == "result.zip"
    with zipfile.ZipFile(file) as whole:
        names = whole.namelist()
        assert len(names) == sandbox.counts()["tasks"][0]["parts"] >= 2
        assert all(whole.read(name).startswith(b"glTF") for name in names)
    row = worker.store.get(task.uid)
    assert row and (row.state, row.result, row.error) == (TaskState.DONE, "result.zip", None)
    assert sorted(path.name for path in file.parent.iterdir()) == ["result.zip", "task_id"], "nothing else is left"


def test_the_same_in_other_formats_is_left_and_said(worker: Worker, new_task: NewTask, sandbox: Sandbox) -> None:
    sandbox.behave(links="items", also_format=int(OutputFormat.STL))
    task = workflow.submit(worker, new_task().uid)
    workflow.wait(worker, task.uid)
    assert workflow.fetch(worker, task.uid).name == "result.zip"
    row = worker.store.get(task.uid)
    parts = sandbox.counts()["tasks"][0]["parts"]
    assert row and str(row.error).startswith(f"The service gave {parts + 1} files; of those {parts} in the format GLB")
    assert (row.state, row.error_kind) == (TaskState.DONE, "")


def test_one_broken_of_several_is_fetched_anew_with_the_others(
    worker: Worker, new_task: NewTask, sandbox: Sandbox
) -> None:
    sandbox.behave(links="list", faults=[{"on": "result", "skip": 1, "when": "body", "bytes": 100, "do": "cut"}])
    task = workflow.submit(worker, new_task().uid)
    workflow.wait(worker, task.uid)
    with pytest.raises(ConnectionFailedError):
        workflow.fetch(worker, task.uid)
    assert workflow.fetch(worker, task.uid).name == "result.zip"


def test_two_processes_fetch_several_at_the_same_time(
    worker: Worker, new_task: NewTask, sandbox: Sandbox, home: Path
) -> None:
    """A script beside the agent: while one is in the middle of the files, the other begins and ends."""
    sandbox.behave(links="list")
    task = workflow.submit(worker, new_task().uid)
    workflow.wait(worker, task.uid)
    begun: list[int] = []

    def meanwhile(done: int, total: int) -> None:
        begun.append(done)
        if len(begun) == 2:
            with connected(home, sandbox) as other:
                assert zipfile.is_zipfile(workflow.fetch(other, task.uid))

    file = workflow.fetch(worker, task.uid, progress=meanwhile)
    with zipfile.ZipFile(file) as whole:
        assert len(whole.namelist()) == sandbox.counts()["tasks"][0]["parts"]
        assert whole.testzip() is None
    assert sorted(path.name for path in file.parent.iterdir()) == ["result.zip", "task_id"], "nothing else is left"


def test_processes_that_are_killed_while_they_fetch_several(
    worker: Worker, new_task: NewTask, sandbox: Sandbox, home: Path
) -> None:
    """Whatever they were doing, the result is whole or not there, and what they left behind goes."""
    sandbox.behave(links="list", download_rate=3_000)
    task = workflow.submit(worker, new_task().uid)
    workflow.wait(worker, task.uid)
    folder = job_folder(home, task.uid)
    chance = random.Random(3)
    program = FETCH.format(here=str(Path(__file__).parent), home=str(home), uid=task.uid)
    for number in range(4):
        pair = [
            subprocess.Popen([sys.executable, "-c", program, sandbox.url, sandbox.token], cwd=REPOSITORY)
            for _ in range(2)
        ]
        before = {*folder.glob("several-*")}
        end = time.monotonic() + 20
        while not {*folder.glob("several-*")} - before and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(chance.uniform(0.0, 0.3) if number else 0.0)
        for process in pair:
            process.kill()
            process.wait()
        if (result := folder / "result.zip").exists():
            assert zipfile.ZipFile(result).testzip() is None
            worker.store.update(task.uid, state=TaskState.READY, result="")
            result.unlink()
    assert [path.name for path in folder.iterdir() if path.name not in ("task_id", "result.zip")], (
        "killed in the middle"
    )
    sandbox.behave(download_rate=0)
    assert zipfile.ZipFile(workflow.fetch(worker, task.uid)).testzip() is None
    clear_away(worker.store, worker.owner, now=time.time() + 7200)
    assert sorted(path.name for path in folder.iterdir()) == ["result.zip", "task_id"]


def test_several_that_can_not_be_saved_leave_nothing(worker: Worker, new_task: NewTask, sandbox: Sandbox) -> None:
    sandbox.behave(links="list")
    task = workflow.submit(worker, new_task().uid)
    workflow.wait(worker, task.uid)
    folder = job_folder(worker.store.home, task.uid)
    (folder / "result.zip").mkdir()
    with pytest.raises(ResultError, match="can't be saved"):
        workflow.fetch(worker, task.uid)
    assert sorted(path.name for path in folder.iterdir()) == ["result.zip", "task_id"]
