# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operators as a script calls them: submit, ask, import."""

from __future__ import annotations

from pathlib import Path

import bmesh
import bpy
import numpy as np
import pytest
from operated import add_model, fails
from sandbox.process import Sandbox

from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.values import TaskState
from hitem3d_addon.session.record import read_record, task_id_of

pytestmark = pytest.mark.usefixtures("addon")


def world_corners(objects: list[bpy.types.Object]) -> np.ndarray:
    """(n, 3) all vertices in the world, sorted so that two sets can be compared."""
    bpy.context.view_layer.update()
    rows = [tuple(obj.matrix_world @ vertex.co) for obj in objects for vertex in obj.data.vertices]
    return np.unique(np.round(rows, 4), axis=0)


def parts_of(obj: bpy.types.Object) -> list[bpy.types.Object]:
    return list(bpy.data.collections[f"{obj.name} parts"].objects)


def test_the_main_job(sandbox: Sandbox, home: Path) -> None:
    obj = add_model()
    assert bpy.ops.hitem3d.create_task(seg_level="HIGH") == {"FINISHED"}
    (task,) = sandbox.counts()["tasks"]
    assert obj["hitem3d_task_id"] == task["task_id"]
    assert (task["seg_level"], task["format"]) == ("high", 2)
    assert bpy.ops.hitem3d.query_task() == {"FINISHED"}
    assert bpy.ops.hitem3d.import_result(wait=True) == {"FINISHED"}
    parts = parts_of(obj)
    assert len(parts) >= 2
    assert sum(len(part.data.polygons) for part in parts) == sum(len(p.vertices) - 2 for p in obj.data.polygons)
    np.testing.assert_allclose(world_corners(parts), world_corners([obj]), atol=2e-4)
    assert not list(home.glob("jobs/*/mesh.glb"))
    assert bpy.ops.hitem3d.query_task() == {"FINISHED"}


def test_the_parts_go_where_the_object_is_now() -> None:
    obj = add_model()
    bpy.ops.hitem3d.create_task()
    obj.location.x += 10
    obj.rotation_euler.z += 1
    obj.scale.z = 2
    bpy.ops.hitem3d.import_result(wait=True)
    np.testing.assert_allclose(world_corners(parts_of(obj)), world_corners([obj]), atol=2e-4)


def test_another_machine_has_only_the_file(
    home: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    obj = add_model()
    bpy.ops.hitem3d.create_task()
    file = tmp_path / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(file))
    monkeypatch.setenv("HITEM3D_HOME", str(tmp_path / "elsewhere"))
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.wm.open_mainfile(filepath=str(file))
    obj = bpy.data.objects["Model"]
    bpy.context.view_layer.objects.active = obj
    bpy.ops.hitem3d.import_result(wait=True)
    np.testing.assert_allclose(world_corners(parts_of(obj)), world_corners([obj]), atol=2e-4)


def test_a_script_sets_the_task_id() -> None:
    obj = add_model()
    bpy.ops.hitem3d.create_task()
    task_id = obj["hitem3d_task_id"]
    other = add_model("Other")
    other["hitem3d_task_id"] = task_id
    bpy.ops.hitem3d.import_result(wait=True)
    assert parts_of(other)


def test_each_selected_object_is_a_task(sandbox: Sandbox) -> None:
    objects = [add_model(name) for name in ("A", "B", "C")]
    for number, obj in enumerate(objects):
        obj.data.vertices[0].co.z += number  # the same model would be one task
    bpy.ops.object.light_add()
    bpy.ops.object.select_all(action="SELECT")
    bpy.ops.hitem3d.create_task(source="EACH")
    ids = [obj["hitem3d_task_id"] for obj in objects]
    assert sorted(ids) == sorted(task["task_id"] for task in sandbox.counts()["tasks"])
    assert len(set(ids)) == 3


def test_the_selection_as_one_model(sandbox: Sandbox) -> None:
    first, second = add_model("First"), add_model("Second")
    first.location.x -= 5
    bpy.ops.object.select_all(action="SELECT")
    bpy.ops.hitem3d.create_task(source="TOGETHER")
    (task,) = sandbox.counts()["tasks"]
    assert first["hitem3d_task_id"] == second["hitem3d_task_id"] == task["task_id"]
    first.location.y += 7
    bpy.context.view_layer.objects.active = second
    bpy.ops.hitem3d.import_result(wait=True)
    first.location.y -= 7
    np.testing.assert_allclose(world_corners(parts_of(second)), world_corners([first, second]), atol=2e-4)


def test_a_model_in_the_web_goes_on_a_new_empty(sandbox: Sandbox, tmp_path: Path) -> None:
    add_model()
    bpy.ops.hitem3d.create_task()
    url = f"{sandbox.url}/sandbox/meshes/{sandbox.counts()['tasks'][0]['task_id']}"
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.hitem3d.create_task(mesh_url=url)
    empty = bpy.context.view_layer.objects.active
    assert (empty.type, task_id_of(empty)) == ("EMPTY", sandbox.counts()["tasks"][1]["task_id"])
    bpy.ops.hitem3d.import_result(wait=True)
    assert parts_of(empty)


def test_edit_mode_is_kept_and_its_changes_are_sent(sandbox: Sandbox) -> None:
    obj = add_model()
    bpy.ops.object.mode_set(mode="EDIT")
    mesh = bmesh.from_edit_mesh(obj.data)
    for vertex in mesh.verts:
        vertex.co.z *= 3
    bmesh.update_edit_mesh(obj.data)
    bpy.ops.hitem3d.create_task()
    assert bpy.context.mode == "EDIT_MESH"
    assert bpy.ops.hitem3d.import_result(wait=True) == {"FINISHED"}
    assert bpy.context.mode == "EDIT_MESH"
    bpy.ops.object.mode_set(mode="OBJECT")
    np.testing.assert_allclose(world_corners(parts_of(obj)), world_corners([obj]), atol=2e-4)


