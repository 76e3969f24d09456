# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is decided before a model leaves: what goes along, what the studio allows, what helps where it is too large."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest
from sandbox.process import Sandbox

from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.send import preflight
from hitem3d_addon.send.export import Estimate, estimate
from hitem3d_addon.send.preflight import Preflight
from hitem3d_addon.send.selection import find_models
from hitem3d_addon.session import connection, settings
from hitem3d_addon.ui.consent import give, is_needed
from hitem3d_addon.ui.wording import wrapped

pytestmark = pytest.mark.usefixtures("addon")


def add(kind: str = "cube", name: str = "Model", parent: bpy.types.Object | None = None) -> bpy.types.Object:
    getattr(bpy.ops.mesh, f"primitive_{kind}_add")()
    obj = bpy.context.active_object
    obj.name = name
    obj.parent = parent
    return obj


def add_empty(name: str = "Empty") -> bpy.types.Object:
    bpy.ops.object.empty_add()
    bpy.context.active_object.name = name
    return bpy.context.active_object


def select(*objects: bpy.types.Object) -> None:
    bpy.ops.object.select_all(action="DESELECT")
    for obj in objects:
        obj.select_set(True)
    bpy.context.view_layer.objects.active = objects[0]


def refused(**options: object) -> str:
    with pytest.raises(RuntimeError) as caught:
        bpy.ops.hitem3d.create_task(**options)
    return str(caught.value)


def names(source: str, *, include_children: bool = True) -> list[list[str]]:
    return [
        [obj.name for obj in model] for model in find_models(bpy.context, source, include_children=include_children)
    ]


def test_children_go_with_their_parent(sandbox: Sandbox) -> None:
    car = add(name="Car")
    wheel = add("torus", "Wheel", parent=car)
    select(car)
    bpy.ops.hitem3d.create_task(include_children=True)
    (task,) = sandbox.counts()["tasks"]
    assert car["hitem3d_task_id"] == wheel["hitem3d_task_id"] == task["task_id"]


def test_who_goes_with_whom() -> None:
    rig = add_empty("Rig")
    car = add(name="Car", parent=rig)
    hidden = add(name="Hidden", parent=car)
    hidden.hide_set(True)
    wheel, other = add("torus", "Wheel", parent=car), add(name="Other")
    select(rig)
    assert names("ACTIVE") == [["Rig", "Car", "Wheel"]]
    select(car, wheel, other)
    assert names("EACH") == [["Car", "Wheel"], ["Other"]]
    assert names("EACH", include_children=False) == [["Car"], ["Other"], ["Wheel"]]
    assert names("TOGETHER") == [["Car", "Wheel", "Other"]]


def test_an_empty_says_what_to_do(sandbox: Sandbox) -> None:
    rig = add_empty("Rig")
    assert "is an empty, which has no surface" in refused()
    add(name="Car", parent=rig)
    select(rig)
    assert "Turn on Include Children" in refused()
    bpy.ops.object.light_add()
    assert "has no surface. Choose a mesh" in refused()
    assert sandbox.counts()["tasks_created"] == 0


@pytest.mark.parametrize("source", ["ACTIVE", "EACH", "TOGETHER"])
def test_a_collection_instance_goes_as_it_shows(sandbox: Sandbox, source: str) -> None:
    wheels = bpy.data.collections.new("Wheels")
    wheels.objects.link(add(name="Wheel"))
    instance = add_empty("Instance")
    instance.instance_type, instance.instance_collection = "COLLECTION", wheels
    select(instance)
    bpy.ops.hitem3d.create_task(source=source)
    assert instance["hitem3d_task_id"] == sandbox.counts()["tasks"][0]["task_id"]


