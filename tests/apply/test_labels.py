# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every face of the original gets the part it belongs to, however the parts come back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np
import pytest
import returned
from cut import as_parts, away_from_borders, bands, face_centres, face_vertices, make_real, mesh_object, shown_triangles
from mathutils import Euler, Matrix, Vector
from mathutils.geometry import closest_point_on_tri
from sandbox import meshes, segment

from hitem3d_addon.apply.imports import choose_import
from hitem3d_addon.apply.islands import remove_islands
from hitem3d_addon.apply.labels import Labels, part_labels
from hitem3d_addon.apply.nearest_surface import NearestSurface
from hitem3d_addon.core.errors import InputError
from hitem3d_addon.core.values import OutputFormat
from hitem3d_addon.mesh.triangles import measure, mesh_triangles
from hitem3d_addon.receive.scene_import import import_result

Object = bpy.types.Object


def labels_of(source: Object, parts: list[Object]) -> Labels:
    bpy.context.view_layer.update()
    return part_labels(source, parts, bpy.context.evaluated_depsgraph_get())


def monkey() -> Object:
    bpy.ops.mesh.primitive_monkey_add()
    return bpy.context.object


def dense_monkey(levels: int = 3) -> Object:
    """A closed, curved surface of many quads."""
    thing = monkey()
    thing.modifiers.new("Subdivision", "SUBSURF").levels = levels
    bpy.ops.object.modifier_apply(modifier="Subdivision")
    return thing


def cut(source: Object, count: int = 5, **options: object) -> tuple[np.ndarray, list[Object]]:
    """The label of each face of the evaluated mesh, and the parts."""
    corners, polygons = shown_triangles(source)
    truth = bands(face_centres_shown(corners, polygons), count)
    return truth, as_parts(corners, truth[polygons], **options)


def face_centres_shown(corners: np.ndarray, polygons: np.ndarray) -> np.ndarray:
    pieces = np.bincount(polygons)
    return np.stack([np.bincount(polygons, corners.mean(axis=1)[:, k]) / pieces for k in range(3)], axis=1)


def plain(thing: Object) -> None:
    thing.matrix_world = Matrix.Translation((3, -2, 1)) @ Euler((0.4, 0.2, 1.1)).to_matrix().to_4x4()


def mirrored(thing: Object) -> None:
    plain(thing)
    thing.scale = (2, -0.5, 3)


def sheared(thing: Object) -> None:
    parent = bpy.data.objects.new("Parent", None)
    bpy.context.collection.objects.link(parent)
    parent.matrix_world = Matrix.Translation((1, 2, 3)) @ Matrix.Diagonal((1, -3, 0.5, 1))
    thing.parent = parent
    thing.rotation_euler = (0.5, 0.7, 0.2)


def far_away(thing: Object) -> None:
    plain(thing)
    thing.location = (1e5, -3e4, 7e3)


def tiny(thing: Object) -> None:
    plain(thing)
    thing.scale = (1e-4, 1e-4, 1e-4)


def huge(thing: Object) -> None:
    plain(thing)
    thing.scale = (1e4, 1e4, 1e4)


@pytest.mark.parametrize("weld", [True, False], ids=["welded", "split"])
@pytest.mark.parametrize("place", [plain, mirrored, sheared, far_away, tiny, huge])
def test_untouched_triangles_are_all_right(place: Callable[[Object], None], weld: bool) -> None:
    source = monkey()
    place(source)
    truth, parts = cut(source, weld=weld)
    labels = labels_of(source, parts)
    assert (labels.faces == truth).all()
    assert labels.exact == 1 and labels.nearest == labels.unmatched == labels.divided == 0


def test_a_hundred_parts_of_a_dense_mesh_are_all_right() -> None:
    source = dense_monkey()
    corners, polygons = shown_triangles(source)
    centres = face_centres_shown(corners, polygons)
    truth = bands(centres, 10) * 10 + bands(centres, 10, axis=0)
    truth = np.unique(truth, return_inverse=True)[1].astype(np.int32)
    labels = labels_of(source, as_parts(corners, truth[polygons]))
    assert (labels.faces == truth).all()


