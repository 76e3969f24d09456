# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A .blend from a stranger: it can't decide where data goes, and whatever is in it, the user reads a sentence."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import pytest
from sandbox.process import Sandbox

from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.values import OutputFormat
from hitem3d_addon.session import connection, settings
from hitem3d_addon.session.record import RECORD, TASK_ID, Record, read_record, task_id_of, write_record

pytestmark = pytest.mark.usefixtures("addon")

HONEST = Record(
    uid="0123456789abcdef" * 2,
    matrix=(1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0),
    format=OutputFormat.GLB,
    time=1_767_225_600,
    bounds=(-1.0, -1.0, -1.0, 1.0, 1.0, 1.0),
    triangles=12,
    points=array("f", [0.5, -1.0, 0.25] * 256),
)


def cube(name: str = "Cube") -> bpy.types.Object:
    bpy.ops.mesh.primitive_cube_add()
    obj = bpy.context.active_object
    obj.name = name
    return obj


def reopened(folder: Path, change: Callable[[bytes], bytes] = bytes) -> bpy.types.Object:
    """Save, change the file's bytes, and open it like a file from a stranger. Gives its one object, which is active."""
    file = folder / "from somebody.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(file), compress=False)
    file.write_bytes(change(file.read_bytes()))
    bpy.ops.wm.open_mainfile(filepath=str(file))
    (obj,) = bpy.data.objects
    bpy.context.view_layer.objects.active = obj
    return obj


def outcome(operator: Callable[..., Any], **options: Any) -> str:
    """What an operator says when it can't; "" where it can. Never a traceback."""
    try:
        operator(**options)
    except RuntimeError as error:
        text = str(error)
        assert "Traceback" not in text and len(text) < 1000
        return text
    return ""


@pytest.fixture
def finished(sandbox: Sandbox) -> str:
    """The id of a task of this account whose parts are ready."""
    obj = cube()
    bpy.ops.hitem3d.create_task()
    bpy.ops.hitem3d.import_result(wait=True)
    task_id = str(obj[TASK_ID])
    bpy.ops.wm.read_homefile(use_empty=True)
    return task_id


IDS: list[Any] = [
    "../../../balance?x=",
    "a\nb\x1b[2J",
    "\u202etxt.exe",
    "x" * 1_000_000,
    b"\xff\xfe",
    7,
    [1.0, 2.0],
    {"a": {"b": 1}},
    "%2e%2e/%00",
    "' OR 1=1 --",
]


@pytest.mark.parametrize("task_id", IDS, ids=[repr(one)[:20] for one in IDS])
def test_a_hostile_task_id(task_id: Any, sandbox: Sandbox, tmp_path: Path) -> None:
    cube()[TASK_ID] = task_id
    reopened(tmp_path)
    assert outcome(bpy.ops.hitem3d.query_task)
    assert outcome(bpy.ops.hitem3d.import_result)
    requests = sandbox.counts()["requests"]
    assert (requests["balance"], requests["create-task"]) == (0, 0)


RECORDS: dict[str, Record] = {
    "a flat matrix": HONEST._replace(matrix=(0.0,) * 16),
    "a huge matrix": HONEST._replace(matrix=(1e300,) * 16),
    "a tiny scale": HONEST._replace(scale=1e-300),
    "a huge scale": HONEST._replace(scale=1e300),
    "a huge centre": HONEST._replace(centre=(1e308, -1e308, 1e308)),
    "huge bounds": HONEST._replace(bounds=(-1e308, -1e308, -1e308, 1e308, 1e308, 1e308)),
    "bounds of a point": HONEST._replace(bounds=(0.0,) * 6),
    "one point": HONEST._replace(points=array("f", [0.0] * 3)),
    "points far away": HONEST._replace(points=array("f", [3e38] * 768)),
    "a billion triangles": HONEST._replace(triangles=2_000_000_000),
    "the end of time": HONEST._replace(time=10**300),
    "another format": HONEST._replace(format=OutputFormat.STL),
}


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's, of numbers that grow too large
def test_a_record_that_can_not_be_true(name: str, finished: str, tmp_path: Path) -> None:
    obj = cube()
    write_record(obj, RECORDS[name])
    obj[TASK_ID] = finished
    reopened(tmp_path)
    before = len(bpy.data.objects)
    if outcome(bpy.ops.hitem3d.import_result, wait=True):
        assert len(bpy.data.objects) == before


NAMES = [b"../../ab", b"%s{0}{x}", b"\x01\n\x1b[2J\r", b"\xff\xfe\x80CDEF", b"a\xe2\x80\xaeexe", b"{host}\0\0"]


@pytest.mark.parametrize("name", NAMES, ids=[repr(name) for name in NAMES])
def test_a_hostile_name(name: bytes, sandbox: Sandbox, finished: str, tmp_path: Path, home: Path) -> None:
    cube("ABCDEFGH")
    reopened(tmp_path, lambda data: data.replace(b"ABCDEFGH", name.ljust(8, b"\0")))
    said = outcome(bpy.ops.hitem3d.create_task)
    if name.startswith(b"\xff"):
        assert "name of an object in this file can't be read" in said
        assert sandbox.counts()["tasks_created"] == 1
        return
    assert said == ""
    assert outcome(bpy.ops.hitem3d.import_result, wait=True) == ""
    sent = sandbox.mesh(sandbox.counts()["tasks"][-1]["task_id"])
    assert name.rstrip(b"\0") not in sent
    assert sorted(path.name for path in home.parent.iterdir()) == ["from somebody.blend", home.name]


