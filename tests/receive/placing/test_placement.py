# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding the pose of a result that came back changed, and saying so where that can't be done."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path

import bpy
import numpy as np
import pytest
from mathutils import Matrix
from returned import add_mesh, add_monkey, give_back, keep, parts_of, send, swap_axes, turned, worst_corner
from sandbox import meshes, reshape

from hitem3d_addon.receive.placing.movement import movement
from hitem3d_addon.receive.placing.placement import AS_DELIVERED, Pose, Verdict, choose
from hitem3d_addon.receive.scene_import import Imported, import_result

Object = bpy.types.Object
Points = np.ndarray

BOX = [(x, y, z) for x in (0, 1) for y in (0, 2) for z in (0, 3)]
BOX_FACES = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
ALL_TURNS = [
    np.array([[sign if column == axis else 0 for column in range(3)] for axis, sign in zip(order, signs, strict=True)])
    for order in itertools.permutations(range(3))
    for signs in itertools.product((1.0, -1.0), repeat=3)
]


def add_hook() -> Object:
    """A model that neither a turn nor a mirror maps onto itself."""
    thing = add_monkey()
    mesh = thing.data
    for vertex in mesh.vertices:
        if vertex.co.x > 0:
            vertex.co.x *= 1.5 + vertex.co.z
    return thing


def back_again(folder: Path, source: Object, geometry: Callable[[Points], Points], **options: str | bool) -> Imported:
    """Send the source, and import what the service made of it."""
    sent, record = send(source, folder)
    file = give_back(parts_of(sent, geometry), folder / "result.glb")
    return import_result(bpy.context, file, source, record, name=source.name, **options)


@pytest.mark.parametrize("turn", ALL_TURNS, ids=lambda turn: " ".join("xyz"[i] for i in np.abs(turn).argmax(axis=1)))
def test_every_turn_and_mirror_is_undone(tmp_path: Path, turn: Points) -> None:
    imported = back_again(tmp_path, source := add_hook(), lambda points: points @ turn.T * 0.37 + (0.1, 5, -3))
    assert not imported.doubtful
    # Mirrored coordinates with the triangles as they were show their insides; putting them back corrects that, too.
    assert worst_corner(imported.objects, source) < 1e-6
    assert ("mirrored" in str(imported.report)) == (np.linalg.det(turn) < 0)


def test_a_service_that_mirrors_and_turns_the_faces_round(tmp_path: Path) -> None:
    """It keeps the outside out; so the faces have to be turned round again."""
    source = add_hook()
    sent, record = send(source, tmp_path)
    parts = [
        meshes.Mesh(part.vertices * np.array([-1, 1, 1], np.float32), part.triangles[:, ::-1])
        for part in parts_of(sent)
    ]
    imported = import_result(bpy.context, give_back(parts, tmp_path / "result.glb"), source, record, name="Hook")
    assert worst_corner(imported.objects, source) < 1e-6


def test_the_report_says_which_correction(tmp_path: Path) -> None:
    report = str(back_again(tmp_path, add_hook(), lambda points: swap_axes(points) * 4).report)
    assert "turned by -90°, 0°, 0°" in report and "scaled by 0.25" in report
    assert report.startswith("6 parts of “Monkey”, in place. ") and "off by" not in report


@pytest.mark.parametrize("geometry", ["decimate", "voxel"])
@pytest.mark.parametrize("change", [keep, swap_axes])
def test_a_remeshed_result_is_placed(tmp_path: Path, geometry: str, change: Callable[[Points], Points]) -> None:
    bpy.ops.mesh.primitive_torus_add(major_radius=1, minor_radius=0.4, major_segments=96, minor_segments=48)
    source = bpy.context.object
    for vertex in source.data.vertices:
        x, y, z = vertex.co
        vertex.co = (x * (1.3 + 0.3 * y), y + 0.2 * x * x, z * (1.2 - 0.4 * x) + 0.3 * y * y)
    sent, record = send(source, tmp_path)
    shaped = reshape.reshape(meshes.read_mesh(sent), geometry)
    shaped = meshes.Mesh(change(shaped.vertices.astype(np.float64)).astype(np.float32), shaped.triangles)
    file = give_back([shaped], tmp_path / "result.glb")
    imported = import_result(bpy.context, file, source, record, name="Model", parts="AS_DELIVERED")
    assert not imported.doubtful
    assert ("undone" in str(imported.report)) == (change is swap_axes)
    (part,) = imported.objects
    bpy.context.view_layer.update()
    points = [part.matrix_world @ vertex.co for vertex in list(part.data.vertices)[::50]]
    off = [(source.closest_point_on_mesh(source.matrix_world.inverted() @ point)[1] - point).length for point in points]
    assert np.sqrt(np.mean(np.square(off))) < 0.01 * source.dimensions.length


