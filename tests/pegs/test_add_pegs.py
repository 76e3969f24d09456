# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pegs and holes between closed parts: where they are made, what they measure, and where not, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import bpy
import numpy as np
import pytest
from closed import (
    Arrays,
    Object,
    by_angle,
    by_octant,
    cap_places,
    close,
    crossings,
    cube,
    import_parts,
    open_edges,
    sphere,
    torus,
    triangles,
    volume,
)
from mathutils.bvhtree import BVHTree

pytestmark = pytest.mark.usefixtures("addon")

MILLIMETRE = 0.01
"""With the unit scale of these tests a unit is 100 mm."""


def add_pegs(**options: object) -> None:
    assert bpy.ops.hitem3d.add_pegs(**options) == {"FINISHED"}


def closed(model: Arrays, labels: np.ndarray, **options: float) -> list[Object]:
    bpy.context.scene.unit_settings.scale_length = 0.1
    parts = import_parts(model, labels)
    close(**options)
    return parts


def halves(model: Arrays, axis: int = 0, level: float = 0.0) -> np.ndarray:
    return (model[0][model[1]].mean(axis=1)[:, axis] > level).astype(np.int32)


def pegged(part: Object) -> np.ndarray:
    """Which triangles of the part are of a peg or of a hole."""
    mesh = part.data
    mesh.calc_loop_triangles()
    attribute = mesh.attributes.get("hitem3d_peg")
    return np.array([bool(attribute and attribute.data[t.polygon_index].value) for t in mesh.loop_triangles])


def check_sound(parts: Sequence[Object]) -> None:
    assert [open_edges(part) for part in parts] == [0] * len(parts)
    assert [crossings(part) for part in parts] == [0] * len(parts)
    assert min(map(volume, parts)) > 0
    assert not any(part.data.validate() for part in parts)


@pytest.mark.parametrize(("shape", "area"), [("ROUND", 0.997 * np.pi), ("KEYED", 2.69)])
def test_halves_of_a_cube(shape: str, area: float) -> None:
    """A peg of the diameter and length that were asked for, and a hole that is larger all around by the clearance."""
    model = cube()
    one, other = parts = closed(model, halves(model))
    before = [volume(part) for part in parts]
    add_pegs(diameter=60.0, length=40.0, clearance=0.5, shape=shape)
    check_sound(parts)
    radius, length, clearance = 0.3, 0.4, 0.5 * MILLIMETRE
    assert volume(one) - before[0] == pytest.approx(area * radius**2 * length, rel=0.02)
    assert volume(one) + volume(other) < sum(before)
    # The first part has the peg, where both are equal.
    peg, hole = (triangles(part)[0][np.unique(triangles(part)[1][pegged(part)])] for part in parts)
    assert peg[:, 0].max() - 3.3 == pytest.approx(length, abs=1e-5)
    assert hole[:, 0].max() - 3.3 == pytest.approx(length + clearance, abs=1e-5)
    # Both are as wide as the hole, of which the foot of the peg leaves a ring.
    for some in (peg, hole):
        assert np.ptp(some[:, 1:], axis=0).max() == pytest.approx(2 * (radius + clearance), rel=0.005)


@pytest.mark.parametrize("clearance", [0.1, 0.2, 1.0])
def test_the_clearance_is_as_asked(clearance: float) -> None:
    """Between the walls, and between the peg's end and the bottom of the hole."""
    model = cube()
    parts = closed(model, halves(model))
    add_pegs(clearance=clearance)
    points, corners, _ = triangles(parts[0])
    hole = triangles(parts[1])
    tree = BVHTree.FromPolygons(hole[0].tolist(), hole[1].tolist(), all_triangles=True)
    beyond = points[np.unique(corners[pegged(parts[0])])]
    beyond = beyond[beyond[:, 0] > 3.3 + 2 * clearance * MILLIMETRE]
    assert len(beyond) > 40
    assert [tree.find_nearest(point)[3] for point in beyond.tolist()] == pytest.approx(
        # In the middle of its end the peg is as near to the bottom as at its wall.
        [clearance * MILLIMETRE] * len(beyond),
        rel=0.01,
    )


def test_a_keyed_peg_fits_in_one_way_only() -> None:
    model = cube()
    parts = closed(model, halves(model))
    add_pegs(shape="KEYED")
    points, corners, _ = triangles(parts[0])
    end = points[np.unique(corners[pegged(parts[0])])]
    end = end[end[:, 0] > end[:, 0].max() - 1e-6][:, 1:]
    middle = end[np.argmin(np.linalg.norm(end - end.mean(axis=0), axis=1))]
    distances = np.linalg.norm(end - middle, axis=1)
    rim = end[distances > 0.5 * distances.max()] - middle
    turned = [np.linalg.norm(rim @ [[c, s], [-s, c]] - rim[:, None], axis=2) for c, s in ((-1, 0), (0, 1), (0, -1))]
    assert all(apart.min(axis=1).max() > 0.1 * distances.max() for apart in turned)


