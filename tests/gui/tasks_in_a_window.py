# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks that are begun, watched and imported in a window: what the buttons do, and what is true of them outside."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
from blender.window import REPOSITORY, BlenderWindow, until

from hitem3d_addon.core.task import Task
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.values import TaskState

PRESS = "bpy.ops.hitem3d.create_task('INVOKE_DEFAULT', without_dialog=True, source={source!r}, again={again})"
SEGMENTED_ROBOT = f"""
import sys
sys.path.insert(0, {str(REPOSITORY / "scripts")!r})
from demonstration import made_model
for obj in list(bpy.data.objects): bpy.data.objects.remove(obj)
made_model.add_robot()
bpy.context.preferences.view.show_splash = False
bpy.ops.hitem3d.create_task(seg_level='MEDIUM')
bpy.ops.hitem3d.import_result('EXEC_DEFAULT', True, wait=True, hide_source=True)
"""
"""The demo's robot alone, in parts."""
TASK_ID = "bpy.data.objects[{name!r}].get('hitem3d_task_id', '')"


def press(window: BlenderWindow, source: str = "ACTIVE", *, again: bool = True) -> None:
    """Press the button; with several tasks to pay, say yes. ``again``: the same model may have been sent before."""
    window.run(PRESS.format(source=source, again=again))
    if source == "EACH":
        time.sleep(0.7)
        window.keys("RET")


def import_parts(window: BlenderWindow) -> None:
    window.run("bpy.ops.hitem3d.import_result('INVOKE_DEFAULT', True)")


def task_id(window: BlenderWindow, name: str = "Cube") -> str:
    return str(window.until(TASK_ID.format(name=name)))


def rows(home: Path) -> list[Task]:
    with TaskStore(home) as store:
        return store.tasks()


def wait_for(home: Path, *states: TaskState, seconds: float = 60.0) -> list[Task]:
    """Wait until every task is in one of these states."""

    def there() -> list[Task]:
        tasks = rows(home)
        return tasks if tasks and all(task.state in states for task in tasks) else []

    return list(until(there, f"{states}", seconds))


def agents(home: Path) -> list[psutil.Process]:
    """The agents of this test that are alive; a zombie has ended. Their last word is where their Blender lives."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        words = process.info["cmdline"] or [""]
        ours = any("hitem3d_core" in word for word in words) and str(home.parent) in words[-1]
        if ours and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def add_heavy_model(window: BlenderWindow) -> None:
    """An upload of 18 MB, more than the sockets between the agent and the sandbox swallow at once."""
    window.run("bpy.ops.mesh.primitive_grid_add(x_subdivisions=700, y_subdivisions=700)")
    window.run("bpy.context.active_object.name = 'Heavy'")
