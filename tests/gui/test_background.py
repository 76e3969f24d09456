# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Segmenting from a real window while Blender stays free: undo, files, quitting, and Blender killed at any moment."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from blender.window import BlenderWindow, until
from sandbox.process import Sandbox
from tasks_in_a_window import PRESS, TASK_ID, add_heavy_model, agents, import_parts, press, rows, task_id, wait_for

from hitem3d_addon.core.values import TaskState

OpenWindow = Callable[..., BlenderWindow]


def test_from_the_press_to_the_parts(window: BlenderWindow, sandbox: Sandbox, home: Path) -> None:
    sandbox.behave(seconds=2)
    press(window)
    identity = task_id(window)
    wait_for(home, TaskState.DONE)
    import_parts(window)
    assert window.until("len(bpy.data.collections['Cube parts'].objects)") >= 2
    window.run("bpy.ops.ed.undo()")
    assert window.run("result = 'Cube parts' in bpy.data.collections") is False
    assert window.run(f"result = {TASK_ID.format(name='Cube')}") == identity
    assert sandbox.counts()["tasks_created"] == 1


def test_what_a_user_does_meanwhile(window: BlenderWindow, sandbox: Sandbox, home: Path, folder: Path) -> None:
    """Undo, redo, rename, duplicate, delete and undo, save, load another file, come back, import."""
    sandbox.behave(seconds=600)
    window.run("bpy.ops.transform.translate('EXEC_DEFAULT', True, value=(1, 0, 0))")
    press(window)
    identity = task_id(window)
    for step in ("undo", "redo", "undo", "redo"):
        window.run(f"bpy.ops.ed.{step}()")
        assert window.until(TASK_ID.format(name="Cube")) == identity, step
    window.run("bpy.data.objects['Cube'].name = 'Renamed'; bpy.ops.ed.undo_push(message='Rename')")
    window.run("bpy.ops.object.duplicate('EXEC_DEFAULT', True)")
    assert window.run(f"result = {TASK_ID.format(name='Renamed.001')}") == identity
    window.run("bpy.ops.object.select_all('EXEC_DEFAULT', True, action='SELECT')")
    window.run("bpy.ops.object.delete('EXEC_DEFAULT', True)")
    assert window.run("result = 'Renamed' in bpy.data.objects") is False
    window.run("bpy.ops.ed.undo()")
    assert window.until(TASK_ID.format(name="Renamed")) == identity
    file = folder / "scene.blend"
    window.run(f"bpy.ops.wm.save_as_mainfile(filepath={str(file)!r})")
    window.run("bpy.ops.wm.read_homefile(app_template='')")
    sandbox.behave(seconds=0)
    wait_for(home, TaskState.DONE)
    window.run(f"bpy.ops.wm.open_mainfile(filepath={str(file)!r})")
    window.run("bpy.context.view_layer.objects.active = bpy.data.objects['Renamed']")
    import_parts(window)
    assert window.until("len(bpy.data.collections['Renamed parts'].objects)") >= 2
    assert sandbox.counts()["tasks_created"] == 1


def test_saved_before_the_id_came(open_window: OpenWindow, sandbox: Sandbox, home: Path, folder: Path) -> None:
    """Save, quit while the model is being sent, come back: the id is on the object."""
    sandbox.behave(upload_rate=800_000, seconds=0.5)
    window = open_window()
    add_heavy_model(window)
    press(window)
    file = folder / "scene.blend"
    window.run(f"bpy.ops.wm.save_as_mainfile(filepath={str(file)!r})")
    assert window.run(f"result = {TASK_ID.format(name='Heavy')}") == ""
    window.quit()
    until(lambda: not agents(home), "the agent's end", 120)
    (task,) = rows(home)
    assert task.task_id == sandbox.counts()["tasks"][0]["task_id"]
    sandbox.behave(upload_rate=0)
    window = open_window(str(file))
    assert task_id(window, "Heavy") == task.task_id
    wait_for(home, TaskState.DONE, seconds=90)
    assert sandbox.counts()["tasks_created"] == 1


def upload_begun(home: Path, sandbox: Sandbox) -> bool:
    return any(task.state is TaskState.SENDING for task in rows(home))


