# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What parts have on their vertices, edges, corners and faces, their new faces have as well, with known values."""

from __future__ import annotations

from collections import Counter

import bpy
import numpy as np
import pytest
from closed import Object, by_angle, by_octant, close, cube, import_parts, open_edges, sphere, torus, volume

from hitem3d_addon.closing.writing import add_caps
from hitem3d_addon.mesh.from_arrays import make_mesh

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
    kinds = {kind: default for kind, default in DEFAULTS.items() if kind != "FLOAT4X4" or bpy.app.version >= (5, 1)}
    model = torus()
    parts = import_parts(model, by_angle(model, 3))
    before = [counts(part)[domain] for part in parts]
    given: dict[str, np.ndarray] = {}
    for part in parts:
        for kind in kinds:
            made = part.data.attributes.new(kind, kind, domain)
            size = values_of(made).size
            made.data.foreach_set(prop_of(kind), (np.arange(size) % 2).tolist())
            given[part.name + kind] = values_of(made)
    leave_numbers_in_memory()
    close()
    for part, its in zip(parts, before, strict=True):
        assert counts(part)[domain] > its
        for kind, default in kinds.items():
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
            value = part.data.attributes.new(name, kind, domain).data[0]
            setattr(value, prop_of(kind), (1.0, 1.0) if kind == "FLOAT2" else 1)
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
        for name, *_ in named:
            values = values_of(mesh.attributes[name])
            assert values[0].all(), name
            assert not values[1:].any(), name
        texts = [value.value for value in mesh.attributes["text"].data]
        assert set(texts[: its["FACE"]]) == {b"old"}
        assert set(texts[its["FACE"] :]) == {b""}
        assert not values_of(mesh.attributes["sharp_edge"])[its["EDGE"] :].any()  # the border's edges are old ones
        assert all(not vertex.groups for vertex in mesh.vertices[its["POINT"] :])
        assert open_edges(part) == 0


def test_large_parts_are_closed() -> None:
    """A script that adds elements to a large mesh itself can end Blender 5.1 and 5.2."""
    model = cube(100)
    parts = import_parts(model, (model[0][model[1]].mean(axis=1)[:, 2] > 0).astype(np.int32))
    faces = [len(part.data.polygons) for part in parts]
    close()
    for part, its in zip(parts, faces, strict=True):
        assert len(part.data.polygons) > its > 50_000
        assert open_edges(part) == 0


@pytest.mark.parametrize("cap", [(0, 2, 1), (1, 0, 2), (0, 1, 2), (2, 0, 1)])
def test_a_cap_where_a_face_has_the_same_vertices(cap: tuple[int, int, int]) -> None:
    """It is a face of its own, and looks where it should."""
    points = np.array([(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)], np.float64)
    part = bpy.data.objects.new("part", make_mesh("part", points[:3].astype(np.float32), np.array([[0, 1, 2]])))
    part.data.update(calc_edges=True)
    caps = np.array([cap, (0, 1, 3)], np.int32)
    add_caps(part, caps, points, np.arange(3, dtype=np.int32), np.zeros(4, np.bool_))
    faces = [tuple(polygon.vertices) for polygon in part.data.polygons]
    assert len(part.data.vertices) == 4
    assert faces[0] == (0, 1, 2)
    assert faces[1][faces[1].index(cap[0]) :] + faces[1][: faces[1].index(cap[0])] == cap
    assert faces[2] == (0, 1, 3)


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


def rims(*parts: Object) -> int:
    """Edges of the parts together that lie alone, where vertices at the same place are one."""
    found: Counter[frozenset[tuple[float, ...]]] = Counter()
    for part in parts:
        points = [tuple(map(float, np.array(v.co, np.float64) + np.array(part.location))) for v in part.data.vertices]
        for polygon in part.data.polygons:
            found.update(frozenset((points[one], points[other])) for one, other in polygon.edge_keys)
    return sum(count % 2 for count in found.values())


def test_walls_between_closed_parts_that_are_merged_go() -> None:
    """Those to others stay; after a Split the pieces are open where they were merged, and can be closed again."""
    model = torus()
    parts = import_parts(model, by_angle(model, 3))
    close()
    sizes, walls = [volume(part) for part in parts], [len(caps(part)) for part in parts]
    bpy.ops.ed.undo_push(message="closed")
    merge(parts[0], parts[1])
    assert rims(parts[0]) == 0
    assert volume(parts[0]) == pytest.approx(sizes[0] + sizes[1], rel=1e-6)
    assert len(caps(parts[0])) == len(caps(parts[2])) == walls[2]
    assert not parts[0].data.validate()
    pieces = split()
    assert sorted(pieces) == ["part 0", "part 1"]
    assert [rims(piece) for piece in pieces.values()] == [12, 12]
    close()
    assert [open_edges(part) for part in (*pieces.values(), parts[2])] == [0, 0, 0]
    assert sorted(volume(piece) for piece in pieces.values()) == pytest.approx(sorted(sizes[:2]), rel=1e-3)


def test_no_wall_is_left_where_all_closed_parts_are_merged() -> None:
    """Also where several meet in a line and a point. What closes an opening is no wall."""
    points, corners = cube()
    without_top = points, corners[points[corners].mean(axis=1)[:, 2] < 0.999]
    parts = import_parts(without_top, by_octant(without_top))
    close(close_openings=True)
    merge(*parts)
    assert rims(parts[0]) == 0
    assert volume(parts[0]) == pytest.approx(8, rel=1e-5)
    heights = {round((polygon.center + parts[0].location).z, 3) for polygon in caps(parts[0])}
    assert heights == {2.7}


@pytest.mark.parametrize("free", [False, True])
def test_normals_stay_where_walls_are_taken_out(free: bool) -> None:
    if free and bpy.app.version < (4, 5):
        pytest.skip("custom normals as plain directions came with Blender 4.5")
    model = torus()
    parts = import_parts(model, by_angle(model, 3))
    for part in parts:
        mesh = part.data
        tilted = np.array([corner.vector for corner in mesh.corner_normals]) + np.array([0.3, 0.2, 0.1])
        tilted /= np.linalg.norm(tilted, axis=1, keepdims=True)
        if free:
            stored = mesh.attributes.new("custom_normal", "FLOAT_VECTOR", "CORNER")
            stored.data.foreach_set("vector", tilted.astype(np.float32).ravel())
        else:
            mesh.normals_split_custom_set(tilted)
    close()
    before = normals_of_surface(parts[0]) + normals_of_surface(parts[1])
    merge(parts[0], parts[1])
    np.testing.assert_allclose(sorted(normals_of_surface(parts[0])), sorted(before), atol=2e-3)


def normals_of_surface(part: Object) -> list[tuple[float, ...]]:
    """Centre of the face, and the corner's normal, of all that is no cap."""
    mesh, marks = part.data, part.data.attributes["hitem3d_cap"].data
    return [
        (*(round(x, 4) for x in polygon.center + part.location), *mesh.corner_normals[corner].vector)
        for polygon in mesh.polygons
        if not marks[polygon.index].value
        for corner in polygon.loop_indices
    ]


def test_walls_with_a_clearance_stay_when_parts_are_merged() -> None:
    model = torus()
    parts = import_parts(model, by_angle(model, 3))
    bpy.context.scene.unit_settings.scale_length = 0.01
    close(clearance=0.2)
    walls = [len(caps(part)) for part in parts]
    merge(parts[0], parts[1])
    assert len(caps(parts[0])) == walls[0] + walls[1]


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