def test_the_studio_forbids(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add()
    monkeypatch.setenv("HITEM3D_NO_UPLOADS", "1")
    assert "studio does not allow" in refused()
    site = tmp_path / "site.toml"
    site.write_text("uploads = maybe", "utf-8")
    monkeypatch.delenv("HITEM3D_NO_UPLOADS")
    monkeypatch.setenv("HITEM3D_SITE", str(site))
    assert "studio's settings can't be read" in refused()
    assert sum(sandbox.counts()["requests"].values()) == 0


def test_the_studio_sets(sandbox: Sandbox, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Address and certificates come from its file, and a model over its limit is not sent; its file is gone."""
    site = tmp_path / "site.toml"
    site.write_text(f'api_url = "{sandbox.url}/"\nca_file = "/studio.pem"\nupload_limit_mb = 1', "utf-8")
    monkeypatch.setenv("HITEM3D_SITE", str(site))
    monkeypatch.delenv("HITEM3D_API_URL")
    current = connection.current()
    assert (current.api_url, current.ca_file) == (sandbox.url, Path("/studio.pem"))
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=300, y_subdivisions=300)
    assert "the limit is 1 MB" in refused()
    assert not list(home.glob("jobs/*"))
    assert sum(sandbox.counts()["requests"].values()) == 0


def test_consent_is_for_services_out_there(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_needed(connection.current())
    monkeypatch.setenv("HITEM3D_API_URL", "https://api.hitem3d.ai")
    current = connection.current()
    assert is_needed(current)
    give(current)
    assert not is_needed(current)
    monkeypatch.setenv("HITEM3D_API_URL", "https://elsewhere.example")
    assert is_needed(connection.current())


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HITEM3D_API_URL", "https://elsewhere.example"),
        ("HITEM3D_CA_FILE", "/elsewhere.pem"),
        ("HITEM3D_TOKEN", "another"),
        ("HITEM3D_ACCESS_KEY", "ak_another"),
        ("HITEM3D_SECRET_KEY", "sk_another"),
        ("HITEM3D_HOME", "/elsewhere"),
        ("HITEM3D_SITE", "/elsewhere.toml"),
        ("HITEM3D_NO_UPLOADS", "1"),
    ],
)
def test_a_variable_counts_as_soon_as_it_is_set(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    """A script may set one in a Blender that has drawn already."""
    for name in ("HITEM3D_TOKEN", "HITEM3D_ACCESS_KEY", "HITEM3D_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    before = connection.current()
    assert connection.current() is before
    monkeypatch.setenv(variable, value)
    assert connection.current() != before


def test_an_override_is_warned_of(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    add(name="Library")
    library = tmp_path / "library.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(library))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with bpy.data.libraries.load(str(library), link=True) as (_, here):
        here.objects = ["Library"]
    bpy.context.collection.objects.link(here.objects[0])
    bpy.context.view_layer.update()
    override = here.objects[0].override_create(remap_local_usages=True)
    select(override)
    bpy.ops.hitem3d.create_task()
    assert override["hitem3d_task_id"]
    assert "is a library override" in capfd.readouterr().out


def test_what_helps_where_it_is_too_large() -> None:
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=100, y_subdivisions=100)
    obj = bpy.context.active_object
    (before,) = estimate([[obj]], bpy.context.evaluated_depsgraph_get())
    limit = before.size // 3
    bpy.ops.hitem3d.add_decimate(ratio=preflight.decimate_ratio(before.size, limit))
    (after,) = estimate([[obj]], bpy.context.evaluated_depsgraph_get())
    assert limit // 2 < after.size <= limit


def test_what_is_too_large_with_pictures() -> None:
    """A guessed picture forbids nothing, and pictures are not made smaller by a Decimate modifier."""
    guessed = Estimate(triangles=10, size=150, loose=0, pictures=100, converted=100)
    sure = Estimate(triangles=10, size=120, loose=0, pictures=40)
    assert Preflight([guessed]).too_large(100) is None
    assert Preflight([guessed, sure]).too_large(100) == sure
    assert preflight.decimate_ratio(sure.size, 100, sure.pictures) == 0.68  # (95 - 40) / (120 - 40)
    assert preflight.decimate_ratio(120, 100, 110) <= 0


def test_clearing_forgets_what_has_ended(sandbox: Sandbox, home: Path) -> None:
    done = add()
    bpy.ops.hitem3d.create_task()
    bpy.ops.hitem3d.import_result(wait=True)
    sandbox.behave(seconds=600)
    add(name="Under way")
    bpy.ops.hitem3d.create_task(again=True)
    bpy.ops.hitem3d.clear_finished_tasks()
    with TaskStore(home) as store:
        (left,) = store.tasks()
    assert left.name == "Under way"
    assert done["hitem3d_task_id"]
    assert len(list(home.glob("jobs/*"))) <= 1


def test_the_local_service_is_a_press_away(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HITEM3D_API_URL", "HITEM3D_ACCESS_KEY", "HITEM3D_SECRET_KEY"):
        monkeypatch.delenv(name)
    bpy.ops.hitem3d.use_local_service()
    current = connection.current()
    assert (current.api_url, current.credentials.token) == (settings.LOCAL_API_URL, settings.LOCAL_TOKEN)
    assert current.refusal() is None


def test_sentences_are_wrapped_and_never_cut() -> None:
    """At spaces, between Chinese characters, and inside what is too long for a line."""
    text = "Kept in /home/somebody/a-long-folder/credentials.json, 模型太大，无法发送：上限为 200 MB。"
    lines = wrapped(text, lambda line: len(line) <= 12)
    assert max(map(len, lines)) <= 12
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not any(line.startswith(("，", "：", "。")) for line in lines)
    text = "3 个物体：3,272 个三角形，17.7 MB，每个最多 200 MB。请减少到 29 % 或更少"
    for width in range(9, 20):
        lines = wrapped(text, lambda line, width=width: len(line) <= width)
        assert not any(line.startswith(("，", "。", "MB", "%")) for line in lines)


def test_a_refused_address_leaves_no_empty(sandbox: Sandbox) -> None:
    """Without an active object an empty is made to carry the id; without a task there is nothing to carry."""
    sandbox.behave(credits=0)
    assert "API credits" in refused(mesh_url=f"{sandbox.url}/model.glb")
    assert len(bpy.data.objects) == 0
    sandbox.behave(faults=[{"on": "create-task", "when": "received", "do": "cut"}])
    assert "may have been created" in refused(mesh_url=f"{sandbox.url}/model.glb")
    assert len(bpy.data.objects) == 1


def test_the_studio_forbids_while_blender_runs(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its file has changed since it was read: the next model stays here."""
    site = tmp_path / "site.toml"
    site.write_text("uploads = true", "utf-8")
    monkeypatch.setenv("HITEM3D_SITE", str(site))
    add()
    bpy.ops.hitem3d.create_task()
    site.write_text("uploads = false", "utf-8")
    add()
    assert "studio does not allow" in refused(again=True)
    assert sandbox.counts()["tasks_created"] == 1
