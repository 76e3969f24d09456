# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made of labels: an attribute, face sets, vertex groups and materials."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from cut import face_vertices
from four_parts import COLOURS, NAMES, Object, apply, monkey

from hitem3d_addon.apply.targets import Applied
from hitem3d_addon.core.choices import TARGET_ITEMS, TARGETS, Target


def face_values(obj: Object, name: str) -> np.ndarray:
    attribute = obj.data.attributes[name]
    assert (attribute.domain, attribute.data_type) == ("FACE", "INT")
    return np.array([item.value for item in attribute.data])


def vertices_of(obj: Object, labels: np.ndarray, label: int) -> set[int]:
    return {vertex for face, of in zip(face_vertices(obj), labels, strict=True) if of == label for vertex in face}


def test_face_attribute() -> None:
    source, labels = monkey()
    result = apply(source, labels, "FACE_ATTRIBUTE")
    assert (face_values(source, "hitem3d_part") == labels).all()
    assert result == Applied((source,), ())
    apply(source, labels[::-1], "FACE_ATTRIBUTE")
    assert (face_values(source, "hitem3d_part") == labels[::-1]).all()


def test_an_attribute_of_that_name_and_another_kind_is_replaced() -> None:
    source, labels = monkey()
    source.data.attributes.new("hitem3d_part", "FLOAT", "POINT")
    apply(source, labels, "FACE_ATTRIBUTE")
    assert (face_values(source, "hitem3d_part") == labels).all()


def test_face_sets() -> None:
    source, labels = monkey()
    apply(source, labels, "FACE_SETS")
    assert (face_values(source, ".sculpt_face_set") == labels + 1).all()
    bpy.ops.object.mode_set(mode="SCULPT")
    bpy.ops.object.mode_set(mode="OBJECT")
    assert (face_values(source, ".sculpt_face_set") == labels + 1).all()


def test_vertex_groups() -> None:
    source, labels = monkey()
    own = source.vertex_groups.new(name="chin")
    own.add([5], 0.3, "REPLACE")
    apply(source, labels, "VERTEX_GROUPS")
    assert source.vertex_groups.keys() == ["chin", "ears", "brow", "eyes", "chin.001"]
    assert source.vertex_groups.active == own
    for label in range(len(NAMES)):
        index = label + 1
        weights = {
            vertex.index: group.weight
            for vertex in source.data.vertices
            for group in vertex.groups
            if group.group == index
        }
        assert set(weights) == vertices_of(source, labels, label)
        assert set(weights.values()) == {1.0}
    assert own.weight(5) == pytest.approx(0.3)


def test_materials() -> None:
    source, labels = monkey()
    old = bpy.data.materials.new("old")
    source.data.materials.append(old)
    apply(source, labels, "MATERIALS")
    assert [slot.material.name for slot in source.material_slots] == ["old", *NAMES]
    assert [polygon.material_index for polygon in source.data.polygons] == (labels + 1).tolist()
    for slot, colour in zip(list(source.material_slots)[1:], COLOURS, strict=True):
        (surface,) = (node for node in slot.material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
        assert tuple(surface.inputs["Base Color"].default_value) == colour
        assert tuple(slot.material.diffuse_color) == colour


def test_vertex_groups_of_before_are_replaced() -> None:
    source, labels = monkey()
    source.vertex_groups.new(name="mine").add([5], 0.3, "REPLACE")
    apply(source, labels, "VERTEX_GROUPS")
    source.vertex_groups.new(name="later")
    apply(source, labels[::-1], "VERTEX_GROUPS")
    assert source.vertex_groups.keys() == ["mine", "later", *NAMES]
    assert source.vertex_groups.active.name == "later"
    ears = source.vertex_groups["ears"].index
    having = {v.index for v in source.data.vertices if any(group.group == ears for group in v.groups)}
    assert having == vertices_of(source, labels[::-1], 0)
    assert source.vertex_groups["mine"].weight(5) == pytest.approx(0.3)


def test_materials_of_before_are_replaced() -> None:
    source, labels = monkey()
    source.data.materials.append(bpy.data.materials.new("old"))
    apply(source, labels, "MATERIALS")
    source.data.materials[2].diffuse_color = (0.1, 0.2, 0.3, 1.0)
    source.data.materials.append(bpy.data.materials.new("later"))
    apply(source, labels[::-1], "MATERIALS")
    assert [material.name for material in source.data.materials] == ["old", "later", *NAMES]
    assert [polygon.material_index for polygon in source.data.polygons] == (labels[::-1] + 2).tolist()
    assert source.data.materials["brow"].diffuse_color[1] == pytest.approx(0.2)
    assert len(bpy.data.materials) == 2 + len(NAMES)


@pytest.mark.parametrize("target", TARGETS)
def test_only_this_object_changes_where_a_mesh_has_more_users(target: Target) -> None:
    source, labels = monkey()
    shared = source.data
    other = bpy.data.objects.new("Other", shared)
    bpy.context.collection.objects.link(other)
    before = shared.attributes.keys(), shared.materials[:], len(shared.polygons)
    apply(source, labels, target)
    assert other.data == shared and source.data != shared
    assert (shared.attributes.keys(), shared.materials[:], len(shared.polygons)) == before
    assert not other.vertex_groups


@pytest.mark.parametrize("target", ["FACE_ATTRIBUTE", "VERTEX_GROUPS", "SEPARATE"])
def test_a_part_without_a_face_is_named(target: Target) -> None:
    source, labels = monkey()
    labels[labels == 1] = 0
    result = apply(source, labels, target)
    assert result.absent == ("brow",)
    assert len(result.objects) == (3 if target == "SEPARATE" else 1)


def test_each_target_has_a_name_and_something_that_does_it() -> None:
    assert [item[0] for item in TARGET_ITEMS] == list(TARGETS)
    for target in TARGETS:
        source, labels = monkey()
        assert source in apply(source, labels, target).objects
