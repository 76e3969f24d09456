# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent as a process of its own, as Blender starts it, against the sandbox; killed wherever it may die."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest
import trimesh
from sandbox.process import Sandbox

from hitem3d_addon.core.agent.agent import Agent
from hitem3d_addon.core.agent.main import LOG_FILE
from hitem3d_addon.core.credentials import Credentials
from hitem3d_addon.core.data_folder import job_folder, make_folder
from hitem3d_addon.core.task import SegmentationRequest, Task
from hitem3d_addon.core.tasks import workflow
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.values import TRANSFERS, UNFINISHED, TaskState

REPOSITORY = Path(__file__).resolve().parents[3]


class AgentUnderTest:
    """A running agent: commands in, events out. Its pauses are a tenth of those in life, or what is given."""

    def __init__(self, home: Path, sandbox: Sandbox, pause: float = workflow.FIRST_PAUSE / 10) -> None:
        program = (
            "from hitem3d_addon.core.agent import main\n"
            "from hitem3d_addon.core.backoff import backoff\n"
            "from hitem3d_addon.core.tasks import workflow\n"
            f"workflow.FIRST_PAUSE = backoff.__kwdefaults__['first'] = {pause}\n"
            "main.main()"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.events: list[dict[str, Any]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.send(
            do="configure",
            home=str(home),
            api_url=sandbox.url,
            credentials=Credentials(access_key=sandbox.access_key, secret_key=sandbox.secret_key)._asdict(),
            ca_file="",
            user_agent="test",
        )

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.events.append(json.loads(line))

    def send(self, **command: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(command).encode() + b"\n")
        self.process.stdin.flush()

    def leave(self) -> None:
        """What the agent sees when Blender is gone."""
        assert self.process.stdin
        self.process.stdin.close()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


@pytest.fixture
def start_agent(home: Path, sandbox: Sandbox) -> Iterator[Callable[..., AgentUnderTest]]:
    agents: list[AgentUnderTest] = []

    def start(**options: float) -> AgentUnderTest:
        agents.append(AgentUnderTest(home, sandbox, **options))
        return agents[-1]

    yield start
    for agent in agents:
        agent.kill()


def configuration(store: TaskStore, sandbox: Sandbox) -> dict[str, Any]:
    keys = Credentials(token=sandbox.token)._asdict()
    return {"home": str(store.home), "api_url": sandbox.url, "credentials": keys, "ca_file": "", "user_agent": "test"}


def configure(agent: AgentUnderTest, store: TaskStore, sandbox: Sandbox, **more: Any) -> None:
    """What Blender tells the agent when its settings were changed."""
    agent.send(do="configure", **configuration(store, sandbox), **more)


@pytest.fixture
def store(home: Path) -> Iterator[TaskStore]:
    with TaskStore(home) as store:
        yield store


def new_task(store: TaskStore, sandbox: Sandbox, size: int = 0) -> Task:
    """A task as Blender leaves it for the agent; ``size`` bytes of model at least."""
    uid = uuid.uuid4().hex
    make_folder(store.home / "jobs")
    mesh = make_folder(job_folder(store.home, uid)) / "mesh.glb"
    shape = trimesh.creation.box()
    while len(shape.faces) * 20 < size:
        shape = shape.subdivide()
    shape.export(mesh)
    return workflow.record(store, SegmentationRequest(mesh=mesh), uid=uid, name="Box", api_url=sandbox.url)


def until(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError("it did not come about in time")


def in_state(store: TaskStore, uid: str, *states: TaskState) -> Callable[[], Task | None]:
    def check() -> Task | None:
        task = store.get(uid)
        return task if task and task.state in states else None

    return check


def uncertain_task(store: TaskStore, sandbox: Sandbox, agent: AgentUnderTest, when: str) -> Task:
    """A task whose answer was lost when its model was "received", or when it was "created"."""
    sandbox.behave(faults=[{"on": "create-task", "when": when, "do": "cut"}])
    task = new_task(store, sandbox)
    agent.send(do="watch", uid=task.uid)
    return until(in_state(store, task.uid, TaskState.UNCERTAIN))


def test_a_task_is_worked_on_to_its_end(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]
) -> None:
    agent = start_agent()
    task = new_task(store, sandbox)
    agent.send(do="watch", uid=task.uid)
    done = until(in_state(store, task.uid, TaskState.DONE))
    assert workflow.result_file(store.home, done)
    assert until(lambda: store.get(task.uid).owner == ""), "another process may work on it now"
    steps = {event["step"] for event in agent.events if event["event"] == "progress"}
    assert steps == {"upload", "download"}
    agent.leave()
    assert agent.process.wait(5) == 0
    log = (store.home / LOG_FILE).read_text("utf-8")
    assert done.task_id in log
    for secret in (sandbox.secret_key, sandbox.token, "auth_key"):
        assert secret not in log


def test_the_account(store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]) -> None:
    agent = start_agent()
    agent.send(do="account")
    event = until(lambda: next((e for e in agent.events if e["event"] == "account"), None))
    assert event["template"].format_map(event["values"]).endswith("1000 API credits left.")


def test_many_tasks_wait_in_line(store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]) -> None:
    """Never more at the service than the account may have; the sandbox refuses the eleventh."""
    sandbox.behave(seconds=0.5)
    agent = start_agent()
    tasks = [new_task(store, sandbox) for _ in range(25)]
    for task in tasks:
        agent.send(do="watch", uid=task.uid)
    most = 0

    def all_done() -> bool:
        nonlocal most
        rows = store.tasks()
        most = max(most, sum(row.state in (TaskState.SENDING, TaskState.WORKING) for row in rows))
        return all(row.state is TaskState.DONE for row in rows)

    until(all_done, 60)
    counts = sandbox.counts()
    assert counts["tasks_created"] == len(tasks)
    # One more than the known limit is tried. It is accepted if a task has ended without our knowing it; then the
    # limit is taken for higher than it is, until the next refusal.
    assert counts["requests"]["create-task"] <= len(tasks) + 3
    assert most <= UNFINISHED + TRANSFERS


