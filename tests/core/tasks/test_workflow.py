# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One task from the record to the result, against the sandbox: what is committed, raised, and never sent twice."""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import trimesh
from connected import NewTask
from sandbox.process import Sandbox

from hitem3d_addon.core.credentials import Credentials
from hitem3d_addon.core.data_folder import job_folder
from hitem3d_addon.core.errors import (
    BusyError,
    CancelledError,
    ConnectionFailedError,
    CreditsError,
    Hitem3DError,
    InputError,
    Message,
    ServiceError,
    ServiceUnavailableError,
    TaskFailedError,
    TaskTimeoutError,
    UncertainError,
)
from hitem3d_addon.core.task import SegmentationRequest, Task
from hitem3d_addon.core.tasks import workflow
from hitem3d_addon.core.tasks.id_note import read_note
from hitem3d_addon.core.tasks.ledger import read_ledger
from hitem3d_addon.core.tasks.owner import Owner
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.tasks.workflow import Worker
from hitem3d_addon.core.values import TaskState


@pytest.fixture
def worker(home: Path, sandbox: Sandbox) -> Iterator[Worker]:
    """A Blender with keys for an account, which gets its token from the service."""
    with TaskStore(home) as store, Owner(home) as owner:
        keys = Credentials(access_key=sandbox.access_key, secret_key=sandbox.secret_key)
        client = workflow.connect(store, sandbox.url, keys, user_agent="test", ca_file=None)
        with closing(client):
            yield Worker(store, owner, client)


def state(worker: Worker, task: Task) -> TaskState:
    row = worker.store.get(task.uid)
    assert row is not None
    return row.state


def test_from_the_record_to_the_result(worker: Worker, new_task: NewTask, sandbox: Sandbox) -> None:
    task = new_task()
    mesh = task.request.mesh
    assert mesh is not None
    states: list[str] = []
    steps: list[tuple[int, int]] = []

    sent = workflow.submit(worker, task.uid, progress=lambda done, total: steps.append((done, total)))
    assert (sent.state, sent.task_id) == (TaskState.WORKING, sandbox.counts()["tasks"][0]["task_id"])
    assert steps[-1][0] == steps[-1][1] > 0
    assert not mesh.exists(), "the file stays no longer than until the id is committed"

    ready = workflow.wait(worker, task.uid, on_change=lambda task: states.append(task.service_state))
    assert ready.state is TaskState.READY
    assert states[-1] == "success"

    file = workflow.fetch(worker, task.uid)
    assert file == job_folder(worker.store.home, task.uid) / "result.glb"
    assert len(trimesh.load_scene(file).geometry) >= 2
    assert state(worker, task) is TaskState.DONE

    assert workflow.fetch(worker, task.uid) == file
    assert sandbox.counts()["downloads"] == 1, "what is on the disk is not downloaded again"
    file.unlink()
    assert workflow.fetch(worker, task.uid) == file