def add_box() -> Object:
    return add_mesh("Box", BOX, BOX_FACES)


def add_cylinder() -> Object:
    bpy.ops.mesh.primitive_cylinder_add(vertices=96, depth=3)
    return bpy.context.object


@pytest.mark.parametrize("add", [add_box, add_cylinder])
def test_a_symmetric_object_that_came_back_turned_is_left_alone_and_the_user_told(
    tmp_path: Path, add: Callable[[], Object]
) -> None:
    source = add()
    imported = back_again(tmp_path, source, swap_axes)
    assert imported.doubtful
    assert "ambiguous" in str(imported.report) and "left as delivered" in str(imported.report)
    # The model is centred where it is sent: as delivered is a quarter turn about X from where it belongs.
    ends = np.array([source.matrix_world @ vertex.co for vertex in source.data.vertices])
    middle = Matrix.Translation((ends.min(axis=0) + ends.max(axis=0)) / 2)
    source.matrix_world = middle @ turned(np.pi / 2, 0, 0) @ middle.inverted() @ source.matrix_world
    assert worst_corner(imported.objects, source) < 1e-6


@pytest.mark.parametrize("add", [add_box, add_cylinder])
@pytest.mark.parametrize("change", [keep, lambda points: points * 3 + (1, 2, 3)])
def test_a_symmetric_object_that_was_not_turned_is_in_place(
    tmp_path: Path, add: Callable[[], Object], change: Callable[[Points], Points]
) -> None:
    imported = back_again(tmp_path, source := add(), change)
    assert not imported.doubtful
    assert worst_corner(imported.objects, source) < 1e-6


def test_another_object_does_not_match(tmp_path: Path) -> None:
    source = add_monkey()
    _, record = send(source, tmp_path)
    bpy.ops.mesh.primitive_torus_add()
    sent, _ = send(other := bpy.context.object, tmp_path)
    file = give_back(parts_of(sent), tmp_path / "result.glb")
    imported = import_result(bpy.context, file, source, record, name=source.name)
    assert imported.doubtful
    assert "does not match" in str(imported.report) and "left as delivered" in str(imported.report)
    assert "inf" not in str(imported.report)
    assert worst_corner(imported.objects, other) < 0.1


def test_as_delivered_is_a_choice(tmp_path: Path) -> None:
    source = add_hook()
    imported = back_again(tmp_path, source, swap_axes, placement="AS_DELIVERED")
    assert not imported.doubtful and "as delivered" in str(imported.report)
    assert {tuple(part.rotation_euler) for part in imported.objects} == {(0, 0, 0)}
    ends = np.array([part.location for part in imported.objects])
    assert np.ptp(ends[:, 1]) > np.ptp(ends[:, 2])  # the slices were cut from bottom to top


def test_the_source_decides_where_the_points_of_the_record_do_not(tmp_path: Path) -> None:
    """A notch that is smaller than the points are apart."""
    source = add_box()
    bpy.ops.object.modifier_add(type="SUBSURF")
    source.modifiers[0].subdivision_type, source.modifiers[0].levels = "SIMPLE", 6
    bpy.ops.object.modifier_apply(modifier=source.modifiers[0].name)
    for vertex in source.data.vertices:
        x, y, z = vertex.co
        if z > 2.99 and 0.2 < x < 0.3 and 0.2 < y < 0.4:
            vertex.co.z -= 0.06
    sent, record = send(source, tmp_path)
    points = np.array(record.points, np.float32).reshape(-1, 3)
    blind = points[abs(points[:, 2]) < 1.4]  # no point where the notch is
    record = record._replace(points=array("f", blind.tobytes()))
    file = give_back(parts_of(sent, swap_axes), tmp_path / "result.glb")
    alone = import_result(bpy.context, file, None, record, name="Box")
    assert "ambiguous" in str(alone.report)
    imported = import_result(bpy.context, file, source, record, name="Box")
    assert not imported.doubtful
    assert worst_corner(imported.objects, source) < 1e-6


def test_without_a_record_the_parts_are_laid_over_the_object(tmp_path: Path) -> None:
    """A task that was added to the object by its id."""
    source = add_hook()
    source.matrix_world = Matrix.Translation((5, 6, 7)) @ turned(0.3, 0.2, 0.1)
    sent, _ = send(source, tmp_path)
    file = give_back(parts_of(sent), tmp_path / "result.glb")
    imported = import_result(bpy.context, file, source, None, name="Hook")
    assert not imported.doubtful
    assert worst_corner(imported.objects, source) < 1e-6