def test_a_full_account_sends_the_task_back_in_line(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]
) -> None:
    sandbox.behave(
        faults=[{"on": "create-task", "do": "answer", "status": 429, "code": 429, "headers": {"Retry-After": "1"}}]
    )
    agent = start_agent()
    task = new_task(store, sandbox)
    agent.send(do="watch", uid=task.uid)
    waiting = until(lambda: (row := store.get(task.uid)) and row.state is TaskState.PENDING and row.error and row)
    assert waiting.error_kind == "BusyError"
    until(in_state(store, task.uid, TaskState.DONE))
    assert sandbox.counts()["tasks_created"] == 1


def test_killed_while_sending_is_uncertain_and_never_sent_again(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]
) -> None:
    sandbox.behave(upload_rate=200_000)
    agent = start_agent()
    task = new_task(store, sandbox, size=2_000_000)
    agent.send(do="watch", uid=task.uid)
    until(lambda: any(e["event"] == "progress" and e["done"] for e in agent.events))
    agent.kill()
    sandbox.behave(upload_rate=0)
    start_agent()
    lost = until(in_state(store, task.uid, TaskState.UNCERTAIN, TaskState.WORKING))
    assert lost.state is TaskState.UNCERTAIN
    assert lost.request.mesh is not None
    assert lost.request.mesh.is_file()
    time.sleep(1)
    counts = sandbox.counts()
    # The whole form may have been in the system's buffers when the agent died; that is why nobody can know.
    assert counts["tasks_created"] <= counts["requests"]["create-task"] <= 1


@pytest.mark.parametrize("moment", ["received", "created"])
def test_killed_before_the_answer_is_uncertain(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest], moment: str
) -> None:
    sandbox.behave(faults=[{"on": "create-task", "when": moment, "do": "hang"}])
    agent = start_agent()
    task = new_task(store, sandbox)
    agent.send(do="watch", uid=task.uid)
    until(lambda: any(e["event"] == "progress" and e["done"] == e["total"] for e in agent.events))
    agent.kill()
    other = start_agent()
    until(in_state(store, task.uid, TaskState.UNCERTAIN))
    other.send(do="watch", uid=task.uid)
    time.sleep(1)
    assert sandbox.counts()["requests"]["create-task"] == 1
    assert sandbox.counts()["tasks_created"] == (moment == "created")