def test_scattered_labels_of_single_faces_are_no_islands() -> None:
    source = dense_monkey(1)
    corners, polygons = shown_triangles(source)
    truth = np.random.default_rng(1).integers(0, 3, len(source.data.polygons)).astype(np.int32)
    labels = labels_of(source, as_parts(corners, truth[polygons]))
    assert (labels.faces == truth).all() and labels.exact == 1


@pytest.mark.parametrize("noise", [1e-7, 1e-6, 1e-5])
def test_rounding_of_a_file_changes_nothing(noise: float) -> None:
    source = dense_monkey(2)
    random = np.random.default_rng(2)
    truth, parts = cut(source, change=lambda points: points + random.uniform(-noise, noise, points.shape) * 4)
    labels = labels_of(source, parts)
    assert (labels.faces == truth).all() and not labels.unmatched
    assert labels.exact > (0.99 if noise < 1e-5 else 0)


@pytest.mark.parametrize("noise", [0, 1e-7])
def test_coincident_opposed_faces_are_told_apart(noise: float) -> None:
    count = 40
    across = np.linspace(-1, 1, count)
    x, y = np.meshgrid(across, across)
    sheet = np.stack([x, y, 0.3 * np.sin(3 * x) * np.cos(2 * y)], axis=-1).reshape(-1, 3)
    corner = (np.arange(count - 1)[:, None] * count + np.arange(count - 1)).ravel()
    front = np.stack([corner, corner + 1, corner + count + 1, corner + count], axis=1)
    source = mesh_object("Sheet", np.concatenate([sheet, sheet]), np.concatenate([front, front[:, ::-1] + len(sheet)]))
    plain(source)
    corners, polygons = shown_triangles(source)
    truth = np.repeat([0, 1], len(front))
    random = np.random.default_rng(3)
    parts = as_parts(corners, truth[polygons], lambda points: points + random.uniform(-noise, noise, points.shape))
    assert (labels_of(source, parts).faces == truth).all()


