# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts are closed with the same surface on both sides, and their volumes add up to the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import bpy
import numpy as np
import pytest
from closed import (
    Arrays,
    Object,
    by_angle,
    by_octant,
    cap_gaps,
    cap_places,
    close,
    crossing_neighbours,
    crossings,
    crossings_of_all,
    cube,
    enclosed,
    import_parts,
    open_edges,
    sphere,
    torus,
    volume,
)

from hitem3d_addon.closing.body import Body, Cap
from hitem3d_addon.closing.close import Closing, find_overlapping

pytestmark = pytest.mark.usefixtures("addon")


def check(parts: Sequence[Object], model: Arrays) -> None:
    """All are closed and have a volume, these add up, and each triangle of a cap is on two parts, bit for bit."""
    assert [open_edges(part) for part in parts] == [0] * len(parts)
    volumes = [volume(part) for part in parts]
    assert min(volumes) > 0
    assert sum(volumes) == pytest.approx(enclosed(model), rel=1e-5)
    shared = Counter(place for part in parts for place in cap_places(part))
    assert set(shared.values()) == {2}
    assert not any(part.data.validate() for part in parts)


@pytest.mark.parametrize("count", [2, 3, 6])
def test_slices_of_a_torus(count: int) -> None:
    model = torus()
    parts = import_parts(model, by_angle(model, count))
    close()
    check(parts, model)
    assert [crossings(part) for part in parts] == [0] * count
    assert [volume(part) for part in parts] == pytest.approx([enclosed(model) / count] * count, rel=1e-3)


def test_a_torus_cut_like_a_bagel_gets_rings() -> None:
    model = torus()
    labels = (model[0][model[1]].mean(axis=1)[:, 2] > 0).astype(np.int32)
    parts = import_parts(model, labels)
    close()
    check(parts, model)
    assert [crossings(part) for part in parts] == [0, 0]
    assert volume(parts[0]) == pytest.approx(volume(parts[1]), rel=1e-3)


def test_octants_of_a_cube_meet_in_lines_and_a_point() -> None:
    model = cube()
    parts = import_parts(model, by_octant(model))
    close()
    check(parts, model)
    assert [crossings(part) for part in parts] == [0] * 8
    # Each part touches its three neighbours by a face, and six parts more by an edge or not at all.
    places = [cap_places(part) for part in parts]
    for number, mine in enumerate(places):
        for axis in (1, 2, 4):
            assert mine & places[number ^ axis]


def test_many_small_parts_have_equal_caps() -> None:
    """The last ones reach across the ball, farther from their origins than any part's surface does."""
    model = sphere()
    seeds = model[0][np.random.default_rng(3).choice(len(model[0]), 60, replace=False)]
    middles = model[0][model[1]].mean(axis=1)
    parts = import_parts(model, np.linalg.norm(middles[:, None] - seeds, axis=2).argmin(axis=1))
    close()
    check(parts, model)


@pytest.mark.parametrize(
    ("solid", "height", "count", "seed"), [(cube, 0.12, 12, 4), (lambda: sphere(3), 0.2, 9, 13), (torus, 1.0, 16, 3)]
)
def test_no_two_caps_cross_in_narrow_bodies(solid: Callable[[], Arrays], height: float, count: int, seed: int) -> None:
    """In none of these a first try, part after part from the shortest border on, leaves room for the last caps."""
    points, corners = solid()
    model = points * [1.0, 1.0, height], corners
    middles = model[0][corners].mean(axis=1)
    seeds = middles[np.random.default_rng(seed).choice(len(middles), count, replace=False)]
    parts = import_parts(model, np.linalg.norm(middles[:, None] - seeds, axis=2).argmin(axis=1))
    close()
    check(parts, model)
    assert crossings_of_all(parts) == 0


def test_halves_of_nested_spheres() -> None:
    outer, corners = sphere()
    model = np.concatenate([outer, outer / 2]), np.concatenate([corners, corners[:, ::-1] + len(outer)])
    parts = import_parts(model, (model[0][model[1]].mean(axis=1)[:, 2] > 0).astype(np.int32))
    close()
    check(parts, model)
    assert [crossings(part) for part in parts] == [0, 0]


