# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing is paid for by accident, by real presses and keys: several tasks, the same model again, selected parts."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from blender.window import BlenderWindow, until
from sandbox.process import Sandbox
from tasks_in_a_window import agents, import_parts, press, rows, task_id, wait_for

from hitem3d_addon.core.data_folder import new_uid
from hitem3d_addon.core.task import SegmentationRequest, Task
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.values import TaskState

OpenWindow = Callable[..., BlenderWindow]

STATE = (
    "result = [bpy.data.objects['Cube'].hide_get(), sorted(o.name for o in bpy.data.objects if 'part' in o.name),"
    " len(bpy.data.collections)]"
)


def answer(window: BlenderWindow, key: str) -> None:
    time.sleep(1)
    window.keys(key)
    time.sleep(1)


def test_the_same_model_again_asks_first(window: BlenderWindow, sandbox: Sandbox, home: Path) -> None:
    window.move(600, 500)
    press(window, again=False)
    (task,) = wait_for(home, TaskState.DONE)
    window.run("bpy.data.objects['Cube'].location.x += 3; bpy.data.objects['Cube'].name = 'Box'")
    for key in ("ESC", "RET"):  # no answer; then the one that costs nothing
        press(window, again=False)
        answer(window, key)
        assert rows(home)[0].uid == task.uid
        assert sandbox.counts()["requests"]["create-task"] == 1
        assert [folder.name for folder in (home / "jobs").iterdir()] == [task.uid]  # no file of the press is left
    window.run("bpy.context.preferences.addons['bl_ext.user_default.hitem3d'].preferences.seg_level = 'LOW'")
    press(window, again=False)
    until(lambda: len(rows(home)) == 2, "another level is another task")
    assert "Traceback" not in window.log, window.log


def test_a_refused_second_task_leaves_the_first(window: BlenderWindow, sandbox: Sandbox, home: Path) -> None:
    """The parts that were paid for can be imported all the same, and what was refused can be sent again."""
    sandbox.behave(credits=25.0)
    window.move(600, 500)
    press(window)
    (first,) = wait_for(home, TaskState.DONE)
    assert task_id(window) == first.task_id
    window.run("bpy.data.objects['Cube'].scale.z = 2")
    press(window)
    wait_for(home, TaskState.DONE, TaskState.FAILED)
    until(lambda: len(rows(home)) == 2, "both tasks")
    (second,) = [task for task in rows(home) if task.uid != first.uid]
    assert task_id(window) == first.task_id
    import_parts(window)
    assert window.until("[o.name for o in bpy.data.objects if o.get('hitem3d_part')]")
    sandbox.behave(credits=100.0)
    window.run(f"bpy.ops.hitem3d.retry_task('INVOKE_DEFAULT', uid={second.uid!r})")
    answer(window, "RET")
    wait_for(home, TaskState.DONE)
    new_id = next(task.task_id for task in rows(home) if task.uid == second.uid)
    window.until(f"bpy.data.objects['Cube'].get('hitem3d_task_id') == {new_id!r}")
    assert sandbox.counts()["tasks_created"] == 2
    assert "Traceback" not in window.log, window.log


def test_several_tasks_are_asked_about(window: BlenderWindow, sandbox: Sandbox, home: Path) -> None:
    sandbox.behave(seconds=600)
    window.move(600, 500)
    window.run("bpy.ops.mesh.primitive_torus_add()\nbpy.data.objects['Cube'].select_set(True)")
    question = "bpy.ops.hitem3d.create_task('INVOKE_DEFAULT', without_dialog=True, source='EACH')"
    window.run(question)
    answer(window, "ESC")
    assert not home.joinpath("jobs").exists()
    window.run(question)
    answer(window, "RET")
    until(lambda: sandbox.counts()["tasks_created"] == 2, "both tasks")
    wait_for(home, TaskState.WORKING)
    window.run("bpy.ops.hitem3d.cancel_all('INVOKE_DEFAULT')")
    answer(window, "RET")
    wait_for(home, TaskState.CANCELLED)


