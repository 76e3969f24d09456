# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Closed shells are found where they touch, from coordinates alone."""

from __future__ import annotations

import numpy as np
import pytest
from boxes import ROW, soup

from hitem3d_addon.mesh.shells import Faces, closed_shells, same_place
from hitem3d_addon.receive.splitting.ways import by_shell

GRID = [(x, y, z) for x in range(3) for y in range(3) for z in range(3)]


def faces_of(corners: np.ndarray) -> Faces:
    """Triangles that share no vertices."""
    count = len(corners)
    positions = np.ascontiguousarray(corners.reshape(-1, 3), np.float32)
    return Faces(positions, np.arange(3 * count, dtype=np.int32), np.arange(0, 3 * count + 1, 3, dtype=np.int32))


@pytest.mark.parametrize(
    "places",
    [
        ROW,
        [(0, 0, 0), (1, 1, 0)],  # an edge
        [(0, 0, 0), (1, 1, 1)],  # a corner
        GRID,
        [place for place in GRID if sum(place) % 2],
    ],
)
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_boxes_that_touch(places: list[tuple[int, int, int]], turned: bool, seed: int) -> None:
    random = np.random.default_rng(seed)
    matrix = np.linalg.qr(random.normal(size=(3, 3)))[0] * random.uniform(0.01, 100)
    corners = soup(places) @ matrix + random.normal(size=3)
    order = random.permutation(len(corners))
    faces = faces_of(corners[order][:, ::-1] if turned else corners[order])
    shells, closed = closed_shells(faces, same_place(faces.positions))
    assert closed.all()
    of_box = np.repeat(np.arange(len(places)), 12)[order]
    assert len(np.unique(shells)) == len(places) == len(np.unique(np.stack([shells, of_box]), axis=1).T)


def test_a_box_without_a_side_is_open() -> None:
    faces = faces_of(np.concatenate([soup([(5, 0, 0)]), soup([(0, 0, 0)])[2:]]))
    _, closed = closed_shells(faces, same_place(faces.positions))
    assert closed.tolist() == [True] * 12 + [False] * 10


def test_the_first_vertex_at_a_place() -> None:
    points = np.array([(0, 0, 0), (1, 0, 0), (-0.0, 0, 0), (1, 0, 0), (0, 1, 0)], np.float32)
    assert same_place(points).tolist() == [0, 1, 0, 1, 4]
    many = np.random.default_rng(0).integers(0, 20, (5000, 3)).astype(np.float32)
    _, firsts, inverse = np.unique(many, axis=0, return_index=True, return_inverse=True)
    assert np.array_equal(same_place(many), firsts[inverse.reshape(-1)])


def test_one_flat_shaded_box_is_one_part_and_three_are_three() -> None:
    for places, parts in ((ROW[:1], 1), (ROW, 3)):
        # Four vertices a side, as exporters write a box.
        corners = soup(places).reshape(-1, 6, 3)
        positions, index = zip(*(np.unique(side, axis=0, return_inverse=True) for side in corners), strict=True)
        vertices = np.concatenate([4 * number + side.reshape(-1) for number, side in enumerate(index)])
        starts = np.arange(0, len(vertices) + 1, 3, dtype=np.int32)
        faces = Faces(np.concatenate(positions).astype(np.float32), vertices.astype(np.int32), starts)
        labels = by_shell(faces, 512, split_for_shading=True, seams=False)
        assert (labels is None) if parts == 1 else (labels is not None and np.bincount(labels).tolist() == [12] * 3)
