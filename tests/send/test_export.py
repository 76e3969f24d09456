# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is sent is what is seen: the files, read by trimesh and by Khronos, against Blender's evaluated objects."""

from __future__ import annotations

import getpass
import math
import subprocess
import sys
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import addon_utils
import bmesh
import bpy
import khronos_validator
import numpy as np
import pygltflib
import pytest
import trimesh
from mathutils import Matrix
from mathutils.bvhtree import BVHTree
from scipy.spatial import cKDTree

from hitem3d_addon.core.errors import Hitem3DError, InputError, MissingError, StoreError, TooLargeError
from hitem3d_addon.core.values import OutputFormat
from hitem3d_addon.send.export import SentGeometry, estimate, export_glb

Object = bpy.types.Object


@dataclass(frozen=True)
class Measures:
    """Of triangles in the world, Z up."""

    triangles: int
    area: float
    volume: float
    low: np.ndarray
    high: np.ndarray


@pytest.fixture(params=[False, True], ids=["geometry", "materials"])
def export(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., tuple[SentGeometry, Path]]:
    """Exports without and with materials; every file is read by Khronos' validator."""

    def run(*objects: Object, output_format: OutputFormat = OutputFormat.GLB) -> tuple[SentGeometry, Path]:
        path = tmp_path / "mesh.glb"
        depsgraph = bpy.context.evaluated_depsgraph_get()
        sent = export_glb(objects, depsgraph, path, output_format=output_format, include_materials=request.param)
        assert list(tmp_path.iterdir()) == [path]
        assert sent.size == path.stat().st_size
        if not khronos_validator.missing():
            assert khronos_validator.complaints(path) == []
        return sent, path

    return run


def corners_in(path: Path) -> np.ndarray:
    """(triangles, 3, 3) of the file, as Blender has them: Z up."""
    scene = trimesh.load(path, process=False)
    assert isinstance(scene, trimesh.Scene)
    corners = np.concatenate([mesh.vertices[mesh.faces] for mesh in scene.dump()])
    return np.stack((corners[..., 0], -corners[..., 2], corners[..., 1]), axis=-1)


def measured(corners: np.ndarray) -> Measures:
    a, b, c = corners.astype(np.float64).transpose(1, 0, 2)
    centre = (corners.min(axis=(0, 1)) + corners.max(axis=(0, 1))) / 2  # whichever corner a triangle begins with
    normals = np.cross(b - a, c - a)
    return Measures(
        triangles=len(corners),
        area=float(np.linalg.norm(normals, axis=1).sum() / 2),
        volume=float(np.einsum("nk,nk->", a - centre, normals) / 6),
        low=corners.min(axis=(0, 1)),
        high=corners.max(axis=(0, 1)),
    )


def shown_by(*objects: Object) -> np.ndarray:
    """(triangles, 3, 3) in the world, of objects without instances: vertex by vertex, through `to_mesh`."""
    depsgraph = bpy.context.evaluated_depsgraph_get()
    triangles = []
    for obj in objects:
        evaluated = obj.evaluated_get(depsgraph)
        mesh = evaluated.to_mesh()
        matrix = np.array(evaluated.matrix_world, dtype=np.float64)
        for triangle in mesh.loop_triangles:
            rows = [matrix @ (*mesh.vertices[number].co, 1.0) for number in triangle.vertices]
            triangles.append([row[:3] for row in (rows[::-1] if np.linalg.det(matrix) < 0 else rows)])
        evaluated.to_mesh_clear()
    return np.array(triangles)


