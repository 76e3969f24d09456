# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What parts have on their vertices, edges, corners and faces, their new faces have as well, with known values."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from closed import Object, by_angle, close, import_parts, open_edges, sphere, torus

pytestmark = pytest.mark.usefixtures("addon")

ZEROS = {"FLOAT": 1, "INT": 1, "INT8": 1, "BOOLEAN": 1, "FLOAT2": 2, "FLOAT_VECTOR": 3, "INT32_2D": 2}
DEFAULTS = {kind: (0.0,) * count for kind, count in ZEROS.items()} | {
    "FLOAT_COLOR": (1.0,) * 4,
    "BYTE_COLOR": (1.0,) * 4,
    "QUATERNION": (1.0, 0.0, 0.0, 0.0),
    "FLOAT4X4": tuple(np.eye(4).ravel().tolist()),
}
DOMAINS = {"POINT": "vertices", "EDGE": "edges", "CORNER": "loops", "FACE": "polygons"}


def prop_of(kind: str) -> str:
    return "color_srgb" if kind.endswith("COLOR") else "vector" if kind in ("FLOAT2", "FLOAT_VECTOR") else "value"


def values_of(attribute: bpy.types.Attribute) -> np.ndarray:
    """(elements, numbers)."""
    values = np.empty((len(attribute.data), len(DEFAULTS[attribute.data_type])), np.float64)
    attribute.data.foreach_get(prop_of(attribute.data_type), values.ravel())
    return values


def leave_numbers_in_memory() -> None:
    """What is allocated next and not written to holds anything but zeros."""
    used = [np.random.default_rng(0).integers(1, 2**31, 200_000) for _ in range(20)]
    del used


def counts(part: Object) -> dict[str, int]:
    return {domain: len(getattr(part.data, name)) for domain, name in DOMAINS.items()}


@pytest.mark.parametrize("domain", DOMAINS)
def test_new_elements_have_the_default_of_each_attribute(domain: str) -> None:
    """Whatever its type and wherever it is; what was there keeps its value."""
    model = torus()
    parts = import_parts(model, by_angle(model, 3))
    before = [counts(part)[domain] for part in parts]
    given: dict[str, np.ndarray] = {}
    for part in parts:
        for kind in DEFAULTS:
            made = part.data.attributes.new(kind, kind, domain)
            size = values_of(made).size
            made.data.foreach_set(prop_of(kind), (np.arange(size) % 2).tolist())
            given[part.name + kind] = values_of(made)
    leave_numbers_in_memory()
    close()
    for part, its in zip(parts, before, strict=True):
        assert counts(part)[domain] > its
        for kind, default in DEFAULTS.items():
            now = values_of(part.data.attributes[kind])
            assert np.array_equal(now[:its], given[part.name + kind])
            assert np.allclose(now[its:], default, atol=1e-4), kind


def test_what_blender_knows_by_name_has_its_default_on_new_elements() -> None:
    """Creases, seams, bevel weights, hidden and sharp ones, face sets, texts, vertex groups, custom normals."""
    model = torus()
    parts = import_parts(model, by_angle(model, 3))
    named = (
        *(("crease_edge", "FLOAT", "EDGE"), ("bevel_weight_edge", "FLOAT", "EDGE"), ("crease_vert", "FLOAT", "POINT")),
        *(("uv_seam", "BOOLEAN", "EDGE"), (".hide_edge", "BOOLEAN", "EDGE"), (".hide_poly", "BOOLEAN", "FACE")),
        *((".hide_vert", "BOOLEAN", "POINT"), (".sculpt_face_set", "INT", "FACE"), ("UV", "FLOAT2", "CORNER")),
    )
    for part in parts:
        for name, kind, domain in named:
            part.data.attributes.new(name, kind, domain)
        for value in part.data.attributes.new("text", "STRING", "FACE").data:
            value.value = b"old"
        part.data.attributes.new("sharp_edge", "BOOLEAN", "EDGE")
        part.vertex_groups.new(name="group").add(range(len(part.data.vertices)), 1.0, "REPLACE")
    before = [counts(part) for part in parts]
    leave_numbers_in_memory()
    close()
    for part, its in zip(parts, before, strict=True):
        mesh = part.data
        assert not mesh.validate()
        for name, _, domain in named:
            assert not values_of(mesh.attributes[name])[its[domain] :].any(), name
        texts = [value.value for value in mesh.attributes["text"].data]
        assert set(texts[: its["FACE"]]) == {b"old"}
        assert set(texts[its["FACE"] :]) == {b""}
        assert not values_of(mesh.attributes["sharp_edge"])[its["EDGE"] :].any()  # the border's edges are old ones
        assert all(not vertex.groups for vertex in mesh.vertices[its["POINT"] :])
        assert open_edges(part) == 0


def merge(*parts: Object) -> None:
    for obj in bpy.context.view_layer.objects:
        obj.select_set(obj in parts)
    bpy.context.view_layer.objects.active = parts[0]
    assert bpy.ops.hitem3d.merge_parts() == {"FINISHED"}


def split() -> dict[str, Object]:
    assert bpy.ops.hitem3d.split_parts() == {"FINISHED"}
    return {part.name: part for part in bpy.context.selected_objects}


def caps(part: Object) -> list[bpy.types.MeshPolygon]:
    marks = part.data.attributes["hitem3d_cap"].data
    return [polygon for polygon, mark in zip(part.data.polygons, marks, strict=True) if mark.value]


def test_caps_go_with_the_piece_that_they_close() -> None:
    """Two quarters that do not touch are one part while they are closed: each takes its own caps along."""
    model = torus()
    parts = import_parts(model, by_angle(model, 4))
    merge(parts[0], parts[2])
    close()
    pieces = split()
    assert sorted(pieces) == ["part 0", "part 2"]
    assert [open_edges(piece) for piece in pieces.values()] == [0, 0]
    assert len(caps(pieces["part 0"])) == len(caps(pieces["part 2"])) > 0


def test_a_cap_of_several_pieces_is_divided_among_them() -> None:
    """The upper half of a ring, joined of two: the cap below is a ring as well, and each piece takes its half."""
    model = torus()
    centres = model[0][model[1]].mean(axis=1)
    parts = import_parts(model, np.where(centres[:, 2] < 0, 2, centres[:, 0] > 0).astype(np.int32))
    merge(parts[0], parts[1])
    close()
    pieces = split()
    for piece, side in ((pieces["part 0"], -1), (pieces["part 1"], 1)):
        along = [(piece.matrix_world @ polygon.center).x - 3.3 for polygon in caps(piece)]
        assert len(along) > 10
        assert min(side * x for x in along) > -0.1


def test_the_second_wall_of_a_cavity_goes_with_the_first() -> None:
    """It touches nothing: it has the piece of what is nearest."""
    outer, corners = sphere()
    points = np.concatenate([outer, outer / 2, outer + np.array([5.0, 0.0, 0.0])])
    model = points, np.concatenate([corners, corners[:, ::-1] + len(outer), corners + 2 * len(outer)])
    parts = import_parts(model, np.repeat([0, 1, 2], len(corners)))
    merge(parts[2], parts[1])  # the other ball comes first
    close()
    pieces = split()
    assert [len(piece.data.polygons) // len(corners) for _, piece in sorted(pieces.items())] == [2, 1]
