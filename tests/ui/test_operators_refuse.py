# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operators say to a script when they can't do what it asks, and that nothing is paid for then."""

from __future__ import annotations

import sys
from pathlib import Path

import bpy
import numpy as np
import pytest
from operated import add_model, fails
from sandbox.process import Sandbox

from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.session import settings
from hitem3d_addon.session.record import read_record
from hitem3d_addon.ui import account

pytestmark = pytest.mark.usefixtures("addon")


def test_no_active_object(sandbox: Sandbox) -> None:
    assert "No object is active" in fails(bpy.ops.hitem3d.create_task)
    assert "Select the objects" in fails(bpy.ops.hitem3d.create_task, source="EACH")


@pytest.mark.parametrize("kind", ["EMPTY", "no faces", "all cut away"])
def test_nothing_with_faces(sandbox: Sandbox, kind: str, home: Path) -> None:
    if kind == "EMPTY":
        bpy.ops.object.empty_add()
    else:
        obj = add_model()
        if kind == "no faces":
            obj.data.clear_geometry()
        else:
            obj.modifiers.new("Mask", "MASK").vertex_group = obj.vertex_groups.new(name="none").name
    said = "no surface" if kind == "EMPTY" else "faces"
    assert said in fails(bpy.ops.hitem3d.create_task)
    assert sandbox.counts()["requests"]["create-task"] == 0
    assert not list(home.glob("jobs/*"))
    assert read_record(bpy.context.active_object) is None


def test_a_linked_object(sandbox: Sandbox, tmp_path: Path) -> None:
    add_model("Linked")
    library = tmp_path / "library.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(library))
    bpy.ops.wm.read_homefile(use_empty=True)
    with bpy.data.libraries.load(str(library), link=True) as (_, wanted):
        wanted.objects = ["Linked"]
    bpy.context.collection.objects.link(wanted.objects[0])
    bpy.context.view_layer.objects.active = wanted.objects[0]
    assert "linked from another file" in fails(bpy.ops.hitem3d.create_task)
    assert sandbox.counts()["requests"]["create-task"] == 0


def test_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HITEM3D_ACCESS_KEY")
    monkeypatch.delenv("HITEM3D_SECRET_KEY")
    add_model()
    assert "no keys" in fails(bpy.ops.hitem3d.create_task)


def test_wrong_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HITEM3D_SECRET_KEY", "sk_wrong")
    add_model()
    text = fails(bpy.ops.hitem3d.create_task)
    assert "does not know this access key" in text
    assert "sk_wrong" not in text


def test_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HITEM3D_API_URL", "https://api.hitem3d.ai")
    add_model()
    assert "nline access is off" in fails(bpy.ops.hitem3d.create_task)


def test_an_address_that_keys_must_not_go_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HITEM3D_API_URL", "http://api.hitem3d.ai")
    add_model()
    assert "https" in fails(bpy.ops.hitem3d.create_task)


def test_too_large(sandbox: Sandbox, home: Path) -> None:
    """20 objects that show the same mesh, so that the test itself stays small."""
    triangles, vertices = 700_000, 200_000
    mesh = bpy.data.meshes.new("Large")
    mesh.vertices.add(vertices)
    mesh.vertices.foreach_set("co", np.random.default_rng(0).random(3 * vertices, np.float32))
    mesh.loops.add(3 * triangles)
    mesh.loops.foreach_set("vertex_index", np.resize(np.arange(vertices, dtype=np.int32), 3 * triangles))
    mesh.polygons.add(triangles)
    mesh.polygons.foreach_set("loop_start", np.arange(0, 3 * triangles, 3, dtype=np.int32))
    mesh.update(calc_edges=True)
    for _ in range(20):
        obj = bpy.data.objects.new("Large", mesh)
        bpy.context.collection.objects.link(obj)
        obj.select_set(True)
    text = fails(bpy.ops.hitem3d.create_task, source="TOGETHER")
    assert "216.0 MB" in text
    assert "200 MB" in text
    assert sandbox.counts()["requests"]["create-task"] == 0
    assert not list(home.glob("jobs/*"))


def test_no_task_on_the_object() -> None:
    add_model()
    assert "has no Hitem3D task" in fails(bpy.ops.hitem3d.import_result)
    assert "has no Hitem3D task" in fails(bpy.ops.hitem3d.query_task)


def test_a_hostile_task_id(sandbox: Sandbox) -> None:
    obj = add_model()
    obj["hitem3d_task_id"] = "../../balance?x=\n"
    assert "Traceback" not in fails(bpy.ops.hitem3d.import_result)
    obj["hitem3d_task_id"] = "../../balance?x="
    assert "does not know this task" in fails(bpy.ops.hitem3d.import_result)
    assert sandbox.counts()["requests"]["balance"] == 0


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX file modes")
def test_the_data_folder_can_t_be_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sandbox: Sandbox) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("HITEM3D_HOME", str(tmp_path / "file" / "home"))
    add_model()
    assert "data folder can't be made" in fails(bpy.ops.hitem3d.create_task)
    assert sandbox.counts()["requests"]["create-task"] == 0


def test_a_bad_address_of_a_model(sandbox: Sandbox) -> None:
    assert "not a web address" in fails(bpy.ops.hitem3d.create_task, mesh_url="ftp://somewhere/model.glb")
    assert not bpy.data.objects


def test_a_task_whose_address_was_wrong_is_moved(sandbox: Sandbox, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was sent to the wrong address; the service that is set now gets it, once."""
    add_model()
    monkeypatch.setenv("HITEM3D_API_URL", "http://127.0.0.1:9")
    fails(bpy.ops.hitem3d.create_task)
    with TaskStore(home) as store:
        (task,) = store.tasks()
    assert not task.task_id
    monkeypatch.setenv("HITEM3D_API_URL", sandbox.url)
    assert "belongs to" in fails(bpy.ops.hitem3d.retry_task, uid=task.uid)
    bpy.ops.hitem3d.move_task(uid=task.uid)
    with TaskStore(home) as store:
        (moved,) = store.tasks()
    assert (moved.uid, moved.task_id) == (task.uid, sandbox.counts()["tasks"][0]["task_id"])
    assert "was sent" in fails(bpy.ops.hitem3d.move_task, uid=task.uid)
    assert sandbox.counts()["requests"]["create-task"] == 1


def test_to_the_local_service_and_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HITEM3D_API_URL")
    preferences = settings.get()
    before = preferences.api_url
    bpy.ops.hitem3d.use_local_service()
    assert account.is_local() and preferences.token
    bpy.ops.hitem3d.use_online_service()
    assert (preferences.api_url, preferences.token, account.is_local()) == (before, "", False)
    preferences.token = "tk_mine"
    bpy.ops.hitem3d.use_online_service()
    assert preferences.token == "tk_mine", "only the local service's own token is taken away"
