# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An STL of one surface, cut into parts that touch: told apart by the order of its triangles, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np
import pytest
from boxes import binary_stl
from mathutils import Matrix
from returned import send, turned
from sandbox.meshes import read_mesh

from hitem3d_addon.receive.scene_import import Imported, import_result
from hitem3d_addon.session.record import read_record

Change = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


@pytest.fixture
def torus(empty_scene: None, tmp_path: Path) -> bpy.types.Object:
    bpy.ops.mesh.primitive_torus_add(location=(3, -2, 1), rotation=(0.4, 0.2, 1.1))
    obj = bpy.context.object
    obj.data.vertices[7].co *= 1.01  # no turn maps it onto itself
    send(obj, tmp_path)
    return obj


def come_back(torus: bpy.types.Object, folder: Path, change: Change) -> tuple[Imported, np.ndarray]:
    """What the service makes of it: four quarters, one behind the other; with what each triangle is of, in the file."""
    sent = read_mesh(folder / "mesh.glb")
    triangles = sent.vertices[sent.triangles]
    centres = triangles.mean(axis=1)
    quarter = ((np.arctan2(centres[:, 2], centres[:, 0]) + np.pi) // (np.pi / 2)).astype(int)
    order = np.argsort(quarter, kind="stable")
    triangles, quarter = change(triangles[order], quarter[order])
    (folder / "result.stl").write_bytes(binary_stl(triangles))
    record = read_record(torus)
    return import_result(bpy.context, folder / "result.stl", torus, record, name="Torus"), quarter


def test_each_part_is_a_run_of_triangles(torus: bpy.types.Object, tmp_path: Path) -> None:
    imported, quarter = come_back(torus, tmp_path, lambda triangles, quarter: (triangles, quarter))
    assert [len(part.data.polygons) for part in imported.objects] == np.bincount(quarter)[np.unique(quarter)].tolist()
    assert "order of the triangles" in " ".join(map(str, imported.notes)) and not imported.warnings
    assert "in place" in str(imported.report)


def test_also_after_the_object_was_moved(torus: bpy.types.Object, tmp_path: Path) -> None:
    torus.matrix_world = Matrix.Translation((5, 5, 5)) @ turned(1.0, 0.5, 0.2) @ torus.matrix_world
    imported, quarter = come_back(torus, tmp_path, lambda triangles, quarter: (triangles, quarter))
    assert len(imported.objects) == len(np.unique(quarter))


def test_parts_that_are_written_backwards(torus: bpy.types.Object, tmp_path: Path) -> None:
    def backwards(triangles: np.ndarray, quarter: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        order = np.lexsort((-np.arange(len(quarter)), quarter))
        return triangles[order], quarter[order]

    imported, quarter = come_back(torus, tmp_path, backwards)
    assert [len(part.data.polygons) for part in imported.objects] == np.bincount(quarter)[np.unique(quarter)].tolist()


@pytest.mark.parametrize(
    "change",
    [
        lambda triangles, quarter: (triangles[np.random.default_rng(1).permutation(len(triangles))], quarter),
        lambda triangles, quarter: (triangles[1:], quarter[1:]),
        lambda triangles, quarter: (triangles * [1, 1.001, 1], quarter),
        lambda triangles, quarter: (triangles.reshape(-1, 6, 3, 3)[:, ::-1].reshape(-1, 3, 3), quarter),
    ],
    ids=["shuffled", "one is missing", "made anew", "in an order of its own"],
)
def test_where_it_is_not_certain_it_is_one_part_and_a_warning(
    torus: bpy.types.Object, tmp_path: Path, change: Change
) -> None:
    imported, _ = come_back(torus, tmp_path, change)
    assert len(imported.objects) == 1
    assert "can't tell parts apart that touch" in " ".join(map(str, imported.warnings))


def test_as_delivered_is_one_part(torus: bpy.types.Object, tmp_path: Path) -> None:
    come_back(torus, tmp_path, lambda triangles, quarter: (triangles, quarter))
    file, record = tmp_path / "result.stl", read_record(torus)
    imported = import_result(bpy.context, file, torus, record, name="Torus", parts="AS_DELIVERED")
    assert len(imported.objects) == 1
