# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was done to the object since it was sent is followed, or the report says that it can't be."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mathutils import Matrix
from returned import (
    TRANSFORMS,
    add_mesh,
    add_monkey,
    farthest_vertex,
    give_back,
    keep,
    parts_of,
    plain,
    send,
    send_together,
    turned,
    worst_corner,
)
from sandbox import meshes

from hitem3d_addon.receive.scene_import import Imported, import_result
from hitem3d_addon.session.record import read_record, write_record

Object = bpy.types.Object


def sent_monkey(folder: Path, transform: Callable[[Object], None] = plain) -> Object:
    """A monkey that was sent, with its result beside it."""
    source = add_monkey()
    transform(source)
    sent, _ = send(source, folder)
    give_back(parts_of(sent), folder / "result.glb")
    return source


def come_back(folder: Path, source: Object | None, **options: bool) -> Imported:
    record = read_record(source) if source else None
    return import_result(bpy.context, folder / "result.glb", source, record, name="Monkey", **options)


def select(obj: Object) -> None:
    bpy.ops.object.select_all(action="DESELECT")
    obj.select_set(True)
    bpy.context.view_layer.objects.active = obj


def apply_all(obj: Object) -> None:
    bpy.ops.object.transform_apply(location=True, rotation=True, scale=True)


def apply_scale(obj: Object) -> None:
    bpy.ops.object.transform_apply(location=False, rotation=False, scale=True)


def apply_rotation_and_move(obj: Object) -> None:
    bpy.ops.object.transform_apply(location=False, rotation=True, scale=False)
    obj.location.x += 5


def set_origin(obj: Object) -> None:
    bpy.context.scene.cursor.location = (7, 8, 9)
    bpy.ops.object.origin_set(type="ORIGIN_CURSOR")


def set_origin_and_turn(obj: Object) -> None:
    set_origin(obj)
    obj.rotation_euler.x += 1


def move_mesh_in_edit_mode(obj: Object) -> None:
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.transform.translate(value=(3, 2, 1))
    bpy.ops.object.mode_set(mode="OBJECT")


def move_mesh_and_stay(obj: Object) -> None:
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.transform.resize(value=(1, 2, 3))


def mirror_mesh(obj: Object) -> None:
    """Its faces then show their insides: those of the parts are turned round, so that they don't."""
    obj.data.transform(Matrix.Diagonal((-1, 1, 1, 1)))
    obj.data.flip_normals()


FOLLOWED = [
    apply_all,
    apply_scale,
    apply_rotation_and_move,
    set_origin,
    set_origin_and_turn,
    move_mesh_in_edit_mode,
    move_mesh_and_stay,
    mirror_mesh,
]


@pytest.mark.parametrize("change", FOLLOWED)
def test_the_surface_is_followed_where_the_transforms_say_otherwise(
    tmp_path: Path, change: Callable[[Object], None]
) -> None:
    source = sent_monkey(tmp_path)
    source.scale = (1, 2, 0.5)
    send(source, tmp_path)
    give_back(parts_of(tmp_path / "mesh.glb"), tmp_path / "result.glb")
    select(source)
    change(source)
    imported = come_back(tmp_path, source)
    assert not imported.doubtful
    assert str(imported.report) == (
        "6 parts of “Monkey”, in place. The mesh of “Monkey” was moved, or its transforms were applied, since it was "
        "sent. That was followed."
    )
    assert farthest_vertex(imported.objects, source) < 1e-6


@pytest.mark.parametrize("change", [apply_all, apply_rotation_and_move, set_origin])
def test_a_record_of_an_older_version_is_followed_by_the_surface(
    tmp_path: Path, change: Callable[[Object], None]
) -> None:
    source = sent_monkey(tmp_path)
    write_record(source, read_record(source)._replace(vertices=0, anchors=()))  # type: ignore[union-attr]
    select(source)
    change(source)
    imported = come_back(tmp_path, source)
    assert not imported.doubtful and "That was followed." in str(imported.report)
    assert worst_corner(imported.objects, source) < 1e-6