def test_the_wall_of_a_cavity_becomes_a_shell() -> None:
    outer, corners = sphere()
    model = np.concatenate([outer, outer / 2]), np.concatenate([corners, corners[:, ::-1] + len(outer)])
    parts = import_parts(model, np.repeat([0, 1], [len(corners), len(corners)]))
    close()
    check(parts, model)
    assert [crossings(part) for part in parts] == [0, 0]


def test_cubes_that_touch() -> None:
    """Two closed cubes with a side in common, whose edges have four triangles: each is closed as it is."""
    points, corners = cube(2)
    model = (
        np.concatenate([points, points + np.array([2.0, 0.0, 0.0])]),
        np.concatenate([corners, corners + len(points)]),
    )
    parts = import_parts(model, np.repeat([0, 1], len(corners)))
    before = [len(part.data.polygons) for part in parts]
    close()
    assert [len(part.data.polygons) for part in parts] == before
    assert [volume(part) for part in parts] == pytest.approx([8, 8])


def test_cloth_stays_open() -> None:
    """A sheet that encloses nothing gets no caps, and it is said that it is open."""
    x, y = np.meshgrid(np.linspace(-1, 1, 11), np.linspace(-1, 1, 11), indexing="ij")
    points = np.stack([x, y, 0.1 * np.sin(3 * x)], axis=2).reshape(-1, 3)
    here = np.arange(110).reshape(10, 11)[:, :-1].ravel()
    model = (
        points,
        np.concatenate([np.stack([here, here + 11, here + 12], 1), np.stack([here, here + 12, here + 1], 1)]),
    )
    parts = import_parts(model, (points[model[1]].mean(axis=1)[:, 0] > 0).astype(np.int32))
    before = [len(part.data.polygons) for part in parts]
    close()
    assert [len(part.data.polygons) for part in parts] == before


@pytest.mark.parametrize("cloth_first", [False, True])
def test_cloth_beside_a_cup(cloth_first: bool) -> None:
    """The cup's cut is closed and the cloth gets nothing, whichever comes first in the model."""
    points, corners = sphere()
    cup = corners[points[corners].mean(axis=1)[:, 2] < 0.7]
    labels = (points[cup].mean(axis=1)[:, 2] > 0).astype(np.int32)
    cloth = np.array([[3.0, 0.0, 5.0], [4.0, 0.0, 5.0], [4.0, 1.0, 5.0], [3.0, 1.0, 5.0]])
    sheet, of_sheet = np.array([[0, 1, 2], [0, 2, 3]]), np.array([2, 2], np.int32)
    if cloth_first:
        model = np.concatenate([cloth, points]), np.concatenate([sheet, cup + len(cloth)])
        parts = import_parts(model, np.concatenate([of_sheet, labels]))
    else:
        model = np.concatenate([points, cloth]), np.concatenate([cup, sheet + len(points)])
        parts = import_parts(model, np.concatenate([labels, of_sheet]))
    rim = open_edges(parts[1]) - open_edges(parts[0])
    close()
    assert [open_edges(part) for part in parts] == [0, rim, 4]
    assert rim > 10
    assert len(parts[2].data.polygons) == 2


def test_a_part_without_faces_is_left_as_it_is() -> None:
    model = torus()
    parts = import_parts(model, by_angle(model, 3))
    parts[0].data = bpy.data.meshes.new("nothing")
    close()
    assert not parts[0].data.vertices
    # What was between the other two and it has no other side any more.
    assert [open_edges(part) for part in parts[1:]] == [12, 12]


def test_the_opening_of_a_cup_stays_open() -> None:
    """A ball without its top, cut across: its cut is closed, and the rim, which the original has too, is not."""
    points, corners = sphere()
    kept = corners[points[corners].mean(axis=1)[:, 2] < 0.7]
    parts = import_parts((points, kept), (points[kept].mean(axis=1)[:, 2] > 0).astype(np.int32))
    rim = open_edges(parts[1]) - open_edges(parts[0])
    close()
    assert [open_edges(parts[0]), open_edges(parts[1])] == [0, rim]
    assert rim > 10


