# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts moved apart: where they go, and that they come back to the bit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import bpy
import numpy as np
import pytest
from cut import mesh_object
from mathutils import Euler, Matrix

from hitem3d_addon.apply.exploding import explode, find_offsets
from hitem3d_addon.session.exploded import EXPLODED, basis_in_place, in_place

Object = bpy.types.Object
BOX = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float64)
FACES = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]


def offsets_of(middles: Sequence[Sequence[float]], sizes: Sequence[float]) -> np.ndarray:
    halves = np.array(sizes, np.float64)[:, None] / 2
    return find_offsets(np.array(middles) - halves, np.array(middles) + halves)


def box(name: str, at: Sequence[float], size: float = 0.5) -> Object:
    obj = mesh_object(name, BOX * size, FACES)
    obj.location = at
    return obj


def cross() -> list[Object]:
    """A box in the middle and one on each side."""
    sides = [(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)]
    parts = [box("middle", (0, 0, 0)), *(box(f"side {n}", at) for n, at in enumerate(sides))]
    bpy.context.view_layer.update()
    return parts


def worlds(parts: Sequence[Object]) -> np.ndarray:
    bpy.context.view_layer.update()
    return np.array([part.matrix_world for part in parts])


def test_each_goes_along_the_line_through_its_own_middle_and_as_far() -> None:
    middles = [(3, 0, 0), (-3, 0, 0), (0, 3, 0), (0, -3, 0), (0.5, 0, 2), (0.2, -0.2, -0.3)]
    offsets = offsets_of(middles, [1, 1, 1, 1, 0.01, 0.02])
    middle = np.array([(0, 0, (2.005 - 0.5) / 2)])
    away = np.array(middles) - middle
    lengths = np.linalg.norm(offsets, axis=1)
    along = (offsets * away).sum(axis=1) / np.linalg.norm(away, axis=1)
    assert along == pytest.approx(lengths)
    assert lengths == pytest.approx(lengths[0])


def test_a_part_inside_another_and_those_in_the_very_middle_go_as_far_as_others() -> None:
    """Three around one middle, which have no direction, and one at a side."""
    middles = [(0, 0, 0)] * 3 + [(0, 0, 0.4)]
    offsets = offsets_of(middles, [4, 1, 0.1, 0.2])
    lengths = np.linalg.norm(offsets, axis=1)
    assert lengths.min() == pytest.approx(0.2 * 4 * np.sqrt(3))
    assert lengths[:3] == pytest.approx(lengths.min())
    units = offsets[:3] / lengths[:3, None]
    assert (units @ units.T)[np.triu_indices(3, 1)].max() < 0.5


def test_directions_in_the_middle_stay_when_more_parts_come() -> None:
    few = offsets_of([(0, 0, 0)] * 3, [4, 1, 0.1])
    many = offsets_of([(0, 0, 0)] * 40, [4, 1, 0.1, *[0.2] * 37])
    assert (many[:3] == few).all()
    units = many / np.linalg.norm(many, axis=1)[:, None]
    assert np.degrees(np.arccos(np.sort(units @ units.T, axis=1)[:, -2].max())) > 15


def test_what_lies_in_a_row_comes_apart() -> None:
    at = np.arange(6.0)
    offsets = offsets_of([(x, 0, 0) for x in at], [1] * 6)
    assert np.diff(at + offsets[:, 0]).min() > 1.7


def test_a_single_part_stays() -> None:
    assert not offsets_of([(1, 2, 3)], [1]).any()


@pytest.mark.parametrize("parent", [None, "turned", "flat"])
def test_they_come_back_to_the_bit(parent: str | None) -> None:
    parts = cross()
    parts[1].delta_location = (0.1, 0.2, 0.3)
    if parent:
        above = bpy.data.objects.new("above", None)
        bpy.context.scene.collection.objects.link(above)
        sizes = (2, 3, 0 if parent == "flat" else 0.5)
        above.matrix_world = Matrix.LocRotScale((5, 1, 2), Euler((0.3, 0.7, 1.1)), sizes)
        for part in parts:
            part.parent = above
    before, bases = worlds(parts), [part.matrix_basis.copy() for part in parts]
    locations = [tuple(part.location) for part in parts]
    for amount in (0.3, 2.0, 1.0):
        explode(bpy.context, parts, amount)
        now = worlds(parts)
        assert [tuple(part.location) for part in parts] == locations
        assert [basis_in_place(part) for part in parts] == bases
        if parent != "flat":
            size = np.linalg.norm(np.ptp(corners(before), axis=0))
            moved = np.linalg.norm((now - before)[:, :3, 3], axis=1)
            assert np.sort(moved)[:6] == pytest.approx(amount * 0.2 * size, rel=1e-5)
    with in_place(bpy.context):
        assert (worlds(parts) == before).all()
    assert (worlds(parts) == now).all()
    explode(bpy.context, parts, 0.0)
    assert (worlds(parts) == before).all()
    assert [part.matrix_basis for part in parts] == bases
    assert tuple(parts[1].delta_location) == tuple(np.array([0.1, 0.2, 0.3], np.float32))
    assert not any(EXPLODED in part for part in parts)


def corners(matrices: np.ndarray) -> np.ndarray:
    return np.concatenate([BOX / 2 @ matrix[:3, :3].T + matrix[:3, 3] for matrix in matrices])


def test_a_saved_file_keeps_it(tmp_path: Path) -> None:
    parts = cross()
    before = worlds(parts)
    explode(bpy.context, parts, 1.0)
    now = worlds(parts)
    names = [part.name for part in parts]
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "apart.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "apart.blend"))
    parts = [bpy.data.objects[name] for name in names]
    assert (worlds(parts) == now).all()
    explode(bpy.context, parts, 0.0)
    assert (worlds(parts) == before).all()


def test_what_the_user_does_to_a_moved_part_is_kept() -> None:
    """Moved by its location, its deltas added to, or cleared, or one copied: what is left is the user's."""
    parts = cross()
    explode(bpy.context, parts, 1.0)
    parts[0].location.x += 1
    parts[1].delta_location.y += 0.5
    parts[2].delta_location = (0, 0, 0)
    copied = parts[3].copy()
    bpy.context.scene.collection.objects.link(copied)
    explode(bpy.context, [*parts, copied], 0.0)
    assert tuple(parts[0].location) == (1, 0, 0) and not any(parts[0].delta_location)
    assert tuple(parts[1].delta_location) == pytest.approx((0, 0.5, 0), abs=1e-6)
    assert not any(parts[2].delta_location)
    assert copied.matrix_world == parts[3].matrix_world


def test_a_file_may_say_anything() -> None:
    part = box("part", (1, 2, 3))
    for value in ("word", 3.0, [1.0, 2.0], [float("nan")] * 6):
        part[EXPLODED] = value
        part.delta_location = (1, 0, 0)
        with in_place(bpy.context):
            assert tuple(part.delta_location) == (1, 0, 0)
        assert tuple(part.delta_location) == (1, 0, 0)


def test_objects_may_go_or_get_other_names_meanwhile() -> None:
    parts = cross()
    explode(bpy.context, parts, 1.0)
    there = tuple(parts[2].delta_location)
    with in_place(bpy.context):
        bpy.data.objects.remove(parts[1])
        parts[2].name = "other"
    assert tuple(parts[2].delta_location) == there
