# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Agents and a task list."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sandbox.process import Sandbox

sys.path.insert(0, str(Path(__file__).parent))  # for agents.py

from agents import AgentUnderTest

from hitem3d_addon.core.tasks.store import TaskStore


@pytest.fixture
def start_agent(home: Path, sandbox: Sandbox) -> Iterator[Callable[..., AgentUnderTest]]:
    """Starts agents; those that still run are killed at the end."""
    agents: list[AgentUnderTest] = []

    def start(**options: float) -> AgentUnderTest:
        agents.append(AgentUnderTest(home, sandbox, **options))
        return agents[-1]

    yield start
    for agent in agents:
        agent.kill()


@pytest.fixture
def store(home: Path) -> Iterator[TaskStore]:
    with TaskStore(home) as store:
        yield store