def test_parts_keep_what_they_have_and_caps_are_told_apart() -> None:
    model = torus()
    parts = import_parts(model, by_angle(model, 3))
    red = bpy.data.materials.new("red")
    for part in parts:
        part.data.materials.append(red)
        part.data.uv_layers.new(name="UVMap").uv.foreach_set("vector", np.arange(2.0 * len(part.data.loops)))
    before = [(part.name, part.data.name, len(part.data.polygons), len(part.data.loops)) for part in parts]
    close()
    for part, (name, mesh_name, faces, loops) in zip(parts, before, strict=True):
        mesh = part.data
        assert (part.name, mesh.name) == (name, mesh_name)
        uvs = np.empty(2 * len(mesh.loops), np.float32)
        mesh.uv_layers["UVMap"].uv.foreach_get("vector", uvs)
        assert uvs[: 2 * loops].tolist() == list(range(2 * loops))
        caps = [value.value for value in mesh.attributes["hitem3d_cap"].data]
        assert caps == [False] * faces + [True] * (len(mesh.polygons) - faces)
        assert [material.name for material in mesh.materials] == ["red", "Hitem3D Cap"]
        assert [polygon.material_index for polygon in mesh.polygons] == [int(cap) for cap in caps]
        of_surface, of_caps = set(), set()
        for polygon in mesh.polygons:
            (of_caps if caps[polygon.index] else of_surface).update(polygon.edge_keys)
        sharp = {edge.key for edge in mesh.edges if edge.use_edge_sharp}
        assert sharp == of_surface & of_caps


def halves(model: Arrays) -> np.ndarray:
    return (model[0][model[1]].mean(axis=1)[:, 0] > 0).astype(np.int32)


CLEARED: dict[str, tuple[Callable[[], Arrays], Callable[[Arrays], np.ndarray], float]] = {
    "torus in 3": (torus, lambda model: by_angle(model, 3), 1.0),
    "torus in 6": (torus, lambda model: by_angle(model, 6), 1.0),
    "cube in 2": (cube, halves, 1.0),
    "cube in 4": (cube, lambda model: by_angle(model, 4), 0.97),
    "cube in 8": (cube, by_octant, 0.97),
    "ball in 4": (sphere, lambda model: by_angle(model, 4), 0.93),
    "ball in 8": (sphere, by_octant, 0.93),
}
"""A model, how it is cut, and what share of its caps is as far apart as asked: all, but where several parts meet."""


