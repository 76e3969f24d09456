# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user decides while the agent works: stop, send again, forget, another address, a task id."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import trimesh
from agents import AgentUnderTest, configuration, configure, in_state, new_task, until
from sandbox.process import Sandbox

from hitem3d_addon.core.agent.agent import Agent
from hitem3d_addon.core.data_folder import job_folder
from hitem3d_addon.core.task import Task
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.values import TaskState


def uncertain_task(store: TaskStore, sandbox: Sandbox, agent: AgentUnderTest, when: str) -> Task:
    """A task whose answer was lost when its model was "received", or when it was "created"."""
    sandbox.behave(faults=[{"on": "create-task", "when": when, "do": "cut"}])
    task = new_task(store, sandbox)
    agent.send(do="watch", uid=task.uid)
    return until(in_state(store, task.uid, TaskState.UNCERTAIN))


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


def test_keys_that_are_refused_meanwhile(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]
) -> None:
    """A paid task does not fail with the keys: it goes on as soon as there are others."""
    sandbox.behave(seconds=600)
    agent = start_agent()
    configure(agent, store, sandbox)  # a token alone, which can't be renewed
    tasks = [new_task(store, sandbox), new_task(store, sandbox)]
    for task in tasks:
        agent.send(do="watch", uid=task.uid)
    for task in tasks:
        until(in_state(store, task.uid, TaskState.WORKING))
    sandbox.behave(faults=[{"on": on, "do": "answer", "code": 401, "times": 0} for on in ("query-task", "balance")])
    for task in tasks:
        agent.send(do="watch", uid=task.uid)
    waits = until(lambda: [event for event in agent.events if event["event"] == "waits"][1:])
    assert "does not take the token" in waits[0]["template"]
    assert [row.state for row in store.tasks()] == [TaskState.WORKING] * 2
    sandbox.behave(reset=True, keep_tasks=True)
    sandbox.behave(seconds=0.0)
    configure(agent, store, sandbox)
    for task in tasks:
        until(in_state(store, task.uid, TaskState.DONE))
    assert sandbox.counts()["tasks_created"] == 2


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
