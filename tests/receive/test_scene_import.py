# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an import leaves in Blender, and that one that fails leaves nothing."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
import pytest
from returned import all_data, bring_in, move_on, state, worst_corner

from hitem3d_addon.receive.scene_import import import_result
from hitem3d_addon.session.record import Record

Object = bpy.types.Object


def test_what_is_new_and_what_is_as_before(source: Object, result: tuple[Path, Record]) -> None:
    data, before = all_data(), state()
    imported = bring_in(source, result)
    new = all_data() - data
    count = len(imported.objects)
    assert count > 3
    assert new == {"objects": count, "meshes": count, "materials": count, "collections": 1}
    assert not data - all_data()
    assert state() == before
    assert set(bpy.context.selected_objects) == set(imported.objects)
    assert list(imported.collection.objects) == list(imported.objects)
    assert imported.collection.name == "Monkey parts"
    assert imported.collection in bpy.context.scene.collection.children[:]
    assert [part.name for part in imported.objects] == [f"Monkey part {i:02}" for i in range(1, count + 1)]
    assert [part.data.name for part in imported.objects] == [part.name for part in imported.objects]
    assert worst_corner(imported.objects, source) < 1e-6


def test_each_part_has_its_origin_at_its_centre_and_no_rotation(source: Object, result: tuple[Path, Record]) -> None:
    for part in bring_in(source, result).objects:
        ends = np.array([corner.co for corner in part.data.vertices])
        assert ends.min(axis=0) + ends.max(axis=0) == pytest.approx(np.zeros(3), abs=1e-6)
        assert tuple(part.scale) == (1, 1, 1)
        assert tuple(part.rotation_euler) == (0, 0, 0) and part.rotation_mode == "XYZ"
        assert part.parent is None and not part.modifiers


def test_each_part_has_a_colour_of_its_own(source: Object, result: tuple[Path, Record]) -> None:
    parts = bring_in(source, result).objects
    assert len({tuple(part.color) for part in parts}) == len(parts)
    for part in parts:
        (material,) = part.data.materials
        assert tuple(material.diffuse_color) == pytest.approx(tuple(part.color))
        (shader,) = (node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
        assert tuple(shader.inputs["Base Color"].default_value) == pytest.approx(tuple(part.color))


def test_a_second_import_clobbers_nothing(source: Object, result: tuple[Path, Record]) -> None:
    first = bring_in(source, result)
    for part in first.objects:
        part.location.x += 100
    kept = [(part.name, part.data.name, tuple(part.location)) for part in first.objects]
    second = bring_in(source, result)
    assert [(part.name, part.data.name, tuple(part.location)) for part in first.objects] == kept
    assert second.collection != first.collection and len(second.objects) == len(first.objects)
    assert set(bpy.context.selected_objects) == set(second.objects)
    assert bpy.context.view_layer.objects.active == source


@pytest.mark.parametrize("mode", ["EDIT", "SCULPT", "WEIGHT_PAINT", "VERTEX_PAINT"])
def test_every_mode_stays(source: Object, result: tuple[Path, Record], mode: str) -> None:
    bpy.ops.object.mode_set(mode=mode)
    before, selected = state(), set(bpy.context.selected_objects)
    imported = bring_in(source, result)
    assert state() == before and source.mode == mode
    assert set(bpy.context.selected_objects) == selected | set(imported.objects)
    bpy.ops.object.mode_set(mode="OBJECT")
    assert worst_corner(imported.objects, source) < 1e-6


def test_without_an_active_object_a_part_becomes_active(source: Object, result: tuple[Path, Record]) -> None:
    bpy.context.view_layer.objects.active = None
    imported = bring_in(None, result)
    assert bpy.context.view_layer.objects.active == imported.objects[0]


def test_the_collection_is_beside_the_source(source: Object, result: tuple[Path, Record]) -> None:
    inner = bpy.data.collections.new("Inner")
    outer = bpy.data.collections.new("Outer")
    bpy.context.scene.collection.children.link(outer)
    outer.children.link(inner)
    bpy.context.scene.collection.objects.unlink(source)
    inner.objects.link(source)
    imported = bring_in(source, result)
    assert imported.collection in inner.children[:]
    assert bpy.context.scene.collection.children[:] == [outer]


def test_a_source_in_an_excluded_collection_or_in_no_scene(source: Object, result: tuple[Path, Record]) -> None:
    away = bpy.data.collections.new("Away")
    bpy.context.scene.collection.children.link(away)
    bpy.context.scene.collection.objects.unlink(source)
    away.objects.link(source)
    bpy.context.view_layer.layer_collection.children["Away"].exclude = True
    imported = bring_in(source, result, hide_source=True)
    assert imported.collection in bpy.context.scene.collection.children[:], "where it can be seen"
    bpy.context.scene.collection.children.unlink(away)
    imported = bring_in(source, result, parent=True)
    assert imported.collection in bpy.context.scene.collection.children[:]
    assert set(bpy.context.selected_objects) == set(imported.objects)


def test_a_hidden_source(source: Object, result: tuple[Path, Record]) -> None:
    source.hide_set(True)
    imported = bring_in(source, result)
    assert not imported.doubtful
    source.hide_set(False)
    assert worst_corner(imported.objects, source) < 1e-6


def test_the_source_can_be_hidden(source: Object, result: tuple[Path, Record]) -> None:
    imported = bring_in(source, result, hide_source=True)
    assert not source.visible_get() and source.hide_render
    assert all(part.visible_get() for part in imported.objects)


def test_the_parts_can_become_children_that_follow(source: Object, result: tuple[Path, Record]) -> None:
    move_on(source)
    imported = bring_in(source, result, parent=True)
    assert all(part.parent == source for part in imported.objects)
    assert worst_corner(imported.objects, source) < 1e-6
    move_on(source)
    assert worst_corner(imported.objects, source) < 1e-6


def test_a_flattened_source_can_have_no_children(source: Object, result: tuple[Path, Record]) -> None:
    source.scale.z = 0
    imported = bring_in(source, result, parent=True)
    assert all(part.parent is None for part in imported.objects)


def test_long_and_foreign_names(source: Object, result: tuple[Path, Record]) -> None:
    imported = import_result(bpy.context, result[0], source, result[1], name="牛" * 60)
    assert imported.collection.name.endswith("牛 parts")
    assert imported.objects[1].name.endswith("牛 part 02")
