# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all tests share: a table of what they need, a sandbox that plays the service, and a data folder of their own."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

# NumPy's threads wait for one another by spinning, and the cores are taken by other tests. Before NumPy is imported.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
sys.path.insert(0, str(Path(__file__).resolve().parent))  # for small_disk.py

from sandbox.process import Sandbox
from small_disk import Disk, small_disk

TESTS = Path(__file__).resolve().parent

NEEDS: dict[str, tuple[str, ...]] = {
    "apply": ("blender",),
    "background": ("blender",),
    "cli": ("blender",),
    "cli/test_exit_codes.py": (),
    "cli/test_flamenco.py": ("blender", "once"),
    "cli/test_many.py": ("blender", "once"),
    "cli/test_zoo_by_command.py": ("blender", "once"),
    "closing": ("blender",),
    "core": (),
    "core/service/test_certificates.py": ("libraries",),
    "core/service/test_client.py": ("libraries",),
    "core/service/test_create_task_faults.py": ("libraries",),
    "core/service/test_download.py": ("libraries",),
    "core/service/test_network_faults.py": ("libraries",),
    "core/service/test_questions.py": ("libraries",),
    "core/service/test_scheme_and_token.py": ("libraries",),
    "core/service/test_studio_networks.py": ("libraries",),
    "core/service/test_upload.py": ("libraries",),
    "docs": (),
    "export": ("blender",),
    "gui": (),
    "mesh": ("blender",),
    "package": ("blender",),
    "parts": ("blender",),
    "pegs": ("blender",),
    "receive": ("blender",),
    "sandbox": (),
    "scripts": ("once",),
    "scripts/test_bench.py": ("blender", "once"),
    "send": ("blender",),
    "session": ("blender",),
    "test_law.py": (),
    "test_pages.py": (),
    "test_permissions.py": (),
    "ui": ("blender",),
    "whole": ("blender",),
}
"""What the tests under a path need; the longest path holds. The words are explained in pyproject.toml. A single test
is marked as usual. Without "blender", bpy can't be imported, whatever was imported before."""

FIXTURES = {"blender": "window", "real_blender": "real_blender"}
"""What else is needed by a test that asks for one of these. It runs in a program of its own, and not on a wheel."""

# A busy machine is no mistake, and a folder that the examples of a test share is meant.
settings.register_profile(
    "hitem3d",
    deadline=None,
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "100")),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
settings.load_profile("hitem3d")

VARIABLES = ("HITEM3D_API_URL", "HITEM3D_TOKEN", "HITEM3D_ACCESS_KEY", "HITEM3D_SECRET_KEY", "HITEM3D_HOME")


def needs(path: Path) -> tuple[str, ...] | None:
    """The row of the table for a file or folder; None for one that has none."""
    words = path.relative_to(TESTS).parts
    rows = ("/".join(words[:count]) for count in range(len(words), 0, -1))
    return next((NEEDS[row] for row in rows if row in NEEDS), None)


class RepositoryIsNoPackage:
    """Blender takes the repository for a package, by its __init__.py; pytest can't import one named "my-clone"."""

    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """A plain folder for the repository, and pytest's own choice for all others."""
        return pytest.Dir.from_parent(parent, path=path) if path == TESTS.parent else None


def pytest_configure(config: pytest.Config) -> None:
    """A conftest's own hooks are not asked about the folders above it."""
    config.pluginmanager.register(RepositoryIsNoPackage())


def pytest_xdist_auto_num_workers() -> int:
    """Two more than cores, since a third of the time is waiting; and not so many that Blenders fill the memory."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores + 2, 8)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With -m "not blender" the files that need it are not even read: bpy takes a second to load."""
    if "not blender" not in config.option.markexpr or TESTS not in collection_path.parents:
        return None
    return "blender" in (needs(collection_path) or ()) or None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with what it needs. An error for a test in a folder that the table does not know."""
    for item in items:
        words = needs(item.path)
        if words is None:
            raise pytest.UsageError(f"{item.path} needs a row in NEEDS in tests/conftest.py")
        programs = {FIXTURES[name] for name in getattr(item, "fixturenames", ()) if name in FIXTURES}
        for word in programs or words:
            item.add_marker(word)


@contextlib.contextmanager
def without_blender(forbidden: bool) -> Iterator[None]:
    """Have ``import bpy`` fail for the time of a block where it is forbidden."""
    if not forbidden:
        yield
        return
    known = sys.modules.get("bpy")
    sys.modules["bpy"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["bpy"]
        if known:
            sys.modules["bpy"] = known


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """A file whose row says nothing of Blender can't import it."""
    with without_blender(isinstance(collector, pytest.Module) and "blender" not in (needs(collector.path) or ())):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """A test that is not marked with "blender" can't import it; those in real Blenders may need the wheel's tools."""
    with without_blender(not any(map(item.get_closest_marker, ("blender", *FIXTURES.values())))):
        return (yield)


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


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Callable[[], Sandbox]]:
    """Gives the one sandbox of all tests, or of all those of a worker: starting one takes longer than most tests."""
    with ExitStack() as stack:
        running: list[Sandbox] = []

        def get() -> Sandbox:
            if not running or running[-1].process.poll() is not None:
                running.append(stack.enter_context(Sandbox(seconds=0.2)))
            return running[-1]

        yield get


@pytest.fixture
def sandbox(running_sandbox: Callable[[], Sandbox]) -> Sandbox:
    """A sandbox as if it had just been started, whose tasks take 0.2 s. A test may stop it."""
    sandbox = running_sandbox()
    sandbox.behave(reset=True)
    return sandbox


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder in HITEM3D_HOME; no other variable of the add-on is set."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "hitem3d-home"
    folder.mkdir()
    monkeypatch.setenv("HITEM3D_HOME", str(folder))
    return folder