def assert_same(path: Path, sent: SentGeometry, expected: np.ndarray) -> None:
    """The file, moved back to the world, measures as what is expected; and what is said of it is so."""
    corners = corners_in(path)
    low, high = corners.min(axis=(0, 1)), corners.max(axis=(0, 1))
    assert sent.triangles == len(corners)
    assert np.array_equal(sent.bounds, np.concatenate((low, high)).astype(np.float32))
    assert np.abs(low + high).max() <= 1e-6 * math.dist(low, high)

    ours, theirs = measured(corners / sent.scale + np.array(sent.centre)), measured(expected)
    diagonal = math.dist(theirs.low, theirs.high)
    assert ours.triangles == theirs.triangles
    assert ours.area == pytest.approx(theirs.area, rel=1e-5)
    assert ours.volume == pytest.approx(theirs.volume, rel=1e-5, abs=1e-6 * theirs.area * diagonal)
    assert np.abs(ours.low - theirs.low).max() <= 1e-6 * diagonal
    assert np.abs(ours.high - theirs.high).max() <= 1e-6 * diagonal
    assert_on_surface(sent, corners)


def assert_on_surface(sent: SentGeometry, corners: np.ndarray) -> None:
    faces = np.arange(3 * len(corners)).reshape(-1, 3)
    tree = BVHTree.FromPolygons(corners.reshape(-1, 3).tolist(), faces.tolist(), all_triangles=True)
    away = [tree.find_nearest(point)[3] for point in sent.points.tolist()]
    assert sent.points.shape == (256, 3)
    assert sent.points.dtype == np.float32
    assert max(away) <= 1e-5 * math.dist(sent.bounds[:3], sent.bounds[3:])


def suzanne(**place: Sequence[float]) -> Object:
    bpy.ops.mesh.primitive_monkey_add()
    obj = bpy.context.active_object
    for name, value in place.items():
        setattr(obj, name, value)
    return obj


def empty(name: str, **place: object) -> Object:
    obj = bpy.data.objects.new(name, None)
    bpy.context.collection.objects.link(obj)
    for key, value in place.items():
        setattr(obj, key, value)
    return obj


def with_modifiers() -> Object:
    obj = suzanne(location=(1, 2, 3), rotation_euler=(0.3, 0.4, 0.5))
    obj.modifiers.new("half", "MIRROR").use_axis = (False, True, False)
    obj.modifiers.new("smooth", "SUBSURF").levels = 1
    obj.modifiers.new("wall", "SOLIDIFY").thickness = 0.1
    obj.modifiers.new("render only", "SUBSURF").show_viewport = False
    return obj


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


def text() -> Object:
    bpy.ops.object.text_add(rotation=(1, 0, 0))
    obj = bpy.context.active_object
    obj.data.body = "Hé"
    obj.data.extrude = 0.1
    return obj


def nurbs() -> Object:
    bpy.ops.surface.primitive_nurbs_surface_torus_add(location=(0, 3, 0))
    return bpy.context.active_object


def metaball() -> Object:
    bpy.ops.object.metaball_add(location=(1, 1, 1))
    mother = bpy.context.active_object
    bpy.ops.object.metaball_add(location=(2, 1, 1))
    return mother


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


def nodes_of(obj: Object) -> bpy.types.NodeTree:
    """An empty Geometry Nodes group as a modifier of the object, with an input and an output."""
    tree = bpy.data.node_groups.new("nodes", "GeometryNodeTree")
    for way in ("INPUT", "OUTPUT"):
        tree.interface.new_socket("Geometry", in_out=way, socket_type="NodeSocketGeometry")
        tree.nodes.new(f"NodeGroup{way.title()}")
    obj.modifiers.new("nodes", "NODES").node_group = tree
    return tree


