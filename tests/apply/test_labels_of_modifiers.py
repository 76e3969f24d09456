# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels come through modifiers to the mesh beneath, and hidden objects are labelled as they would be seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np
import pytest
from cut import as_parts, away_from_borders, bands, face_centres, make_real, mesh_object, shown_triangles
from labelled import Object, bumpy_ball, cut, dense_monkey, everything, labels_of, monkey, plain, shaped


def subdivided(obj: Object) -> None:
    obj.modifiers.new("Subdivision", "SUBSURF").levels = 2


def multires(obj: Object) -> None:
    modifier = obj.modifiers.new("Multires", "MULTIRES")
    bpy.context.view_layer.objects.active = obj
    bpy.ops.object.multires_subdivide(modifier=modifier.name)
    bpy.ops.object.multires_subdivide(modifier=modifier.name)


def bevelled(obj: Object) -> None:
    obj.modifiers.new("Bevel", "BEVEL").width = 0.01


def solid(obj: Object) -> None:
    obj.modifiers.new("Solidify", "SOLIDIFY").thickness = 0.02


def triangulated(obj: Object) -> None:
    obj.modifiers.new("Triangulate", "TRIANGULATE")


def edge_split(obj: Object) -> None:
    obj.modifiers.new("EdgeSplit", "EDGE_SPLIT").split_angle = 0.1


def bent(obj: Object) -> None:
    obj.modifiers.new("Bend", "SIMPLE_DEFORM").deform_method = "BEND"


def arrayed(obj: Object) -> None:
    obj.modifiers.new("Array", "ARRAY").count = 3


@pytest.mark.parametrize(
    "modify", [subdivided, multires, bevelled, solid, triangulated, edge_split, bent, shaped, arrayed]
)
def test_modifiers_bring_the_labels_to_the_mesh_beneath(modify: Callable[[Object], None]) -> None:
    source = monkey()
    plain(source)
    truth = bands(face_centres(source), 5)
    modify(source)
    of_shown = labels_of_shown(source, truth)
    corners, polygons = shown_triangles(source)
    labels = labels_of(source, as_parts(corners, of_shown[polygons]))
    assert (labels.faces == truth).all()
    assert labels.exact == 1


def labels_of_shown(source: Object, truth: np.ndarray) -> np.ndarray:
    """The labels of the base mesh's faces on the evaluated mesh, by an attribute of this test's own."""
    source.data.attributes.new("truth", "INT", "FACE").data.foreach_set("value", truth.astype(np.int32))
    bpy.context.view_layer.update()
    shown = source.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = shown.to_mesh()
    values = np.empty(len(mesh.polygons), np.int32)
    mesh.attributes["truth"].data.foreach_get("value", values)
    shown.to_mesh_clear()
    source.data.attributes.remove(source.data.attributes["truth"])
    return values


def test_cuts_across_the_faces_of_a_subdivided_mesh() -> None:
    source = dense_monkey(1)
    subdivided(source)
    _, parts = cut(source, 5)
    labels = labels_of(source, parts)
    assert labels.exact == 1 and 0 < labels.divided < 0.3
    truth = bands(face_centres(source), 5)
    assert (labels.faces == truth).mean() > 0.95


def test_a_mirror_modifier_gives_each_face_one_of_its_two_parts() -> None:
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=8, y_subdivisions=8, location=(2, 0, 0))
    source = bpy.context.object
    bpy.ops.object.transform_apply()
    source.modifiers.new("Mirror", "MIRROR")
    corners, _ = shown_triangles(source)
    labels = labels_of(source, as_parts(corners, (corners.mean(axis=1)[:, 0] > 0).astype(np.int32)))
    assert labels.exact == 1 and labels.divided == 1
    assert len(labels.faces) == 64


def test_a_voxel_remesh_modifier_leaves_the_nearest_part() -> None:
    source = mesh_object("Ball", *bumpy_ball())
    truth = bands(face_centres(source), 4)
    remesh = source.modifiers.new("Remesh", "REMESH")
    remesh.mode, remesh.voxel_size = "VOXEL", 0.02
    corners, _ = shown_triangles(source)
    heights = face_centres(source)[:, 2]
    edges = np.linspace(heights.min(), heights.max(), 5)[1:-1]
    labels = labels_of(source, as_parts(corners, np.digitize(corners.mean(axis=1)[:, 2], edges)))
    assert labels.exact > 0.999
    assert (labels.faces == truth)[away_from_borders(source, truth)].mean() >= 0.999


def test_faces_that_no_modifier_shows_get_the_nearest_part() -> None:
    source = dense_monkey(1)
    group = source.vertex_groups.new(name="Shown")
    group.add([vertex.index for vertex in source.data.vertices if vertex.co.x > 0], 1, "REPLACE")
    source.modifiers.new("Mask", "MASK").vertex_group = "Shown"
    of_shown = labels_of_shown(source, np.arange(len(source.data.polygons)))
    truth, parts = cut(source, 3)
    labels = labels_of(source, parts)
    assert labels.exact == 1
    assert (labels.faces[of_shown] == truth).all()
    assert set(labels.faces) == {0, 1, 2}


