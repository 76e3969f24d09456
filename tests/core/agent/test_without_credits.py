# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many models and too few credits: what the service would refuse is not uploaded, waits, and says so."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable

import trimesh
from agents import AgentUnderTest, in_state, new_task, until
from sandbox.process import Sandbox

from hitem3d_addon.core.task import Task
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.values import TRANSFERS, TaskState

MANY = 50


def waiting(store: TaskStore) -> list[Task]:
    """The tasks that say that they wait for credits."""
    return [t for t in store.tasks(states=[TaskState.PENDING]) if "waits for API credits" in str(t.error)]


def uploads(sandbox: Sandbox) -> int:
    return int(sandbox.counts()["requests"]["create-task"])


def refuse_one(store: TaskStore, sandbox: Sandbox, agent: AgentUnderTest) -> None:
    """Have the service refuse a task, and the agent ask for the balance after it."""
    task = new_task(store, sandbox)
    agent.send(do="watch", uid=task.uid)
    until(in_state(store, task.uid, TaskState.FAILED))
    until(lambda: store.recall_all("refused "))


def test_the_others_wait_without_an_upload_until_there_are_credits(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]
) -> None:
    sandbox.behave(credits=10.0, seconds=0.0)  # a task costs 20
    for _ in range(MANY):
        new_task(store, sandbox)
    agent = start_agent()
    until(lambda: len(waiting(store)) + len(store.tasks(states=[TaskState.FAILED])) == MANY)
    refused = store.tasks(states=[TaskState.FAILED])
    assert {task.error_kind for task in refused} == {"CreditsError"}
    assert uploads(sandbox) == len(refused) <= TRANSFERS, "those that were on their way at the first refusal"
    assert [event for event in agent.events if event["event"] == "waits" and "API credits" in event["template"]]

    agent.kill()  # what it knew is in the list
    start_agent()
    asked = sandbox.counts()["requests"]["balance"]
    until(lambda: sandbox.counts()["requests"]["balance"] > asked)
    time.sleep(0.5)
    assert uploads(sandbox) == len(refused)
    assert len(waiting(store)) == MANY - len(refused)

    sandbox.behave(credits=1000.0)
    until(lambda: not store.tasks(states=[TaskState.PENDING]))
    until(lambda: len(store.tasks(states=[TaskState.DONE])) == MANY - len(refused))
    assert uploads(sandbox) == MANY
    assert {task.uid for task in refused} == {task.uid for task in store.tasks(states=[TaskState.FAILED])}, (
        "what was refused starts only when the user says so"
    )


def test_the_user_may_try_it_all_the_same(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[..., AgentUnderTest]
) -> None:
    """The service may have refused by a fault of its own: then the balance stays what it is."""
    sandbox.behave(seconds=0.0, faults=[{"on": "create-task", "do": "answer", "code": 30010000}])
    agent = start_agent()
    refuse_one(store, sandbox, agent)
    tasks = [new_task(store, sandbox), new_task(store, sandbox)]
    for task in tasks:
        agent.send(do="watch", uid=task.uid)
    until(lambda: len(waiting(store)) == 2)
    assert uploads(sandbox) == 1
    agent.send(do="watch", uid=tasks[0].uid)
    for task in tasks:
        done = until(in_state(store, task.uid, TaskState.DONE))
        assert done.error is None


def test_one_that_waits_can_be_stopped(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]
) -> None:
    sandbox.behave(credits=10.0, seconds=0.0)
    agent = start_agent()
    refuse_one(store, sandbox, agent)
    task = new_task(store, sandbox)
    agent.send(do="watch", uid=task.uid)
    until(lambda: waiting(store))
    agent.send(do="cancel", uid=task.uid)
    until(in_state(store, task.uid, TaskState.CANCELLED))
    sandbox.behave(credits=1000.0)
    other = new_task(store, sandbox)
    agent.send(do="watch", uid=other.uid)
    until(in_state(store, other.uid, TaskState.DONE))
    assert sandbox.counts()["tasks_created"] == 1


def test_agents_that_are_killed_while_credits_come_and_go(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]
) -> None:
    """Nothing is lost, nothing is sent twice, and only what the service itself refused has failed."""
    chance = random.Random(5)
    sandbox.behave(seconds=0.0)
    tasks = [new_task(store, sandbox) for _ in range(30)]
    for number, task in enumerate(tasks):
        trimesh.creation.box((1, 1, 1 + number)).export(task.request.mesh)
    agents = [start_agent(), start_agent()]
    for _ in range(12):
        sandbox.behave(credits=chance.choice([0.0, 20.0, 60.0]))
        time.sleep(chance.uniform(0.05, 0.6))
        agents.pop(chance.randrange(2)).kill()
        agents.append(start_agent())
    sandbox.behave(credits=1e6)
    ended = [TaskState.DONE, TaskState.FAILED, TaskState.UNCERTAIN]
    until(lambda: len(store.tasks(states=ended)) == len(tasks), 60.0)
    made = [task["task_id"] for task in sandbox.counts()["tasks"]]
    assert max(Counter(map(sandbox.mesh, made)).values()) == 1, "a model was sent twice"
    known = {task.task_id for task in store.tasks() if task.task_id}
    uncertain = store.tasks(states=[TaskState.UNCERTAIN])
    assert known <= set(made)
    assert len(made) - len(known) <= len(uncertain)
    for task in store.tasks(states=[TaskState.FAILED]):
        assert "There are not enough API credits" in str(task.error)