@pytest.mark.parametrize(("count", "made"), [(2, 2), (3, 2), (4, 4), (6, 6)])
def test_slices_of_a_ring_can_be_put_together(count: int, made: int, capfd: pytest.CaptureFixture[str]) -> None:
    """Halves of a ring slide onto each other along one line; the last one of three slices has no way in."""
    model = torus()
    parts = closed(model, by_angle(model, count))
    add_pegs()
    check_sound(parts)
    said = capfd.readouterr().out
    assert f"{made} pegs at {count} cuts" in said
    assert said.count("could not be put together") == count - made


@pytest.mark.parametrize("cut", [by_octant, lambda model: by_angle(model, 4)])
def test_a_ball_in_octants_and_quarters(cut: Callable[[Arrays], np.ndarray]) -> None:
    """Many parts that meet in a line or a point: nearly all hang together, and each stays whole."""
    model = sphere()
    parts = closed(model, cut(model))
    before = [cap_places(part) for part in parts]
    add_pegs()
    check_sound(parts)
    assert sum(pegged(part).any() for part in parts) >= len(parts) - 1
    # What no peg touches is as it was, and on both sides.
    after = [cap_places(part) for part in parts]
    assert all(len(was & now) > 0.3 * len(was) for was, now in zip(before, after, strict=True))


def test_a_seam_beside_a_peg_is_the_same_on_both_sides() -> None:
    """Around the hole both parts have the same triangles, bit for bit."""
    model = torus()
    parts = closed(model, by_angle(model, 2))
    add_pegs()
    flagged = [pegged(part) for part in parts]
    sides = []
    for part, pegs in zip(parts, flagged, strict=True):
        points, corners, caps = triangles(part)
        sides.append({tuple(sorted(map(tuple, points[corner].tolist()))) for corner in corners[caps & ~pegs]})
    assert sides[0] == sides[1]


def test_a_cut_like_a_saddle_is_too_curved(capfd: pytest.CaptureFixture[str]) -> None:
    model = sphere(5)
    x, y, z = model[0][model[1]].mean(axis=1).T
    parts = closed(model, (z > 2.5 * x * y).astype(np.int32))
    before = [len(part.data.polygons) for part in parts]
    add_pegs()
    said = capfd.readouterr().out
    assert "“part 0” and “part 1” get no peg: the cut is too curved" in said
    assert "so nothing has changed" in said
    assert [len(part.data.polygons) for part in parts] == before


def box(size: tuple[float, float, float]) -> Arrays:
    points, corners = cube(8)
    return points * np.array(size), corners


def test_a_plate_that_is_cut_across_is_too_small(capfd: pytest.CaptureFixture[str]) -> None:
    """The cut is 4 mm high: what is left beside a peg and its walls is none that holds."""
    model = box((1.0, 1.0, 0.02))
    closed(model, halves(model))
    add_pegs(clearance=1.0)
    assert "get no peg: the cut is too small" in capfd.readouterr().out


def test_plates_on_each_other_are_too_thin(capfd: pytest.CaptureFixture[str]) -> None:
    model = box((1.0, 1.0, 0.1))
    closed(model, halves(model, axis=2))
    add_pegs()
    assert "get no peg: the parts are too thin behind the cut" in capfd.readouterr().out


def test_a_peg_is_shorter_where_the_part_is_thin() -> None:
    """Half as long as wide at least, and never nearer to the other side than a quarter of its width."""
    model = box((0.35, 1.0, 1.0))
    parts = closed(model, halves(model))
    add_pegs(diameter=40.0)
    check_sound(parts)
    ends = [float(triangles(part)[0][np.unique(triangles(part)[1][pegged(part)]), 0].max()) - 3.3 for part in parts]
    assert 0.2 - 1e-5 < ends[0] < 0.35 - 0.1
    assert ends[1] == pytest.approx(ends[0] + 0.2 * MILLIMETRE, abs=1e-5)


def test_parts_that_were_closed_with_a_clearance() -> None:
    """Their caps are apart; the peg goes on across the gap."""
    model = torus()
    parts = closed(model, by_angle(model, 4), clearance=0.5)
    add_pegs(clearance=0.2)
    check_sound(parts)
    assert sum(pegged(part).any() for part in parts) == 4


