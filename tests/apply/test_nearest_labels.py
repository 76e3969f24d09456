# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The grid saves searching; its labels are those that a search for every triangle gives."""

from __future__ import annotations

import numpy as np
import pytest

from hitem3d_addon.apply import nearest_labels
from hitem3d_addon.apply.label_grid import LabelGrid
from hitem3d_addon.apply.nearest_surface import NearestSurface
from hitem3d_addon.mesh.same_triangles import find_same
from hitem3d_addon.mesh.triangles import Triangles, join, measure, pick

pytestmark = pytest.mark.usefixtures("empty_scene")

RNG = np.random.default_rng(5)
COUNT, DIAGONAL = 210, 6.0
"""Points along each side of a sheet, and what is said of its size: by both it is fine enough that the grid is used."""


def sheet(height: float = 0.0, *, count: int = COUNT, shift: float = 0.0, flipped: bool = False) -> Triangles:
    """A wavy sheet of two triangles for each of its quads, which are the polygons."""
    along = np.linspace(-1, 1, count)
    x, y = np.meshgrid(along, along, indexing="ij")
    x, y = x + shift, y + shift / 3
    points = np.stack([x, y, height + 0.1 * np.sin(3 * x) * np.cos(2 * y)]).reshape(3, -1)
    corner = (np.arange(count - 1)[:, None] * count + np.arange(count - 1)).ravel()
    quads = np.stack([corner, corner + count, corner + count + 1, corner + 1], axis=1)
    corners = quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3)
    if flipped:
        corners = corners[:, ::-1]
    polygons = np.repeat(np.arange(len(quads)), 2)
    return Triangles(points.astype(np.float32), corners.astype(np.int32), polygons.astype(np.int32))


def folded(count: int = COUNT, shift: float = 0.0) -> Triangles:
    """A sheet with sharp creases across it, every 0.25."""
    flat = sheet(count=count, shift=shift)
    points = flat.positions.copy()
    points[2] = np.abs((points[0] * 4) % 2 - 1) / 4
    return Triangles(points, flat.corners, flat.polygons)


def cut_apart(triangles: Triangles, labels: np.ndarray) -> tuple[Triangles, np.ndarray]:
    """As parts come: one after the other, none shares a corner with another."""
    order = [np.flatnonzero(labels == label) for label in range(labels.max() + 1)]
    return join([pick(triangles, which) for which in order]), np.repeat(np.arange(len(order)), list(map(len, order)))