KILLS = {
    "before the request": ({}, lambda home, sandbox: bool(rows(home))),
    "mid-body": ({"upload_rate": 3_000_000}, upload_begun),
    "body sent, no answer yet": (
        {"faults": [{"on": "create-task", "when": "created", "do": "pass", "stall": 4}]},
        lambda home, sandbox: sandbox.counts()["tasks_created"],
    ),
    "answered, not stamped": ({"seconds": 600}, lambda home, sandbox: any(task.task_id for task in rows(home))),
    "mid-download": (
        {"download_rate": 1_000_000, "seconds": 0},
        lambda home, sandbox: sandbox.counts()["requests"]["result"] > 0,
    ),
}


@pytest.mark.parametrize("moment", KILLS)
def test_blender_is_killed(open_window: OpenWindow, sandbox: Sandbox, home: Path, moment: str) -> None:
    """kill -9 at each step, then a restart: created at most once, and its id is in the store. Polling: test_crash."""
    behaviour, reached = KILLS[moment]
    sandbox.behave(**behaviour)
    window = open_window()
    if moment in ("mid-body", "mid-download"):
        add_heavy_model(window)
    press(window)
    until(lambda: reached(home, sandbox), moment, 120)
    window.kill()
    until(lambda: not agents(home), "the agent's end", 60)
    sandbox.behave(upload_rate=0, download_rate=0, seconds=0)
    window = open_window()
    (task,) = wait_for(home, TaskState.DONE, TaskState.UNCERTAIN, seconds=120)
    counts = sandbox.counts()
    assert counts["tasks_created"] == counts["requests"]["create-task"] == 1
    assert task.task_id == counts["tasks"][0]["task_id"]
    assert task.state is TaskState.DONE


def test_the_agent_is_killed_and_started_again(window: BlenderWindow, sandbox: Sandbox, home: Path) -> None:
    sandbox.behave(seconds=600)
    press(window)
    task_id(window)
    (agent,) = agents(home)
    agent.kill()
    sandbox.behave(seconds=0)
    wait_for(home, TaskState.DONE)
    assert len(agents(home)) == 1
    assert sandbox.counts()["tasks_created"] == 1


def test_repeating_and_redoing_submit_nothing(window: BlenderWindow, sandbox: Sandbox, home: Path) -> None:
    window.run("bpy.ops.transform.translate('EXEC_DEFAULT', True, value=(1, 0, 0))")
    press(window)
    task_id(window)
    wait_for(home, TaskState.DONE)
    window.move(600, 500)
    window.keys("SHIFT+R", "F9", "ESC")
    window.run("bpy.ops.ed.undo()")
    window.run("bpy.ops.ed.redo()")
    window.keys("SHIFT+R")
    assert len(rows(home)) == 1
    assert sandbox.counts()["requests"]["create-task"] == 1


def test_two_blenders_and_a_hundred_objects(open_window: OpenWindow, sandbox: Sandbox, home: Path) -> None:
    sandbox.behave(seconds=0.2, task_limit=20, credits=100_000)
    windows = [open_window(), open_window()]
    for window in windows:
        window.run(
            "for n in range(50):\n"
            "    copy = bpy.data.objects['Cube'].copy(); bpy.context.collection.objects.link(copy)\n"
            "    copy.select_set(True)\n"
            "bpy.data.objects['Cube'].select_set(False)"
        )
        press(window, "EACH")
    wait_for(home, TaskState.DONE, seconds=240)
    counts = sandbox.counts()
    assert counts["tasks_created"] == counts["requests"]["create-task"] - counts["refusals"].get("429", 0) == 100
    for window in windows:
        window.until("len({obj.get('hitem3d_task_id') for obj in bpy.data.objects} - {None}) == 50")


def test_disabling_leaves_nothing_behind(window: BlenderWindow, sandbox: Sandbox, home: Path) -> None:
    sandbox.behave(seconds=600)
    press(window)
    task_id(window)
    window.run(
        "before = len(bpy.app.handlers.undo_post)\n"
        "bpy.ops.preferences.addon_disable(module='bl_ext.user_default.hitem3d')"
    )
    until(lambda: not agents(home), "the agent's end", 10)
    left = window.run(
        "import sys\n"
        "handlers = [h for name in dir(bpy.app.handlers) if isinstance(hs := getattr(bpy.app.handlers, name), list)"
        " for h in hs if 'hitem3d' in h.__module__]\n"
        "types = [name for name in dir(bpy.types) if 'hitem3d' in name.lower()]\n"
        "result = [len(handlers), types, 'hitem3d' in dir(bpy.ops) and dir(bpy.ops.hitem3d)]"
    )
    assert left == [0, [], False] or left == [0, [], []]


