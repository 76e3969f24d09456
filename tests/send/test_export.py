# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is sent is what is seen: the files, read by trimesh and by Khronos, against Blender's evaluated objects."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import bmesh
import bpy
import khronos_validator
import numpy as np
import pygltflib
import pytest
from exported import (
    Object,
    assert_on_surface,
    assert_same,
    corners_in,
    cubes_on_grid,
    empty,
    export_plainly,
    measured,
    metaball,
    shown_by,
    suzanne,
    text,
    with_modifiers,
)
from mathutils import Matrix

from hitem3d_addon.core.values import OutputFormat
from hitem3d_addon.send.export import SentGeometry


def in_sheared_parents() -> Object:
    top = empty("top", scale=(1, 3, 0.5), rotation_euler=(0.2, 0, 0.7))
    middle = empty("middle", parent=top, rotation_euler=(0, 0.6, 0.9), scale=(2, 1, 1))
    obj = suzanne(rotation_euler=(0.5, 0.5, 0.5))
    obj.parent = middle
    obj.matrix_parent_inverse = Matrix.Translation((1, 2, 3))
    return obj


def curve() -> Object:
    bpy.ops.curve.primitive_bezier_circle_add(location=(2, 0, 1), scale=(1, 2, 3))
    obj = bpy.context.active_object
    obj.data.bevel_depth = 0.2
    obj.scale = (1, 2, 0.5)
    return obj


def nurbs() -> Object:
    bpy.ops.surface.primitive_nurbs_surface_torus_add(location=(0, 3, 0))
    return bpy.context.active_object


def quads_that_fold() -> Object:
    """Concave and folded polygons, whose triangles only Blender knows."""
    mesh = bpy.data.meshes.new("concave")
    points = [(0, 0, 0), (4, 0, 0), (1, 1, 0), (0, 4, 0), (0, 0, 2), (5, 1, 2), (2, 2, 3), (1, 5, 2), (-1, 3, 3)]
    mesh.from_pydata(points, [], [(0, 1, 2, 3), (4, 5, 6, 7, 8), (0, 4, 1)])
    obj = bpy.data.objects.new("concave", mesh)
    bpy.context.collection.objects.link(obj)
    return obj


def very_flat() -> Object:
    return suzanne(scale=(1, 1, 0))


