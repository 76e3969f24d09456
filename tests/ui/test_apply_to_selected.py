# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts that were paid for once, on other versions of the object: which objects get them, and that no other does."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from operated import parts
from sandbox.process import Sandbox

pytestmark = pytest.mark.usefixtures("addon")
Object = bpy.types.Object


def version(name: str, kind: str, *, with_task: bool = False, **settings: object) -> Object:
    """The torus with a modifier applied, as a colleague or another program would give it; not selected."""
    obj = bpy.data.objects["Torus"].copy()
    obj.name = name
    obj.data = obj.data.copy()
    bpy.context.scene.collection.objects.link(obj)
    modifier = obj.modifiers.new("", kind)
    for key, value in settings.items():
        setattr(modifier, key, value)
    bpy.context.view_layer.update()
    mesh = bpy.data.meshes.new_from_object(obj.evaluated_get(bpy.context.evaluated_depsgraph_get()))
    obj.modifiers.clear()
    obj.data = mesh
    if not with_task:
        del obj["hitem3d_task_id"], obj["hitem3d_task"]
    return obj


def select(*objects: Object, active: Object | None = None) -> None:
    bpy.ops.object.select_all(action="DESELECT")
    for obj in objects:
        obj.hide_set(False)
        obj.select_set(True)
    bpy.context.view_layer.objects.active = active or objects[-1]


def labels(obj: Object) -> np.ndarray:
    found = np.empty(len(obj.data.polygons), np.int32)
    obj.data.attributes["hitem3d_part"].data.foreach_get("value", found)
    return found


def shares(obj: Object, found: np.ndarray) -> np.ndarray:
    areas = np.array([polygon.area for polygon in obj.data.polygons])
    return np.bincount(found, areas, minlength=len(parts())) / areas.sum()


@pytest.mark.parametrize("way", ["original", "part", "task on the version"])
def test_several_versions_at_once_and_nothing_is_asked(segmented: Object, sandbox: Sandbox, way: str) -> None:
    own = {"with_task": way == "task on the version"}
    versions = [
        version("Remeshed", "REMESH", mode="VOXEL", voxel_size=0.05, **own),
        version("Finer", "SUBSURF", levels=2, **own),
        version("Coarser", "DECIMATE", ratio=0.5, **own),
    ]
    select(*versions, *{"original": [segmented], "part": parts()[:1]}.get(way, []))
    before = sandbox.counts()["requests"]
    assert bpy.ops.hitem3d.apply_parts_to_selected() == {"FINISHED"}
    assert sandbox.counts()["requests"] == before
    assert not any("hitem3d_part" in obj.data.attributes for obj in (segmented, *parts()))
    areas = np.array([sum(polygon.area for polygon in part.data.polygons) for part in parts()])
    for obj in versions:
        assert np.abs(shares(obj, labels(obj)) - areas / areas.sum()).max() < 0.02


@pytest.mark.parametrize("target", ["FACE_SETS", "VERTEX_GROUPS", "MATERIALS", "SEPARATE"])
def test_every_target(segmented: Object, target: str) -> None:
    versions = [version("A", "SUBSURF", levels=1), version("B", "DECIMATE", ratio=0.6)]
    count, faces = len(parts()), [len(obj.data.polygons) for obj in versions]
    names = [part.name for part in parts()]
    existing = set(bpy.data.objects)
    select(*versions, segmented)
    bpy.ops.hitem3d.apply_parts_to_selected(target=target)
    assert [part.name for part in parts()] == names
    if target == "SEPARATE":
        pieces = [obj for obj in bpy.data.objects if obj not in existing] + versions
        assert sorted(obj.name for obj in pieces) == [f"{one} {name}" for one in "AB" for name in sorted(names)]
        assert sum(len(obj.data.polygons) for obj in pieces) == sum(faces)
        assert set(bpy.context.selected_objects) == set(pieces)
    for obj in versions:
        if target == "FACE_SETS":
            sets = np.array([item.value for item in obj.data.attributes[".sculpt_face_set"].data])
            assert len(np.unique(sets)) == count and sets.min() == 1
        elif target == "VERTEX_GROUPS":
            assert obj.vertex_groups.keys() == names
        elif target == "MATERIALS":
            assert [slot.material.name for slot in obj.material_slots] == names


