# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second task of an object that is refused takes nothing away: the object has its earlier task, until it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import bpy
import pytest
from sandbox.process import Sandbox

from hitem3d_addon.background import sync
from hitem3d_addon.core.errors import CancelledError, CreditsError, Hitem3DError
from hitem3d_addon.core.task import SegmentationRequest, Task
from hitem3d_addon.core.tasks.rows import failure_fields
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.values import TaskState
from hitem3d_addon.send import submission
from hitem3d_addon.session import connection
from hitem3d_addon.session.board import board
from hitem3d_addon.session.lookup import task_of
from hitem3d_addon.session.record import read_record, task_id_of, uid_of

ANOTHER_SERVICE = "https://another.example.org"
"""Not the one that is set, so that no agent works on the tasks: the tests say what has become of them."""
REFUSED = CreditsError("There are not enough credits.")


@pytest.fixture
def store(addon: None, home: Path, sandbox: Sandbox) -> Iterator[TaskStore]:
    with TaskStore(home) as store:
        yield store


def add_cube(name: str = "Cube") -> bpy.types.Object:
    bpy.ops.mesh.primitive_cube_add()
    bpy.context.object.name = name
    return bpy.context.object


def press(store: TaskStore, *objects: bpy.types.Object) -> Task:
    """What the button does, for the objects as one model; the task then waits for an agent."""
    current = connection.current()
    asked = SegmentationRequest()
    (one,) = submission.prepare(bpy.context, current, asked, source=[list(objects)], include_materials=False)
    task = one.enlist(store, api_url=ANOTHER_SERVICE, again=True)
    board.take_over(task)
    sync.take_news()
    return task


def accept(store: TaskStore, task: Task, task_id: str, state: TaskState = TaskState.DONE) -> None:
    store.update(task.uid, state=state, task_id=task_id, error=None, error_kind="")
    sync.take_news()


def refuse(store: TaskStore, task: Task, error: Hitem3DError = REFUSED, state: TaskState = TaskState.FAILED) -> None:
    store.update(task.uid, state=state, **failure_fields(error))
    sync.take_news()


def change(store: TaskStore, task: Task, state: TaskState) -> None:
    store.update(task.uid, state=state, error=None, error_kind="")
    sync.take_news()


def is_about(obj: bpy.types.Object, task: Task, task_id: str) -> bool:
    """Whether everything agrees that this is the object's task: the id, the record, the panel."""
    record, seen = read_record(obj), board.find_task(obj)
    assert record and seen
    return (task_id_of(obj), record.uid, uid_of(obj), seen.uid) == (task_id, task.uid, task.uid, task.uid)


@pytest.mark.parametrize(
    ("state", "error"),
    [
        (TaskState.FAILED, REFUSED),
        (TaskState.PENDING, CreditsError("The model waits for API credits.")),
        (TaskState.CANCELLED, CancelledError("Stopped before it was sent; nothing was charged.")),
    ],
)
def test_the_earlier_task_is_given_back_and_send_again_works(
    store: TaskStore, state: TaskState, error: Hitem3DError
) -> None:
    cube = add_cube()
    first = press(store, cube)
    accept(store, first, "segmentation_1")
    at_first = read_record(cube)
    cube.location.x = 5
    second = press(store, cube)
    assert is_about(cube, second, ""), "while it may still be sent, the new task counts"
    refuse(store, second, error, state)
    assert is_about(cube, first, "segmentation_1")
    assert read_record(cube) == at_first, "its parts go where the object was when it was sent"
    assert str(error) in str(board.problem)
    assert board.list_objects() == {first.uid: [cube], second.uid: [cube]}

    change(store, second, TaskState.PENDING)  # Send Again
    assert is_about(cube, second, "")
    change(store, second, TaskState.SENDING)
    change(store, second, TaskState.UNCERTAIN)
    assert is_about(cube, second, ""), "it may have been paid for"
    refuse(store, second)
    assert is_about(cube, first, "segmentation_1")
    accept(store, second, "segmentation_2")
    assert is_about(cube, second, "segmentation_2")
    accept(store, second, "segmentation_2", TaskState.FAILED)
    assert is_about(cube, second, "segmentation_2"), "at the service it is a task all the same"
    cube["hitem3d_task_id"] = "segmentation_1"
    change(store, second, TaskState.WORKING)
    assert is_about(cube, first, "segmentation_1"), "what a script has set stays"


