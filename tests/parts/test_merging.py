# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts that become one: what they had stays, and what stands for them on the original follows."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from imported import Import, apply, attribute, faces, import_monkey, same_faces, world_points
from mathutils import Vector, geometry

from hitem3d_addon.core.errors import InputError
from hitem3d_addon.parts.merging import merge_parts
from hitem3d_addon.session.record import PART, TASK_ID


def merge(imported: Import, merged: list[int], into: int) -> bool:
    parts = imported.parts
    return merge_parts(bpy.context, imported.collection, [parts[number] for number in merged], parts[into])


@pytest.mark.parametrize("textured", [True, False])
def test_geometry_materials_uvs_and_normals_stay(textured: bool) -> None:
    imported = import_monkey(textured=textured)
    before, points = faces(*imported.parts), world_points(*imported.parts)
    merge(imported, [1, 3], into=1)
    assert [part.name for part in imported.parts] == ["Model part 01", "Model part 02", "Model part 03"]
    same_faces(faces(*imported.parts), before, materials=textured)
    assert (world_points(*imported.parts) == points).all()
    if not textured:  # that of the part that is gone is kept for Split
        assert {face[1] for face in faces(imported.part(1))} == {"Model part 02"}
    assert "Model part 04" not in bpy.data.meshes


@pytest.mark.parametrize("domain", ["POINT", "CORNER", "none"])
def test_custom_normals_stay_of_parts_that_are_turned(domain: str) -> None:
    if bpy.app.version < (4, 5) and domain != "none":
        pytest.skip("custom normals as plain directions came with Blender 4.5")
    imported = import_monkey(3)
    random = np.random.default_rng(4)
    for number, part in enumerate(imported.parts):
        part.rotation_euler.x += number
        part.scale *= 1 + number
        normals = np.empty((len(part.data.loops), 3), np.float32)
        part.data.corner_normals.foreach_get("vector", normals.ravel())
        normals = normals + random.normal(0, 0.2, (1, 3))
        normals /= np.linalg.norm(normals, axis=1)[:, None]
        if domain == "none":
            part.data.normals_split_custom_set(normals)
        else:
            count = len(part.data.vertices) if domain == "POINT" else len(normals)
            stored = part.data.attributes.new("custom_normal", "FLOAT_VECTOR", domain)
            stored.data.foreach_set("vector", normals[:count].astype(np.float32).ravel())
    before = faces(*imported.parts)
    merge(imported, [0, 1, 2], into=1)
    same_faces(faces(*imported.parts), before, materials=False)


def test_the_attribute_the_face_sets_the_groups_and_the_colours_follow() -> None:
    imported = import_monkey(5)
    for target in ("FACE_ATTRIBUTE", "FACE_SETS", "VERTEX_GROUPS", "MATERIALS"):
        apply(imported, target)
    assert merge(imported, [1, 3], into=3)
    original = imported.original
    after = np.array([0, 2, 1, 2, 3])[imported.labels]
    names = ["Model part 01", "Model part 03", "Model part 04", "Model part 05"]
    assert (attribute(original, "hitem3d_part") == after).all()
    assert (attribute(original, ".sculpt_face_set") == after + 1).all()
    assert original.vertex_groups.keys() == names
    assert [material.name for material in original.data.materials] == names
    slots = [original.data.materials[polygon.material_index].name for polygon in original.data.polygons]
    assert slots == [names[label] for label in after]
    in_group = {v.index for v in original.data.vertices if 2 in {group.group for group in v.groups}}
    assert in_group == {index for face in np.flatnonzero(after == 2) for index in original.data.polygons[face].vertices}
    colours = np.empty((len(original.data.loops), 4), np.float32)
    original.data.color_attributes["hitem3d_part_colour"].data.foreach_get("color", colours.ravel())
    starts = [polygon.loop_start for polygon in original.data.polygons]
    expected = np.array([imported.part(label).color[:] for label in after])
    np.testing.assert_allclose(colours[starts], expected, atol=0.01)
    # And so they are as if the parts had been applied now.
    for target in ("FACE_ATTRIBUTE", "FACE_SETS", "VERTEX_GROUPS", "MATERIALS"):
        apply(imported, target)
    assert (attribute(original, "hitem3d_part") == after).all()
    assert (attribute(original, ".sculpt_face_set") == after + 1).all()


def test_face_sets_of_the_user_stay() -> None:
    imported = import_monkey()
    numbers = np.arange(1, len(imported.labels) + 1, dtype=np.int32) % 4 + 1
    imported.original.data.attributes.new(".sculpt_face_set", "INT", "FACE").data.foreach_set("value", numbers)
    merge(imported, [0, 1], into=0)
    assert (attribute(imported.original, ".sculpt_face_set") == numbers).all()


def test_with_two_imports_nobody_knows_whose_labels_they_are() -> None:
    imported = import_monkey()
    apply(imported, "FACE_ATTRIBUTE")
    other = bpy.data.collections.new("another")
    other[TASK_ID] = imported.collection[TASK_ID]
    other["hitem3d_original"] = imported.original.name
    copy = imported.part(0).copy()
    other.objects.link(copy)
    assert not merge(imported, [0, 1], into=0)
    assert (attribute(imported.original, "hitem3d_part") == imported.labels).all()