def test_one_that_is_no_version_and_nothing_changes(segmented: Object) -> None:
    good = version("Good", "SUBSURF", levels=1)
    moved = version("Moved", "SUBSURF", levels=1)
    moved.location.x += 0.5
    bpy.ops.mesh.primitive_cube_add(location=(3, -2, 1))
    cube = bpy.context.object
    for wrong, says in ((moved, "“Moved” is not where the parts are"), (cube, "“Cube” lies elsewhere or has another")):
        select(good, wrong, segmented)
        with pytest.raises(RuntimeError, match=says):
            bpy.ops.hitem3d.apply_parts_to_selected()
        assert not any("hitem3d_part" in obj.data.attributes for obj in (good, wrong, segmented))


def test_detail_that_a_cut_would_lose_is_seen_before_anything_is_cut(segmented: Object) -> None:
    good, detailed = version("Good", "SUBSURF", levels=1), version("Sculpted", "SUBSURF", levels=1)
    select(detailed)
    detailed.modifiers.new("Multires", "MULTIRES")
    bpy.ops.object.multires_subdivide(modifier="Multires")
    count = len(bpy.data.objects)
    select(good, detailed, segmented)
    with pytest.raises(RuntimeError, match="Multiresolution"):
        bpy.ops.hitem3d.apply_parts_to_selected(target="SEPARATE")
    assert len(bpy.data.objects) == count


def test_parts_may_be_moved_apart_and_hidden(segmented: Object) -> None:
    one = version("One", "SUBSURF", levels=1)
    select(one, segmented)
    bpy.ops.hitem3d.apply_parts_to_selected()
    expected = labels(one)
    bpy.ops.hitem3d.explode_parts(amount=2.0)
    for part in parts():
        part.hide_set(True)
    bpy.ops.hitem3d.apply_parts_to_selected()
    assert (labels(one) == expected).all()


def test_the_original_alone_is_a_version_of_itself(segmented: Object) -> None:
    select(segmented)
    bpy.ops.hitem3d.apply_parts_to_selected()
    found = labels(segmented)
    bpy.ops.hitem3d.apply_parts()
    assert (labels(segmented) == found).all()


@pytest.mark.parametrize("mode", ["EDIT", "SCULPT"])
def test_in_another_mode(segmented: Object, mode: str) -> None:
    one = version("One", "SUBSURF", levels=1)
    select(segmented, one)
    bpy.ops.object.mode_set(mode=mode)
    bpy.ops.hitem3d.apply_parts_to_selected()
    assert one.mode == mode
    bpy.ops.object.mode_set(mode="OBJECT")
    assert len(np.unique(labels(one))) == len(parts())


def test_a_mesh_of_two_objects(segmented: Object) -> None:
    """Each gets a mesh of its own, and another one that is not selected keeps what it has."""
    one = version("One", "SUBSURF", levels=1)
    other = one.copy()
    bpy.context.scene.collection.objects.link(other)
    shared = one.data
    select(one, segmented)
    bpy.ops.hitem3d.apply_parts_to_selected()
    assert other.data == shared != one.data
    assert "hitem3d_part" not in shared.attributes


def test_what_is_missing_is_said(segmented: Object) -> None:
    one = version("One", "SUBSURF", levels=1)
    for chosen in ([one], parts()):
        select(*chosen)
        with pytest.raises(RuntimeError, match="Select the versions, and last an imported part"):
            bpy.ops.hitem3d.apply_parts_to_selected()
    bpy.ops.object.text_add(location=(3, -2, 1))
    select(bpy.context.object, segmented)
    with pytest.raises(RuntimeError, match="not a mesh"):
        bpy.ops.hitem3d.apply_parts_to_selected()


def test_without_an_active_object(segmented: Object) -> None:
    """As after the active one was deleted: what is selected counts."""
    again = version("Again", "SUBSURF", levels=1)
    select(again, parts()[0])
    bpy.context.view_layer.objects.active = None
    assert bpy.ops.hitem3d.apply_parts_to_selected() == {"FINISHED"}
    assert len(np.unique(labels(again))) == len(parts())
