# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Custom normals go along when a mesh is moved, however this Blender stores them."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from mathutils import Matrix

from hitem3d_addon.mesh.transform import transform_meshes

Normals = dict[tuple[int, int], np.ndarray]


def normals_of(mesh: bpy.types.Mesh) -> Normals:
    """By polygon and vertex."""
    normals = np.empty((len(mesh.loops), 3), np.float32)
    mesh.corner_normals.foreach_get("vector", normals.ravel())
    places = [(face.index, vertex) for face in mesh.polygons for vertex in face.vertices]
    return dict(zip(places, normals, strict=True))


def add_monkey_with_normals() -> bpy.types.Mesh:
    bpy.ops.mesh.primitive_monkey_add()
    mesh = bpy.context.object.data
    mesh.polygons.foreach_set("use_smooth", [True] * len(mesh.polygons))
    normals = np.stack([*normals_of(mesh).values()])
    normals += np.random.default_rng(0).normal(scale=0.3, size=normals.shape)
    mesh.normals_split_custom_set(normals / np.linalg.norm(normals, axis=1, keepdims=True))
    return mesh


@pytest.mark.parametrize(
    "matrix",
    [
        Matrix.Rotation(0.7, 4, "X") @ Matrix.Scale(3, 4),
        Matrix.Diagonal((-1, 1, 1, 1)),
        Matrix.Rotation(0.7, 4, "X") @ Matrix.Diagonal((2, 1, 0.5, 1)),
        Matrix.Rotation(0.7, 4, "X") @ Matrix.Diagonal((2, -1, 0.5, 1)),
    ],
    ids=["turned", "mirrored", "stretched", "mirrored and stretched"],
)
def test_custom_normals_that_blender_stores_by_the_faces_around(empty_scene: None, matrix: Matrix) -> None:
    mesh = add_monkey_with_normals()
    before = normals_of(mesh)
    turn = np.array(matrix, np.float64)
    transform_meshes([mesh], [turn], [matrix.determinant() < 0])
    after = normals_of(mesh)
    straight = np.linalg.inv(turn[:3, :3]).T
    for place, normal in before.items():
        belongs = straight @ normal / np.linalg.norm(straight @ normal)
        assert np.degrees(np.arccos(np.clip(after[place] @ belongs, -1, 1))) < 1, place
    assert "hitem3d_corner" not in mesh.attributes


def test_faces_that_are_turned_round_look_the_other_way(empty_scene: None) -> None:
    mesh = add_monkey_with_normals()
    before = normals_of(mesh)
    transform_meshes([mesh], [np.eye(4)], [True])
    assert min(-float(after @ before[place]) for place, after in normals_of(mesh).items()) > 0.999