@pytest.mark.parametrize("when", ["before the request", "at the service", "while downloading"])
def test_killed_elsewhere_is_gone_on_with(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest], when: str
) -> None:
    if when == "while downloading":
        sandbox.behave(download_rate=300)
    elif when == "at the service":
        sandbox.behave(seconds=60)
    task = new_task(store, sandbox)
    if when != "before the request":
        agent = start_agent()
        agent.send(do="watch", uid=task.uid)
        until(in_state(store, task.uid, TaskState.WORKING if when == "at the service" else TaskState.READY))
        if when == "while downloading":
            until(lambda: any(e.get("step") == "download" for e in agent.events))
        agent.kill()
    sandbox.behave(download_rate=0, seconds=0.1)
    start_agent()
    until(in_state(store, task.uid, TaskState.DONE))
    assert sandbox.counts()["tasks_created"] == 1


def test_blender_gone_while_sending(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]
) -> None:
    """What is on the wire is finished and its id kept; then the agent goes."""
    sandbox.behave(upload_rate=1_500_000)
    agent = start_agent()
    task = new_task(store, sandbox, size=2_000_000)
    agent.send(do="watch", uid=task.uid)
    until(lambda: any(e["event"] == "progress" and e["done"] for e in agent.events))
    agent.leave()
    assert agent.process.wait(30) == 0
    row = store.get(task.uid)
    assert row is not None
    assert (row.state, row.task_id) == (TaskState.WORKING, sandbox.counts()["tasks"][0]["task_id"])


def test_blender_gone_while_waiting(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]
) -> None:
    sandbox.behave(seconds=600)
    agent = start_agent()
    task = new_task(store, sandbox)
    agent.send(do="watch", uid=task.uid)
    until(in_state(store, task.uid, TaskState.WORKING))
    agent.leave()
    assert agent.process.wait(5) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="processes can't be stopped and continued there")
@pytest.mark.parametrize("state", [TaskState.SENDING, TaskState.WORKING])
def test_asleep_and_awake(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest], state: TaskState
) -> None:
    """As when a lid is closed: the process stands still, and the service has gone on when it wakes."""
    sandbox.behave(seconds=1.5, faults=[{"on": "create-task", "when": "created", "do": "pass", "stall": 1}])
    agent = start_agent()
    task = new_task(store, sandbox)
    agent.send(do="watch", uid=task.uid)
    until(in_state(store, task.uid, state))
    agent.process.send_signal(signal.SIGSTOP)
    time.sleep(1.5)  # the list is not asked: the agent may stand still in the middle of a write
    assert psutil.Process(agent.process.pid).status() == psutil.STATUS_STOPPED
    agent.process.send_signal(signal.SIGCONT)
    done = until(in_state(store, task.uid, TaskState.DONE))
    counts = sandbox.counts()
    assert counts["tasks_created"] == counts["requests"]["create-task"] == 1
    assert done.task_id == counts["tasks"][0]["task_id"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no file here that is always full")
@pytest.mark.parametrize("log", ["full", "can't be opened"])
def test_a_log_that_cannot_be_written(
    store: TaskStore,
    sandbox: Sandbox,
    start_agent: Callable[[], AgentUnderTest],
    capfd: pytest.CaptureFixture[str],
    log: str,
) -> None:
    """The work goes on without it."""
    if log == "full":
        (store.home / LOG_FILE).symlink_to("/dev/full")
    else:
        (store.home / LOG_FILE).mkdir()
    agent = start_agent()
    task = new_task(store, sandbox)
    agent.send(do="watch", uid=task.uid)
    until(in_state(store, task.uid, TaskState.DONE))
    assert sandbox.counts()["tasks_created"] == 1
    agent.leave()
    assert agent.process.wait(5) == 0
    assert not capfd.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_the_session_ends(store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]) -> None:
    agent = start_agent()
    until(lambda: (store.home / LOG_FILE).is_file() and "began" in (store.home / LOG_FILE).read_text("utf-8"))
    os.kill(agent.process.pid, signal.SIGTERM)
    assert agent.process.wait(5) == 0


def test_two_agents_share_the_work(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]
) -> None:
    agents = [start_agent(), start_agent()]
    tasks = [new_task(store, sandbox) for _ in range(8)]
    for task in tasks:
        for agent in agents:
            agent.send(do="watch", uid=task.uid)
    until(lambda: all(row.state is TaskState.DONE for row in store.tasks()), 60)
    counts = sandbox.counts()
    assert counts["tasks_created"] == len(tasks)
    # One more than the known limit is tried. It is accepted if a task has ended without our knowing it; then the
    # limit is taken for higher than it is, until the next refusal.
    assert counts["requests"]["create-task"] <= len(tasks) + 3


