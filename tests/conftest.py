# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all tests share: a sandbox that plays the service, and a data folder of their own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
sys.path.insert(0, str(Path(__file__).resolve().parent))  # for small_disk.py

from sandbox_process import Sandbox
from small_disk import Disk, small_disk

# A busy machine is no mistake, and a folder that the examples of a test share is meant.
settings.register_profile(
    "hitem3d",
    deadline=None,
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "100")),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
settings.load_profile("hitem3d")

VARIABLES = ("HITEM3D_API_URL", "HITEM3D_TOKEN", "HITEM3D_ACCESS_KEY", "HITEM3D_SECRET_KEY", "HITEM3D_HOME")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A file system of one megabyte."""
    with small_disk(tmp_path / "small disk") as disk:
        yield disk


@pytest.fixture
def start_sandbox() -> Iterator[Callable[..., Sandbox]]:
    """Starts sandboxes with options of their own; all are stopped at the end of the test."""
    with ExitStack() as stack:

        def start(**options: str | float | Path) -> Sandbox:
            return stack.enter_context(Sandbox(**{"seconds": 0.2, **options}))

        yield start


@pytest.fixture
def sandbox(start_sandbox: Callable[..., Sandbox]) -> Sandbox:
    """A sandbox whose tasks take 0.2 s."""
    return start_sandbox()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder in HITEM3D_HOME; no other variable of the add-on is set."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "hitem3d-home"
    folder.mkdir()
    monkeypatch.setenv("HITEM3D_HOME", str(folder))
    return folder
