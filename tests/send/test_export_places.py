# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in many places is in a file with materials once, and every reader finds it in all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import bpy
import khronos_validator
import numpy as np
import pygltflib
import pytest
from exported import Object, assert_same, corners_in, export_plainly, shown_by, suzanne
from mathutils import Euler, Matrix
from sandbox import meshes
from scipy.spatial import cKDTree

from hitem3d_addon.send.export import estimate

TURNS = [Euler((0.3 * k, 0.5 * k, 0.7 * k)).to_matrix().to_4x4() for k in range(6)]
PLACES: dict[str, list[Matrix]] = {
    "moved": [Matrix.Translation((4 * k, k * k, 0.1 * k)) for k in range(6)],
    "turned": [Matrix.Translation((4 * k, 0, k)) @ turn for k, turn in enumerate(TURNS)],
    "resized": [
        Matrix.Translation((6 * k, 0, k)) @ turn @ Matrix.Scale(2.0 ** (k - 3), 4) for k, turn in enumerate(TURNS)
    ],
    "far away": [Matrix.Translation((5000, -4000 + 4 * k, 0)) @ turn for k, turn in enumerate(TURNS)],
}
MIRROR, STRETCH = Matrix.Diagonal((1, -1, 1, 1)), Matrix.Diagonal((1, 2, 0.5, 1))


def placed(matrices: list[Matrix], *, away: float = 0.0) -> list[Object]:
    """Objects of one mesh with a material and UVs; the mesh may be far from its own origin, and each is moved back."""
    first = suzanne()
    first.data.materials.append(bpy.data.materials.new("paint"))
    first.data.polygons.foreach_set("use_smooth", np.arange(len(first.data.polygons)) % 2 == 0)
    first.data.transform(Matrix.Translation((away, 0, 0)))
    objects = [first, *(first.copy() for _ in matrices[1:])]
    for obj, matrix in zip(objects, matrices, strict=True):
        if obj != first:
            bpy.context.collection.objects.link(obj)
        obj.matrix_world = matrix @ Matrix.Translation((-away, 0, 0))
    bpy.context.view_layer.update()
    return objects


@pytest.mark.parametrize("kind", PLACES)
@pytest.mark.parametrize(("extra", "meshes_written"), [([], 1), ([MIRROR, MIRROR], 2), ([MIRROR, STRETCH, STRETCH], 3)])
def test_each_place_is_a_node(kind: str, extra: list[Matrix], meshes_written: int, tmp_path: Path) -> None:
    """Mirrored ones share a mesh of their own; stretched ones have their own vertices."""
    aside = [Matrix.Translation((0, 9 + 5 * k, 0)) @ TURNS[k + 1] @ matrix for k, matrix in enumerate(extra)]
    objects = placed([*PLACES[kind], *(PLACES[kind][0] @ matrix for matrix in aside)])
    expected = shown_by(*objects)
    path = tmp_path / "mesh.glb"
    sent = export_plainly(objects, path, materials=True)
    assert_same(path, sent, expected)
    file = pygltflib.GLTF2().load(path)
    assert len(file.meshes) == meshes_written
    assert len(file.nodes) == len(file.scenes[0].nodes) == 6 + (len(extra) if len(extra) < 3 else 2)
    if not khronos_validator.missing():
        assert khronos_validator.complaints(path) == []


def with_sandbox(path: Path) -> np.ndarray:
    mesh = meshes.read_mesh(path)
    return as_blender(mesh.vertices[mesh.triangles])


def with_blender(path: Path) -> np.ndarray:
    before = set(bpy.data.objects)
    bpy.ops.import_scene.gltf(filepath=str(path))
    return shown_by(*(obj for obj in bpy.data.objects if obj not in before and obj.type == "MESH"))


def as_blender(corners: np.ndarray) -> np.ndarray:
    return np.stack((corners[..., 0], -corners[..., 2], corners[..., 1]), axis=-1)