def cubes_on_grid(side: int = 3, **place: Sequence[float]) -> Object:
    """Cubes with edges of 1, 2, 3, turned, as instances on the points of a grid, without the grid."""
    obj = bpy.data.objects.new("scatter", bpy.data.meshes.new("scatter"))
    bpy.context.collection.objects.link(obj)
    for name, value in place.items():
        setattr(obj, name, value)
    tree = nodes_of(obj)
    grid, cube, scatter = (
        tree.nodes.new(f"GeometryNode{kind}") for kind in ("MeshGrid", "MeshCube", "InstanceOnPoints")
    )
    grid.inputs["Size X"].default_value = grid.inputs["Size Y"].default_value = 100
    grid.inputs["Vertices X"].default_value = grid.inputs["Vertices Y"].default_value = side
    cube.inputs["Size"].default_value = (1, 2, 3)
    scatter.inputs["Rotation"].default_value = (0.1, 0.2, 0.3)
    tree.links.new(grid.outputs["Mesh"], scatter.inputs["Points"])
    tree.links.new(cube.outputs["Mesh"], scatter.inputs["Instance"])
    tree.links.new(scatter.outputs["Instances"], tree.nodes["Group Output"].inputs[0])
    return obj


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


def export_plainly(
    objects: Sequence[Object], path: Path, output_format: OutputFormat = OutputFormat.GLB, *, materials: bool = False
) -> SentGeometry:
    depsgraph = bpy.context.evaluated_depsgraph_get()
    return export_glb(objects, depsgraph, path, output_format=output_format, include_materials=materials)


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


def test_edit_mode_sends_unsaved_edits_and_stays(export: Callable[..., tuple[SentGeometry, Path]]) -> None:
    obj, other = suzanne(), suzanne(location=(9, 0, 0))
    obj.modifiers.new("wall", "SOLIDIFY").thickness = 0.1
    obj.select_set(True)
    bpy.context.view_layer.objects.active = other
    bpy.ops.object.mode_set(mode="EDIT")
    for edited in (obj, other):
        mesh = bmesh.from_edit_mesh(edited.data)
        mesh.faces.ensure_lookup_table()
        bmesh.ops.delete(mesh, geom=mesh.faces[:100], context="FACES")
        for vertex in mesh.verts:
            vertex.co.z += 5
    sent, path = export(obj, other)
    assert (obj.mode, other.mode, bpy.context.mode) == ("EDIT", "EDIT", "EDIT_MESH")
    assert bpy.context.view_layer.objects.active == other
    assert len(bmesh.from_edit_mesh(obj.data).faces) == 400
    bpy.ops.object.mode_set(mode="OBJECT")
    assert_same(path, sent, shown_by(obj, other))
    assert sent.bounds[2] + sent.centre[2] > 3


def test_sculpt_mode(tmp_path: Path) -> None:
    """Dynamic topology keeps its mesh apart; Multiresolution is refused, since its evaluated mesh is the coarse one."""
    bpy.ops.mesh.primitive_cube_add()
    obj = bpy.context.active_object
    bpy.ops.object.mode_set(mode="SCULPT")
    bpy.ops.sculpt.dynamic_topology_toggle()
    sent = export_plainly([obj], tmp_path / "mesh.glb")
    assert (sent.triangles, sent.bounds, obj.mode) == (12, (-1, -1, -1, 1, 1, 1), "SCULPT")
    bpy.ops.object.mode_set(mode="OBJECT")
    bpy.ops.mesh.primitive_cube_add()
    obj = bpy.context.active_object
    obj.modifiers.new("finer", "MULTIRES")
    bpy.ops.object.multires_subdivide(modifier="finer")
    bpy.ops.object.mode_set(mode="SCULPT")
    assert "Leave Sculpt Mode" in refused(InputError, obj, path=tmp_path / "none.glb")
    bpy.ops.object.mode_set(mode="OBJECT")
    assert export_plainly([obj], tmp_path / "mesh.glb").triangles == 48


def refused(kind: type[Hitem3DError], *objects: Object, path: Path, materials: bool = False) -> str:
    """What the user reads; nothing is left on the disk."""
    before = sorted(path.parent.iterdir()) if path.parent.is_dir() else None
    with pytest.raises(kind) as caught:
        export_plainly(objects, path, materials=materials)
    assert type(caught.value) is kind
    assert before is None or sorted(path.parent.iterdir()) == before
    return str(caught.value)


