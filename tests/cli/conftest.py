# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line as a program: in the bpy wheel, and in the real Blenders that BLENDER names."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox.process import Sandbox

sys.path.insert(0, str(Path(__file__).parent))

from hitem3d_commands import WHEEL, Commands

PROGRAMS = [WHEEL, *filter(None, os.environ.get("BLENDER", "").split(os.pathsep))]


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that is the same one inside and outside of a Blender that runs in a box of its own."""
    with tempfile.TemporaryDirectory(prefix="hitem3d-test-", dir="/tmp" if os.name == "posix" else None) as name:
        yield Path(name)


@pytest.fixture(params=PROGRAMS, ids=lambda program: Path(program).name)
def commands(request: pytest.FixtureRequest, folder: Path, sandbox: Sandbox) -> Iterator[Commands]:
    """The command line in one program; the test runs once for each."""
    sandbox.behave(task_limit=1000, credits=100_000.0)
    yield Commands(str(request.param), folder, sandbox)