PLACES: dict[str, Callable[[], Object]] = {
    "modifiers": with_modifiers,
    "shear": in_sheared_parents,
    "mirrored": lambda: suzanne(scale=(-1, 2, 1.5), rotation_euler=(0.3, 0.2, 0.1)),
    "mirrored and stretched": lambda: suzanne(scale=(1, 1, -2)),
    "mirrored twice": lambda: suzanne(scale=(-1, -1, 1)),
    "flat": very_flat,
    "curve": curve,
    "text": text,
    "nurbs": nurbs,
    "metaball": metaball,
    "concave": quads_that_fold,
    "5 km away": lambda: suzanne(location=(3000, -4000, 12), rotation_euler=(0.1, 0.2, 0.3)),
    "100 km away": lambda: suzanne(location=(0, 1e5, 0)),
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_what_is_sent_is_what_is_seen(
    place: Callable[[], Object], export: Callable[..., tuple[SentGeometry, Path]]
) -> None:
    obj = place()
    expected = shown_by(obj)
    sent, path = export(obj)
    assert_same(path, sent, expected)
    assert sent.scale == 1.0


def test_khronos_sees_what_is_wrong(tmp_path: Path) -> None:
    """The validator, which all files here go through, finds faults."""
    if missing := khronos_validator.missing():
        pytest.skip(f"the files were not validated, since this machine lacks {missing}")
    path = tmp_path / "mesh.glb"
    export_plainly([suzanne()], path)
    assert khronos_validator.validate(path)["info"]["totalTriangleCount"] == 968
    data = path.read_bytes()
    path.write_bytes(data[:-200] + b"\xff" * 200)
    assert any("ACCESSOR_INDEX" in text for text in khronos_validator.complaints(path))


def test_far_from_the_origin_nothing_is_lost(export: Callable[..., tuple[SentGeometry, Path]]) -> None:
    near, path = export(suzanne())
    bytes_near = path.read_bytes()
    far, path = export(suzanne(location=(5000, 0, 0)))
    assert far.centre[0] == 5000 + near.centre[0]
    assert path.read_bytes() == bytes_near
    assert np.array_equal(far.points, near.points)


def test_instances_of_geometry_nodes(export: Callable[..., tuple[SentGeometry, Path]]) -> None:
    obj = cubes_on_grid(scale=(1, -2, 1), location=(1, 2, 3))
    sent, path = export(obj)
    tree = obj.modifiers[0].node_group
    realize = tree.nodes.new("GeometryNodeRealizeInstances")
    output = tree.nodes["Group Output"].inputs[0]
    tree.links.new(output.links[0].from_socket, realize.inputs[0])
    tree.links.new(realize.outputs[0], output)
    assert_same(path, sent, shown_by(obj))
    assert sent.triangles == 9 * 12
    assert measured(corners_in(path)).volume == pytest.approx(9 * 6 * 2, rel=1e-5)


def test_instances_beside_the_object_itself(export: Callable[..., tuple[SentGeometry, Path]]) -> None:
    obj = cubes_on_grid()
    bmesh_of_cube(obj.data)
    tree = obj.modifiers[0].node_group
    join = tree.nodes.new("GeometryNodeJoinGeometry")
    output = tree.nodes["Group Output"].inputs[0]
    tree.links.new(output.links[0].from_socket, join.inputs[0])
    tree.links.new(tree.nodes["Group Input"].outputs[0], join.inputs[0])
    tree.links.new(join.outputs[0], output)
    sent, path = export(obj)
    assert sent.triangles == 9 * 12 + 12
    assert measured(corners_in(path)).volume == pytest.approx(9 * 6 + 8, rel=1e-5)


def bmesh_of_cube(mesh: bpy.types.Mesh) -> None:
    made = bmesh.new()
    bmesh.ops.create_cube(made, size=2)
    made.to_mesh(mesh)
    made.free()


def test_instances_of_collections_in_collections(export: Callable[..., tuple[SentGeometry, Path]]) -> None:
    """The outer empty shows them; the objects themselves stand in no scene, and another instance is not sent."""
    obj = suzanne()
    expected = shown_by(obj)
    inner, outer = bpy.data.collections.new("inner"), bpy.data.collections.new("outer")
    inner.objects.link(obj)
    bpy.context.collection.objects.unlink(obj)
    between = bpy.data.objects.new("between", None)
    between.scale = (1, -1, 1)
    outer.objects.link(between)
    between.instance_type, between.instance_collection = "COLLECTION", inner
    shown = empty("shown", instance_type="COLLECTION", instance_collection=outer, location=(10, 20, 30))
    empty("not sent", instance_type="COLLECTION", instance_collection=outer)
    sent, path = export(shown)
    mirrored = (expected * (1, -1, 1) + (10, 20, 30))[:, ::-1]
    assert_same(path, sent, mirrored)


def test_particles(export: Callable[..., tuple[SentGeometry, Path]]) -> None:
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.active_object
    bpy.ops.mesh.primitive_plane_add(size=50, location=(0, 0, 9))
    emitter = bpy.context.active_object
    emitter.modifiers.new("particles", "PARTICLE_SYSTEM")
    settings = emitter.particle_systems[0].settings
    settings.type, settings.count, settings.hair_step = "HAIR", 7, 3
    settings.render_type, settings.instance_object = "OBJECT", cube
    sent, _ = export(emitter)
    assert sent.triangles == 2 + 7 * 12
    emitter.show_instancer_for_viewport = False
    sent, _ = export(emitter)
    assert sent.triangles == 7 * 12


def test_the_child_of_a_metaball_is_sent_as_the_whole_ball(export: Callable[..., tuple[SentGeometry, Path]]) -> None:
    mother = metaball()
    expected = shown_by(mother)
    sent, path = export(bpy.data.objects[f"{mother.name}.001"])
    assert_same(path, sent, expected)


def test_together_is_one_model_and_an_object_is_sent_once(export: Callable[..., tuple[SentGeometry, Path]]) -> None:
    first, second, third = suzanne(location=(5, 0, 0)), suzanne(scale=(1, 1, -2)), curve()
    twin = first.copy()
    twin.location = (0, 9, 0)
    bpy.context.collection.objects.link(twin)
    expected = shown_by(first, second, third, twin)
    sent, path = export(first, twin, second, third, first)
    assert_same(path, sent, expected)


def test_loose_vertices_and_edges_are_left_out(export: Callable[..., tuple[SentGeometry, Path]]) -> None:
    obj = suzanne()
    expected = shown_by(obj)
    edited = bmesh.new()
    edited.from_mesh(obj.data)
    for corner in ((-50, 0, 0), (90, 1, 1)):
        edited.verts.new(corner)
    edited.edges.new([edited.verts.new((0, 0, far)) for far in (60, 70)])
    edited.verts.sort(key=lambda vertex: vertex.co.x)
    edited.to_mesh(obj.data)
    edited.free()
    sent, path = export(obj)
    corners = corners_in(path)
    assert_same(path, sent, expected[np.lexsort(expected.reshape(-1, 9).T)])
    assert len(corners) == len(expected)


@pytest.mark.parametrize(("vertices", "kind"), [(65535, pygltflib.UNSIGNED_SHORT), (65536, pygltflib.UNSIGNED_INT)])
def test_indices_are_as_small_as_they_can_be(vertices: int, kind: int, tmp_path: Path) -> None:
    """A strip of triangles with so many vertices; 65535 as an index would mean "restart"."""
    points = np.zeros((vertices, 3), np.float32)
    points[:, 0], points[:, 1] = np.arange(vertices) // 2, np.arange(vertices) % 2
    mesh = bpy.data.meshes.new("strip")
    mesh.from_pydata(points, [], [(n, n + 1, n + 2) for n in range(vertices - 2)])
    obj = bpy.data.objects.new("strip", mesh)
    bpy.context.collection.objects.link(obj)
    sent = export_plainly([obj], tmp_path / "mesh.glb")
    file = pygltflib.GLTF2().load(tmp_path / "mesh.glb")
    assert file.accessors[1].componentType == kind
    assert len(corners_in(tmp_path / "mesh.glb")) == vertices - 2
    assert sent.size <= 1.01 * (12 * vertices + 3 * (vertices - 2) * (2 if vertices <= 65535 else 4))
    if not khronos_validator.missing():
        assert khronos_validator.complaints(tmp_path / "mesh.glb") == []


@pytest.mark.parametrize("size", [1e-38, 1e-30, 1e-5, 1e-3, 1.0, 1e5, 1e7, 1e30, 2e37])
@pytest.mark.parametrize("output_format", [OutputFormat.GLB, OutputFormat.OBJ])
def test_any_size(size: float, output_format: OutputFormat, tmp_path: Path) -> None:
    """Where a format can't hold the size it is scaled by a power of two, and nothing else is."""
    obj = suzanne()
    expected = shown_by(obj)
    for vertex in obj.data.vertices:
        vertex.co *= size
    exact = np.array([tuple(vertex.co) for vertex in obj.data.vertices], dtype=np.float64)
    sent = export_plainly([obj], tmp_path / "mesh.glb", output_format)
    corners = corners_in(tmp_path / "mesh.glb")
    assert math.frexp(sent.scale)[0] == 0.5
    assert (sent.scale == 1.0) == ((1.0 if output_format is OutputFormat.OBJ else 1e-4) <= 4 * size <= 1e6)
    diagonal = math.dist(sent.bounds[:3], sent.bounds[3:])
    assert (1 if output_format is OutputFormat.OBJ else 1e-4) <= diagonal <= 1e6
    assert sent.triangles == len(expected)
    assert np.abs(corners.max(axis=(0, 1)) / sent.scale + sent.centre - exact.max(axis=0)).max() <= 1e-6 * size
    if size > 1e-38:  # Below, Blender's own float32 has only a few digits left.
        area = measured(corners / sent.scale).area if 1e-30 < size < 1e30 else measured(corners).area / sent.scale**2
        assert area == pytest.approx(measured(expected).area * size**2, rel=1e-4)
    assert_on_surface(sent, corners)


def test_points_are_spread_by_area(tmp_path: Path) -> None:
    """A floor of two triangles under a dense sphere gets its share of the points, as does each place of an instance."""
    bpy.ops.mesh.primitive_plane_add(size=6, location=(0, 0, -2))
    floor = bpy.context.active_object
    bpy.ops.mesh.primitive_uv_sphere_add(segments=64, ring_count=48)
    ball = bpy.context.active_object
    big = ball.copy()
    big.scale, big.location = (2, 2, 2), (10, 0, 0)
    bpy.context.collection.objects.link(big)
    sent = export_plainly([floor, ball, big], tmp_path / "mesh.glb")
    world = sent.points + np.array(sent.centre)
    area = 36 + 4 * math.pi * 5
    assert np.isclose(world[:, 2], -2).sum() == pytest.approx(256 * 36 / area, abs=1.5)
    assert (np.linalg.norm(world - (10, 0, 0), axis=1) < 2.01).sum() == pytest.approx(256 * 16 * math.pi / area, abs=2)
    on_floor = world[np.isclose(world[:, 2], -2)]
    for quarter in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        assert ((on_floor[:, :2] * quarter > 0).all(axis=1)).sum() >= 0.15 * len(on_floor)


def test_a_point_for_a_model(tmp_path: Path) -> None:
    """Triangles without an area still are triangles."""
    mesh = bpy.data.meshes.new("point")
    mesh.from_pydata([(1, 2, 3)] * 4, [], [(0, 1, 2, 3)])
    obj = bpy.data.objects.new("point", mesh)
    bpy.context.collection.objects.link(obj)
    sent = export_plainly([obj], tmp_path / "mesh.glb")
    assert (sent.triangles, sent.centre, sent.scale, sent.bounds) == (2, (1, 2, 3), 1.0, (0,) * 6)
    assert not sent.points.any()
