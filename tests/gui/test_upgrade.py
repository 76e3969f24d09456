# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Upgrading in a real window, from a web server, while a task is under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from blender.window import BlenderWindow, until
from extension_repository import ExtensionRepository
from sandbox.process import Sandbox
from tasks_in_a_window import TASK_ID, add_heavy_model, agents, import_parts, press, rows, task_id, wait_for

from hitem3d_addon.core.values import TaskState

OpenWindow = Callable[..., BlenderWindow]

INSTALL = """
# Not with --online-mode: Blender 5.2 would ask for the assets of its own website at once.
bpy.context.preferences.system.use_online_access = True
bpy.ops.preferences.addon_disable(module="bl_ext.user_default.hitem3d")
repositories = bpy.context.preferences.extensions.repos
while repositories:  # Blender's own one is in the internet
    repositories.remove(repositories[0])
repositories.new(name="Hitem3D", module="studio", remote_url={url!r})
bpy.ops.extensions.repo_sync_all()
bpy.ops.extensions.package_install(repo_index=0, pkg_id="hitem3d", enable_on_install=True)
"""
CHECK_FOR_UPDATES = "bpy.ops.extensions.repo_sync_all()"
BEGIN_UPGRADE = "bpy.ops.extensions.package_upgrade_all('INVOKE_DEFAULT')"
VERSION = (
    "(loaded := __import__('sys').modules.get('bl_ext.studio.hitem3d.session.connection')) and loaded.user_agent()"
)
ENABLED = "[name for name in bpy.context.preferences.addons.keys() if 'hitem3d' in name]"


@pytest.fixture
def repository(folder: Path) -> Iterator[ExtensionRepository]:
    """A web server that offers version 1.9.0."""
    with ExtensionRepository(folder / "dist") as repository:
        repository.publish("1.9.0")
        yield repository


def open_and_publish(open_window: OpenWindow, repository: ExtensionRepository) -> BlenderWindow:
    """A window with the add-on installed from the web server, which then offers the next version."""
    window = open_window()
    window.run(INSTALL.format(url=repository.url))
    assert window.run(f"result = {ENABLED}") == ["bl_ext.studio.hitem3d"]
    assert window.run(f"result = {VERSION}") == "Hitem3D-for-Blender/1.9.0"
    repository.publish("1.10.0")
    return window


def begin_upgrade(window: BlenderWindow) -> None:
    """Have Blender look for updates and begin to install them, as the buttons of its preferences do."""
    window.run(CHECK_FOR_UPDATES)
    window.run(BEGIN_UPGRADE)


def end_upgrade(window: BlenderWindow) -> None:
    """Wait until the new version is there and enabled."""
    assert window.until(VERSION) == "Hitem3D-for-Blender/1.10.0"
    assert window.run(f"result = {ENABLED}") == ["bl_ext.studio.hitem3d"]


def alive(home: Path) -> set[int]:
    """The process numbers of the agents."""
    return {agent.pid for agent in agents(home)}


def end_cleanly(window: BlenderWindow, home: Path) -> None:
    """Quit, and see that nothing went wrong and nothing is left."""
    assert "Traceback" not in window.log, window.log[-3000:]
    assert window.quit() == 0
    until(lambda: not alive(home), "the agents' end")


@pytest.mark.parametrize("moment", ["at the service", "downloading"])
def test_upgraded_while_the_service_works(
    open_window: OpenWindow, repository: ExtensionRepository, sandbox: Sandbox, home: Path, moment: str
) -> None:
    """The old version's agent ends before anything is replaced; the new version goes on with the task."""
    if moment == "downloading":
        sandbox.behave(seconds=0, download_rate=20)
        begun, asked = "result", 1
    else:
        sandbox.behave(seconds=600)
        begun, asked = "query-task", 3
    window = open_and_publish(open_window, repository)
    window.run("bpy.ops.transform.translate('EXEC_DEFAULT', True, value=(1, 0, 0))")
    press(window)
    identity = task_id(window)
    until(lambda: sandbox.counts()["requests"][begun] >= asked, moment)
    assert len(alive(home)) == 1
    begin_upgrade(window)
    assert alive(home) == set()
    end_upgrade(window)
    assert rows(home)[0].state in (TaskState.WORKING, TaskState.READY)
    sandbox.behave(seconds=0, download_rate=0)
    wait_for(home, TaskState.DONE)
    window.run("bpy.ops.ed.undo()")
    assert window.until(TASK_ID.format(name="Cube")) == identity
    import_parts(window)
    assert window.until("len(bpy.data.collections['Cube parts'].objects)") >= 2
    assert sandbox.counts()["tasks_created"] == sandbox.counts()["requests"]["create-task"] == 1
    end_cleanly(window, home)


def test_upgraded_while_the_model_is_sent(
    open_window: OpenWindow, repository: ExtensionRepository, sandbox: Sandbox, home: Path
) -> None:
    """The old version's agent finishes what is on the wire, and nothing else; the new version goes on from there."""
    sandbox.behave(upload_rate=150_000)
    window = open_and_publish(open_window, repository)
    add_heavy_model(window)
    press(window)
    until(lambda: any(task.state is TaskState.SENDING for task in rows(home)), "the upload")
    old = alive(home)
    begin_upgrade(window)
    end_upgrade(window)
    until(lambda: len(alive(home)) == 2, "the new version's agent")
    assert rows(home)[0].state is TaskState.SENDING
    assert sandbox.counts()["tasks_created"] == 0
    sandbox.behave(upload_rate=0)
    until(lambda: not old & alive(home), "the end of the old version's agent", 60)
    assert sandbox.counts()["tasks_created"] == sandbox.counts()["requests"]["create-task"] == 1
    assert task_id(window, "Heavy") == sandbox.counts()["tasks"][0]["task_id"]
    wait_for(home, TaskState.DONE, seconds=120)
    import_parts(window)
    window.until("'Heavy parts' in bpy.data.collections", 60)
    assert sandbox.counts()["requests"]["create-task"] == 1
    end_cleanly(window, home)