@pytest.mark.parametrize("read", [corners_in, with_sandbox, with_blender])
@pytest.mark.parametrize("away", [0.0, 3000.0])
def test_readers_find_the_triangles_that_are_sent_without_materials(
    read: Callable[[Path], np.ndarray], away: float, tmp_path: Path
) -> None:
    """Triangle by triangle, each with its outside out; also where the mesh is far from its object's origin."""
    some = [*PLACES["resized"], *(Matrix.Translation((0, 40 + 5 * k, 0)) @ TURNS[k] @ MIRROR for k in range(3))]
    objects = placed(some, away=away)
    export_plainly(objects, tmp_path / "plain.glb")
    export_plainly(objects, tmp_path / "mesh.glb", materials=True)
    found, expected = (
        corners.reshape(-1, 9) for corners in (read(tmp_path / "mesh.glb"), corners_in(tmp_path / "plain.glb"))
    )
    turns = np.concatenate([np.roll(expected, 3 * k, axis=1) for k in range(3)])  # whichever corner comes first
    off, nearest = cKDTree(turns).query(found)
    assert off.max() < 2e-6 * np.ptp(expected)
    assert np.array_equal(np.sort(nearest % len(expected)), np.arange(len(expected)))


def test_normals_turn_with_their_place(tmp_path: Path) -> None:
    """Against the normals that Blender has for the corners of each object."""
    objects = placed([*PLACES["turned"], *(TURNS[k] @ MIRROR @ Matrix.Translation((0, 20 + 3 * k, 0)) for k in (1, 2))])
    export_plainly(objects, tmp_path / "mesh.glb", materials=True)
    sent = export_plainly(objects, tmp_path / "plain.glb")
    places, normals = [], []
    for obj in objects:
        matrix = obj.matrix_world
        places += [matrix @ obj.data.vertices[loop.vertex_index].co for loop in obj.data.loops]
        normals += [matrix.to_3x3() @ normal.vector for normal in obj.data.corner_normals]
    tree, directions = cKDTree(np.array(places) - sent.centre), np.array(normals)
    count = 0
    for matrix, vertices, directions_in_file in nodes_of(tmp_path / "mesh.glb"):
        near = tree.query_ball_point(as_blender(vertices @ matrix[:3, :3].T + matrix[:3, 3]), 1e-4)
        turned = as_blender(directions_in_file @ matrix[:3, :3].T)
        assert max(1 - (directions[some] @ normal).max() for some, normal in zip(near, turned, strict=True)) < 1e-6
        count += len(near)
    assert count > 10_000


def nodes_of(path: Path) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """The matrix (4, 4) of each node, and the positions and normals (n, 3) of its mesh, as they are written."""
    file = pygltflib.GLTF2().load(path)
    data = file.binary_blob()
    for node in file.nodes:
        matrix = np.array(node.matrix or np.eye(4).ravel()).reshape(4, 4).T
        matrix[:3, 3] += node.translation or (0, 0, 0)
        for primitive in file.meshes[node.mesh].primitives:
            read = []
            for number in (primitive.attributes.POSITION, primitive.attributes.NORMAL):
                accessor = file.accessors[number]
                start = file.bufferViews[accessor.bufferView].byteOffset + (accessor.byteOffset or 0)
                read.append(np.frombuffer(data, "<f4", 3 * accessor.count, start).reshape(-1, 3))
            yield matrix, *read


def test_a_picture_and_a_hundred_places_take_the_bytes_of_one(tmp_path: Path) -> None:
    """The estimate knows it; a small mesh has its vertices in each place."""
    matrices = [Matrix.Translation((3 * (k % 10), 3 * (k // 10), 0)) @ TURNS[k % 6] for k in range(100)]
    objects = placed(matrices)
    (one,) = estimate([objects[:1]], bpy.context.evaluated_depsgraph_get(), include_materials=True)
    (all_of_them,) = estimate([objects], bpy.context.evaluated_depsgraph_get(), include_materials=True)
    sent = export_plainly(objects, tmp_path / "mesh.glb", materials=True)
    assert all_of_them.size == pytest.approx(sent.size, rel=0.1)
    assert sent.size < 1.5 * one.size
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    twin = cube.copy()
    twin.location.x = 3
    bpy.context.collection.objects.link(twin)
    export_plainly([cube, twin], tmp_path / "cubes.glb", materials=True)
    assert [node.mesh for node in pygltflib.GLTF2().load(tmp_path / "cubes.glb").nodes] == [0]