def test_the_id_is_on_the_disk_before_anything_is_logged(
    worker: Worker, new_task: NewTask, caplog: pytest.LogCaptureFixture
) -> None:
    """A log on a network folder may block, and whoever waits for it may end the process."""
    task = new_task()
    noted: list[tuple[str, str]] = []

    class Watcher(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.msg == "task %s: created":
                noted.append((str((record.args or ("",))[0]), read_note(worker.store.home, task.uid)))

    watcher, log = Watcher(), logging.getLogger(workflow.__name__)
    log.addHandler(watcher)
    caplog.set_level(logging.INFO, workflow.__name__)
    try:
        sent = workflow.submit(worker, task.uid)
    finally:
        log.removeHandler(watcher)
    assert noted == [(sent.task_id, sent.task_id)]


def test_a_task_that_was_sent_is_not_sent_again(worker: Worker, new_task: NewTask, sandbox: Sandbox) -> None:
    task = new_task()
    first = workflow.submit(worker, task.uid)
    assert workflow.submit(worker, task.uid).task_id == first.task_id
    with pytest.raises(InputError, match="was sent"):
        workflow.retry(worker, task.uid)
    assert sandbox.counts()["tasks_created"] == 1


def test_a_lost_answer_is_uncertain_until_the_user_decides(worker: Worker, new_task: NewTask, sandbox: Sandbox) -> None:
    sandbox.behave(faults=[{"on": "create-task", "when": "created", "do": "cut"}])
    task = new_task()
    with pytest.raises(UncertainError, match="may have been created"):
        workflow.submit(worker, task.uid)
    assert state(worker, task) is TaskState.UNCERTAIN
    assert task.request.mesh is not None
    assert task.request.mesh.exists(), "it may have to be sent again"
    workflow.submit(worker, task.uid)
    counts = sandbox.counts()
    assert (counts["requests"]["create-task"], counts["tasks_created"]) == (1, 1)

    with pytest.raises(Hitem3DError, match="may have been created"):
        workflow.refresh(worker, task.uid)
    with pytest.raises(ServiceError, match="does not know"):
        workflow.give_task_id(worker, task.uid, "mistyped")
    assert state(worker, task) is TaskState.UNCERTAIN
    given = workflow.give_task_id(worker, task.uid, counts["tasks"][0]["task_id"])
    assert given.state is TaskState.WORKING
    workflow.wait(worker, task.uid)
    assert workflow.fetch(worker, task.uid).is_file()


def test_an_uncertain_task_is_sent_again_when_the_user_says_so(
    worker: Worker, new_task: NewTask, sandbox: Sandbox
) -> None:
    sandbox.behave(faults=[{"on": "create-task", "when": "received", "do": "reset"}])
    task = new_task()
    with pytest.raises(UncertainError):
        workflow.submit(worker, task.uid)
    workflow.retry(worker, task.uid)
    assert workflow.submit(worker, task.uid).task_id
    assert sandbox.counts()["tasks_created"] == 1


@pytest.mark.parametrize(
    ("fault", "error", "after"),
    [
        ({"do": "answer", "code": 30010000}, CreditsError, TaskState.FAILED),
        ({"do": "answer", "code": 429, "status": 429, "headers": {"Retry-After": "7"}}, BusyError, TaskState.PENDING),
        ({"do": "reset", "when": "body", "bytes": 1}, (ConnectionFailedError, UncertainError), None),
    ],
)
def test_a_refusal_is_kept_with_the_task(
    worker: Worker,
    new_task: NewTask,
    sandbox: Sandbox,
    fault: dict[str, object],
    error: type[Exception] | tuple[type[Exception], ...],
    after: TaskState | None,
) -> None:
    sandbox.behave(faults=[{"on": "create-task", **fault}])
    task = new_task()
    with pytest.raises(error) as caught:
        workflow.submit(worker, task.uid)
    row = worker.store.get(task.uid)
    assert row is not None
    assert (str(row.error), row.error_kind) == (str(caught.value), type(caught.value).__name__)
    assert after in (None, row.state)
    assert sandbox.counts()["tasks_created"] == 0


def test_nothing_listens(worker: Worker, new_task: NewTask, sandbox: Sandbox) -> None:
    """Certainly not accepted: the row is PENDING, as if it had not been tried."""
    sandbox.stop()
    task = new_task()
    with pytest.raises(ConnectionFailedError):
        workflow.submit(worker, task.uid)
    assert state(worker, task) is TaskState.PENDING


def test_stopping_an_upload(worker: Worker, new_task: NewTask, sandbox: Sandbox) -> None:
    task = new_task()
    with pytest.raises(CancelledError, match="Nothing was charged"):
        workflow.submit(worker, task.uid, cancelled=lambda: True)
    assert state(worker, task) is TaskState.CANCELLED
    assert sandbox.counts()["tasks_created"] == 0


def test_a_task_that_fails_at_the_service(worker: Worker, new_task: NewTask, sandbox: Sandbox) -> None:
    sandbox.behave(fail_next=1)
    task = workflow.submit(worker, new_task().uid)
    with pytest.raises(TaskFailedError, match="refunded"):
        workflow.wait(worker, task.uid)
    assert state(worker, task) is TaskState.FAILED


def test_the_pause_between_two_questions(worker: Worker, new_task: NewTask, sandbox: Sandbox) -> None:
    """The one wait that takes as long as in life."""
    sandbox.behave(seconds=2, retry_after="")
    task = workflow.submit(worker, new_task().uid)
    began = time.monotonic()
    assert workflow.wait(worker, task.uid).state is TaskState.READY
    pauses = (time.monotonic() - began) / (0.9 * workflow.FIRST_PAUSE)
    assert 1 <= sandbox.counts()["tasks"][0]["queries"] - 1 <= pauses


def test_a_fault_of_the_network_does_not_end_the_wait(
    worker: Worker, new_task: NewTask, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "FIRST_PAUSE", 0.1)
    task = workflow.submit(worker, new_task().uid)
    sandbox.behave(
        faults=[
            {"on": "query-task", "do": "reset", "times": 2},
            {"on": "query-task", "do": "alter", "set": {"data": {"state": "paused"}}},
        ]
    )
    assert workflow.wait(worker, task.uid).state is TaskState.READY


def test_the_time_is_up_and_the_task_is_kept(worker: Worker, new_task: NewTask, sandbox: Sandbox) -> None:
    sandbox.behave(seconds=600)
    task = workflow.submit(worker, new_task().uid)
    with pytest.raises(TaskTimeoutError, match=task.task_id):
        workflow.wait(worker, task.uid, timeout=0.3)
    with pytest.raises(TaskTimeoutError, match="not ready"):
        workflow.fetch(worker, task.uid)
    assert state(worker, task) is TaskState.WORKING
    sandbox.behave(seconds=0)
    assert workflow.wait(worker, task.uid).state is TaskState.READY


def test_the_scheme_is_learned_once_and_remembered(home: Path, start_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = start_sandbox(auth="bearer")
    keys = Credentials(token=sandbox.token)
    with TaskStore(home) as store, Owner(home) as owner:
        for count in (1, 2):
            client = workflow.connect(store, sandbox.url, keys, user_agent="test", ca_file=None)
            request = SegmentationRequest(mesh=home / "box.glb")
            trimesh.creation.box().export(home / "box.glb")
            task = workflow.record(store, request, uid=uuid.uuid4().hex, name="Box", api_url=client.api_url)
            with closing(client):
                workflow.submit(Worker(store, owner, client), task.uid)
            counts = sandbox.counts()
            assert counts["schemes"]["Token"] == 1, "the impossible question, before the first upload only"
            assert counts["requests"]["create-task"] == counts["tasks_created"] == count
    assert (home / "box.glb").exists(), "a model file of the user's is not the add-on's to remove"


def test_a_task_belongs_to_the_address_it_went_to(
    worker: Worker, new_task: NewTask, start_sandbox: Callable[..., Sandbox]
) -> None:
    task = workflow.submit(worker, new_task().uid)
    other = start_sandbox()
    with (
        closing(
            workflow.connect(worker.store, other.url, Credentials(token=other.token), user_agent="t", ca_file=None)
        ) as client,
        pytest.raises(InputError, match="belongs to"),
    ):
        workflow.refresh(Worker(worker.store, worker.owner, client), task.uid)
    assert other.counts()["requests"]["query-task"] == 0


def test_the_pause_between_questions() -> None:
    """5 s and a tenth of the wait so far, at most 15; or what the service asks for."""
    waited = 0.0
    for polls in range(12):
        pause = workflow.poll_pause(polls)
        assert 0.9 * 5 <= pause <= 1.1 * (5 + 0.11 * waited)
        waited += pause
    assert all(0.9 * 15 <= workflow.poll_pause(polls) <= 1.1 * 15 for polls in (12, 100, 100_000))
    assert workflow.poll_pause(3, 42.0) == 42.0
    assert workflow.poll_pause(3, 0.0) == 0.2


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"do": "answer", "status": 502, "text": "<html>"}, r"can't answer at the moment \(HTTP 502\)"),
        ({"do": "answer", "text": "<html>Sign in to the hotel</html>"}, "login page"),
        ({"do": "cut"}, "The connection to .* broke"),
    ],
)
def test_the_end_of_waiting_says_what_stood_in_the_way(
    worker: Worker, new_task: NewTask, sandbox: Sandbox, fault: dict[str, object], said: str
) -> None:
    task = workflow.submit(worker, new_task().uid)
    sandbox.behave(faults=[{"on": "query-task", "times": 0, **fault}])
    with pytest.raises(TaskTimeoutError, match=said) as raised:
        workflow.wait(worker, task.uid, timeout=1.0)
    assert task.task_id in str(raised.value)
    assert isinstance(raised.value.__cause__, ServiceUnavailableError)
    packed = json.loads(json.dumps(raised.value.message.pack()))
    assert Message.unpack(packed) == raised.value.message, "the cause can be kept and translated"