def test_one_refusal_after_another(store: TaskStore) -> None:
    cube = add_cube()
    first = press(store, cube)
    accept(store, first, "segmentation_1")
    for _ in range(2):
        refuse(store, press(store, cube))
        assert is_about(cube, first, "segmentation_1")
    waiting, last = press(store, cube), press(store, cube)
    refuse(store, waiting)
    assert is_about(cube, last, "")
    refuse(store, last)
    assert is_about(cube, first, "segmentation_1")
    accept(store, waiting, "segmentation_2")
    assert is_about(cube, first, "segmentation_1"), "the last press counts, as it does without an earlier task"
    store.forget(last.uid)
    sync.take_news()
    assert is_about(cube, first, "segmentation_1")


def test_an_object_without_an_earlier_task_keeps_the_refused_one(store: TaskStore) -> None:
    cube = add_cube()
    task = press(store, cube)
    refuse(store, task)
    assert is_about(cube, task, "")
    assert board.problem is None


def test_objects_of_one_task_have_each_their_own_earlier_one(store: TaskStore) -> None:
    cubes = [add_cube(), add_cube("Other"), add_cube("New")]
    tasks = [press(store, cube) for cube in cubes[:2]]
    for number, task in enumerate(tasks):
        accept(store, task, f"segmentation_{number}")
    together = press(store, *cubes)
    refuse(store, together)
    for number, task in enumerate(tasks):
        assert is_about(cubes[number], task, f"segmentation_{number}")
    assert is_about(cubes[2], together, "")
    change(store, together, TaskState.PENDING)
    assert all(is_about(cube, together, "") for cube in cubes)
    accept(store, together, "segmentation_9")
    assert all(is_about(cube, together, "segmentation_9") for cube in cubes)


def test_after_undo_and_redo(store: TaskStore) -> None:
    cube = add_cube()
    first = press(store, cube)
    accept(store, first, "segmentation_1")
    bpy.ops.ed.undo_push(message="before")
    second = press(store, cube)
    bpy.context.object.location.x = 3
    bpy.ops.ed.undo_push(message="moved")
    refuse(store, second)
    for step in (bpy.ops.ed.undo, bpy.ops.ed.redo):
        step()
        assert is_about(bpy.data.objects["Cube"], first, "segmentation_1")
    accept(store, second, "segmentation_2")
    for step in (bpy.ops.ed.undo, bpy.ops.ed.redo):
        step()
        assert is_about(bpy.data.objects["Cube"], second, "segmentation_2")


def test_after_save_and_reload_here_and_elsewhere(store: TaskStore, tmp_path: Path) -> None:
    """Saved while the new task was under way; it is refused while no Blender is open."""
    cube = add_cube()
    first = press(store, cube)
    accept(store, first, "segmentation_1")
    at_first = read_record(cube)
    second = press(store, cube)
    file = str(tmp_path / "cube.blend")
    bpy.ops.wm.save_as_mainfile(filepath=file)
    store.update(second.uid, state=TaskState.FAILED, **failure_fields(REFUSED))
    bpy.ops.wm.open_mainfile(filepath=file)
    sync.take_news()
    cube = bpy.data.objects["Cube"]
    assert is_about(cube, first, "segmentation_1") and read_record(cube) == at_first
    bpy.ops.wm.save_as_mainfile(filepath=file)
    store.update(second.uid, state=TaskState.WORKING, task_id="segmentation_2")
    bpy.ops.wm.open_mainfile(filepath=file)
    sync.take_news()
    assert is_about(bpy.data.objects["Cube"], second, "segmentation_2")


def test_a_script_finds_the_earlier_task_in_the_file(store: TaskStore, tmp_path: Path) -> None:
    """In another process, which has not seen the refusal: the list says it."""
    cube = add_cube()
    first = press(store, cube)
    accept(store, first, "segmentation_1")
    second = press(store, cube)
    store.update(second.uid, state=TaskState.FAILED, **failure_fields(REFUSED))
    assert task_of(store, ANOTHER_SERVICE, cube).uid == first.uid
    assert task_id_of(cube) == "segmentation_1"
    store.update(second.uid, state=TaskState.PENDING, error=None, error_kind="")
    assert task_of(store, ANOTHER_SERVICE, cube).uid == second.uid
    store.forget(second.uid)
    assert task_of(store, ANOTHER_SERVICE, cube).uid == first.uid