@pytest.mark.parametrize("name", CLEARED)
def test_a_clearance_moves_both_caps_back(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    """In millimetres, between all neighbours; the parts stay closed, cross nothing, and lie in no other."""
    make, cut, share = CLEARED[name]
    model = make()
    parts = import_parts(model, cut(model))
    bpy.context.scene.unit_settings.scale_length = 0.01
    close(clearance=0.2)  # a unit is 10 mm, so this is 0.02 of one
    assert [open_edges(part) for part in parts] == [0] * len(parts)
    assert [crossings(part) for part in parts] == [0] * len(parts)
    assert min(map(volume, parts)) > 0
    assert not crossing_neighbours(parts)
    gaps = np.concatenate([cap_gaps(part, parts) for part in parts])
    assert np.median(gaps) == pytest.approx(0.02, abs=0.0005)
    assert (abs(gaps - 0.02) < 0.002).mean() >= share
    said = capfd.readouterr().out
    assert "has no clearance" not in said
    assert share < 1 or "% of its clearance" not in said
    assert gaps.min() > 0.018 or "% of its clearance at the narrowest place" in said


def test_a_clearance_that_is_too_large_is_refused_by_name(capfd: pytest.CaptureFixture[str]) -> None:
    model = torus()
    parts = import_parts(model, by_angle(model, 12))
    close(clearance=900.0)
    said = capfd.readouterr().out
    assert all(f"“{part.name}” has no clearance" in said for part in parts)
    assert [open_edges(part) for part in parts] == [0] * 12


def test_a_source_that_overlaps_itself_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    """Two balls that cross: no cap can mend that, so it is said."""
    points, corners = sphere()
    model = (
        np.concatenate([points, points + np.array([1.0, 0.0, 0.0])]),
        np.concatenate([corners, corners + len(points)]),
    )
    parts = import_parts(model, np.repeat([0, 1, 2, 3], len(corners) // 2))
    close()
    assert "The original crosses itself in “part 0”" in capfd.readouterr().out
    assert [open_edges(part) for part in parts] == [0] * 4


@pytest.mark.parametrize("crossings_before", [0, 1])
def test_parts_that_a_cap_crosses_are_named(crossings_before: int) -> None:
    """A cap between two parts that crosses a third: where it was put on knowingly, all three are told."""
    points, corners = cube(1)
    smaller = 0.5 * points + np.array([1.0, 0.0, 0.0])
    of_cap = (points[corners].mean(axis=1)[:, 0] > 0.9).astype(np.bool_)
    body = Body(
        np.concatenate([points, smaller]),
        2.0**-22,
        [corners[~of_cap].astype(np.int32), np.empty((0, 3), np.int32), (corners + len(points)).astype(np.int32)],
    )
    cap = corners[of_cap][:, ::-1].astype(np.int32)
    body.caps = [Cap(cap, 0, np.ones(len(cap), np.int32), crossings_before)]
    assert find_overlapping(body) == ({(0, 2), (1, 2)} if crossings_before else set())
    said = Closing([], [], [("left", "right")]).warnings()
    assert [str(one) for one in said] == ["“left” and “right” may overlap: a cap crosses both"]


def move(part: Object) -> None:
    part.location.x += 3


def scale(part: Object) -> None:
    part.scale = (-1, 2, 0.5)


def delete(part: Object) -> None:
    bpy.data.objects.remove(part)


@pytest.mark.parametrize("change", [move, scale, delete])
def test_parts_that_do_not_lie_together(change: Callable[[Object], None], capfd: pytest.CaptureFixture[str]) -> None:
    """What has nothing to meet stays open; it is said that this may be why, and not that the original is open."""
    model = torus()
    first, *others = import_parts(model, by_angle(model, 3))
    change(first)
    bpy.context.view_layer.objects.active = others[0]
    bpy.context.view_layer.update()
    close()
    assert [open_edges(part) for part in others] == [12, 12]
    said = capfd.readouterr().out
    for part in others:
        assert f"“{part.name}” stays open at 12 edges that no other part touches" in said
        assert "or a part was moved, scaled, edited or deleted" in said


def test_parts_that_are_moved_apart_are_closed_in_place() -> None:
    model = torus()
    parts = import_parts(model, by_angle(model, 3))
    assert bpy.ops.hitem3d.explode_parts(amount=1.0) == {"FINISHED"}
    offsets = [tuple(part.delta_location) for part in parts]
    assert any(map(any, offsets))
    close()
    assert [tuple(part.delta_location) for part in parts] == offsets
    check(parts, model)


def test_closing_twice_changes_nothing() -> None:
    model = torus()
    parts = import_parts(model, by_angle(model, 3))
    close()
    before = [len(part.data.polygons) for part in parts]
    close()
    assert [len(part.data.polygons) for part in parts] == before


def test_it_is_one_step_to_undo() -> None:
    model = torus()
    import_parts(model, by_angle(model, 3))
    bpy.ops.ed.undo_push(message="before")
    before = [len(mesh.polygons) for mesh in bpy.data.meshes]
    bpy.ops.hitem3d.close_parts("EXEC_DEFAULT", True)
    assert [len(mesh.polygons) for mesh in bpy.data.meshes] != before
    bpy.ops.ed.undo()
    assert [len(mesh.polygons) for mesh in bpy.data.meshes] == before
