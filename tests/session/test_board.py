# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the panels show of many tasks, and how often progress is drawn."""

from __future__ import annotations

from collections.abc import Iterator

import bpy
import pytest

from hitem3d_addon.background import handlers
from hitem3d_addon.background.pace import OFTEN, SELDOM, DrawingPace
from hitem3d_addon.core.choices import ImportOptions
from hitem3d_addon.core.task import SegmentationRequest, Task
from hitem3d_addon.core.values import TaskState
from hitem3d_addon.session import board as module
from hitem3d_addon.session.board import board


@pytest.fixture(autouse=True)
def listening() -> Iterator[None]:
    module.register()
    yield
    module.unregister()


def task(number: int, state: TaskState, *, took: int = 0) -> Task:
    known = Task(f"{number:032x}", f"task {number}", "https://h", SegmentationRequest(), state, created=100 + number)
    known = known._replace(task_id=f"id-{number}")
    return known._replace(submitted=200, finished=200 + took) if took else known


def object_with(task_id: str, name: str) -> bpy.types.Object:
    obj = bpy.data.objects.new(name, None)
    bpy.context.scene.collection.objects.link(obj)
    obj["hitem3d_task_id"] = task_id
    bpy.context.view_layer.update()
    return obj


def test_unfinished_tasks_come_first_and_the_newest_of_them_at_the_top() -> None:
    states = [TaskState.WORKING, TaskState.DONE, TaskState.FAILED, TaskState.DONE, TaskState.DONE]
    tasks = [task(number, state) for number, state in enumerate(states)]
    board.take_over(*tasks)
    for one in tasks[:4]:
        object_with(one.task_id, one.name)
    shown = board.shown()
    assert list(shown.names.values()) == ["task 2", "task 0", "task 3", "task 1"]
    assert shown.others == [tasks[4].uid]


def test_what_is_shown_follows_the_objects_and_the_tasks() -> None:
    first, second = task(0, TaskState.WORKING), task(1, TaskState.WORKING)
    board.take_over(first)
    obj = object_with(first.task_id, "before")
    assert list(board.shown().names.values()) == ["before"]
    obj.name = "after"
    bpy.context.view_layer.update()
    assert list(board.shown().names.values()) == ["after"]
    board.take_over(second)
    assert board.shown().others == [second.uid]
    obj["hitem3d_task_id"] = second.task_id  # by a script: Blender tells nobody
    assert list(board.shown(second).names) == [second.uid]
    bpy.data.objects.remove(obj)
    bpy.context.view_layer.update()
    assert board.shown().names == {} and len(board.shown().others) == 2


def test_what_is_to_be_imported_is_forgotten_with_the_file() -> None:
    """An import that was asked for in one file must not land in another."""
    handlers.register()
    board.want_import("uid", ImportOptions())
    bpy.ops.wm.read_homefile()
    assert board.wanted == {}
    board.want_import("uid", ImportOptions())
    handlers.unregister()
    module.unregister()
    assert board.wanted == {}
    module.register()


def test_usually_leaves_out_hours_when_blender_was_closed() -> None:
    """The end is noticed late then: such a duration says nothing of the service. Neither does a clock set back."""
    assert board.shown().usual_duration == 0
    for number, took in enumerate([12, 8000, -3600, 14, 13, 50_000, 900]):
        board.take_over(task(number, TaskState.DONE, took=took))
    assert board.shown().usual_duration == 12


@pytest.mark.parametrize(("took", "pause"), [(0.0, OFTEN), (0.02, OFTEN), (0.1, 2.0), (10.0, SELDOM)])
def test_progress_is_drawn_the_less_often_the_longer_it_takes(took: float, pause: float) -> None:
    now = 100.0
    pace = DrawingPace(lambda: now)
    assert pace.due() and pace.measuring
    now += took
    pace.measure()
    assert not pace.measuring
    now = 100.0 + max(pause, took) - 0.01
    assert pace.due() == (took > pause)
    now = 100.0 + max(pause, took) + 0.01
    assert pace.due() == (took <= pause)
