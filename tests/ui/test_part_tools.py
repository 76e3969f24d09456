# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Join, split, rename, isolate and delete parts by operator; and that the rest of the add-on goes on with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np
import pytest
from operated import parts

from hitem3d_addon.receive.brought import is_changed
from hitem3d_addon.session.parts import find_import

pytestmark = pytest.mark.usefixtures("addon")
Object = bpy.types.Object


def select(*objects: Object) -> None:
    bpy.ops.object.select_all(action="DESELECT")
    for obj in objects:
        obj.select_set(True)
    bpy.context.view_layer.objects.active = objects[-1]


def labels(obj: Object) -> np.ndarray:
    found = np.empty(len(obj.data.polygons), np.int32)
    obj.data.attributes["hitem3d_part"].data.foreach_get("value", found)
    return found


def state() -> list[tuple[object, ...]]:
    """What an undo step has to bring back."""
    return sorted(
        (obj.name, obj.data.name, len(obj.data.polygons), obj.hide_get(), obj.select_get(), obj.color[:])
        for obj in bpy.data.objects
    )


@pytest.mark.parametrize(
    "name", ["merge_parts", "split_parts", "solo_parts", "next_part", "rename_part", "delete_parts"]
)
def test_each_is_one_undo_step(segmented: Object, name: str) -> None:
    select(*parts()[:2])
    if name == "split_parts":
        bpy.ops.hitem3d.merge_parts()
    bpy.ops.ed.undo_push(message="before")
    before = state()
    options = {"name": "handle"} if name == "rename_part" else {}
    assert getattr(bpy.ops.hitem3d, name)("EXEC_DEFAULT", True, **options) == {"FINISHED"}
    assert state() != before
    bpy.ops.ed.undo()
    assert state() == before


def test_joined_parts_are_one_for_everything_else(segmented: Object, tmp_path: Path) -> None:
    bpy.context.view_layer.objects.active = segmented
    bpy.ops.hitem3d.apply_parts()
    before, names = labels(segmented), [part.name for part in parts()]
    select(parts()[0], parts()[2], parts()[1])
    assert bpy.ops.hitem3d.merge_parts() == {"FINISHED"}
    assert [part.name for part in parts()] == [names[1], *names[3:]]
    at_once = np.maximum(before - 2, 0)
    assert (labels(segmented) == at_once).all()
    assert is_changed(bpy.data.collections["Torus parts"])

    bpy.ops.hitem3d.export_parts(filepath=str(tmp_path / "parts.stl"), format="STL")
    assert len(list((tmp_path / "parts").glob("*.stl"))) == len(names) - 2
    select(parts()[0])
    bpy.ops.hitem3d.apply_parts()
    assert (labels(segmented) == at_once).all()

    select(parts()[0])
    assert bpy.ops.hitem3d.split_parts() == {"FINISHED"}
    assert sorted(part.name for part in parts()) == sorted(names)
    bpy.ops.hitem3d.apply_parts()
    assert (
        np.bincount(labels(segmented)).tolist()
        == np.bincount(before)[[names.index(part.name) for part in parts()]].tolist()
    )


def test_an_import_replaces_joined_parts(segmented: Object) -> None:
    names = [part.name for part in parts()]
    select(*parts()[:2])
    bpy.ops.hitem3d.merge_parts()
    bpy.context.view_layer.objects.active = segmented
    bpy.ops.hitem3d.import_result(replace=True)
    assert [part.name for part in parts()] == names
    assert not is_changed(bpy.data.collections["Torus parts"])


def test_parts_that_are_moved_apart_stay_so(segmented: Object) -> None:
    collection = bpy.data.collections["Torus parts"]
    bpy.ops.hitem3d.explode_parts(amount=1.0)
    select(*parts()[:2])
    bpy.ops.hitem3d.merge_parts()
    assert collection.hitem3d_explode == 1
    bpy.ops.hitem3d.split_parts()
    bpy.context.view_layer.update()
    assert len({tuple(part.delta_location) for part in parts()}) == len(parts())
    bpy.ops.hitem3d.explode_parts(amount=0.0)
    corners = np.array([part.matrix_world @ v.co for part in parts() for v in part.data.vertices])
    source = np.array([segmented.matrix_world @ v.co for v in segmented.data.vertices])
    np.testing.assert_allclose([corners.min(0), corners.max(0)], [source.min(0), source.max(0)], atol=1e-4)


def test_delete_brings_the_original_back(segmented: Object) -> None:
    counts = {name: len(getattr(bpy.data, name)) for name in ("meshes", "materials", "collections", "objects")}
    mine = bpy.data.objects.new("mine", None)
    bpy.data.collections["Torus parts"].objects.link(mine)
    select(*parts()[:1])
    number = len(parts()) - 1
    assert bpy.ops.hitem3d.delete_parts() == {"FINISHED"}
    assert segmented.visible_get() and not segmented.hide_render
    assert bpy.context.selected_objects == [segmented] == [bpy.context.view_layer.objects.active]
    assert {name: counts[name] - len(getattr(bpy.data, name)) for name in counts} == {
        "meshes": number, "materials": number, "collections": 1, "objects": number - 1
    }  # fmt: skip
    assert mine.users_collection == (bpy.context.scene.collection,)
    bpy.ops.hitem3d.import_result()  # they are not lost: the task is still there
    assert len(parts()) == number


def test_solo_hides_the_original_as_well(segmented: Object) -> None:
    """It lies around the part that is to be seen; and with all parts it would be in their place."""
    segmented.hide_set(False)
    select(parts()[1], parts()[3])
    bpy.ops.hitem3d.solo_parts()
    assert [part.visible_get() for part in parts()][:5] == [False, True, False, True, False]
    assert not segmented.visible_get() and segmented.hide_render
    bpy.ops.hitem3d.solo_parts()
    assert all(part.visible_get() for part in parts())
    assert not segmented.visible_get()


OPERATORS = ("merge_parts", "split_parts", "solo_parts", "next_part", "delete_parts", "rename_part")


@pytest.mark.parametrize("name", OPERATORS)
def test_without_parts_each_says_what_to_do(name: str) -> None:
    bpy.ops.mesh.primitive_cube_add()
    with pytest.raises(RuntimeError, match="Select imported parts"):
        getattr(bpy.ops.hitem3d, name)()


@pytest.mark.parametrize("name", ["merge_parts", "split_parts", "solo_parts"])
def test_with_the_original_alone_they_ask_for_a_part(segmented: Object, name: str) -> None:
    segmented.hide_set(False)
    select(segmented)
    before = state()
    with pytest.raises(RuntimeError, match="Select parts in the view"):
        getattr(bpy.ops.hitem3d, name)()
    assert state() == before


def test_which_import_is_meant(segmented: Object) -> None:
    """That of the active object, original or part; else of what is selected."""
    collection = bpy.data.collections["Torus parts"]
    bpy.ops.mesh.primitive_cube_add()
    other = bpy.context.active_object
    choose: dict[str, Callable[[], None]] = {
        "original": lambda: select(segmented),
        "part": lambda: select(parts()[2]),
        "selected": lambda: select(parts()[2], other),
    }
    for name, chosen in choose.items():
        chosen()
        assert find_import(bpy.context) == collection, name
    select(other)
    assert find_import(bpy.context) is None
