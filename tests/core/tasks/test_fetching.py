# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of a task on this disk: fetched once, of one link or several, and nothing half is left."""

from __future__ import annotations

import zipfile

import pytest
from connected import NewTask
from sandbox.process import Sandbox

from hitem3d_addon.core.data_folder import job_folder
from hitem3d_addon.core.errors import ConnectionFailedError, ResultError
from hitem3d_addon.core.tasks import workflow
from hitem3d_addon.core.tasks.workflow import Worker
from hitem3d_addon.core.values import OutputFormat, TaskState


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


def test_several_that_can_not_be_saved_leave_nothing(worker: Worker, new_task: NewTask, sandbox: Sandbox) -> None:
    sandbox.behave(links="list")
    task = workflow.submit(worker, new_task().uid)
    workflow.wait(worker, task.uid)
    folder = job_folder(worker.store.home, task.uid)
    (folder / "result.zip").mkdir()
    with pytest.raises(ResultError, match="can't be saved"):
        workflow.fetch(worker, task.uid)
    assert sorted(path.name for path in folder.iterdir()) == ["result.zip", "task_id"]