def test_a_mesh_that_others_use_is_not_changed() -> None:
    imported = import_monkey()
    twins = []
    for number in (0, 1):
        twins.append(bpy.data.objects.new("twin", imported.part(number).data))
        bpy.context.scene.collection.objects.link(twins[-1])
    before = world_points(*twins)
    merge(imported, [0, 1], into=0)
    assert (world_points(*twins) == before).all()


def test_hidden_parts_are_joined_where_they_are() -> None:
    imported = import_monkey()
    imported.part(1).hide_viewport = True
    imported.part(2).hide_set(True)
    points = world_points(*imported.parts)
    merge(imported, [0, 1, 2], into=1)
    assert (world_points(*imported.parts) == points).all()
    assert imported.part(0).visible_get()


def hide_the_collection(imported: Import) -> None:
    bpy.context.view_layer.layer_collection.children["Model parts"].hide_viewport = True


def exclude_the_collection(imported: Import) -> None:
    bpy.context.view_layer.layer_collection.children["Model parts"].exclude = True


def edit(imported: Import) -> None:
    bpy.ops.object.mode_set(mode="EDIT")


def flatten(imported: Import) -> None:
    imported.part(0).scale.z = 0
    imported.part(1).hide_set(True)


def add_modifier(imported: Import) -> None:
    imported.part(1).modifiers.new("Bevel", "BEVEL")


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (hide_the_collection, "hidden collection"),
        (exclude_the_collection, "is in another scene or view layer"),
        (edit, "Leave the mode"),
        (flatten, "scale of 0"),
        (add_modifier, "has modifiers"),
    ],
)
def test_what_can_t_be_joined_is_left_as_it_is(prepare: object, said: str) -> None:
    imported = import_monkey()
    bpy.context.view_layer.objects.active = imported.original
    prepare(imported)
    sizes = [len(part.data.polygons) for part in imported.parts]
    hidden = [part.hide_get() for part in imported.parts]
    with pytest.raises(InputError, match=said):
        merge(imported, [0, 1], into=0)
    assert [len(part.data.polygons) for part in imported.parts] == sizes
    assert [part.hide_get() for part in imported.parts] == hidden


def test_one_part_is_not_joined() -> None:
    imported = import_monkey()
    with pytest.raises(InputError, match="Select those that are to become one"):
        merge(imported, [1], into=1)


def test_the_joined_part_is_a_part() -> None:
    imported = import_monkey()
    merge(imported, [0, 2], into=2)
    assert all(PART in part for part in imported.parts)


@pytest.mark.parametrize("custom", [False, True])
@pytest.mark.parametrize("mirrored", [0, 1])
def test_a_mirrored_part_faces_as_it_did(custom: bool, mirrored: int) -> None:
    made = import_monkey()
    parts = made.parts[:2]
    parts[mirrored].scale.x = -1
    for part in parts:
        mesh = part.data
        if custom:
            tilted = [(corner.vector + Vector((0.3, 0.2, 0.1))).normalized() for corner in mesh.corner_normals]
            mesh.normals_split_custom_set(tilted)
    before = shown_faces(*parts)
    merge_parts(bpy.context, made.collection, parts, parts[0])
    after = shown_faces(parts[0])
    assert len(before) == len(after) > 100
    np.testing.assert_allclose(after, before, atol=4e-3)


def shown_faces(*objects: bpy.types.Object) -> np.ndarray:
    """Centre, direction and mean normal of each face as the objects show it, sorted."""
    bpy.context.view_layer.update()
    found = []
    for obj in objects:
        turn = obj.matrix_world.to_3x3().inverted().transposed()
        for polygon in obj.data.polygons:
            corners = [obj.data.corner_normals[loop].vector for loop in polygon.loop_indices]
            points = [obj.data.vertices[number].co for number in polygon.vertices]
            facing = (turn @ geometry.normal(points)).normalized()
            mean = (turn @ (sum(corners, Vector()) / len(corners))).normalized()
            found.append((*(obj.matrix_world @ polygon.center), *facing, *mean))
    return np.array(sorted(found, key=lambda row: tuple(np.round(row[:3], 3))))


def test_what_hangs_on_a_part_stays_where_it_is() -> None:
    made = import_monkey()
    into, other = made.parts[:2]
    hat, base = bpy.data.objects.new("hat", None), bpy.data.objects.new("base", None)
    for obj in (hat, base):
        bpy.context.scene.collection.objects.link(obj)
    base.location = (1, 2, 3)
    bpy.context.view_layer.update()
    for child, parent in ((hat, other), (into, other), (other, base)):
        child.parent, child.matrix_parent_inverse = parent, parent.matrix_world.inverted()
    hat.location.z = 2
    bpy.context.view_layer.update()
    places = {obj: np.array(obj.matrix_world) for obj in (hat, into)}
    merge_parts(bpy.context, made.collection, [into, other], into)
    bpy.context.view_layer.update()
    assert (hat.parent, into.parent) == (into, base)
    for obj, place in places.items():
        np.testing.assert_allclose(obj.matrix_world, place, atol=1e-5)
