# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the segmentation promises, on shapes that are made here."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import trimesh
from sandbox.meshes import Floats, Ints
from sandbox.segment import segment

Shape = tuple[Floats, Ints]
LEVELS = ("low", "medium", "high")


def of(mesh: trimesh.Trimesh) -> Shape:
    return mesh.vertices.astype(np.float32), np.asarray(mesh.faces, np.int64)


def snowman(fineness: int = 2) -> trimesh.Trimesh:
    """Two balls grown together, one surface: a valley runs around the neck."""
    mesh = trimesh.creation.icosphere(fineness)
    height = mesh.vertices[:, 2].copy()
    waist = 1 - 0.75 * np.exp(-((height / 0.18) ** 2))
    mesh.vertices[:, :2] *= waist[:, None]
    mesh.vertices[:, 2] *= 1.8
    return mesh


def bumpy_blob() -> trimesh.Trimesh:
    mesh = trimesh.creation.icosphere(2)
    x, y, z = mesh.vertices.T
    mesh.vertices *= (1 + 0.25 * np.sin(4 * x) * np.cos(3 * y + z))[:, None]
    return mesh


def shells() -> trimesh.Trimesh:
    """Two large bodies and thirty crumbs, none of which touch."""
    crumbs = [trimesh.creation.box((0.02, 0.02, 0.02)) for _ in range(30)]
    for number, crumb in enumerate(crumbs):
        crumb.apply_translation((0.1 * number, 2, 0))
    other = trimesh.creation.icosphere(2)
    other.apply_translation((3, 0, 0))
    return trimesh.util.concatenate([trimesh.creation.torus(1, 0.3), other, *crumbs])


def soup() -> Shape:
    points = np.random.default_rng(7).random((1500, 3)).astype(np.float32)
    return points, np.arange(1500).reshape(-1, 3)


SHAPES: dict[str, Callable[[], Shape]] = {
    "cube": lambda: of(trimesh.creation.box()),
    "sphere": lambda: of(trimesh.creation.icosphere(2)),
    "coarse sphere": lambda: of(trimesh.creation.icosphere(1)),
    "uv sphere": lambda: of(trimesh.creation.uv_sphere()),
    "torus": lambda: of(trimesh.creation.torus(1, 0.3)),
    "cylinder": lambda: of(trimesh.creation.cylinder(1, 3)),
    "tetrahedron": lambda: of(trimesh.creation.icosahedron().convex_hull),
    "snowman": lambda: of(snowman()),
    "blob": lambda: of(bumpy_blob()),
    "shells": lambda: of(shells()),
    "grid": lambda: of(trimesh.creation.box((1, 1, 1e-9)).subdivide_to_size(0.08)),
    "soup": soup,
}


def areas(shape: Shape, labels: Ints) -> np.ndarray:
    corners = shape[0][shape[1]].astype(np.float64)
    sizes = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    found = np.bincount(labels, sizes)
    return np.asarray(found / found.sum())


@pytest.mark.parametrize("name", SHAPES)
def test_finer_levels_have_more_parts_and_low_has_no_crumbs(name: str) -> None:
    shape = SHAPES[name]()
    labels = {level: segment(*shape, level) for level in LEVELS}
    counts = {}
    for level, found in labels.items():
        assert found.shape == (len(shape[1]),)
        counts[level] = len(np.unique(found))
        assert set(found) == set(range(counts[level]))
        assert np.all(np.diff(areas(shape, found)) <= 1e-12)
    assert 2 <= counts["low"] <= counts["medium"] <= counts["high"]
    assert counts["low"] < counts["high"]
    assert areas(shape, labels["low"]).min() >= 0.01


def test_the_same_answer_every_time() -> None:
    shape = of(bumpy_blob())
    coarsest = LEVELS[0]  # the others lie on its way
    assert np.array_equal(segment(*shape, coarsest), segment(*shape, coarsest))


def test_borders_follow_creases() -> None:
    """A finely divided cube is cut along its twelve edges, and nowhere else."""
    mesh = trimesh.creation.box().subdivide_to_size(0.15)
    shape = of(mesh)
    for level in ("low", "medium"):
        labels = segment(*shape, level)
        across = labels[mesh.face_adjacency[:, 0]] != labels[mesh.face_adjacency[:, 1]]
        assert across.any()
        assert np.degrees(mesh.face_adjacency_angles[across]).min() > 80


def test_a_neck_is_where_a_body_is_cut() -> None:
    mesh = snowman(4)
    labels = segment(*of(mesh), "low")
    upper = mesh.triangles_center[:, 2] > 0
    agreement = max(np.mean(upper == (labels == part)) for part in range(2))
    assert agreement > 0.95


def test_seams_do_not_matter() -> None:
    """The same triangles, with no vertex in common: as they come from a file with seams or flat shading."""
    vertices, triangles = of(bumpy_blob())
    split = vertices[triangles.reshape(-1)]
    labels = segment(split, np.arange(len(split)).reshape(-1, 3), "medium")
    assert np.array_equal(labels, segment(vertices, triangles, "medium"))


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_size_and_place_do_not_matter(scale: float) -> None:
    vertices, triangles = of(trimesh.creation.box().subdivide_to_size(0.3))
    moved = ((vertices.astype(np.float64) + 3) * scale).astype(np.float32)
    expected = segment(vertices, triangles, "medium").max()
    assert segment(moved, triangles, "medium").max() == expected


@pytest.mark.parametrize(
    "triangles",
    [
        [[0, 1, 2]],
        [[0, 1, 2], [0, 1, 2]],
        [[0, 1, 2], [2, 1, 0]],
        [[0, 1, 1], [0, 0, 0]],
        [[0, 1, 2], [0, 1, 3], [0, 1, 4], [1, 0, 5]],
        [[0, 1, 2], [3, 4, 5], [0, 0, 1]],
    ],
)
def test_bad_meshes_are_cut_too(triangles: list[list[int]]) -> None:
    vertices = np.random.default_rng(3).random((6, 3)).astype(np.float32)
    for level in LEVELS:
        labels = segment(vertices, np.array(triangles), level)
        assert labels.shape == (len(triangles),)
        assert set(labels) == set(range(int(labels.max()) + 1))


def test_mixed_winding_and_an_inside_out_body() -> None:
    vertices, triangles = of(trimesh.creation.box().subdivide_to_size(0.3))
    count = segment(vertices, triangles, "medium").max()
    assert segment(vertices, triangles[:, ::-1], "medium").max() == count
    mixed = triangles.copy()
    mixed[::3] = mixed[::3, ::-1]
    assert segment(vertices, mixed, "medium").max() >= 1