def test_nothing_else_changes() -> None:
    other = add_model("Other")
    obj = add_model()
    obj.select_set(False)
    other.select_set(True)
    before = (set(bpy.data.objects), set(bpy.data.meshes), set(bpy.data.scenes), bpy.context.mode)
    bpy.ops.hitem3d.create_task()
    assert (set(bpy.data.objects), set(bpy.data.meshes), set(bpy.data.scenes), bpy.context.mode) == before
    assert bpy.context.selected_objects == [other]
    assert bpy.context.view_layer.objects.active == obj


def test_importing_twice_clobbers_nothing() -> None:
    obj = add_model()
    bpy.ops.hitem3d.create_task()
    bpy.ops.hitem3d.import_result(wait=True)
    first = parts_of(obj)
    bpy.ops.hitem3d.import_result()
    assert len(bpy.data.collections) == 2
    assert parts_of(obj) == first


def test_a_refusal_leaves_the_earlier_task_on_the_object(sandbox: Sandbox) -> None:
    obj = add_model()
    bpy.ops.hitem3d.create_task()
    earlier = (task_id_of(obj), read_record(obj).uid)
    sandbox.behave(faults=[{"on": "create-task", "do": "answer", "code": 30010000}])
    assert "API credits" in fails(bpy.ops.hitem3d.create_task, again=True)
    assert (task_id_of(obj), read_record(obj).uid) == earlier


def test_the_same_model_is_paid_for_once(sandbox: Sandbox, home: Path) -> None:
    """Whatever it is called and wherever it stands; another level, or again=True, is a new task."""
    obj = add_model()
    bpy.ops.hitem3d.create_task()
    obj.name, obj.location.x = "Renamed", 9
    assert bpy.ops.hitem3d.create_task() == {"FINISHED"}
    assert sandbox.counts()["tasks_created"] == 1
    assert task_id_of(obj) == sandbox.counts()["tasks"][0]["task_id"]
    bpy.ops.hitem3d.import_result(wait=True)
    np.testing.assert_allclose(world_corners(parts_of(obj)), world_corners([obj]), atol=2e-4)
    bpy.ops.hitem3d.create_task(seg_level="LOW")
    assert sandbox.counts()["tasks_created"] == 2
    bpy.ops.hitem3d.create_task(again=True)
    assert sandbox.counts()["tasks_created"] == 3
    assert not list(home.glob("jobs/*/mesh.glb"))


def test_copies_of_one_model_share_a_task_and_have_parts_of_their_own(sandbox: Sandbox) -> None:
    first, second = add_model("First"), add_model("Second")
    second.location.x += 5
    bpy.ops.object.select_all(action="SELECT")
    bpy.ops.hitem3d.create_task(source="EACH")
    assert sandbox.counts()["tasks_created"] == 1
    for obj in (first, second):
        bpy.context.view_layer.objects.active = obj
        bpy.ops.hitem3d.import_result(wait=True, replace=True)
    for obj in (first, second):
        np.testing.assert_allclose(world_corners(parts_of(obj)), world_corners([obj]), atol=2e-4)


def test_importing_again_replaces(sandbox: Sandbox) -> None:
    obj = add_model()
    bpy.ops.hitem3d.create_task()
    bpy.ops.hitem3d.import_result(wait=True)
    names = sorted(bpy.data.objects.keys())
    counts = (len(bpy.data.meshes), len(bpy.data.collections))
    bpy.ops.hitem3d.import_result(replace=True)
    assert sorted(bpy.data.objects.keys()) == names
    assert (len(bpy.data.meshes), len(bpy.data.collections)) == counts
    assert parts_of(obj)


def test_a_lost_answer_is_said_and_not_sent_again(sandbox: Sandbox, home: Path) -> None:
    obj = add_model()
    sandbox.behave(faults=[{"on": "create-task", "when": "created", "do": "cut"}])
    assert "may have been created" in fails(bpy.ops.hitem3d.create_task)
    assert task_id_of(obj) == ""
    with TaskStore(home) as store:
        task = store.get(read_record(obj).uid)
    assert task.state is TaskState.UNCERTAIN
    assert "may have been created" in fails(bpy.ops.hitem3d.query_task)
    task_id = sandbox.counts()["tasks"][0]["task_id"]
    assert bpy.ops.hitem3d.give_task_id(uid=task.uid, task_id=task_id) == {"FINISHED"}
    assert obj["hitem3d_task_id"] == task_id
    assert bpy.ops.hitem3d.import_result(wait=True) == {"FINISHED"}


def test_not_ready_changes_nothing(sandbox: Sandbox) -> None:
    sandbox.behave(seconds=600)
    add_model()
    bpy.ops.hitem3d.create_task()
    before = set(bpy.data.objects)
    assert "not ready" in fails(bpy.ops.hitem3d.import_result)
    assert "not ready after" in fails(bpy.ops.hitem3d.import_result, wait=True, timeout=0.5)
    assert set(bpy.data.objects) == before


def test_the_connection_test(capfd: pytest.CaptureFixture[str]) -> None:
    bpy.ops.hitem3d.test_connection()
    assert "1000 API credits left" in capfd.readouterr().out
