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
from cut import as_parts, away_from_borders, bands, face_centres, make_real, mesh_object, shown_triangles
from labelled import Object, bumpy_ball, cut, dense_monkey, face_centres_shown, labels_of, monkey, plain, shaped
from mathutils import Matrix, Vector
from mathutils.geometry import closest_point_on_tri
from sandbox import meshes, segment

from hitem3d_addon.apply.imports import choose_import
from hitem3d_addon.apply.islands import remove_islands
from hitem3d_addon.apply.nearest_surface import NearestSurface
from hitem3d_addon.core.values import OutputFormat
from hitem3d_addon.mesh.triangles import measure, mesh_triangles
from hitem3d_addon.receive.scene_import import import_result


def mirrored(obj: Object) -> None:
    plain(obj)
    obj.scale = (2, -0.5, 3)


def sheared(obj: Object) -> None:
    parent = bpy.data.objects.new("Parent", None)
    bpy.context.collection.objects.link(parent)
    parent.matrix_world = Matrix.Translation((1, 2, 3)) @ Matrix.Diagonal((1, -3, 0.5, 1))
    obj.parent = parent
    obj.rotation_euler = (0.5, 0.7, 0.2)


def far_away(obj: Object) -> None:
    plain(obj)
    obj.location = (1e5, -3e4, 7e3)


def tiny(obj: Object) -> None:
    plain(obj)
    obj.scale = (1e-4, 1e-4, 1e-4)


def huge(obj: Object) -> None:
    plain(obj)
    obj.scale = (1e4, 1e4, 1e4)


@pytest.mark.parametrize("weld", [True, False], ids=["welded", "split"])
@pytest.mark.parametrize("place", [plain, mirrored, sheared, far_away, tiny, huge])
def test_untouched_triangles_are_all_right(place: Callable[[Object], None], weld: bool) -> None:
    source = monkey()
    place(source)
    truth, parts = cut(source, weld=weld)
    labels = labels_of(source, parts)
    assert (labels.faces == truth).all()
    assert labels.exact == 1 and labels.unmatched == labels.divided == 0


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
    obj = mesh_object("Triangles", random.normal(0, 1, (60, 3)), np.arange(60).reshape(-1, 3))
    triangles = mesh_triangles([(obj.data, obj.matrix_world)], np.zeros(3))
    points = random.normal(0, 2, (3, 500)).astype(np.float32)
    normals = measure(triangles).normals
    with NearestSurface(triangles, normals, np.zeros(len(triangles), np.int32)) as surface:
        found, distances = surface.find(points)
    corners = triangles.positions[:, triangles.corners].transpose(1, 2, 0)
    for point, triangle, distance in zip(points.T, found, distances, strict=True):
        by_hand = [(closest_point_on_tri(Vector(point), *map(Vector, some)) - Vector(point)).length for some in corners]
        assert distance == pytest.approx(min(by_hand), abs=1e-5)
        assert by_hand[triangle] == pytest.approx(min(by_hand), abs=1e-5)


def test_faces_without_an_extent_get_a_label_all_the_same() -> None:
    source = mesh_object("Point", np.ones((3, 3)), [(0, 1, 2)])
    labels = labels_of(source, as_parts(np.ones((1, 3, 3)), np.zeros(1, np.int32), weld=False))
    assert labels.faces.tolist() == [0]


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
