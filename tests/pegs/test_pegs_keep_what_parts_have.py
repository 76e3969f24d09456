# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What parts have on their vertices, edges, corners and faces stays where no peg is; what is new is like the cap."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from closed import Object, by_angle, close, import_parts, open_edges, torus

pytestmark = pytest.mark.usefixtures("addon")

KINDS = {
    "FLOAT": ("value", 1),
    "INT": ("value", 1),
    "INT8": ("value", 1),
    "BOOLEAN": ("value", 1),
    "FLOAT2": ("vector", 2),
    "FLOAT_VECTOR": ("vector", 3),
    "INT32_2D": ("value", 2),
    "FLOAT_COLOR": ("color", 4),
    "BYTE_COLOR": ("color_srgb", 4),
    "QUATERNION": ("value", 4),
}
if bpy.app.version >= (5, 1, 0):
    KINDS["FLOAT4X4"] = ("value", 16)
DOMAINS = {"POINT": "vertices", "EDGE": "edges", "CORNER": "loops", "FACE": "polygons"}


def values_of(attribute: bpy.types.Attribute) -> np.ndarray:
    prop, count = KINDS[attribute.data_type]
    values = np.empty((len(attribute.data), count), np.float64)
    attribute.data.foreach_get(prop, values.ravel())
    return values


def closed_ring() -> list[Object]:
    model = torus()
    parts = import_parts(model, by_angle(model, 2))
    close()
    return parts


@pytest.mark.parametrize("domain", DOMAINS)
def test_each_element_keeps_its_values(domain: str) -> None:
    """A number on each says which it was: its values are those that it had."""
    parts = closed_ring()
    given: dict[str, np.ndarray] = {}
    for part in parts:
        size = len(getattr(part.data, DOMAINS[domain]))
        number = part.data.attributes.new("number", "INT", domain)
        number.data.foreach_set("value", np.arange(1, size + 1, dtype=np.int32))
        for kind, (prop, count) in KINDS.items():
            made = part.data.attributes.new(kind, kind, domain)
            made.data.foreach_set(prop, (np.arange(size * count) % 3 > 0).tolist())
            given[part.name + kind] = values_of(made)
    assert bpy.ops.hitem3d.add_pegs() == {"FINISHED"}
    for part in parts:
        mesh = part.data
        number = values_of(mesh.attributes["number"])[:, 0].astype(int)
        old = number > 0
        assert old.sum() > 0.8 * len(given[part.name + "INT"])
        if domain != "FACE":  # of faces, the new ones are like the cap that they were
            assert not old.all()
        for kind in KINDS:
            now = values_of(mesh.attributes[kind])
            assert np.array_equal(now[old], given[part.name + kind][number[old] - 1]), kind
        assert not mesh.validate()


def test_names_materials_weights_and_properties_stay() -> None:
    parts = closed_ring()
    red = bpy.data.materials.new("red")
    for part in parts:
        part.data.materials[0] = red
        part.data.uv_layers.new(name="first")
        part.data.uv_layers.active = part.data.uv_layers.new(name="second")
        part.vertex_groups.new(name="group").add(range(10), 0.5, "REPLACE")
        part["mine"] = part.data["mine"] = 7
    before = [(part.name, part.data, part.data.name) for part in parts]
    assert bpy.ops.hitem3d.add_pegs() == {"FINISHED"}
    for part, was in zip(parts, before, strict=True):
        mesh = part.data
        assert (part.name, mesh, mesh.name) == was
        assert part["mine"] == mesh["mine"] == 7
        assert part["hitem3d_part"] == "segmentation_1"
        assert mesh.uv_layers.active.name == "second"
        assert [material.name for material in mesh.materials] == ["red", "Hitem3D Cap"]
        assert sum(bool(vertex.groups) for vertex in mesh.vertices) == 10
        caps = np.array([value.value for value in mesh.attributes["hitem3d_cap"].data])
        pegs = np.array([value.value for value in mesh.attributes["hitem3d_peg"].data])
        slots = np.array([polygon.material_index for polygon in mesh.polygons])
        assert np.array_equal(slots == 1, caps)
        assert pegs.any()
        assert caps[pegs].all()
        flat = np.array([value.value for value in mesh.attributes["sharp_face"].data])
        assert flat[pegs].all()


@pytest.mark.parametrize("free", [False, True])
def test_custom_normals_stay(free: bool) -> None:
    """Those of the surface are as they were, and faces of pegs have their own direction."""
    parts = closed_ring()
    if free and bpy.app.version < (4, 5):
        pytest.skip("Blender 4.2 has no plain directions")
    wanted = []
    for part in parts:
        mesh = part.data
        rng = np.random.default_rng(0)
        normals = np.array([corner.vector for corner in mesh.corner_normals]) + rng.normal(0, 0.1, (len(mesh.loops), 3))
        normals = (normals / np.linalg.norm(normals, axis=1, keepdims=True)).astype(np.float32)
        if free:
            mesh.attributes.new("custom_normal", "FLOAT_VECTOR", "CORNER").data.foreach_set("vector", normals.ravel())
        else:
            mesh.normals_split_custom_set(normals.tolist())
        number = mesh.attributes.new("number", "INT", "CORNER")
        number.data.foreach_set("value", np.arange(1, len(mesh.loops) + 1, dtype=np.int32))
        wanted.append(np.array([corner.vector for corner in mesh.corner_normals]))
    assert bpy.ops.hitem3d.add_pegs() == {"FINISHED"}
    for part, was in zip(parts, wanted, strict=True):
        mesh = part.data
        caps = np.array([value.value for value in mesh.attributes["hitem3d_cap"].data])
        pegs = np.array([value.value for value in mesh.attributes["hitem3d_peg"].data])
        sizes = [polygon.loop_total for polygon in mesh.polygons]
        number = values_of(mesh.attributes["number"])[:, 0].astype(int)
        now = np.array([corner.vector for corner in mesh.corner_normals])
        surface = ~np.repeat(caps, sizes)
        assert number[surface].min() > 0
        assert np.abs(now[surface] - was[number[surface] - 1]).max() < 1e-3
        own = np.repeat(np.array([polygon.normal for polygon in mesh.polygons]), sizes, axis=0)
        new = np.repeat(pegs, sizes)
        if free:
            assert np.abs(now[new] - own[new]).max() < 1e-3


def test_a_peg_goes_with_the_piece_that_it_stands_on() -> None:
    """Two quarters that are one part while pegs are added: each takes its own along."""
    model = torus()
    parts = import_parts(model, by_angle(model, 4))
    for part in parts:
        part.select_set(part in (parts[0], parts[2]))
    bpy.context.view_layer.objects.active = parts[0]
    assert bpy.ops.hitem3d.merge_parts() == {"FINISHED"}
    close()
    assert bpy.ops.hitem3d.add_pegs() == {"FINISHED"}
    assert bpy.ops.hitem3d.split_parts() == {"FINISHED"}
    pieces = {part.name: part for part in bpy.context.selected_objects}
    assert sorted(pieces) == ["part 0", "part 2"]
    assert [open_edges(piece) for piece in pieces.values()] == [0, 0]


def test_a_mesh_that_several_objects_show_is_changed_in_one() -> None:
    parts = closed_ring()
    copy = bpy.data.objects.new("copy", parts[0].data)
    bpy.context.scene.collection.objects.link(copy)
    before = len(copy.data.polygons)
    assert bpy.ops.hitem3d.add_pegs() == {"FINISHED"}
    assert len(copy.data.polygons) == before
    assert len(parts[0].data.polygons) > before