def bumpy_ball(segments: int = 128) -> tuple[np.ndarray, list[list[int]]]:
    """A closed surface without a symmetry: points, and faces with three and four corners."""
    bpy.ops.mesh.primitive_uv_sphere_add(segments=segments, ring_count=segments // 2)
    ball = bpy.context.object
    points = np.array([vertex.co for vertex in ball.data.vertices], np.float64)
    faces = face_vertices(ball)
    bpy.data.objects.remove(ball)
    return points * (1 + 0.1 * np.sin(5 * points[:, [1, 2, 0]])), faces


@pytest.mark.parametrize("gap", [1e-2, 3e-4, 1e-5])
def test_thin_walls_that_were_decimated(gap: float) -> None:
    points, faces = bumpy_ball()
    inside = [[vertex + len(points) for vertex in face[::-1]] for face in faces]
    diagonal = np.linalg.norm(np.ptp(points, axis=0))
    within = points * (1 - gap * diagonal / np.linalg.norm(points, axis=1)[:, None])
    source = mesh_object("Shell", np.concatenate([points, within]), faces + inside)
    corners, polygons = shown_triangles(source)
    truth = np.repeat([0, 1], len(faces))
    parts = as_parts(corners, truth[polygons])
    for part in parts:
        part.modifiers.new("Decimate", "DECIMATE").ratio = 0.5
        make_real(part)
    labels = labels_of(source, parts)
    assert (labels.faces == truth).mean() > 0.9998
    assert labels.exact < 0.6


@pytest.mark.parametrize("kind", ["decimated", "remeshed", "smoothed"])
def test_parts_that_were_made_anew(kind: str) -> None:
    source = mesh_object("Ball", *bumpy_ball())
    plain(source)
    corners, polygons = shown_triangles(source)
    edges = np.linspace(corners[:, :, 2].min(), corners[:, :, 2].max(), 7)[1:-1]
    truth = np.digitize(face_centres_shown(corners, polygons)[:, 2], edges)
    (whole,) = as_parts(corners, np.zeros(len(corners), np.int32))
    if kind == "decimated":
        whole.modifiers.new("Decimate", "DECIMATE").ratio = 0.3
    elif kind == "remeshed":
        remesh = whole.modifiers.new("Remesh", "REMESH")
        remesh.mode, remesh.voxel_size = "VOXEL", 0.02
    else:
        whole.modifiers.new("Smooth", "SMOOTH").iterations = 3
    anew, _ = shown_triangles(whole)
    labels = labels_of(source, as_parts(anew, np.digitize(anew.mean(axis=1)[:, 2], edges)))
    away = away_from_borders(source, truth)
    assert away.mean() > 0.75
    assert (labels.faces == truth)[away].mean() >= 0.999
    assert (labels.faces == truth).mean() > 0.97
    assert labels.exact < 0.01 and labels.unmatched == 0


def test_a_part_that_the_service_dropped_goes_to_its_neighbours() -> None:
    source = dense_monkey()
    truth, parts = cut(source, 5)
    labels = labels_of(source, parts[:-1])
    kept = truth < 4
    assert (labels.faces[kept] == truth[kept]).all()
    assert (labels.faces[~kept] < 4).all()
    assert labels.unmatched > 0


@pytest.mark.parametrize("sides", [3, 4, 7, 32])
def test_polygons_of_many_corners_vote_by_area(sides: int) -> None:
    bpy.ops.mesh.primitive_cylinder_add(vertices=sides)
    source = bpy.context.object
    corners, polygons = shown_triangles(source)
    truth = np.arange(len(source.data.polygons), dtype=np.int32) % 3
    of_triangle = truth[polygons]
    # The smallest triangle of each polygon with several comes back with another part.
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    wrong = 0
    for polygon in np.flatnonzero(np.bincount(polygons) > 2):
        pieces = np.flatnonzero(polygons == polygon)
        smallest = pieces[np.argmin(areas[pieces])]
        of_triangle[smallest] = (of_triangle[smallest] + 1) % 3
        wrong += 1
    labels = labels_of(source, as_parts(corners, of_triangle))
    assert (labels.faces == truth).all()
    assert labels.divided == wrong / len(truth)


def subdivided(thing: Object) -> None:
    thing.modifiers.new("Subdivision", "SUBSURF").levels = 2


def multires(thing: Object) -> None:
    modifier = thing.modifiers.new("Multires", "MULTIRES")
    bpy.context.view_layer.objects.active = thing
    bpy.ops.object.multires_subdivide(modifier=modifier.name)
    bpy.ops.object.multires_subdivide(modifier=modifier.name)


def bevelled(thing: Object) -> None:
    thing.modifiers.new("Bevel", "BEVEL").width = 0.01


def solid(thing: Object) -> None:
    thing.modifiers.new("Solidify", "SOLIDIFY").thickness = 0.02


def triangulated(thing: Object) -> None:
    thing.modifiers.new("Triangulate", "TRIANGULATE")


def edge_split(thing: Object) -> None:
    thing.modifiers.new("EdgeSplit", "EDGE_SPLIT").split_angle = 0.1


def bent(thing: Object) -> None:
    thing.modifiers.new("Bend", "SIMPLE_DEFORM").deform_method = "BEND"


def shaped(thing: Object) -> None:
    thing.shape_key_add(name="Basis")
    key = thing.shape_key_add(name="Wide")
    for point in key.data:
        point.co.x *= 3
    key.value = 0.8


def arrayed(thing: Object) -> None:
    thing.modifiers.new("Array", "ARRAY").count = 3


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


def joined_with_another(thing: Object) -> None:
    bpy.ops.mesh.primitive_cube_add(size=0.7, location=(0, 0, 1))
    cutter = bpy.context.object
    cutter.hide_viewport = True
    boolean = thing.modifiers.new("Boolean", "BOOLEAN")
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


def hidden_by_the_eye(thing: Object) -> None:
    thing.hide_set(True)


def hidden_in_viewports(thing: Object) -> None:
    thing.hide_viewport = True


def in_an_excluded_collection(thing: Object) -> None:
    away = bpy.data.collections.new("Away")
    bpy.context.scene.collection.children.link(away)
    bpy.context.scene.collection.objects.unlink(thing)
    away.objects.link(thing)
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


def everything() -> dict[str, object]:
    """What finding the labels must not change."""
    data = {
        prop.identifier: sorted(block.name for block in getattr(bpy.data, prop.identifier))
        for prop in bpy.data.bl_rna.properties
        if prop.type == "COLLECTION"
    }
    layer = bpy.context.view_layer
    return {
        **data,
        "selected": sorted(thing.name for thing in layer.objects if thing.select_get()),
        "active": layer.objects.active and layer.objects.active.name,
        "mode": bpy.context.mode,
        "scene": bpy.context.scene.name,
        "attributes": {
            mesh.name: ([attribute.name for attribute in mesh.attributes], mesh.attributes.active_index)
            for mesh in bpy.data.meshes
        },
        "modifiers": {thing.name: thing.modifiers.keys() for thing in bpy.data.objects},
    }


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


def test_islands_of_a_few_faces_go_to_their_neighbour() -> None:
    source = dense_monkey(3)
    truth = bands(face_centres(source), 4)
    random = np.random.default_rng(4)
    noisy = truth.copy()
    wrong = random.choice(len(truth), len(truth) // 200, replace=False)
    noisy[wrong] = random.integers(0, 4, len(wrong))
    unsure = np.zeros(len(truth), bool)
    cleaned = remove_islands(source.data, noisy, unsure)
    assert (noisy != truth).sum() > 100
    assert (cleaned == truth).mean() > 0.9995
    assert (remove_islands(source.data, noisy, ~unsure) == noisy).all()


def test_a_part_of_a_single_face_is_kept() -> None:
    source = dense_monkey(2)
    labels = np.zeros(len(source.data.polygons), np.int32)
    labels[100] = 1
    assert (remove_islands(source.data, labels, labels > 1) == labels).all()


@pytest.mark.parametrize("place", ["plain", "stretched_and_mirrored", "sheared", "far_away", "tiny"])
@pytest.mark.parametrize("output_format", ["GLB", "OBJ", "FBX", "USDZ"])
def test_what_was_imported_in_place_labels_every_face(tmp_path: Path, output_format: str, place: str) -> None:
    source = returned.add_monkey()
    returned.TRANSFORMS[place](source)
    sent, record = returned.send(source, tmp_path, OutputFormat[output_format])
    mesh = meshes.read_mesh(sent)
    of_triangle = segment.segment(mesh.vertices, mesh.triangles, "medium")
    _, polygons = shown_triangles(source)
    returned.move_on(source)
    file = returned.give_back(meshes.split(mesh, of_triangle), tmp_path / f"result.{output_format.lower()}")
    imported = import_result(bpy.context, file, source, record, name=source.name)
    labels = labels_of(source, imported.objects)
    # A part has the same number in both, or the same faces under another.
    truth = np.full(len(labels.faces), -1)
    truth[polygons] = of_triangle
    whole = np.flatnonzero(np.bincount(polygons, of_triangle) == truth * np.bincount(polygons))
    pairs = {(int(a), int(b)) for a, b in zip(truth[whole], labels.faces[whole], strict=True)}
    assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(imported.objects)
    assert labels.unmatched == 0
    assert labels.exact == 1 or output_format == "OBJ"


def test_distances_are_those_of_a_search_by_hand() -> None:
    random = np.random.default_rng(11)
    thing = mesh_object("Triangles", random.normal(0, 1, (60, 3)), np.arange(60).reshape(-1, 3))
    triangles = mesh_triangles([(thing.data, thing.matrix_world)], np.zeros(3))
    points = random.normal(0, 2, (3, 500)).astype(np.float32)
    normals = measure(triangles).normals
    with NearestSurface(triangles, normals, np.zeros(len(triangles), np.int32)) as surface:
        found, distances = surface.find(points)
    corners = triangles.positions[:, triangles.corners].transpose(1, 2, 0)
    for point, triangle, distance in zip(points.T, found, distances, strict=True):
        by_hand = [(closest_point_on_tri(Vector(point), *map(Vector, some)) - Vector(point)).length for some in corners]
        assert distance == pytest.approx(min(by_hand), abs=1e-5)
        assert by_hand[triangle] == pytest.approx(min(by_hand), abs=1e-5)


def test_a_curve_is_refused() -> None:
    bpy.ops.curve.primitive_bezier_circle_add()
    curve = bpy.context.object
    with pytest.raises(InputError, match="not a mesh"):
        labels_of(curve, [monkey()])


def test_what_is_linked_is_refused(tmp_path: Path) -> None:
    source = monkey()
    truth, parts = cut(source)
    library = str(tmp_path / "library.blend")
    bpy.data.libraries.write(library, {source})
    with bpy.data.libraries.load(library, link=True) as (_, wanted):
        wanted.objects = [source.name]
    (linked,) = wanted.objects
    bpy.context.scene.collection.objects.link(linked)
    for refused in (linked, linked.override_create()):
        with pytest.raises(InputError, match="another file"):
            labels_of(refused, parts)
    assert (labels_of(source, parts).faces == truth).all()


def test_faces_without_an_extent_get_a_label_all_the_same() -> None:
    source = mesh_object("Point", np.ones((3, 3)), [(0, 1, 2)])
    labels = labels_of(source, as_parts(np.ones((1, 3, 3)), np.zeros(1, np.int32), weld=False))
    assert labels.faces.tolist() == [0]


def test_instances_are_refused() -> None:
    source = mesh_object("Points", np.zeros((3, 3)), [])
    with pytest.raises(InputError, match="no faces of its own"):
        labels_of(source, [monkey()])


def test_parts_that_are_elsewhere_are_refused() -> None:
    source = monkey()
    _, parts = cut(source)
    for part in parts:
        part.location.x += 3
    before = everything()
    with pytest.raises(InputError, match="not where"):
        labels_of(source, parts)
    assert everything() == before


def test_parts_of_what_has_another_shape_now_are_not_to_be_imported_again() -> None:
    source = monkey()
    _, parts = cut(source)
    for vertex in source.data.vertices:
        vertex.co.z *= 5
    with pytest.raises(InputError, match="another shape") as caught:
        labels_of(source, parts)
    assert "Import" not in str(caught.value)


def test_parts_that_were_sent_with_a_shape_key_shown_in_edit_mode() -> None:
    source = monkey()
    plain(source)
    shaped(source)
    source.active_shape_key_index = 1
    source.data.shape_keys.key_blocks["Wide"].value = 1
    truth, parts = cut(source)
    source.data.shape_keys.key_blocks["Wide"].value = 0
    labels = labels_of(source, parts)
    assert labels.exact == 1 and (labels.faces == truth).all()
    assert not source.show_only_shape_key


def arrayed_wide(thing: Object) -> None:
    thing.modifiers.new("Array", "ARRAY").count = 4


def mirrored_over(thing: Object) -> None:
    thing.modifiers.new("Mirror", "MIRROR").use_axis = (False, True, False)


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


def test_each_copy_takes_the_import_that_lies_on_it() -> None:
    source = monkey()
    plain(source)
    _, parts = cut(source)
    imports = [parts]
    copies = [source]
    for number in range(1, 3):
        copies.append(source.copy())
        bpy.context.collection.objects.link(copies[-1])
        copies[-1].location.x += 10 * number
        imports.insert(0, [part.copy() for part in parts])
        for part in imports[0]:
            bpy.context.collection.objects.link(part)
            part.location.x += 10 * number
    copies[2].modifiers.new("Array", "ARRAY").count = 3
    bpy.context.view_layer.update()
    graph = bpy.context.evaluated_depsgraph_get()
    for number, copied in enumerate(copies):
        assert choose_import(copied, imports, graph) == imports[2 - number]
    # Of two imports at one place the last one counts, even if it is a little off.
    again = [part.copy() for part in parts]
    for part in again:
        bpy.context.collection.objects.link(part)
        part.location.x += 1e-4
    bpy.context.view_layer.update()
    assert choose_import(source, [again, *imports], bpy.context.evaluated_depsgraph_get()) == again