def test_a_turned_cube_is_told_by_its_vertices(tmp_path: Path) -> None:
    """Its surface alone can't tell how it was turned, so the parts would lie on it and be swapped."""
    bpy.ops.mesh.primitive_cube_add()
    source = bpy.context.object
    sent, record = send(source, tmp_path)
    file = give_back(parts_of(sent), tmp_path / "result.glb")
    first = import_result(bpy.context, file, source, record, name="Cube").objects
    heights = [part.location.z for part in first]
    source.data.transform(turned(np.pi / 2, 0, 0))
    second = import_result(bpy.context, file, source, record, name="Cube").objects
    assert [round(part.location.y, 6) for part in second] == [round(-z, 6) for z in heights]


def test_an_edited_object_keeps_its_place_and_the_report_warns(tmp_path: Path) -> None:
    source = sent_monkey(tmp_path)
    source.data.vertices[17].co.z += 0.01
    source.location.x += 4
    imported = come_back(tmp_path, source)
    assert imported.doubtful
    assert str(imported.report) == (
        "6 parts of “Monkey”. One vertex of “Monkey” differs from the parts by 0.24 % of its size: it was edited since "
        "it was sent, and the parts show it as it was."
    )
    assert 1e-6 < worst_corner(imported.objects, source) < 0.01


def test_an_object_that_looks_different_is_said_to_with_how_far_the_parts_are_off(tmp_path: Path) -> None:
    source = sent_monkey(tmp_path)
    source.modifiers.new("Bend", "SIMPLE_DEFORM").angle = 0.5
    imported = come_back(tmp_path, source)
    assert imported.doubtful and "looks different from when it was sent, off by up to" in str(imported.report)
    off = float(str(imported.report).split("off by up to ")[1].split(" %")[0]) / 100
    assert 0.01 < off <= 1.01 * farthest_vertex(imported.objects, source)


@pytest.mark.parametrize("kind", ["ARRAY", "MIRROR", "SOLIDIFY"])
def test_a_modifier_that_adds_to_what_was_sent_is_no_change(tmp_path: Path, kind: str) -> None:
    source = sent_monkey(tmp_path)
    source.modifiers.new("More", kind)
    source.location.z += 5
    imported = come_back(tmp_path, source)
    assert not imported.doubtful and str(imported.report).startswith("6 parts of “Monkey”, in place.")
    assert ("shows more than the parts hold, up to" in str(imported.report)) == (kind != "MIRROR")
    source.modifiers.clear()
    assert worst_corner(imported.objects, source) < 1e-6


def test_an_object_without_a_surface_is_said_to_have_none(tmp_path: Path) -> None:
    source = sent_monkey(tmp_path)
    source.data.clear_geometry()
    imported = come_back(tmp_path, source)
    assert imported.doubtful
    assert "shows no surface now" in str(imported.report) and "%" not in str(imported.report)


def test_without_the_object_the_report_says_where_the_parts_are(tmp_path: Path) -> None:
    source = sent_monkey(tmp_path)
    record = read_record(source)
    bpy.data.objects.remove(source)
    imported = import_result(bpy.context, tmp_path / "result.glb", None, record, name="Monkey")
    assert not imported.doubtful
    assert str(imported.report) == (
        "6 parts of “Monkey”. The object is not in this file: the result stands where it was when it was sent."
    )


def test_one_part_is_one_part(tmp_path: Path) -> None:
    source = add_monkey()
    sent, record = send(source, tmp_path)
    file = give_back([meshes.read_mesh(sent)], tmp_path / "result.glb")
    imported = import_result(bpy.context, file, source, record, name="Monkey", parts="AS_DELIVERED")
    assert str(imported.report) == "1 part of “Monkey”, in place."


