# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of tasks share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox.process import Sandbox

sys.path.insert(0, str(Path(__file__).parent))  # for connected.py

from connected import connected

from hitem3d_addon.core.tasks.workflow import Worker


@pytest.fixture
def worker(home: Path, sandbox: Sandbox) -> Iterator[Worker]:
    """A process that works on the tasks of an empty data folder."""
    with connected(home, sandbox) as worker:
        yield worker
