# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A full account: how many tasks fit is learned, and no model is uploaded again and again only to learn that there is
no room.

The clock is not real here: two thousand refusals take weeks.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import trimesh
from sandbox.process import Sandbox

from hitem3d_addon.core.agent import agent as agent_module
from hitem3d_addon.core.agent.agent import Agent
from hitem3d_addon.core.agent.steps import Job, StepEnd
from hitem3d_addon.core.credentials import Credentials
from hitem3d_addon.core.errors import BusyError
from hitem3d_addon.core.task import SegmentationRequest
from hitem3d_addon.core.tasks import batch, workflow
from hitem3d_addon.core.tasks.batch import Batch
from hitem3d_addon.core.tasks.outcome import Goal, Model
from hitem3d_addon.core.tasks.owner import Owner
from hitem3d_addon.core.tasks.places import LONGEST_BUSY, RECONSIDER, Places
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.tasks.workflow import Worker
from hitem3d_addon.core.values import MOST_UNFINISHED, UNFINISHED, OutputFormat, TaskState

BUSY = {"on": "create-task", "do": "answer", "code": 429, "status": 429, "msg": "too many tasks"}
ANSWERS = 2000


class Clock:
    """What `time` gives to a module: it goes on only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.time = time.time

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def worker(home: Path, sandbox: Sandbox) -> Iterator[Worker]:
    with TaskStore(home) as store, Owner(home, script=True) as owner:
        keys = Credentials(token=sandbox.token)
        client = workflow.connect(store, sandbox.url, keys, user_agent="test", ca_file=None)
        with closing(client):
            yield Worker(store, owner, client)


@pytest.fixture
def models(tmp_path: Path) -> list[Model]:
    found = []
    for number in range(14):
        mesh = tmp_path / f"{number}.stl"
        trimesh.creation.box((1, 1, 1 + number)).export(mesh)
        request = SegmentationRequest(format=OutputFormat.STL, mesh=mesh)
        found.append(Model(mesh.stem, request, request.content()))
    return found


def test_two_thousand_busy_answers(
    worker: Worker, models: list[Model], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is one upload after a pause; the pauses grow to a bound and nothing overflows."""
    sandbox.behave(faults=[{**BUSY, "times": 100}])
    clock = Clock()
    monkeypatch.setattr(batch, "time", clock)
    monkeypatch.setattr(batch, "_NAP", LONGEST_BUSY)
    began = clock.now
    one = Batch(worker, Goal.SENT, timeout=1e9)
    one._places._refusals = ANSWERS - 100  # as after so many; each more is a real upload
    (outcome,) = one.run(models[:1])
    assert outcome.created
    counts = sandbox.counts()
    assert (counts["requests"]["create-task"], counts["tasks_created"]) == (101, 1)
    assert clock.now - began >= 100 * LONGEST_BUSY


def test_the_agent_s_pauses_after_two_thousand_busy_answers(
    home: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(agent_module, "time", clock)
    keys = Credentials(token=sandbox.token)._asdict()
    events: list[dict[str, Any]] = []
    configuration = {
        "home": str(home), "api_url": sandbox.url, "credentials": keys, "ca_file": "", "user_agent": "test"
    }  # fmt: skip
    agent = Agent(configuration, events.append)
    uid = "0" * 32
    worker = agent._steps.worker()
    request = SegmentationRequest(mesh_url="https://example.org/a.glb")
    task = workflow.record(worker.store, request, uid=uid, name="", api_url=sandbox.url)
    job = agent._jobs[uid] = Job(uid, TaskState.PENDING)
    for _ in range(ANSWERS):
        job.running = True
        agent._end_step(job, StepEnd(task, BusyError("It is busy.")))
        assert not agent._places.has_room(0, clock.now), "not at once"
        clock.now = job.due
        assert agent._places.has_room(0, clock.now)
    assert max(event["seconds"] for event in events) == LONGEST_BUSY
    assert len(events) == ANSWERS
    clock.now -= 1.0
    agent.command({"do": "watch", "uid": uid})
    assert agent._places.has_room(0, clock.now) and job.due == 0.0, "Try Again Now"
    worker.store.close()
    agent._owner.close()


@pytest.mark.parametrize("goal", [Goal.SENT, Goal.READY])
def test_while_our_own_tasks_fill_the_account_nothing_is_uploaded(
    worker: Worker, models: list[Model], sandbox: Sandbox, home: Path, monkeypatch: pytest.MonkeyPatch, goal: Goal
) -> None:
    """The account takes three: each of the others is sent when one has ended, and all together cost few uploads more
    than there are models, however long the tasks take."""
    sandbox.behave(task_limit=3, seconds=0.7)
    keys = Credentials(token=sandbox.token)
    with closing(workflow.connect(worker.store, sandbox.url, keys, user_agent="test", ca_file=None)) as client:
        monkeypatch.setattr(
            batch, "time", SimpleNamespace(monotonic=lambda: time.monotonic() * 30, sleep=_nap, time=time.time)
        )
        outcomes = list(Batch(worker._replace(client=client), goal, timeout=1e9).run(models[:8]))
    assert [outcome.kind for outcome in outcomes] == [""] * 8
    counts = sandbox.counts()
    assert counts["tasks_created"] == 8
    assert counts["requests"]["create-task"] <= 8 + 3


def _nap(seconds: float) -> None:
    time.sleep(seconds / 30)


def test_it_begins_with_ten_and_learns_that_there_are_more() -> None:
    places = Places()
    at_service = 0
    for _ in range(100):
        if places.has_room(at_service, 0.0):
            at_service += 1
            places.note_accepted(at_service)
    assert (UNFINISHED, at_service, places.limit) == (10, MOST_UNFINISHED, MOST_UNFINISHED)


def test_it_learns_that_there_are_fewer_and_asks_again_much_later() -> None:
    places = Places()
    for at_service in range(1, 5):
        places.note_accepted(at_service)
    places.note_refused(4, 0.0, None)
    for now in (10.0, 100.0, RECONSIDER - 1):
        assert not places.has_room(4, now)
        assert places.has_room(3, now), "one of ours has ended"
    assert places.has_room(4, RECONSIDER), "others may have left room"


def test_what_is_set_is_never_exceeded() -> None:
    places = Places(3)
    for at_service in range(1, 4):
        assert places.has_room(at_service - 1, 0.0)
        places.note_accepted(at_service)
    assert not places.has_room(3, 1e9)


def test_a_pause_that_the_service_asks_for_is_kept() -> None:
    places = Places()
    assert places.note_refused(0, 0.0, 7.0) == 7.0
    assert not places.has_room(0, 6.9) and places.has_room(0, 7.0)
    assert places.wait(2.0) == 5.0