def test_a_shape_key_that_edit_mode_showed(tmp_path: Path) -> None:
    source = add_monkey()
    source.shape_key_add(name="Basis")
    source.shape_key_add(name="Grin")
    for point in source.data.shape_keys.key_blocks["Grin"].data:
        point.co.x *= 1 + point.co.z
    source.data.shape_keys.key_blocks["Grin"].value = 0  # it is 1 from 5.0 on
    source.active_shape_key_index = 1
    bpy.ops.object.mode_set(mode="EDIT")
    sent, _ = send(source, tmp_path)
    give_back(parts_of(sent), tmp_path / "result.glb")
    assert not come_back(tmp_path, source).doubtful
    bpy.ops.object.mode_set(mode="OBJECT")
    imported = come_back(tmp_path, source)
    assert imported.doubtful
    assert "showed its shape key “Grin”: set that key's value to 1" in str(imported.report)
    source.data.shape_keys.key_blocks["Grin"].value = 1
    imported = come_back(tmp_path, source)
    assert not imported.doubtful
    assert worst_corner(imported.objects, source) < 1e-6


def hide_collection(collection: bpy.types.Collection, way: str) -> None:
    layer = bpy.context.view_layer.layer_collection.children["Outer"]
    layer = layer if collection.name == "Outer" else layer.children[collection.name]
    if way == "everywhere":
        collection.hide_viewport = True
    else:
        setattr(layer, way, True)


@pytest.mark.parametrize("way", ["exclude", "hide_viewport", "everywhere"])
@pytest.mark.parametrize("which", ["Outer", "Inner"])
@pytest.mark.parametrize("parent", [False, True])
def test_parts_go_where_they_can_be_seen(tmp_path: Path, which: str, way: str, parent: bool) -> None:
    source = sent_monkey(tmp_path)
    outer, inner = (bpy.data.collections.new(name) for name in ("Outer", "Inner"))
    bpy.context.scene.collection.children.link(outer)
    outer.children.link(inner)
    for collection in source.users_collection:
        collection.objects.unlink(source)
    inner.objects.link(source)
    bpy.context.view_layer.active_layer_collection = bpy.context.view_layer.layer_collection.children["Outer"]
    shown = come_back(tmp_path, source, parent=parent)
    assert shown.collection.name in inner.children
    hide_collection(bpy.data.collections[which], way)
    hidden = come_back(tmp_path, source, parent=parent)
    assert not hidden.doubtful
    assert all(part.visible_get() and part.select_get() for part in hidden.objects)


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_borders_that_are_equal_in_the_file_are_equal_in_the_world(tmp_path: Path, transform: str) -> None:
    source = add_monkey()
    TRANSFORMS[transform](source)
    source = source.parent if transform == "instances" else source
    sent, record = send(source, tmp_path)
    parts = parts_of(sent, keep, weld=True)
    file = give_back(parts, tmp_path / "result.glb")
    imported = import_result(bpy.context, file, source, record, name="Monkey", parts="AS_DELIVERED")
    bpy.context.view_layer.update()
    in_file = [{tuple(vertex) for vertex in part.vertices.tolist()} for part in parts]
    borders = 0
    for one, other in itertools.combinations(range(len(parts)), 2):
        common = len(in_file[one] & in_file[other])
        borders += common
        for places in (exact_places, shown_places):
            assert len(places(imported.objects[one]) & places(imported.objects[other])) == common
    assert borders > 50


