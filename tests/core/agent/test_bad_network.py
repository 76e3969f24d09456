# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bad month in seconds: faults of every kind while agents are killed at random. Nothing is lost or sent twice."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import trimesh
from agents import AgentUnderTest, new_task
from sandbox.process import Sandbox

from hitem3d_addon.core.agent.agent import RESCAN
from hitem3d_addon.core.errors import CredentialsError
from hitem3d_addon.core.task import Task
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.values import TaskState

TASKS = int(os.environ.get("HITEM3D_BAD_NETWORK_TASKS", "12"))
"""By hand 300 of them, which take a minute."""
ENDED = (TaskState.DONE, TaskState.FAILED, TaskState.UNCERTAIN)
FAULTS: list[dict[str, Any]] = [
    {"on": "create-task", "when": "start", "do": "cut"},
    {"on": "create-task", "when": "body", "bytes": 400, "do": "reset"},
    {"on": "create-task", "when": "received", "do": "reset"},
    {"on": "create-task", "when": "created", "do": "cut"},
    {"on": "create-task", "when": "created", "do": "answer", "status": 502, "text": "Bad Gateway"},
    {"on": "create-task", "do": "answer", "status": 503, "text": "<html>"},
    {"on": "create-task", "do": "answer", "code": 429, "status": 429, "headers": {"Retry-After": "0.5"}},
    {"on": "query-task", "times": 3, "do": "answer", "status": 500, "text": "<html>"},
    {"on": "query-task", "do": "reset"},
    {"on": "query-task", "do": "alter", "set": {"data": {"state": "paused"}}},
    {"on": "result", "when": "body", "bytes": 300, "do": "cut"},
    {"on": "result", "do": "answer", "status": 500, "text": "<html>"},
    {"on": "balance", "do": "cut"},
    {"on": "token", "do": "answer", "status": 500, "text": "<html>"},
]


def make_trouble(sandbox: Sandbox, chance: random.Random) -> None:
    sandbox.behave(faults=[chance.choice(FAULTS) for _ in range(chance.randint(1, 3))])
    if chance.random() < 0.2:
        sandbox.behave(revoke_tokens=True)


@pytest.mark.timeout(900)
def test_a_bad_month(store: TaskStore, sandbox: Sandbox, start_agent: Callable[[], AgentUnderTest]) -> None:
    sandbox.behave(seconds=0.3, credits=1e6)
    chance = random.Random(11)
    agents = [start_agent(), start_agent()]
    tasks: list[Task] = []
    # On a busy machine agents may be killed before they have begun: so the trouble ends, and the agents' next look for
    # tasks whose owner is gone finds what is left.
    calm = time.monotonic() + 20 + TASKS
    end = calm + 3 * RESCAN
    while any(task.state not in ENDED for task in store.tasks()) or len(tasks) < TASKS:
        assert time.monotonic() < end, [(task.state, task.error) for task in store.tasks()]
        while len(tasks) < min(TASKS, sum(task.state in ENDED for task in store.tasks()) + 25):
            tasks.append(new_task(store, sandbox))
            trimesh.creation.box((1, 1, len(tasks))).export(tasks[-1].request.mesh)
        time.sleep(chance.uniform(0.1, 0.8))
        if len(tasks) < TASKS or (chance.random() < 0.5 and time.monotonic() < calm):
            make_trouble(sandbox, chance)
            agents.pop(chance.randrange(2)).kill()
            agents.append(start_agent())
    made = [task["task_id"] for task in sandbox.counts()["tasks"]]
    models = Counter(sandbox.mesh(task_id) for task_id in made)
    assert max(models.values()) == 1, "a model was sent twice"
    known = [task.task_id for task in store.tasks() if task.task_id]
    uncertain = sum(task.state is TaskState.UNCERTAIN for task in store.tasks())
    assert len(known) == len(set(known))
    assert set(known) <= set(made)
    assert len(made) - len(known) <= uncertain < TASKS
    failed = [task for task in store.tasks() if task.state is TaskState.FAILED]
    # A token that ends before its first use is like a wrong one: what was not sent may fail for that, what is paid not.
    assert not [task.error for task in failed if task.task_id or task.error_kind != CredentialsError.__name__]