def test_the_parts_are_imported_when_they_arrive(window: BlenderWindow, sandbox: Sandbox, home: Path) -> None:
    """With the preference on; but not while the user is in Edit Mode. It is one undo step."""
    sandbox.behave(seconds=2)
    window.run("bpy.context.preferences.addons['bl_ext.user_default.hitem3d'].preferences.auto_import = True")
    press(window)
    window.run("bpy.ops.object.mode_set('EXEC_DEFAULT', True, mode='EDIT')")
    wait_for(home, TaskState.DONE)
    time.sleep(1)
    assert window.run("result = 'Cube parts' in bpy.data.collections") is False
    window.run("bpy.ops.object.mode_set('EXEC_DEFAULT', True, mode='OBJECT')")
    window.until("'Cube parts' in bpy.data.collections")
    window.run("bpy.ops.ed.undo()")
    assert window.run("result = 'Cube parts' in bpy.data.collections") is False


SOAK_SECONDS = float(os.environ.get("SOAK_SECONDS", "20"))


@pytest.mark.timeout(SOAK_SECONDS + 300)
def test_a_soak(open_window: OpenWindow, sandbox: Sandbox, home: Path, folder: Path) -> None:
    """Uploads, undo, redo, file loads and stops at random; set SOAK_SECONDS for longer than the 20 s of every day."""
    sandbox.behave(seconds=1, task_limit=1000, credits=1_000_000)
    window = open_window()
    file = folder / "soak.blend"
    window.run(f"bpy.ops.wm.save_as_mainfile(filepath={str(file)!r})")
    dice = random.Random(1)
    end = time.monotonic() + SOAK_SECONDS
    stops = (
        "import sys\n"
        "known = next(m for n, m in sys.modules.items() if n.endswith('hitem3d.session.board')).board\n"
        "for uid in list(known.tasks)[-2:]:\n"
        "    bpy.ops.hitem3d.cancel_task('INVOKE_DEFAULT', uid=uid)"
    )
    undo = "bpy.ops.ed.undo.poll() and bpy.ops.ed.undo()"
    redo = "bpy.ops.ed.redo.poll() and bpy.ops.ed.redo()"
    move = "bpy.ops.transform.translate('EXEC_DEFAULT', True, value=(0.1, 0, 0))"
    active = (
        "cube = bpy.data.objects['Cube']\n"
        "cube.hide_set(False)\n"  # as an import leaves it
        "bpy.ops.object.select_all('EXEC_DEFAULT', False, action='DESELECT')\n"
        "bpy.context.view_layer.objects.active = cube\n"
        "cube.select_set(True)"
    )
    imports = (
        "if 'hitem3d_task_id' in (bpy.context.active_object or ()):\n"
        "    bpy.ops.hitem3d.import_result('INVOKE_DEFAULT', True)"
    )
    while time.monotonic() < end:
        step = dice.choice(["press", "press", undo, redo, move, stops, imports, "load", "save"])
        if step == "press":
            # In one step: between two, an import that runs could hide the cube again.
            window.run(active + "\n" + PRESS.format(source="ACTIVE", again=True))
        elif step == "load":
            window.run(f"bpy.ops.wm.open_mainfile(filepath={str(file)!r})")
        elif step == "save":
            window.run(f"bpy.ops.wm.save_as_mainfile(filepath={str(file)!r})")
        else:
            window.run(step)
        time.sleep(dice.random() * 0.5)
    wait_for(home, TaskState.DONE, TaskState.CANCELLED, TaskState.FAILED, seconds=120)
    at = window.log.find("Traceback")
    assert at < 0, window.log[at : at + 3000]
    assert len(agents(home)) <= 1
    assert window.quit() == 0
    until(lambda: not agents(home), "the agent's end", 20)
    tasks = rows(home)
    assert not [task for task in tasks if task.state is TaskState.FAILED]
    counts = sandbox.counts()
    assert counts["tasks_created"] == counts["requests"]["create-task"] - counts["uploads_aborted"]
    assert {task["task_id"] for task in counts["tasks"]} == {task.task_id for task in tasks} - {""}
    assert not list(home.glob("jobs/*/*.part"))
    assert not list(home.glob("owners/*"))