def joined_with_another(obj: Object) -> None:
    bpy.ops.mesh.primitive_cube_add(size=0.7, location=(0, 0, 1))
    cutter = bpy.context.object
    cutter.hide_viewport = True
    boolean = obj.modifiers.new("Boolean", "BOOLEAN")
    boolean.operation, boolean.object = "DIFFERENCE", cutter


def test_faces_of_another_object_do_not_vote() -> None:
    source = dense_monkey(1)
    joined_with_another(source)
    truth = bands(face_centres(source), 3)
    corners, polygons = shown_triangles(source)
    shown = np.clip(labels_of_shown(source, truth + 1) - 1, 0, None)
    labels = labels_of(source, as_parts(corners, shown[polygons]))
    seen = labels_of_shown(source, np.arange(1, len(truth) + 1))
    seen = np.unique(seen[seen > 0]) - 1
    assert (labels.faces[seen] == truth[seen]).mean() > 0.99


def hidden_by_the_eye(obj: Object) -> None:
    obj.hide_set(True)


def hidden_in_viewports(obj: Object) -> None:
    obj.hide_viewport = True


def in_an_excluded_collection(obj: Object) -> None:
    away = bpy.data.collections.new("Away")
    bpy.context.scene.collection.children.link(away)
    bpy.context.scene.collection.objects.unlink(obj)
    away.objects.link(obj)
    bpy.context.view_layer.layer_collection.children["Away"].exclude = True


@pytest.mark.parametrize("hide", [hidden_by_the_eye, hidden_in_viewports, in_an_excluded_collection])
def test_a_hidden_object_is_taken_as_it_would_be_seen(hide: Callable[[Object], None]) -> None:
    source = monkey()
    plain(source)
    subdivided(source)
    truth = bands(face_centres(source), 5)
    of_shown = labels_of_shown(source, truth)
    corners, polygons = shown_triangles(source)
    parts = as_parts(corners, of_shown[polygons])
    bpy.context.view_layer.objects.active = None
    hide(source)
    state = source.hide_viewport, source.visible_get(), len(bpy.data.scenes)
    labels = labels_of(source, parts)
    assert labels.exact == 1 and (labels.faces == truth).all()
    assert (source.hide_viewport, source.visible_get(), len(bpy.data.scenes)) == state


def test_nothing_is_left_behind() -> None:
    source = dense_monkey(1)
    subdivided(source)
    source.data.attributes.new("mine", "FLOAT", "POINT")
    _, parts = cut(source)
    for part in parts[:2]:
        part.modifiers.new("Decimate", "DECIMATE").ratio = 0.5
        make_real(part)
    parts[1].select_set(True)
    before = everything()
    labels = labels_of(source, parts)
    assert labels.exact < 1
    assert everything() == before


def test_other_users_of_the_mesh_are_as_before() -> None:
    source = monkey()
    other = bpy.data.objects.new("Other", source.data)
    bpy.context.scene.collection.objects.link(other)
    subdivided(source)
    _, parts = cut(source)
    mesh = source.data
    assert labels_of(source, parts).exact == 1
    assert source.data == other.data == mesh


def arrayed_wide(obj: Object) -> None:
    obj.modifiers.new("Array", "ARRAY").count = 4


def mirrored_over(obj: Object) -> None:
    obj.modifiers.new("Mirror", "MIRROR").use_axis = (False, True, False)


@pytest.mark.parametrize("modify", [arrayed_wide, mirrored_over, solid])
def test_a_modifier_that_was_switched_on_later_does_not_vote(modify: Callable[[Object], None]) -> None:
    source = monkey()
    plain(source)
    truth, parts = cut(source)
    modify(source)
    labels = labels_of(source, parts)
    assert (labels.faces == truth).all() and labels.unmatched == 0


@pytest.mark.parametrize("hide", [hidden_in_viewports, in_an_excluded_collection])
def test_hidden_parts_are_where_they_would_be_seen(hide: Callable[[Object], None], tmp_path: Path) -> None:
    source = monkey()
    plain(source)
    truth, parts = cut(source)
    names = source.name, [part.name for part in parts]
    if hide is hidden_in_viewports:
        for part in parts:
            part.hide_viewport = True
    else:
        in_an_excluded_collection(parts[0])
        for part in parts[1:]:
            bpy.context.scene.collection.objects.unlink(part)
            bpy.data.collections["Away"].objects.link(part)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "hidden.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "hidden.blend"))
    labels = labels_of(bpy.data.objects[names[0]], [bpy.data.objects[name] for name in names[1]])
    assert labels.exact == 1 and (labels.faces == truth).all()
