# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent as a process of its own, as Blender starts it, against the sandbox: work, questions, several agents."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from agents import AgentUnderTest, in_state, new_task, until
from sandbox.process import Sandbox

from hitem3d_addon.core.agent.main import LOG_FILE
from hitem3d_addon.core.tasks import workflow
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.values import TRANSFERS, UNFINISHED, TaskState


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
    assert agent.process.wait(30) == 0
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


def rounds(sandbox: Sandbox) -> list[tuple[float, ...]]:
    """When each of the tasks was asked for the second time, the third time and so on, as far as all were."""
    return list(zip(*(task["asked"] for task in sandbox.counts()["tasks"]), strict=False))[1:]


def test_questions_go_out_together(
    store: TaskStore, sandbox: Sandbox, start_agent: Callable[..., AgentUnderTest]
) -> None:
    """Tasks that were sent together stay so: each question would be at another moment, by a tenth of the pause."""
    sandbox.behave(seconds=600, retry_after="")
    agent = start_agent(pause=1.0)
    for _ in range(3):
        agent.send(do="watch", uid=new_task(store, sandbox).uid)
    # On a busy machine the same moment takes longer, but not each time.
    until(lambda: sum(max(times) - min(times) < 0.02 for times in rounds(sandbox)) >= 3, 60)


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
    until(lambda: len(rounds(sandbox)) >= 2)
    for task in sandbox.counts()["tasks"]:
        pauses = [later - earlier for earlier, later in pairwise(task["asked"])]
        assert min(pauses) >= 2, pauses


def test_an_agent_on_a_fresh_computer(sandbox: Sandbox, tmp_path: Path) -> None:
    """Test Connection may be the very first thing, when there is no data folder yet."""
    agent = AgentUnderTest(tmp_path / "not" / "there", sandbox)
    try:
        agent.send(do="account")
        until(lambda: [event for event in agent.events if event["event"] == "account"])
    finally:
        agent.kill()
