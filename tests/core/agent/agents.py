# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the agent share: agents that run, tasks for them, and waiting."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import trimesh
from sandbox.process import Sandbox

from hitem3d_addon.core.credentials import Credentials
from hitem3d_addon.core.data_folder import job_folder, make_folder
from hitem3d_addon.core.task import SegmentationRequest, Task
from hitem3d_addon.core.tasks import workflow
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.values import TaskState

REPOSITORY = Path(__file__).resolve().parents[3]


class AgentUnderTest:
    """A running agent: commands in, events out. Its pauses are a tenth of those in life, or what is given."""

    def __init__(self, home: Path, sandbox: Sandbox, pause: float = workflow.FIRST_PAUSE / 10) -> None:
        program = (
            "from hitem3d_addon.core.agent import agent, main\n"
            "from hitem3d_addon.core.backoff import backoff\n"
            "from hitem3d_addon.core.tasks import workflow\n"
            f"workflow.FIRST_PAUSE = backoff.__kwdefaults__['first'] = agent.WITHOUT_CREDITS = {pause}\n"
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


def configuration(store: TaskStore, sandbox: Sandbox) -> dict[str, Any]:
    keys = Credentials(token=sandbox.token)._asdict()
    return {"home": str(store.home), "api_url": sandbox.url, "credentials": keys, "ca_file": "", "user_agent": "test"}


def configure(agent: AgentUnderTest, store: TaskStore, sandbox: Sandbox, **more: Any) -> None:
    """What Blender tells the agent when its settings were changed."""
    agent.send(do="configure", **configuration(store, sandbox), **more)


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