def test_without_the_object_the_parts_are_where_it_was(tmp_path: Path) -> None:
    source = add_hook()
    source.matrix_world = Matrix.Translation((5, 6, 7)) @ turned(0.3, 0.2, 0.1)
    sent, record = send(source, tmp_path)
    file = give_back(parts_of(sent, swap_axes), tmp_path / "result.glb")
    imported = import_result(bpy.context, file, None, record, name="Hook")
    assert worst_corner(imported.objects, source) < 1e-6


def test_an_object_that_was_flat_and_is_not_any_more(tmp_path: Path) -> None:
    source = add_hook()
    source.matrix_world = Matrix.Translation((5, 6, 7)) @ Matrix.Diagonal((1, 1, 0, 1))
    sent, record = send(source, tmp_path)
    file = give_back(parts_of(sent), tmp_path / "result.glb")
    source.matrix_world = Matrix.Translation((6, 6, 7)) @ Matrix.Diagonal((1, 1, 0, 1))
    bpy.context.view_layer.update()
    moved = import_result(bpy.context, file, source, record, name="Hook")
    assert not moved.doubtful
    assert min(part.location.x for part in moved.objects) > 4
    source.matrix_world = Matrix.Translation((6, 6, 7))
    imported = import_result(bpy.context, file, source, record, name="Hook")
    assert imported.doubtful and "flattened" in str(imported.report)


def test_movement() -> None:
    before = np.array(Matrix.Translation((1e5, 2, 3)) @ turned(0.1, 0.2, 0.3) @ Matrix.Diagonal((1, -2, 0.3, 1)), float)
    now = np.array(Matrix.Translation((-5, 1e5, 3)) @ turned(1, 0.2, 3), float)
    moved = movement(before, now)
    assert moved is not None
    assert np.abs(moved @ before - now).max() < 1e-9
    assert np.array_equal(movement(before, before), np.eye(4))  # type: ignore[arg-type]


def pose(*rows: Sequence[float], scale: float = 1.0) -> Pose:
    return Pose(np.array(rows, float), scale)


X90 = pose((1, 0, 0), (0, 0, -1), (0, 1, 0))
X270 = pose((1, 0, 0), (0, 0, 1), (0, -1, 0))
Z90 = pose((0, -1, 0), (1, 0, 0), (0, 0, 1))
MIRROR = pose((-1, 0, 0), (0, 1, 0), (0, 0, 1))
LARGER = Pose(np.eye(3), 1.1)


@pytest.mark.parametrize(
    ("poses", "residuals", "verdict", "chosen"),
    [
        ([], [], Verdict.NO_MATCH, AS_DELIVERED),
        ([AS_DELIVERED, X90], [0.011, 0.02], Verdict.NO_MATCH, AS_DELIVERED),
        ([AS_DELIVERED, X90, Z90], [1e-7, 1e-8, 1e-8], Verdict.AS_DELIVERED, AS_DELIVERED),
        ([AS_DELIVERED, X90], [1e-3, 6e-4], Verdict.AS_DELIVERED, AS_DELIVERED),
        ([AS_DELIVERED, X90], [5e-3, 1e-7], Verdict.CORRECTED, X90),
        ([X90, Z90], [2e-6, 1e-7], Verdict.CORRECTED, X90),
        ([X90, Z90], [5e-3, 1e-7], Verdict.CORRECTED, Z90),
        ([X90, X270], [2e-6, 1e-7], Verdict.AMBIGUOUS, AS_DELIVERED),
        ([X90, X270], [5e-3, 3e-3], Verdict.AMBIGUOUS, AS_DELIVERED),
        ([X90, X270], [7e-3, 3e-3], Verdict.CORRECTED, X270),
        ([AS_DELIVERED, MIRROR], [6e-3, 1e-3], Verdict.AS_DELIVERED, AS_DELIVERED),
        ([Z90, MIRROR], [6e-3, 1e-3], Verdict.CORRECTED, Z90),
        ([Z90, MIRROR], [6e-3, 1e-5], Verdict.CORRECTED, MIRROR),
        ([MIRROR], [2e-3], Verdict.NO_MATCH, AS_DELIVERED),
        ([AS_DELIVERED, LARGER], [3e-3, 1e-3], Verdict.AS_DELIVERED, AS_DELIVERED),
        ([AS_DELIVERED, LARGER], [3e-3, 1e-7], Verdict.CORRECTED, LARGER),
    ],
)
def test_the_choice(poses: list[Pose], residuals: list[float], verdict: Verdict, chosen: Pose) -> None:
    fit = choose(poses, residuals)
    assert fit.verdict is verdict
    assert fit.pose is chosen
