# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Here one sandbox serves all tests, and is reset before each: they are many and short."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox_process import Sandbox

sys.path.insert(0, str(Path(__file__).parent))  # for plain_client.py


@pytest.fixture(scope="session")
def one_sandbox() -> Iterator[Sandbox]:
    with Sandbox(seconds=0.2) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(one_sandbox: Sandbox) -> Sandbox:
    """A sandbox as if it had just been started; its tasks take 0.2 s."""
    one_sandbox.behave(reset=True)
    return one_sandbox