@pytest.mark.parametrize("materials", [False, True])
def test_what_cannot_be_sent(tmp_path: Path, materials: bool) -> None:
    path = tmp_path / "mesh.glb"
    assert "“nothing” has no faces" in refused(InputError, empty("nothing"), path=path, materials=materials)

    gone = suzanne()
    gone.name = "gone"
    gone.modifiers.new("mask", "MASK").vertex_group = gone.vertex_groups.new(name="no vertices").name
    assert "“gone” has no faces" in refused(InputError, gone, path=path, materials=materials)
    assert "have no faces" in refused(InputError, gone, empty("nothing too"), path=path, materials=materials)

    for value in (math.nan, math.inf):
        broken = suzanne()
        broken.name = "broken"
        broken.data.attributes["position"].data.foreach_set("vector", [value] * 3 * len(broken.data.vertices))
        broken.data.update()
        text = refused(InputError, broken, path=path, materials=materials)
        assert "“broken” has vertices whose coordinates are not numbers" in text
        bpy.data.objects.remove(broken)

    far = suzanne()
    far.name = "far"
    far.data.vertices[7].co.x = -math.inf  # which Blender makes the largest number of
    assert math.isfinite(far.data.vertices[7].co.x)
    assert "“far” has vertices" in refused(InputError, far, path=path, materials=materials)
    bpy.data.objects.remove(far)

    hidden = suzanne()
    hidden.name = "hidden"
    hidden.hide_set(True)
    assert "“hidden” is hidden" in refused(InputError, hidden, path=path, materials=materials)
    assert hidden.hide_get()
    hidden.hide_set(False)
    hidden.hide_viewport = True
    assert "“hidden” is hidden" in refused(InputError, hidden, path=path, materials=materials)
    hidden.hide_viewport = False

    text = refused(StoreError, hidden, path=tmp_path / "no folder" / "mesh.glb", materials=materials)
    assert "No such file" in text


def test_too_large_is_refused_before_it_is_written(tmp_path: Path) -> None:
    """12 million triangles as instances, so that the test itself is small."""
    obj = cubes_on_grid(side=17)
    cube = next(node for node in obj.modifiers[0].node_group.nodes if node.bl_idname == "GeometryNodeMeshCube")
    for axis in "XYZ":
        cube.inputs[f"Vertices {axis}"].default_value = 60
    text = refused(TooLargeError, obj, path=tmp_path / "mesh.glb")
    (found,) = estimate([[obj]], bpy.context.evaluated_depsgraph_get())
    assert found.triangles == 17**2 * 6 * 59**2 * 2
    assert found.size > 200_000_000
    assert f"{found.size / 1e6:.1f} MB, the limit is 200 MB" in text


def with_loose_vertices() -> Object:
    """A monkey, and a thousand vertices beside it that no face uses."""
    thing = suzanne()
    thing.data.vertices.add(1000)
    thing.data.update()
    return thing


PLACES = {
    "modifiers": with_modifiers,
    "metaball": metaball,
    "instances": cubes_on_grid,
    "loose vertices": with_loose_vertices,
}


@pytest.mark.parametrize("place", PLACES)
def test_the_estimate_is_right(place: str, tmp_path: Path) -> None:
    obj = PLACES[place]()
    (found,) = estimate([[obj]], bpy.context.evaluated_depsgraph_get())
    sent = export_plainly([obj], tmp_path / "mesh.glb")
    assert found.triangles == sent.triangles
    assert sent.size <= found.size <= sent.size + 300
    assert (found.loose >= 1000) == (place == "loose vertices")


