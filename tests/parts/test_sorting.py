# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts that the user has sorted, linked or edits, and originals with a new name: what the tools take them for."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import bpy
import pytest
from imported import Import, import_monkey, select

from hitem3d_addon.core.errors import InputError
from hitem3d_addon.parts.deleting import delete_parts
from hitem3d_addon.parts.isolating import isolate
from hitem3d_addon.parts.merging import merge_parts
from hitem3d_addon.parts.naming import rename_part
from hitem3d_addon.receive.brought import is_changed, seal
from hitem3d_addon.session.parts import find_import, import_of_part, originals_of
from hitem3d_addon.session.record import ORIGINAL, parts_in


@pytest.fixture
def linked(tmp_path: Path) -> bpy.types.Collection:
    """Parts that are linked from another file."""
    made = import_monkey()
    bpy.data.libraries.write(str(tmp_path / "parts.blend"), {made.collection, made.original})
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with bpy.data.libraries.load(str(tmp_path / "parts.blend"), link=True) as (_, wanted):
        wanted.collections = ["Model parts"]
    collection = wanted.collections[0]
    bpy.context.scene.collection.children.link(collection)
    bpy.context.view_layer.update()
    return collection


@pytest.mark.parametrize("name", ["rename_part", "merge_parts", "split_parts", "delete_parts", "explode_parts"])
@pytest.mark.usefixtures("addon")
def test_parts_of_another_file_are_refused(linked: bpy.types.Collection, name: str) -> None:
    before = [(part.name, part.delta_location[:], len(part.data.polygons)) for part in linked.objects]
    assert len(before) == 4
    select(*linked.objects)
    options = {"name": "handle"} if name == "rename_part" else {}
    with pytest.raises(RuntimeError, match="comes from another file"):
        getattr(bpy.ops.hitem3d, name)(**options)
    linked.hitem3d_explode = 1.0
    assert linked.hitem3d_explode == 0
    assert [(part.name, part.delta_location[:], len(part.data.polygons)) for part in linked.objects] == before


def in_collection(made: Import, name: str) -> bpy.types.Collection:
    inside = bpy.data.collections.new(name)
    made.collection.children.link(inside)
    return inside


def test_parts_in_a_collection_of_the_users_are_of_the_import() -> None:
    made = import_monkey()
    inside, part, lamp = in_collection(made, "small ones"), made.part(3), bpy.data.objects.new("lamp", None)
    inside.objects.link(part)
    inside.objects.link(lamp)
    made.collection.objects.unlink(part)
    assert made.parts[-1] == part and len(made.parts) == 4
    assert import_of_part(part) == made.collection
    delete_parts(bpy.context, made.collection)
    assert sorted(obj.name for obj in bpy.data.objects) == ["Model", "lamp"]
    assert lamp.name in bpy.context.scene.objects
    assert [one.name for one in bpy.context.scene.collection.children_recursive] == ["small ones"]


def test_a_collection_that_held_only_parts_goes_with_them() -> None:
    made = import_monkey()
    inside = in_collection(made, "small ones")
    inside.objects.link(made.part(3))
    made.collection.objects.unlink(inside.objects[0])
    delete_parts(bpy.context, made.collection)
    assert not bpy.data.collections and len(bpy.data.objects) == 1


def test_another_import_inside_is_left_alone() -> None:
    """Where a part is cut again, its own parts are in a collection inside."""
    made, other = import_monkey(), import_monkey(2)
    other.collection[ORIGINAL] = "Model part 01"
    bpy.context.scene.collection.children.unlink(other.collection)
    made.collection.children.link(other.collection)
    assert len(made.parts) == 4 and len(other.parts) == 2
    delete_parts(bpy.context, made.collection)
    assert len(other.parts) == 2 and all(part.name in bpy.context.scene.objects for part in other.parts)


def test_an_original_with_a_new_name_keeps_its_import() -> None:
    made, other = import_monkey(), import_monkey(2)
    other.collection[ORIGINAL] = other.original.name
    made.original.name = "head"
    for one in (made, other):
        select(one.original)
        assert find_import(bpy.context) == one.collection
        assert originals_of(one.collection) == [one.original]
    delete_parts(bpy.context, made.collection)
    select(made.original)
    assert find_import(bpy.context) is None


def test_a_mesh_of_the_users_is_no_part() -> None:
    made = import_monkey()
    mine = bpy.data.objects.new("base", bpy.data.meshes.new("base"))
    made.collection.objects.link(mine)
    assert mine not in parts_in(made.collection) and len(made.parts) == 4


@pytest.mark.usefixtures("addon")
def test_while_a_part_is_edited_nothing_moves_or_goes() -> None:
    made = import_monkey()
    made.collection.hitem3d_explode = 1.0
    select(*made.parts)
    bpy.ops.object.mode_set(mode="EDIT")
    before = [(part.name, part.delta_location[:], part.hide_get()) for part in made.parts]
    made.collection.hitem3d_explode = 0.5
    assert made.collection.hitem3d_explode == 1
    for name in ("explode_parts", "next_part", "solo_parts", "merge_parts", "split_parts", "delete_parts"):
        with pytest.raises(RuntimeError, match="Leave the mode"):
            getattr(bpy.ops.hitem3d, name)()
    assert [(part.name, part.delta_location[:], part.hide_get()) for part in made.parts] == before
    bpy.ops.object.mode_set(mode="OBJECT")