def questions(sandbox: Sandbox, span: float, quiet: float = 0.0) -> list[float]:
    """When query-task is asked in the time to come, in seconds from now, and until it is quiet for some seconds."""
    before = sandbox.counts()["requests"]["query-task"]
    asked: list[float] = []
    began = time.monotonic()
    while (now := time.monotonic() - began) < max([span, *(one + quiet for one in asked)]):
        asked += [now] * (sandbox.counts()["requests"]["query-task"] - before - len(asked))
        time.sleep(0.02)
    return asked


def test_questions_go_out_together(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[..., AgentUnderTest]
) -> None:
    """Tasks that were sent together stay so: each question would be at another moment otherwise."""
    sandbox.behave(seconds=600, retry_after="")
    agent = start_agent(pause=1.0)
    for _ in range(3):
        agent.send(do="watch", uid=new_task(store, sandbox).uid)
    until(lambda: all(row.state is TaskState.WORKING for row in store.tasks()))
    time.sleep(0.4)  # the first questions
    asked = questions(sandbox, 4, quiet=0.3)
    bursts = sum(later - earlier > 0.3 for earlier, later in pairwise([0.0, *asked]))
    assert 2 <= bursts <= 4 and len(asked) == 3 * bursts, asked


def test_no_question_is_sooner_than_the_service_says(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[..., AgentUnderTest]
) -> None:
    """A third of a second apart they would go out together, were it not for Retry-After."""
    sandbox.behave(seconds=600, retry_after="2")
    agent = start_agent()
    for _ in range(2):
        uid = new_task(store, sandbox).uid
        agent.send(do="watch", uid=uid)
        until(in_state(store, uid, TaskState.WORKING))
        time.sleep(0.33)
    asked = questions(sandbox, 5.5)
    assert len(asked) >= 4
    assert all(later - earlier > 0.15 for earlier, later in pairwise(asked)), asked


def test_stopping(store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]) -> None:
    """Each stop says what it did: nothing was charged, or the service goes on."""
    sandbox.behave(upload_rate=2_000_000, seconds=600)
    agent = start_agent()
    task = new_task(store, sandbox, size=16_000_000)
    agent.send(do="watch", uid=task.uid)
    until(lambda: any(e["event"] == "progress" and e["done"] for e in agent.events))
    agent.send(do="cancel", uid=task.uid)
    stopped = until(in_state(store, task.uid, TaskState.CANCELLED))
    assert "Nothing was charged" in str(stopped.error)
    assert sandbox.counts()["tasks_created"] == 0

    sandbox.behave(upload_rate=0)
    trimesh.creation.box().export(task.request.mesh)  # A small model, so that the rest is quick.
    agent.send(do="retry", uid=task.uid)
    until(in_state(store, task.uid, TaskState.WORKING))
    agent.send(do="cancel", uid=task.uid)
    stopped = until(in_state(store, task.uid, TaskState.CANCELLED))
    assert "the service goes on" in str(stopped.error)

    sandbox.behave(seconds=0.1)
    agent.send(do="watch", uid=task.uid)
    until(in_state(store, task.uid, TaskState.DONE))
    agent.send(do="forget", uid=task.uid)
    until(lambda: store.get(task.uid) is None)
    until(lambda: not job_folder(store.home, task.uid).exists())


def test_a_job_of_a_forgotten_task_ends(store: TaskStore, sandbox: Sandbox) -> None:
    """A task that another process forgets while it is worked on does not come back."""
    agent = Agent(configuration(store, sandbox), lambda event: None)
    task = new_task(store, sandbox)
    agent.command({"do": "watch", "uid": task.uid})
    store.forget(task.uid)
    (job,) = agent._jobs.values()
    agent._steps.take(job, agent._end_step)
    what, arguments = agent._inbox.get()
    what(*arguments)
    assert not agent._jobs
    agent._steps.worker().store.close()
    agent._owner.close()


def test_pressing_send_again_twice_sends_once(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]
) -> None:
    agent = start_agent()
    task = uncertain_task(store, sandbox, agent, "received")
    sandbox.behave(faults=[{"on": "create-task", "do": "pass", "stall": 1}])
    for _ in range(3):
        agent.send(do="retry", uid=task.uid)
    until(in_state(store, task.uid, TaskState.DONE))
    assert len([event for event in agent.events if event["event"] == "problem"]) == 2
    assert sandbox.counts()["tasks_created"] == 1


