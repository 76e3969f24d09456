# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an object stands is what Blender would show if the object were shown, however it is hidden."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np
import pytest
from mathutils import Matrix
from returned import add_mesh, turned

from hitem3d_addon.mesh.evaluated import showing, world_matrices
from hitem3d_addon.mesh.surface import bounds, gather

Object = bpy.types.Object
FACES = [(0, 2, 1), (0, 1, 3), (1, 2, 3), (0, 3, 2)]
CORNERS = [(0, 0, 0), (1, 0, 0.3), (0.7, 2, 0), (0.2, 0.5, 3)]


def add_empty(name: str) -> Object:
    obj = bpy.data.objects.new(name, None)
    bpy.context.collection.objects.link(obj)
    return obj


def under_parents(obj: Object) -> list[Object]:
    parents = [add_empty("One"), add_empty("Two")]
    parents[0].scale, parents[1].rotation_euler = (1, 3, 0.5), (1, 2, 3)
    obj.parent, parents[0].parent = parents
    obj.matrix_parent_inverse = Matrix.Translation((4, 0, 0))
    return parents


def under_a_bone(obj: Object) -> list[Object]:
    rig = bpy.data.objects.new("Rig", bpy.data.armatures.new("Rig"))
    bpy.context.collection.objects.link(rig)
    bpy.context.view_layer.objects.active = rig
    bpy.ops.object.mode_set(mode="EDIT")
    bone = rig.data.edit_bones.new("Bone")
    bone.head, bone.tail = (1, 2, 3), (2, 2, 4)
    bpy.ops.object.mode_set(mode="OBJECT")
    rig.pose.bones["Bone"].rotation_quaternion = (0.8, 0.6, 0, 0)
    rig.location.x = 9
    obj.parent, obj.parent_type, obj.parent_bone = rig, "BONE", "Bone"
    return [rig]


def on_vertices(obj: Object) -> list[Object]:
    place = add_mesh("Places", CORNERS, FACES)
    place.location = (0, 7, 0)
    obj.parent, obj.parent_type, obj.parent_vertices = place, "VERTEX_3", (1, 2, 3)
    return [place]


def constrained(obj: Object) -> list[Object]:
    target = add_empty("Target")
    target.location, target.rotation_euler = (1, 2, 3), (0.1, 0.2, 0.3)
    obj.constraints.new("COPY_ROTATION").target = target  # type: ignore[attr-defined]
    obj.constraints.new("LIMIT_LOCATION").use_min_x = True  # type: ignore[attr-defined]
    return [target]


def driven(obj: Object) -> list[Object]:
    obj.driver_add("location", 2).driver.expression = "frame / 2 + 5"
    return []


def animated(obj: Object) -> list[Object]:
    for frame, x in ((1, 2), (11, 30)):
        obj.location.x = x
        obj.keyframe_insert("location", index=0, frame=frame)
    return []


def with_deltas(obj: Object) -> list[Object]:
    obj.delta_location, obj.delta_scale, obj.delta_rotation_euler = (1, 2, 3), (1, 2, -1), (0.3, 0, 0)
    return []


DEPENDENCIES = [under_parents, under_a_bone, on_vertices, constrained, driven, animated, with_deltas]


def hide_in_viewports(obj: Object) -> None:
    obj.hide_viewport = True


def hide_by_eye(obj: Object) -> None:
    obj.hide_set(True)


def into_collection(obj: Object) -> tuple[bpy.types.Collection, bpy.types.LayerCollection]:
    collection = bpy.data.collections.new(f"Box of {obj.name}")
    bpy.context.scene.collection.children.link(collection)
    for other in obj.users_collection:
        other.objects.unlink(obj)
    collection.objects.link(obj)
    return collection, bpy.context.view_layer.layer_collection.children[collection.name]


def exclude(obj: Object) -> None:
    into_collection(obj)[1].exclude = True


def hide_collection(obj: Object) -> None:
    into_collection(obj)[0].hide_viewport = True


def hide_collection_by_eye(obj: Object) -> None:
    into_collection(obj)[1].hide_viewport = True


def into_another_scene(obj: Object) -> None:
    scene = bpy.data.scenes.new("Other")
    scene.frame_current, scene.frame_subframe = bpy.context.scene.frame_current, bpy.context.scene.frame_subframe
    for other in obj.users_collection:
        other.objects.unlink(obj)
    scene.collection.objects.link(obj)


HIDINGS = [hide_in_viewports, hide_by_eye, exclude, hide_collection, hide_collection_by_eye, into_another_scene]


@pytest.mark.parametrize("hide", HIDINGS)
def test_hidden_objects_stand_where_they_would_be_shown(tmp_path: Path, hide: Callable[[Object], None]) -> None:
    names = []
    for depend in DEPENDENCIES:
        obj = add_mesh(depend.__name__, CORNERS, FACES)
        obj.matrix_world = Matrix.Translation((3, -2, 1)) @ turned(0.4, 0.2, 1.1) @ Matrix.Diagonal((2, -0.5, 3, 1))
        names += [obj.name, *(other.name for other in depend(obj))]
    bpy.context.scene.frame_set(6, subframe=0.5)
    bpy.context.view_layer.update()
    objects = [bpy.data.objects[name] for name in names]
    shown = [obj.matrix_world.copy() for obj in objects]
    ends = [bounds(gather([obj], bpy.context.evaluated_depsgraph_get())) for obj in objects]
    for obj in objects:
        hide(obj)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "model.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "model.blend"))
    before = what_there_is()
    objects = [bpy.data.objects[name] for name in names]
    depsgraph = bpy.context.evaluated_depsgraph_get()
    assert world_matrices(objects, depsgraph) == shown
    for obj, low_and_high in zip(objects, ends, strict=True):
        with showing(obj, depsgraph) as graph:
            assert np.array_equal(bounds(gather([obj], graph)), low_and_high)
    assert what_there_is() == before


def what_there_is() -> list[object]:
    blocks = [(type(block).__name__, block.name) for block in bpy.data.user_map()]
    hidden = [(obj.name, obj.hide_viewport, obj.visible_get(), len(obj.users_scene)) for obj in bpy.data.objects]
    return [sorted(blocks), hidden]


def test_an_object_that_is_in_no_scene(tmp_path: Path) -> None:
    obj = bpy.data.objects.new("Alone", None)
    obj.location.x = 5
    (matrix,) = world_matrices([obj], bpy.context.evaluated_depsgraph_get())
    assert matrix.translation.x == 5


def test_instances_of_a_hidden_instancer() -> None:
    place = add_mesh("Places", CORNERS, FACES)
    child = add_mesh("Child", CORNERS, FACES)
    child.parent, place.instance_type = place, "VERTS"
    bpy.context.view_layer.update()
    shown = bounds(gather([place], bpy.context.evaluated_depsgraph_get()))
    place.hide_viewport = True
    with showing(place, bpy.context.evaluated_depsgraph_get()) as graph:
        assert np.array_equal(bounds(gather([place], graph)), shown)
    assert place.hide_viewport