@pytest.mark.parametrize(
    "change",
    [
        lambda made: delete_parts(bpy.context, made.collection),
        lambda made: isolate(bpy.context, made.collection, made.parts[:1]),
        lambda made: merge_parts(bpy.context, made.collection, made.parts[:2], made.part(0)),
    ],
)
def test_a_part_may_be_edited_that_is_not_active(change: Callable[[Import], None]) -> None:
    made = import_monkey()
    select(made.part(1))
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.context.view_layer.objects.active = made.original
    with pytest.raises(InputError, match="Leave the mode"):
        change(made)
    assert len(made.parts) == 4
    assert rename_part(made.part(0), "left") == "left"


@pytest.mark.usefixtures("addon")
def test_a_part_that_was_moved_elsewhere_goes_back_with_the_others() -> None:
    made = import_monkey()
    part, elsewhere = made.part(0), bpy.data.collections.new("elsewhere")
    bpy.context.scene.collection.children.link(elsewhere)
    made.collection.hitem3d_explode = 1.0
    elsewhere.objects.link(part)
    made.collection.objects.unlink(part)
    select(part)
    assert find_import(bpy.context) == made.collection
    apart = part.delta_location.copy()
    assert apart.length > 0.1
    bpy.ops.hitem3d.explode_parts(amount=0.5)
    assert 0 < part.delta_location.length < apart.length
    made.collection.hitem3d_explode = 0.0
    assert not any(any(one.delta_location) for one in (part, *made.parts))


@pytest.mark.usefixtures("addon")
def test_a_part_that_hangs_on_another_goes_no_farther() -> None:
    made = import_monkey()
    stood = [part.matrix_world.translation.copy() for part in made.parts]
    made.collection.hitem3d_explode = 1.0
    bpy.context.view_layer.update()
    expected = [part.matrix_world.translation.copy() for part in made.parts]
    made.collection.hitem3d_explode = 0.0
    bpy.context.view_layer.update()
    for part, parent in pairwise(made.parts):
        part.parent, part.matrix_parent_inverse = parent, parent.matrix_world.inverted()
    made.collection.hitem3d_explode = 1.0
    bpy.context.view_layer.update()
    for part, place, before in zip(made.parts, expected, stood, strict=True):
        assert part.matrix_world.translation[:] == pytest.approx(place[:], abs=1e-5)
        assert (place - before).length > 0.1


@pytest.mark.usefixtures("addon")
def test_parts_of_two_imports_are_not_joined() -> None:
    made, other = import_monkey(), import_monkey(2)
    other.collection[ORIGINAL] = other.original.name
    select(*other.parts, *made.parts[:2])
    with pytest.raises(RuntimeError, match="part of another import"):
        bpy.ops.hitem3d.merge_parts()
    assert (len(made.parts), len(other.parts)) == (4, 2)


def test_empty_parts_are_not_joined() -> None:
    made = import_monkey()
    for part in made.parts[:2]:
        part.data.clear_geometry()
    with pytest.raises(InputError, match="are empty"):
        merge_parts(bpy.context, made.collection, made.parts[:2], made.part(0))
    assert len(made.parts) == 4


@pytest.mark.usefixtures("addon")
def test_split_tells_which_parts_stay_whole(capfd: pytest.CaptureFixture[str]) -> None:
    made = import_monkey()
    whole, empty = made.part(2), made.part(3)
    corners = [(0, 0, 0), (1, 0, 0), (0, 1, 0)]
    whole.data.clear_geometry()
    whole.data.from_pydata(corners, [], [(0, 1, 2)])
    empty.data.clear_geometry()
    twin = whole.copy()
    bpy.context.scene.collection.objects.link(twin)
    mesh = whole.data
    merge_parts(bpy.context, made.collection, made.parts[:2], made.part(0))
    select(*made.parts)
    assert bpy.ops.hitem3d.split_parts() == {"FINISHED"}
    said = capfd.readouterr()
    for part in (whole, empty):
        assert f"“{part.name}” is in one piece" in said.out + said.err
    assert whole.data == twin.data == mesh


@pytest.mark.usefixtures("addon")
def test_a_row_of_an_excluded_collection_does_nothing() -> None:
    made = import_monkey()
    part = made.part(0)
    bpy.context.view_layer.layer_collection.children[made.collection.name].exclude = True
    part.hitem3d_part_selected = True
    part.hitem3d_part_shown = False
    made.collection.hitem3d_part_index = 1
    assert not made.part(0).select_get() and bpy.context.view_layer.objects.active != made.part(0)


def add_uvs(part: bpy.types.Object) -> None:
    part.data.uv_layers.active.data[0].uv.x += 0.25


def paint(part: bpy.types.Object) -> None:
    part.data.color_attributes.new("paint", "BYTE_COLOR", "CORNER")


def weigh(part: bpy.types.Object) -> None:
    part.vertex_groups.new(name="weights")


def add_key(part: bpy.types.Object) -> None:
    part.shape_key_add(name="Basis")


def edit(part: bpy.types.Object) -> None:
    select(part)
    bpy.ops.object.mode_set(mode="EDIT")


@pytest.mark.parametrize("change", [add_uvs, paint, weigh, add_key, edit])
def test_work_on_a_part_is_a_change(change: Callable[[bpy.types.Object], None]) -> None:
    made = import_monkey()
    seal(made.collection)
    select(made.part(0))
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.object.mode_set(mode="OBJECT")
    assert not is_changed(made.collection)
    change(made.part(0))
    assert is_changed(made.collection)
