# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows of the real Blenders that the environment variable BLENDER names, with a sandbox as the service."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from blender.window import ADDON, BlenderWindow, Screen, until
from sandbox.process import Sandbox

sys.path.insert(0, str(Path(__file__).parents[1]))  # for extension_repository.py
sys.path.insert(0, str(Path(__file__).parent))  # for tasks_in_a_window.py

from tasks_in_a_window import agents

CHANGE_ADDON = f"import addon_utils\naddon_utils.{{change}}({ADDON!r}, default_set=True)"
BLENDERS = [path for path in os.environ.get("BLENDER", "").split(os.pathsep) if path]

OpenWindow = Callable[..., BlenderWindow]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say plainly why nothing runs where there is no Blender or no X server."""
    here = Path(__file__).parent
    reason = "" if BLENDERS else "needs a real Blender: name one in BLENDER, and test with --all"
    missing = [tool for tool in ("Xvfb", "openbox", "scrot") if not shutil.which(tool)]
    if not reason and missing:
        reason = f"needs {', '.join(missing)}"
    for item in items:
        if reason and here in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session", params=BLENDERS or [""], ids=lambda path: Path(path).name or "none")
def blender(request: pytest.FixtureRequest) -> str:
    """The path of a real Blender; the test runs once for each."""
    return str(request.param)


@contextmanager
def new_folder() -> Iterator[Path]:
    """An empty folder that is the same one inside and outside of a Blender that runs in a box of its own."""
    with tempfile.TemporaryDirectory(prefix="hitem3d-test-", dir="/tmp") as name:
        yield Path(name)


@pytest.fixture(scope="module")
def folder_of_the_file() -> Iterator[Path]:
    """A new folder, for the tests of a file that share a window."""
    with new_folder() as folder:
        yield folder


@pytest.fixture
def folder(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A new folder, for this test; that of its window where it shares one."""
    if "window" in request.fixturenames:
        yield request.getfixturevalue("folder_of_the_file")
        return
    with new_folder() as folder:
        yield folder


@pytest.fixture
def home(folder: Path) -> Path:
    """The add-on's data folder."""
    return folder / "home"


@contextmanager
def windows(blender: str, folder: Path, sandbox: Sandbox) -> Iterator[OpenWindow]:
    """Opens windows of one Blender, all with the same data folder and service; they are killed at the end."""
    environ = {"HITEM3D_HOME": str(folder / "home"), "HITEM3D_API_URL": sandbox.url, "HITEM3D_TOKEN": sandbox.token}
    with ExitStack() as stack:
        screen = stack.enter_context(Screen())

        def open_one(*arguments: str, with_addon: bool = True, **more: str) -> BlenderWindow:
            window = BlenderWindow(
                blender,
                screen,
                environ | more,
                resources=folder / "resources",
                arguments=arguments,
                with_addon=with_addon,
            )
            return stack.enter_context(window)

        yield open_one


@pytest.fixture
def open_window(blender: str, folder: Path, sandbox: Sandbox) -> Iterator[OpenWindow]:
    """Opens windows for this test."""
    with windows(blender, folder, sandbox) as open_one:
        yield open_one


@pytest.fixture(scope="module")
def window_of_the_file(
    blender: str, folder_of_the_file: Path, running_sandbox: Callable[[], Sandbox]
) -> Iterator[BlenderWindow]:
    """One window for all tests of a file, which each bring it back to where they can begin."""
    with windows(blender, folder_of_the_file, running_sandbox()) as open_one:
        yield open_one()


@pytest.fixture
def window(window_of_the_file: BlenderWindow, home: Path, sandbox: Sandbox) -> Iterator[BlenderWindow]:
    """The window of the file, as if it had just been opened: the factory's scene, the add-on's settings, no task.

    At the end of the test its agent ends, so that no request reaches the sandbox in another test.
    """
    window = window_of_the_file
    window.keys("ESC", "ESC")
    end_agent(window, home)
    shutil.rmtree(home, ignore_errors=True)
    window.run("bpy.ops.wm.read_homefile(app_template='', use_factory_startup=True, load_ui=False)")
    window.run(CHANGE_ADDON.format(change="enable"))
    window.forget_log()
    yield window
    end_agent(window, home)


def end_agent(window: BlenderWindow, home: Path) -> None:
    window.run(CHANGE_ADDON.format(change="disable"))
    until(lambda: not agents(home), "the agent's end")