@pytest.mark.parametrize(("transform", "equal"), [("moved", True), ("plain", False), ("sheared", False)])
def test_borders_of_children_are_equal_where_their_parent_is_not_turned(
    tmp_path: Path, transform: str, equal: bool
) -> None:
    """Else Blender multiplies the matrices of parent and child, and rounds each child in its own way."""
    source = add_monkey()
    if transform == "moved":
        source.matrix_world = Matrix.Translation((3, -2, 1))
    else:
        TRANSFORMS[transform](source)
    sent, record = send(source, tmp_path)
    parts = parts_of(sent, keep, weld=True)
    file = give_back(parts, tmp_path / "result.glb")
    children = import_result(
        bpy.context, file, source, record, name="Monkey", parts="AS_DELIVERED", parent=True
    ).objects
    bpy.context.view_layer.update()
    places = [np.array(sorted(exact_places(part))) for part in children]
    in_file = [{tuple(vertex) for vertex in part.vertices.tolist()} for part in parts]
    size = np.linalg.norm(np.ptp(np.concatenate(places), axis=0))
    for one, other in itertools.combinations(range(len(parts)), 2):
        common = len(in_file[one] & in_file[other])
        apart = np.linalg.norm(places[one][:, None] - places[other][None], axis=2).min(axis=1)
        assert (apart <= (0 if equal else 1e-6 * size)).sum() == common


def exact_places(part: Object) -> set[tuple[float, ...]]:
    """Where the vertices are: the sums that float32 would round."""
    matrix = np.array(part.matrix_world, np.float64)
    return {tuple(matrix[:3, :3] @ vertex.co + matrix[:3, 3]) for vertex in part.data.vertices}


def shown_places(part: Object) -> set[tuple[float, ...]]:
    """As Blender computes them, in float32."""
    return {tuple(part.matrix_world @ vertex.co) for vertex in part.data.vertices}


def test_the_origin_of_a_part_is_its_middle(tmp_path: Path) -> None:
    source = sent_monkey(tmp_path)
    for part in come_back(tmp_path, source).objects:
        points = np.array([vertex.co for vertex in part.data.vertices])
        assert np.abs(points.max(axis=0) + points.min(axis=0)).max() < 1e-5


def test_two_objects_that_were_sent_as_one(tmp_path: Path) -> None:
    """Each shows a piece of what was sent; the parts still lie on it."""
    one, other = add_monkey("One"), add_mesh("Other", [(5, 0, 0), (6, 0, 0), (5, 3, 0)], [(0, 1, 2)])
    sent = send_together([one, other], tmp_path)
    give_back(parts_of(sent), tmp_path / "result.glb")
    for obj in (one, other):
        imported = come_back(tmp_path, obj)
        assert not imported.doubtful
        assert str(imported.report).startswith("6 parts of “Monkey”, in place. The parts hold more than “Monkey” shows")


EXTREME = st.sampled_from([0.0, 1.0, -1.0, 1e-30, 1e30, -9e35, 3e-36])


@given(
    matrix=st.lists(EXTREME, min_size=16, max_size=16),
    centre=st.lists(EXTREME, min_size=3, max_size=3),
    mean=st.lists(EXTREME, min_size=3, max_size=3),
    anchors=st.lists(EXTREME, min_size=3, max_size=24),
    scale=st.sampled_from([3e-36, 1.0, 9e35]),
)
@example([0.0] * 16, [0.0] * 3, [0.0] * 3, [0.0] * 8 + [-9e35, -9e35, 0.0, 0.0], 1.0)
@settings(max_examples=20)
def test_a_record_that_was_made_up_does_no_harm(
    tmp_path: Path, matrix: list[float], centre: list[float], mean: list[float], anchors: list[float], scale: float
) -> None:
    source = add_mesh(
        "Three", [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)], [(0, 2, 1), (0, 1, 3), (1, 2, 3), (0, 3, 2)]
    )
    send(source, tmp_path)
    give_back(parts_of(tmp_path / "mesh.glb"), tmp_path / "result.glb")
    record = read_record(source)
    assert record
    few = anchors[: len(anchors) // 3 * 3]
    made_up = record._replace(matrix=tuple(matrix), centre=tuple(centre), mean=tuple(mean), scale=scale)
    write_record(source, made_up._replace(anchors=array("f", few), vertices=len(few) // 3))
    assert read_record(source)
    with np.errstate(all="ignore"):
        assert come_back(tmp_path, source).objects