LOOKS = {
    "flat": ("shade_flat", {}),
    "smooth": ("shade_smooth", {}),
    "by angle": ("shade_smooth_by_angle", {}),
    "a picture": ("shade_smooth", {"Base Color": "a.png"}),
    "a JPEG": ("shade_flat", {"Base Color": "a.jpg", "Normal": "b.png"}),
    "shared": ("shade_flat", {"Base Color": "a.png", "Alpha": "a.png", "Metallic": "b.png", "Roughness": "b.png"}),
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("packed", [False, True])
def test_the_estimate_with_materials_is_right(look: str, packed: bool, tmp_path: Path) -> None:
    """Two meshes with UVs, in three places, one mirrored; the pictures' files go as they are."""
    shade, inputs = LOOKS[look]
    pictures = {name: picture(tmp_path / name) for name in sorted(set(inputs.values()))}
    if packed:
        for image in pictures.values():
            image.pack()
    monkey, ball = suzanne(), bpy.ops.mesh.primitive_uv_sphere_add(segments=90, ring_count=60) and bpy.context.object
    for thing in (monkey, ball):
        thing.select_set(True)
        thing.data.materials.append(material_with({name: pictures[file] for name, file in inputs.items()}))
    getattr(bpy.ops.object, shade)()
    twin = ball.copy()
    twin.location.x, twin.scale.x = 3, -1
    bpy.context.collection.objects.link(twin)
    bpy.context.view_layer.update()
    models = [[monkey, ball, twin]]
    (found,) = estimate(models, bpy.context.evaluated_depsgraph_get(), include_materials=True)
    sent = export_plainly(models[0], tmp_path / "mesh.glb", materials=True)
    assert found.size == pytest.approx(sent.size, rel=0.02)
    assert found.pictures >= sum((tmp_path / name).stat().st_size for name in pictures)
    assert found.converted == 0


@pytest.mark.parametrize("inputs", [{"Roughness": "a.png"}, {"Base Color": "a.tga"}, {"Alpha": "a.jpg"}])
def test_an_estimate_says_what_is_a_guess(inputs: dict[str, str], tmp_path: Path) -> None:
    """A picture that the exporter makes anew: its size is not known before."""
    thing = suzanne()
    thing.data.materials.append(material_with({name: picture(tmp_path / file) for name, file in inputs.items()}))
    (found,) = estimate([[thing]], bpy.context.evaluated_depsgraph_get(), include_materials=True)
    (without,) = estimate([[thing]], bpy.context.evaluated_depsgraph_get())
    assert found.size - found.converted > without.size
    assert 0 < found.converted == found.pictures


def picture(file: Path) -> bpy.types.Image:
    """A file with a picture that does not compress to nothing."""
    made = bpy.data.images.new("made", 128, 128)
    made.pixels.foreach_set(np.random.default_rng(1).random(128 * 128 * 4, np.float32))
    made.filepath_raw = str(file)
    made.file_format = {".png": "PNG", ".jpg": "JPEG", ".tga": "TARGA"}[file.suffix]
    made.save()
    bpy.data.images.remove(made)
    return bpy.data.images.load(str(file))


def material_with(inputs: dict[str, bpy.types.Image]) -> bpy.types.Material:
    """A material whose inputs come from pictures, by the channel that glTF has for each if they share one."""
    material = bpy.data.materials.new("material")
    if material.node_tree is None:
        material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    for name, image in inputs.items():
        texture = nodes.new("ShaderNodeTexImage")
        texture.image = image
        output = texture.outputs["Alpha" if name == "Alpha" else "Color"]
        if name in ("Metallic", "Roughness") and len(inputs) > 1:
            separate = nodes.new("ShaderNodeSeparateColor")
            links.new(output, separate.inputs[0])
            output = separate.outputs["Blue" if name == "Metallic" else "Green"]
        links.new(output, nodes["Principled BSDF"].inputs[name])
    return material


def test_an_estimate_of_several_models() -> None:
    """Each for itself, and together as one."""
    one, other = suzanne(), cubes_on_grid()
    depsgraph = bpy.context.evaluated_depsgraph_get()
    first, second = estimate([[one], [other]], depsgraph)
    (both,) = estimate([[one, other]], depsgraph)
    assert both.triangles == first.triangles + second.triangles
    assert first.size < both.size < first.size + second.size


def state() -> dict[str, object]:
    """All that the user could see has changed."""
    collections = [getattr(bpy.data, name) for name in dir(bpy.data) if not name.startswith("_")]
    blocks = [block for found in collections if isinstance(found, bpy.types.bpy_prop_collection) for block in found]
    layer = bpy.context.view_layer
    return {
        "blocks": sorted((type(block).__name__, block.name_full, block.users) for block in blocks),
        "objects": [(o.name, o.select_get(), o.hide_get(), o.mode, list(o.keys())) for o in layer.objects],
        "context": (bpy.context.scene, layer, layer.objects.active, bpy.context.mode, bpy.context.window.scene),
        "frame": bpy.context.scene.frame_current,
    }


@pytest.mark.parametrize("mode", ["OBJECT", "EDIT", "SCULPT"])
def test_nothing_of_the_users_changes(
    mode: str, export: Callable[..., tuple[SentGeometry, Path]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    sent, active, hidden = textured(tmp_path_factory.mktemp("images")), suzanne(), suzanne()
    hidden.hide_set(True)
    scatter = cubes_on_grid()
    active.select_set(False)
    bpy.context.view_layer.objects.active = active
    bpy.ops.object.mode_set(mode=mode)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path_factory.mktemp("file") / "test.blend"))
    before = state()
    export(sent, active, scatter)
    assert state() == before


def textured(folder: Path) -> Object:
    """A mesh with telling names everywhere, a picture that tells where it is from, and two materials."""
    picture = folder / "secret-picture.png"
    made = bpy.data.images.new("secret-image", 8, 8)
    made.pixels = np.linspace(0, 1, 256, dtype=np.float32)
    made.filepath_raw, made.file_format = str(picture), "PNG"
    made.save()
    data = picture.read_bytes()
    told = b"tEXt" + b"File\0/home/secret-user/secret.blend"
    picture.write_bytes(data[:33] + png_chunk(told) + data[33:])
    made.source = "FILE"
    made.reload()
    obj = suzanne()
    obj.name, obj.data.name = "secret-object", "secret-mesh"
    obj["secret-property"] = "secret-value"
    obj.data["secret-property"] = "secret-value"
    obj.data.uv_layers[0].name = "secret-uv"
    colours = obj.data.color_attributes.new("secret-colour", "FLOAT_COLOR", "POINT")
    for number, value in enumerate(colours.data):
        value.color = (number / 600, 0.5, 0.5, 1)
    for name in ("secret-material", "secret-material-2"):
        material = bpy.data.materials.new(name)
        if material.node_tree is None:
            material.use_nodes = True
        texture = material.node_tree.nodes.new("ShaderNodeTexImage")
        texture.image = made
        material.node_tree.links.new(
            texture.outputs["Color"], material.node_tree.nodes["Principled BSDF"].inputs["Base Color"]
        )
        material["secret-property"] = "secret-value"
        obj.data.materials.append(material)
    for polygon in obj.data.polygons:
        polygon.material_index = polygon.index % 2
    return obj


def png_chunk(body: bytes) -> bytes:
    return (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")


def test_the_file_tells_no_names(
    export: Callable[..., tuple[SentGeometry, Path]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("images")
    obj = textured(folder)
    assert b"secret" in (folder / "secret-picture.png").read_bytes()
    bpy.context.scene.name = "secret-scene"
    bpy.context.scene["secret-property"] = "secret-value"
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "secret.blend"))
    _, path = export(obj)
    data = path.read_bytes().lower()
    for word in (b"secret", b"suzanne", b"home", str(folder).encode().lower(), getpass.getuser().encode() + b"/"):
        assert word not in data


def test_materials_and_uv_maps_are_sent(tmp_path: Path) -> None:
    """Two materials, their pictures and the UV map, on an object that is instanced, sheared and mirrored."""
    obj = textured(tmp_path)
    obj.data.uv_layers.new(name="another")
    obj.data.polygons.foreach_set("use_smooth", [True] * len(obj.data.polygons))
    obj.data.set_sharp_from_angle(angle=0.5)
    uv = cKDTree([tuple(loop.uv) for loop in obj.data.uv_layers["secret-uv"].data])
    group = bpy.data.collections.new("group")
    group.objects.link(obj)
    bpy.context.collection.objects.unlink(obj)
    shown = empty("shown", instance_type="COLLECTION", instance_collection=group, scale=(-1, 1, 3))
    sent = export_plainly([shown], tmp_path / "mesh.glb", materials=True)
    plain = export_plainly([shown], tmp_path / "plain.glb")
    assert (sent.triangles, sent.centre, sent.bounds) == (plain.triangles, plain.centre, plain.bounds)
    assert np.array_equal(sent.points, plain.points)

    (mesh,) = pygltflib.GLTF2().load(tmp_path / "mesh.glb").meshes
    assert len(mesh.primitives) == 2
    parts = trimesh.load(tmp_path / "mesh.glb", process=False).dump()
    for part in parts:
        assert part.visual.material.baseColorTexture.size == (8, 8)
        assert uv.query(part.visual.uv)[0].max() < 1e-6
        across = np.einsum("nk,nk->n", part.vertex_normals[part.faces[:, 0]], part.face_normals)
        assert (across > 0).mean() > 0.99
    assert len({tuple(np.round(row, 3)) for part in parts for row in part.vertex_normals}) > 100


def test_two_objects_keep_their_own_materials(tmp_path: Path) -> None:
    """UV maps of other names, and a slot that is the object's own."""
    first = textured(tmp_path)
    second = suzanne(location=(3, 0, 0))
    second.data.uv_layers[0].name = "other"
    red = bpy.data.materials.new("red")
    red.diffuse_color = (1, 0, 0, 1)
    second.data.materials.append(bpy.data.materials["secret-material"])
    second.material_slots[0].link = "OBJECT"
    second.material_slots[0].material = red
    export_plainly([first, second], tmp_path / "mesh.glb", materials=True)
    file = pygltflib.GLTF2().load(tmp_path / "mesh.glb")
    assert len(file.materials) == 3
    with_picture = [material.pbrMetallicRoughness.baseColorTexture is not None for material in file.materials]
    assert sorted(with_picture) == [False, True, True]
    for part in trimesh.load(tmp_path / "mesh.glb", process=False).dump():
        assert part.visual.uv is None or np.ptp(part.visual.uv, axis=0).min() > 0.5


def test_without_the_gltf_addon(tmp_path: Path) -> None:
    obj = suzanne()
    addon_utils.disable("io_scene_gltf2")
    try:
        assert "glTF 2.0 format" in refused(MissingError, obj, path=tmp_path / "mesh.glb", materials=True)
        assert export_plainly([obj], tmp_path / "mesh.glb").triangles == 968
    finally:
        addon_utils.enable("io_scene_gltf2")


def test_a_blender_without_numpy_says_so(tmp_path: Path) -> None:
    """Some distributions' builds have none. In a process of its own, since NumPy can't be unloaded."""
    script = """
import sys
sys.modules["numpy"] = None
import bpy
from hitem3d_addon.core.errors import MissingError
from hitem3d_addon.core.values import OutputFormat
from hitem3d_addon.send.export import estimate, export_glb
from pathlib import Path

depsgraph = bpy.context.evaluated_depsgraph_get()
cube = bpy.data.objects["Cube"]
for call in (
    lambda: export_glb([cube], depsgraph, Path(sys.argv[1]), output_format=OutputFormat.GLB),
    lambda: estimate([[cube]], depsgraph),
):
    try:
        call()
    except MissingError as error:
        print(error)
"""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", script, str(tmp_path / "mesh.glb")]
    answer = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=100)
    assert answer.stdout.count("has no NumPy") == 2, answer.stderr
    assert not list(tmp_path.iterdir())
