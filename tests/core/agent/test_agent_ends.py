# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent, or Blender, is killed or leaves at any moment: no task is lost, and none is sent twice."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from agents import AgentUnderTest, in_state, new_task, until
from sandbox.process import Sandbox

from hitem3d_addon.core.agent.main import LOG_FILE
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.values import TaskState


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


def test_what_a_download_left_goes_later(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]
) -> None:
    """Blender is gone in the middle of a download, which nobody waits for; hours later there is nothing left of it."""
    sandbox.behave(download_rate=300)
    agent = start_agent()
    task = new_task(store, sandbox)
    agent.send(do="watch", uid=task.uid)
    until(lambda: any(e.get("step") == "download" for e in agent.events))
    agent.leave()
    assert agent.process.wait(5) == 0
    (part,) = (store.home / "jobs" / task.uid).glob("*.part")
    os.utime(part, (time.time() - 7200,) * 2)
    start_agent()
    until(lambda: not part.exists())


def test_blender_gone_while_waiting(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]
) -> None:
    sandbox.behave(seconds=600)
    agent = start_agent()
    task = new_task(store, sandbox)
    agent.send(do="watch", uid=task.uid)
    until(in_state(store, task.uid, TaskState.WORKING))
    agent.leave()
    assert agent.process.wait(30) == 0


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
    assert agent.process.wait(30) == 0
    assert not capfd.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_the_session_ends(store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]) -> None:
    agent = start_agent()
    until(lambda: (store.home / LOG_FILE).is_file() and "began" in (store.home / LOG_FILE).read_text("utf-8"))
    os.kill(agent.process.pid, signal.SIGTERM)
    assert agent.process.wait(30) == 0