def test_a_task_with_a_wrong_address_can_be_moved_while_nothing_was_sent(
    worker: Worker, new_task: NewTask, sandbox: Sandbox
) -> None:
    task = new_task()
    worker.store.update(task.uid, api_url="http://127.0.0.1:1")
    with pytest.raises(InputError, match="belongs to"):
        workflow.submit(worker, task.uid)
    assert workflow.move(worker, task.uid).state is TaskState.PENDING
    sent = workflow.submit(worker, task.uid)
    assert sent.task_id == sandbox.counts()["tasks"][0]["task_id"]
    with pytest.raises(InputError, match="stays with its service"):
        workflow.move(worker, task.uid)


@pytest.mark.parametrize("when", ["received", "created"])
def test_an_uncertain_task_is_not_moved(worker: Worker, new_task: NewTask, sandbox: Sandbox, when: str) -> None:
    sandbox.behave(faults=[{"on": "create-task", "when": when, "do": "cut"}])
    task = new_task()
    with pytest.raises(UncertainError):
        workflow.submit(worker, task.uid)
    with pytest.raises(InputError, match="or may have been"):
        workflow.move(worker, task.uid)
    assert sandbox.counts()["requests"]["create-task"] == 1


def test_where_a_task_came_from_is_kept(worker: Worker, new_task: NewTask) -> None:
    request = new_task().request
    uid = uuid.uuid4().hex
    workflow.record(worker.store, request, uid=uid, name="", api_url=worker.client.api_url, source="/films/robot.blend")
    assert workflow.source_of(worker.store, uid) == "/films/robot.blend"
    workflow.submit(worker, uid)
    assert read_ledger(worker.store, worker.client.api_url).entries[0].file == "/films/robot.blend"