def test_nothing_in_a_file_says_where_data_goes(sandbox: Sandbox, tmp_path: Path) -> None:
    preferences = settings.get()
    assert settings
    before = (connection.current(), preferences.callback_url, preferences.api_url, preferences.ca_file)
    words = (
        "api_url",
        "callback_url",
        "mesh_url",
        "ca_file",
        "token",
        "access_key",
        "HITEM3D_API_URL",
        "home",
        "proxy",
    )
    obj = cube()
    write_record(obj, HONEST)
    for word in words:
        for place in (obj, obj[RECORD], bpy.context.scene, bpy.context.window_manager, bpy.data.worlds.new("World")):
            place[f"hitem3d_{word}"] = place[word] = "http://evil.example/"
    reopened(tmp_path)
    (tmp_path / "ca.pem").write_text("not trusted")
    preferences = settings.get()
    assert settings
    assert (connection.current(), preferences.callback_url, preferences.api_url, preferences.ca_file) == before
    bpy.ops.hitem3d.create_task()
    (task,) = sandbox.counts()["tasks"]
    assert (task["callback_url"], task["mesh_url"]) == ("", "")
    assert b"evil" not in sandbox.mesh(task["task_id"])


@pytest.mark.filterwarnings("ignore:.*does not support blend relative:RuntimeWarning")  # Blender 5.1 and on
def test_a_certificate_file_is_not_looked_for_beside_the_file_that_is_open(tmp_path: Path) -> None:
    cube()
    reopened(tmp_path)
    (tmp_path / "studio.pem").write_text("of the one who sent the file")
    preferences = settings.get()
    assert settings
    preferences.ca_file = "//studio.pem"
    assert "relative to the .blend" in outcome(bpy.ops.hitem3d.create_task)


def test_a_file_of_blender_4_2(sandbox: Sandbox, tmp_path: Path) -> None:
    """HONEST on an object at (1, 2, 3), saved by 4.2, compressed; and once more by the Blender that runs."""
    bpy.ops.wm.open_mainfile(filepath=str(Path(__file__).parent / "data" / "saved_by_4_2.blend"))
    matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 2.0, 0.0, 0.0, 1.0, 3.0, 0.0, 0.0, 0.0, 1.0)
    written = HONEST._replace(matrix=matrix, centre=(1.0, 2.0, 3.0))._asdict()
    obj = bpy.data.objects["From 4.2"]
    for _ in range(2):
        assert task_id_of(obj) == "segmentation_20260101_0123456789ab"
        record = read_record(obj)
        assert record and record._asdict() == written
        obj = reopened(tmp_path)
    assert "does not know this task" in outcome(bpy.ops.hitem3d.import_result)


def test_the_task_list_is_gone(finished: str, home: Path) -> None:
    """Deleted by a clean-up tool, or never there: a colleague's machine. The id on the object is enough."""
    obj = cube()
    obj[TASK_ID] = finished
    for file in home.glob("tasks.sqlite3*"):
        file.unlink()
    assert outcome(bpy.ops.hitem3d.import_result, wait=True) == ""
    with TaskStore(home) as store:
        assert store.find(finished)


def test_the_object_is_gone_and_the_scene_another(sandbox: Sandbox, finished: str, home: Path) -> None:
    with TaskStore(home) as store:
        task = store.find(finished)
    assert task
    bpy.context.window.scene = bpy.data.scenes.new("Other")
    assert outcome(bpy.ops.hitem3d.import_result, uid=task.uid) == ""
    assert all(obj.name in bpy.data.scenes["Other"].objects for obj in bpy.data.objects)


@pytest.mark.parametrize("clock", [0.0, 4_102_444_800.0, 2.0**33])
def test_a_clock_that_is_wrong(clock: float, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: clock)
    obj = cube()
    assert outcome(bpy.ops.hitem3d.create_task) == ""
    record = read_record(obj)
    assert record and record.time == int(clock)
    assert outcome(bpy.ops.hitem3d.import_result, wait=True) == ""


def test_a_library_override_loses_its_task_and_the_list_still_has_it(tmp_path: Path) -> None:
    """Blender saves no custom properties of overrides."""
    cube("Linked")
    library = tmp_path / "library.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(library))
    bpy.ops.wm.read_homefile(use_empty=True)
    with bpy.data.libraries.load(str(library), link=True) as (_, wanted):
        wanted.objects = ["Linked"]
    obj = wanted.objects[0].override_create()
    bpy.context.collection.objects.link(obj)
    bpy.context.view_layer.objects.active = obj
    bpy.ops.hitem3d.create_task()
    record = read_record(obj)
    assert record
    file = str(tmp_path / "shot.blend")
    bpy.ops.wm.save_as_mainfile(filepath=file)
    bpy.ops.wm.open_mainfile(filepath=file)
    assert not any(task_id_of(one) for one in bpy.data.objects)
    assert outcome(bpy.ops.hitem3d.import_result, uid=record.uid, wait=True) == ""