def stripes(triangles: Triangles, width: float, axis: int = 0) -> np.ndarray:
    return np.unique((measure(triangles).centres[axis] + 1.5) // width, return_inverse=True)[1].astype(np.int32)


def searched(asked: Triangles, targets: Triangles, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The labels by a search for each triangle, and how far each is."""
    centres, normals, _ = measure(asked)
    found, distances = nearest_labels._search(centres, normals, targets, DIAGONAL)
    return labels[found], distances


def compare(asked: Triangles, targets: Triangles, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """The share that is as searched away from the borders, and the triangles at them or not as searched."""
    labels = labels.astype(np.int32)
    grid = LabelGrid(targets, labels)
    assert grid.width < nearest_labels._FINE * DIAGONAL  # or the grid is not used, and nothing is shown
    found, distances = nearest_labels.find_nearest(asked, targets, labels, DIAGONAL)
    right, there = searched(asked, targets, labels)
    assert (there < distances + grid.width).all()
    other = np.flatnonzero(found != right)
    return float((found == right).mean()), other


@pytest.mark.parametrize("width", [0.5, 0.05, 0.02])
def test_stripes_of_a_surface_that_was_remeshed(width: float) -> None:
    remeshed = sheet(count=COUNT + 37, shift=0.0007)
    targets, labels = cut_apart(remeshed, stripes(remeshed, width))
    asked = sheet()
    share, other = compare(asked, targets, labels)
    # The two triangles of a quad across a border go together; nothing else is another.
    assert share > 1 - 0.7 / COUNT / width
    centres = measure(asked).centres[0, other] + 1.5
    assert (np.abs(centres / width - np.rint(centres / width)) * width < 2 / COUNT).all()


@pytest.mark.parametrize("gap", [1e-2, 1e-4])
@pytest.mark.parametrize("borders", ["none", "one wall", "both walls"])
def test_thin_walls(gap: float, borders: str) -> None:
    """Two walls near to each other, of different parts; a border on one of them must not decide about the other."""
    walls = [sheet(count=COUNT + 37, shift=0.0007), sheet(-gap, count=COUNT + 11, shift=0.0003, flipped=True)]
    of_wall = [
        stripes(walls[0], 0.3) * (borders != "none"),
        20 + stripes(walls[1], 0.21, 1) * (borders == "both walls"),
    ]
    targets, labels = cut_apart(join(walls), np.unique(np.concatenate(of_wall), return_inverse=True)[1])
    asked = join([sheet(), sheet(-gap, flipped=True)])
    share, _ = compare(asked, targets, labels)
    assert share > 1 - 2.5 / COUNT
    found, _ = nearest_labels.find_nearest(asked, targets, labels.astype(np.int32), DIAGONAL)
    of_first = len(np.unique(of_wall[0]))
    assert ((found >= of_first) == (np.arange(len(asked)) >= len(asked) // 2)).mean() > 0.9999


def test_layers_that_face_the_same_way() -> None:
    layers = [sheet(count=COUNT + 37, shift=0.0007), sheet(-0.003, count=COUNT + 11, shift=0.0003)]
    of_layer = [np.zeros(len(layers[0]), np.int32), 1 + stripes(layers[1], 0.2)]
    targets, labels = cut_apart(join(layers), np.unique(np.concatenate(of_layer), return_inverse=True)[1])
    asked = join([sheet(), sheet(-0.003)])
    share, other = compare(asked, targets, labels)
    assert share > 1 - 2.5 / COUNT and (other >= len(asked) // 2).all()


def test_parts_that_meet_in_creases() -> None:
    remeshed = folded(count=4 * 52 + 1)
    targets, labels = cut_apart(remeshed, stripes(remeshed, 0.25))
    asked = folded(count=COUNT + 21)
    share, _ = compare(asked, targets, labels)
    assert share > 0.99


def test_a_part_that_is_missing_and_large_triangles() -> None:
    """What is far from everything takes the nearest, and a triangle as large as many cells is near all along."""
    fine = sheet(count=COUNT + 37, shift=0.0007)
    kept = np.flatnonzero(measure(fine).centres[0] < 0.3)
    large = Triangles(
        np.array([[0.6, 0.6, 1.0, 1.0], [-1, 1, -1, 1], [0.0, 0.0, 0.0, 0.0]], np.float32),
        np.array([[0, 2, 1], [1, 2, 3]], np.int32),
        np.arange(2, dtype=np.int32),
    )
    targets = join([pick(fine, kept), large])
    labels = np.concatenate([np.zeros(len(kept), np.int32), np.ones(2, np.int32)])
    asked = sheet(count=COUNT + 5)
    found, distances = nearest_labels.find_nearest(asked, targets, labels, DIAGONAL)
    right, there = searched(asked, targets, labels)
    assert (found == right).mean() > 0.999
    assert ((distances > 0.06) == (there > 0.06)).mean() > 1 - 0.5 / COUNT


def test_untouched_triangles_in_any_order_are_found() -> None:
    asked = sheet()
    random = RNG.permutation(len(asked))
    labels = RNG.integers(0, 7, len(asked)).astype(np.int32)
    for order in (np.arange(len(asked)), random, np.argsort(labels, kind="stable")):
        targets = pick(asked, order)
        noise = RNG.uniform(-1e-7, 1e-7, targets.positions.shape).astype(np.float32)
        moved = Triangles(targets.positions + noise, np.roll(targets.corners, 1, axis=1), targets.polygons)
        assert (find_same(asked, moved, labels[order], DIAGONAL) == labels).all()


def test_triangles_that_were_moved_or_turned_over_are_not_the_same() -> None:
    asked = sheet()
    labels = np.zeros(len(asked), np.int32)
    assert (find_same(asked, sheet(shift=0.001), labels, DIAGONAL) == -1).all()
    assert (find_same(asked, sheet(flipped=True), labels, DIAGONAL) == -1).all()
    half = np.arange(len(asked)) < 500
    some = join([pick(asked, np.flatnonzero(half)), sheet(shift=0.001)])
    assert ((find_same(asked, some, np.zeros(len(some), np.int32), DIAGONAL) == 0) == half).all()


def test_groups_are_searched_apart() -> None:
    triangles = join([sheet(count=5), sheet(1.0, count=5)])
    groups = np.repeat([0, 1], 32).astype(np.int32)
    points = measure(triangles).centres
    with NearestSurface(triangles, measure(triangles).normals, groups) as surface:
        found, distances = surface.find(points, groups[::-1])
    assert (groups[found] == groups[::-1]).all() and (distances > 0.5).all()


def test_the_same_point_twice() -> None:
    """As one that is asked for in two groups."""
    targets = sheet()
    points = np.zeros((3, 2), np.float32)
    with NearestSurface(targets, measure(targets).normals, np.zeros(len(targets), np.int32)) as surface:
        found, distances = surface.find(points)
    assert found[0] == found[1] and not distances.any()
