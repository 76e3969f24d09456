# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The triangles that are found here are those that Blender draws."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import bpy
import numpy as np
import pytest
from bpy.types import Mesh

from hitem3d_addon.mesh.triangles import BLOCK, local_positions, triangle_loops

rng = np.random.default_rng(7)


def mesh_of(points: np.ndarray, faces: Sequence[Sequence[int]]) -> Mesh:
    mesh = bpy.data.meshes.new("Mesh")
    mesh.from_pydata(points.tolist(), [], faces)
    return mesh


def separate(sizes: Sequence[int], *, flat: bool = False) -> Mesh:
    """Faces of so many corners each, which lie anywhere, so that many are bent inward or twisted."""
    ends = np.cumsum([0, *sizes])
    points = rng.normal(size=(ends[-1], 3))
    if flat:
        points[:, 2] = 0.0
    return mesh_of(points, [list(range(start, end)) for start, end in pairwise(ends)])


def assert_as_blender_draws(mesh: Mesh) -> None:
    loops, polygons = triangle_loops(mesh, local_positions(mesh))
    drawn = np.array([triangle.loops for triangle in mesh.loop_triangles]).reshape(-1, 3)
    assert np.array_equal(loops, drawn)
    assert np.array_equal(polygons, [triangle.polygon_index for triangle in mesh.loop_triangles])


@pytest.mark.parametrize("flat", [False, True])
def test_quads_of_any_form(flat: bool) -> None:
    mesh = separate([4] * 20_000, flat=flat)
    assert_as_blender_draws(mesh)
    # It would prove little if none of them had to be cut the other way.
    cut = np.array([triangle.loops for triangle in mesh.loop_triangles]).reshape(-1, 6) % 4
    assert 0.1 < np.mean((cut != [0, 1, 2, 0, 2, 3]).any(axis=1)) < 0.9


def test_triangles_and_quads_over_several_blocks() -> None:
    assert_as_blender_draws(separate(rng.integers(3, 5, size=BLOCK + 1).tolist()))


def test_triangles_alone() -> None:
    assert_as_blender_draws(separate([3] * 2_000))


def test_polygons_of_many_corners() -> None:
    assert_as_blender_draws(separate(rng.integers(3, 9, size=2_000).tolist()))


@pytest.mark.parametrize("size", [1e-30, 1e30, 1.5e38])
def test_absurd_sizes(size: float) -> None:
    mesh = separate([4] * 100)
    positions = rng.uniform(-size, size, 3 * len(mesh.vertices)).astype(np.float32)
    mesh.attributes["position"].data.foreach_set("vector", positions)
    loops, _ = triangle_loops(mesh, local_positions(mesh))
    # Where float32 holds no products each cut of a quad is as good as the other, but it is a cut of that quad.
    assert all(set(pair) == set(range(4 * k, 4 * k + 4)) for k, pair in enumerate(loops.reshape(-1, 6).tolist()))


def test_without_a_face() -> None:
    assert_as_blender_draws(mesh_of(np.zeros((3, 3)), []))


def test_a_model() -> None:
    bpy.ops.mesh.primitive_monkey_add()
    assert_as_blender_draws(bpy.context.object.data)