def split_vertices(model: Arrays) -> Arrays:
    """With a vertex for each piece of a pattern, as UV seams leave it."""
    points, corners = model
    middles = points[corners].mean(axis=1)
    piece = (np.sin(5 * middles[:, 0] + 1) + np.cos(4 * middles[:, 1]) > 0) + 2 * (middles[:, 2] > 0.1)
    keys, places = np.unique(corners.astype(np.int64) * 4 + piece[:, None], return_inverse=True)
    return points[keys // 4], places.reshape(-1, 3)


def test_vertices_that_are_split_by_uv_seams() -> None:
    """The surface is closed by its places, not by its vertices; it stays so."""
    model = split_vertices(torus())
    parts = closed(model, by_angle(model, 4))

    def open_places(part: Object) -> int:
        points, corners, _ = triangles(part)
        same = np.unique(points, axis=0, return_inverse=True)[1].reshape(-1)[corners]
        sides = np.stack([same, np.roll(same, -1, axis=1)], axis=2).reshape(-1, 2).tolist()
        return sum((other, one) not in set(map(tuple, sides)) for one, other in sides)

    split = [open_edges(part) for part in parts]
    assert min(split) > 0
    add_pegs()
    assert [open_edges(part) for part in parts] == split
    assert [open_places(part) for part in parts] == [0] * 4
    assert all(pegged(part).any() for part in parts)


def test_parts_that_were_turned_scaled_and_mirrored_together() -> None:
    model = torus()
    parts = closed(model, by_angle(model, 4))
    parent = bpy.data.objects.new("parent", None)
    bpy.context.scene.collection.objects.link(parent)
    for part in parts:
        part.parent = parent
    parent.rotation_euler = (0.3, 0.7, -1.1)
    parent.scale = (-3.0, 3.0, 3.0)
    bpy.context.view_layer.update()
    before = sum(map(volume, parts))
    add_pegs(diameter=30.0, length=30.0, clearance=0.5)
    check_sound(parts)
    assert sum(pegged(part).any() for part in parts) == 4
    # In the mesh's frame a peg is a third as large.
    radius, clearance, length = 0.05, 0.5 * MILLIMETRE / 3, 0.1
    area = 48 / 2 * np.sin(2 * np.pi / 48)
    lost = area * ((radius + clearance) ** 2 * (length + clearance) - radius**2 * length)
    assert before - sum(map(volume, parts)) == pytest.approx(4 * lost, rel=0.02)


def test_parts_that_are_moved_apart_are_pegged_in_place() -> None:
    model = cube()
    parts = closed(model, halves(model))
    assert bpy.ops.hitem3d.explode_parts(amount=1.0) == {"FINISHED"}
    add_pegs()
    check_sound(parts)
    assert all(pegged(part).any() for part in parts)


def test_only_between_selected_parts() -> None:
    model = torus()
    parts = closed(model, by_angle(model, 4))
    for part in parts[2:]:
        part.select_set(False)
    add_pegs(only_selected=True)
    assert [bool(pegged(part).any()) for part in parts] == [True, True, False, False]


def test_a_second_time_nothing_changes(capfd: pytest.CaptureFixture[str]) -> None:
    model = torus()
    parts = closed(model, by_angle(model, 2))
    add_pegs()
    before = [len(part.data.polygons) for part in parts]
    add_pegs()
    assert capfd.readouterr().out.count("“part 0” and “part 1” have a peg already") == 2
    assert [len(part.data.polygons) for part in parts] == before


def test_parts_that_are_open_are_refused() -> None:
    model = cube()
    parts = import_parts(model, halves(model))
    before = [len(part.data.polygons) for part in parts]
    with pytest.raises(RuntimeError, match="No two of these parts have a cut in common that is closed"):
        bpy.ops.hitem3d.add_pegs()
    assert [len(part.data.polygons) for part in parts] == before


def test_parts_with_shape_keys_are_refused() -> None:
    model = cube()
    parts = closed(model, halves(model))
    parts[1].shape_key_add(name="Basis")
    before = [len(part.data.polygons) for part in parts]
    with pytest.raises(RuntimeError, match="“part 1” has shape keys"):
        bpy.ops.hitem3d.add_pegs()
    assert [len(part.data.polygons) for part in parts] == before


def test_it_is_one_step_to_undo() -> None:
    model = cube()
    closed(model, halves(model))
    bpy.ops.ed.undo_push(message="before")
    before = [len(mesh.polygons) for mesh in bpy.data.meshes]
    bpy.ops.hitem3d.add_pegs("EXEC_DEFAULT", True)
    assert [len(mesh.polygons) for mesh in bpy.data.meshes] != before
    bpy.ops.ed.undo()
    assert [len(mesh.polygons) for mesh in bpy.data.meshes] == before