def test_a_task_that_is_being_sent_can_t_be_forgotten(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]
) -> None:
    sandbox.behave(faults=[{"on": "create-task", "when": "created", "do": "pass", "stall": 1.5}])
    agent = start_agent()
    task = new_task(store, sandbox)
    agent.send(do="watch", uid=task.uid)
    until(in_state(store, task.uid, TaskState.SENDING))
    agent.send(do="forget", uid=task.uid)
    problem = until(lambda: next((event for event in agent.events if event["event"] == "problem"), None))
    assert "being worked on" in problem["template"]
    done = until(in_state(store, task.uid, TaskState.DONE))
    assert done.task_id == sandbox.counts()["tasks"][0]["task_id"]


def test_waiting_tasks_do_not_follow_the_address(
    store: TaskStore,
    sandbox: Sandbox,
    start_sandbox: Callable[..., Sandbox],
    start_agent: Callable[[], AgentUnderTest],
) -> None:
    """What waits to be sent to one service is not sent to another, and paid for there."""
    other = start_sandbox()
    sandbox.stop()
    agent = start_agent()
    task = new_task(store, sandbox)
    agent.send(do="watch", uid=task.uid)
    until(lambda: (row := store.get(task.uid)) and row.error)
    configure(agent, store, other)
    agent.send(do="watch", uid=task.uid)
    until(lambda: store.get(task.uid).owner == "")
    assert store.get(task.uid).state is TaskState.PENDING
    assert other.counts()["requests"]["create-task"] == 0


def test_the_studio_forbids_uploads_while_models_wait_in_line(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest], tmp_path: Path
) -> None:
    """The studio's file is read before each upload: a forbidden model waits, and is sent once it is allowed."""
    site = tmp_path / "site.toml"
    site.write_text("uploads = false", "utf-8")
    agent = start_agent()
    configure(agent, store, sandbox, site={"HITEM3D_SITE": str(site)})
    until(lambda: agent.events)
    task = new_task(store, sandbox)
    agent.send(do="watch", uid=task.uid)
    problem = until(lambda: next((event for event in agent.events if event["event"] == "problem"), None))
    assert "studio does not allow" in problem["template"]
    waiting = store.get(task.uid)
    assert waiting and (waiting.state, waiting.error) == (TaskState.PENDING, None)
    assert sandbox.counts()["requests"]["create-task"] == 0
    site.write_text("uploads = true", "utf-8")
    agent.send(do="watch", uid=task.uid)
    until(in_state(store, task.uid, TaskState.DONE))


def test_a_mistyped_task_id_can_be_corrected(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]
) -> None:
    agent = start_agent()
    task = uncertain_task(store, sandbox, agent, "created")
    agent.send(do="adopt", uid=task.uid, task_id="mistyped")
    problem = until(lambda: next((event for event in agent.events if event["event"] == "problem"), None))
    assert "does not know this task" in problem["template"]
    assert store.get(task.uid).state is TaskState.UNCERTAIN
    agent.send(do="adopt", uid=task.uid, task_id=sandbox.counts()["tasks"][0]["task_id"])
    until(in_state(store, task.uid, TaskState.DONE))


def test_an_agent_on_a_fresh_computer(sandbox: Sandbox, tmp_path: Path) -> None:
    """Test Connection may be the very first thing, when there is no data folder yet."""
    agent = AgentUnderTest(tmp_path / "not" / "there", sandbox)
    try:
        agent.send(do="account")
        until(lambda: [event for event in agent.events if event["event"] == "account"])
    finally:
        agent.kill()


def test_an_id_that_is_being_asked_for_keeps_send_again_out(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]
) -> None:
    agent = start_agent()
    task = uncertain_task(store, sandbox, agent, "created")
    first = sandbox.counts()["tasks"][0]["task_id"]
    sandbox.behave(faults=[{"on": "query-task", "do": "pass", "stall": 1}])
    agent.send(do="adopt", uid=task.uid, task_id=first)
    agent.send(do="retry", uid=task.uid)
    done = until(in_state(store, task.uid, TaskState.DONE))
    assert done.task_id == first
    assert sandbox.counts()["requests"]["create-task"] == 1
