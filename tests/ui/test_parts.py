# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operators do with the parts: options of the import, every format, and the parts on the original."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from operated import parts
from sandbox.process import Sandbox

from hitem3d_addon.session.parts import find_original

pytestmark = pytest.mark.usefixtures("addon")


@pytest.mark.parametrize("mode", ["OBJECT", "EDIT"])
def test_a_number_on_every_face(segmented: bpy.types.Object, mode: str) -> None:
    bpy.ops.object.mode_set(mode=mode)
    assert bpy.ops.hitem3d.apply_parts(target="FACE_ATTRIBUTE") == {"FINISHED"}
    assert segmented.mode == mode
    bpy.ops.object.mode_set(mode="OBJECT")
    labels = np.empty(len(segmented.data.polygons), np.int32)
    segmented.data.attributes["hitem3d_part"].data.foreach_get("value", labels)
    triangles = np.bincount(labels, [len(polygon.vertices) - 2 for polygon in segmented.data.polygons])
    assert [len(part.data.polygons) for part in parts()] == triangles.tolist()


@pytest.mark.parametrize("target", ["FACE_SETS", "VERTEX_GROUPS", "MATERIALS", "SEPARATE"])
def test_every_target(segmented: bpy.types.Object, target: str) -> None:
    count = len(parts())
    faces = len(segmented.data.polygons)
    bpy.ops.hitem3d.apply_parts(target=target)
    if target == "VERTEX_GROUPS":
        assert len(segmented.vertex_groups) == count
    elif target == "MATERIALS":
        assert len(segmented.data.materials) == count
    elif target == "SEPARATE":
        pieces = [obj for obj in bpy.data.objects if obj not in parts()]
        assert len(pieces) == count
        assert all(piece.select_get() and not piece.hide_get() for piece in pieces)
        assert all(part.hide_get() and part.name.endswith(" (delivered)") for part in parts())
        assert sum(len(piece.data.polygons) for piece in pieces) == faces
        assert all(piece.data.uv_layers.keys() == segmented.data.uv_layers.keys() for piece in pieces)
    numbered = [block.name for block in (*bpy.data.objects, *bpy.data.materials, *bpy.data.meshes) if "." in block.name]
    assert not numbered


@pytest.mark.parametrize("target", ["FACE_ATTRIBUTE", "FACE_SETS", "VERTEX_GROUPS"])
def test_the_parts_are_shown_in_colour(segmented: bpy.types.Object, target: str) -> None:
    """Twice gives one attribute; what is rendered stays the user's own."""
    mesh = segmented.data
    mesh.color_attributes.new("own", "FLOAT_COLOR", "POINT")
    for _ in range(2):
        bpy.ops.hitem3d.apply_parts(target=target, in_colour=True)
    assert mesh.color_attributes.keys() == ["own", "hitem3d_part_colour"]
    assert mesh.color_attributes.active_color.name == "hitem3d_part_colour"
    assert mesh.color_attributes[mesh.color_attributes.render_color_index].name == "own"
    colours = np.empty((len(mesh.loops), 4), np.float32)
    mesh.color_attributes["hitem3d_part_colour"].data.foreach_get("color", colours.ravel())
    shown, counts = np.unique(colours[[polygon.loop_start for polygon in mesh.polygons]], axis=0, return_counts=True)
    assert len(shown) == len(parts())
    bpy.ops.hitem3d.apply_parts(target="FACE_ATTRIBUTE")
    labels = np.empty(len(mesh.polygons), np.int32)
    mesh.attributes["hitem3d_part"].data.foreach_get("value", labels)
    assert sorted(counts) == sorted(np.bincount(labels))


def test_without_parts_it_says_what_to_do() -> None:
    bpy.ops.mesh.primitive_cube_add()
    with pytest.raises(RuntimeError, match="Import the parts of the active object first"):
        bpy.ops.hitem3d.apply_parts()


def test_apply_is_offered_where_there_is_an_original(segmented: bpy.types.Object) -> None:
    """What decides while the panel is drawn looks at less, and says the same as what a press finds."""

    def offered(*selected: bpy.types.Object) -> bool:
        for obj in bpy.context.view_layer.objects:
            obj.select_set(obj in selected)
        bpy.context.view_layer.objects.active = selected[0] if selected else None
        said = bool(bpy.ops.hitem3d.apply_parts.poll())
        assert said == (find_original(bpy.context) is not None)
        return said

    curve = bpy.data.objects.new("Curve", bpy.data.curves.new("Curve", "CURVE"))
    bpy.context.scene.collection.objects.link(curve)
    assert offered(segmented)
    assert offered(*parts())
    assert not offered(*parts(), curve)
    assert not offered(curve)
    assert not offered()
    curve["hitem3d_task_id"] = segmented["hitem3d_task_id"]
    bpy.data.objects.remove(segmented)
    assert not offered(*parts())  # parts can't go onto a curve


def test_parts_elsewhere_are_not_guessed(segmented: bpy.types.Object) -> None:
    for part in parts():
        part.location.x += 100
    with pytest.raises(RuntimeError, match="not where it is"):
        bpy.ops.hitem3d.apply_parts()


def test_hiding_and_parenting(segmented: bpy.types.Object) -> None:
    bpy.ops.hitem3d.import_result(hide_source=True, parent=True)
    assert segmented.hide_get()
    second = bpy.data.collections["Torus parts.001"].objects
    assert all(part.parent == segmented for part in second)
    for mine, other in zip(sorted(second, key=lambda p: p.name), sorted(parts(), key=lambda p: p.name), strict=True):
        np.testing.assert_allclose(mine.matrix_world, other.matrix_world, atol=1e-6)


@pytest.mark.parametrize("name", ["OBJ", "GLB", "STL", "FBX", "USDZ"])
def test_every_format(sandbox: Sandbox, name: str) -> None:
    bpy.ops.mesh.primitive_torus_add(location=(3, -2, 1), rotation=(0.4, 0.2, 1.1))
    obj = bpy.context.active_object
    bpy.ops.hitem3d.create_task(format=name)
    bpy.ops.hitem3d.import_result(wait=True)
    bpy.context.view_layer.update()
    corners = np.array([part.matrix_world @ v.co for part in parts() for v in part.data.vertices])
    source = np.array([obj.matrix_world @ v.co for v in obj.data.vertices])
    np.testing.assert_allclose([corners.min(0), corners.max(0)], [source.min(0), source.max(0)], atol=1e-4)