def test_from_the_import_to_the_original(window: BlenderWindow, sandbox: Sandbox, home: Path) -> None:
    """The original is hidden and comes back; a second import replaces the first; Apply works on what is hidden."""
    window.move(600, 500)
    press(window)
    wait_for(home, TaskState.DONE)
    import_parts(window)
    hidden, parts, collections = window.until(STATE.replace("result = ", "") + " if len(bpy.data.objects) > 4 else 0")
    assert hidden and parts
    window.run("bpy.ops.ed.undo()")
    assert window.run(STATE)[:2] == [False, []]
    window.run("bpy.ops.ed.redo()")
    import_parts(window)
    assert window.run(STATE) == [True, parts, collections]
    place = f"round(bpy.data.objects[{parts[0]!r}].location.x, 3)"
    before = window.run(f"result = {place}")
    window.run(f"bpy.data.objects[{parts[0]!r}].location.x += 1")
    for key, moved in (("ESC", True), ("RET", False)):  # it was changed, so it is asked
        import_parts(window)
        answer(window, key)
        assert (window.run(f"result = {place}") != before) is moved
    window.run("bpy.ops.hitem3d.apply_parts('INVOKE_DEFAULT', True)")
    assert window.run("result = 'hitem3d_part' in bpy.data.objects['Cube'].data.attributes") is True
    assert window.run(STATE) == [False, parts, collections]
    assert window.run(f"result = bpy.data.objects[{parts[0]!r}].hide_get()") is True
    assert sandbox.counts()["tasks_created"] == 1
    assert "Traceback" not in window.log, window.log


def test_without_keys_tasks_can_be_stopped_and_forgotten(open_window: OpenWindow, sandbox: Sandbox, home: Path) -> None:
    """What is over, or was never sent, concerns this computer alone: no request is made."""
    states = (TaskState.PENDING, TaskState.DONE, TaskState.FAILED)
    request = SegmentationRequest(mesh_url=f"{sandbox.url}/model.glb")
    with TaskStore(home) as store:
        for number, state in enumerate(states):
            task_id = "" if state is TaskState.PENDING else f"segmentation_{number}"
            store.add(Task(new_uid(), f"Task {number}", sandbox.url, request, state, 1, task_id=task_id))
        pending, done, _ = store.tasks()
    window = open_window(HITEM3D_TOKEN="")
    window.move(700, 500)
    window.run(f"bpy.ops.hitem3d.cancel_task('INVOKE_DEFAULT', uid={pending.uid!r})")
    assert {task.state for task in rows(home)} == {TaskState.CANCELLED, TaskState.DONE, TaskState.FAILED}
    window.run(f"bpy.ops.hitem3d.forget_task('INVOKE_DEFAULT', uid={done.uid!r})")
    answer(window, "RET")
    assert [task.name for task in rows(home) if task.uid == done.uid] == []
    window.run("bpy.ops.hitem3d.clear_finished_tasks('INVOKE_DEFAULT')")
    answer(window, "RET")
    assert rows(home) == [] and not agents(home)
    assert not any(sandbox.counts()["requests"].values())
    assert "Traceback" not in window.log, window.log


@pytest.mark.parametrize("keys", [True, False])
def test_f3_finds_ours_first(open_window: OpenWindow, sandbox: Sandbox, keys: bool) -> None:
    """ "segment" and Enter: the dialog, or what is missing; never another operator."""
    window = open_window(**({} if keys else {"HITEM3D_TOKEN": ""}))
    window.move(700, 500)
    window.keys("F3")
    window.type("segment")
    time.sleep(0.7)
    window.keys("RET")
    answer(window, "RET" if keys else "ESC")
    assert window.run("result = [len(obj.modifiers) for obj in bpy.data.objects]") == [0, 0, 0]
    until(lambda: sandbox.counts()["tasks_created"] == keys, "the task")
    if not keys:
        assert window.run("result = bpy.ops.hitem3d.create_task.poll()") is True  # greyed out, it could say nothing
        said = "try: bpy.ops.hitem3d.create_task('INVOKE_DEFAULT')\nexcept RuntimeError as error: result = str(error)"
        assert "There are no keys for Hitem3D" in window.run(said)
