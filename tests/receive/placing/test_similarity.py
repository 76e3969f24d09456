# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A result that was turned in any way and resized: right, or said to be ambiguous; never laid down wrongly."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np
import pytest
from mathutils import Quaternion
from returned import add_mesh, farthest_vertex, give_back, parts_of, send, worst_corner
from sandbox import meshes, reshape

from hitem3d_addon.mesh.surface import Frame, Surface, bounds
from hitem3d_addon.receive.placing.placement import Reference, Verdict, find_pose
from hitem3d_addon.receive.scene_import import Imported, import_result

pytestmark = pytest.mark.usefixtures("empty_scene")

MODELS = int(os.environ.get("HITEM3D_TEST_MODELS", "7"))
"""How many random models are turned."""
KINDS: dict[str, Callable[[], object]] = {
    "monkey": lambda: bpy.ops.mesh.primitive_monkey_add(),
    "torus": lambda: bpy.ops.mesh.primitive_torus_add(),
    "cylinder": lambda: bpy.ops.mesh.primitive_cylinder_add(vertices=24),
    "cone": lambda: bpy.ops.mesh.primitive_cone_add(vertices=7),
    "icosphere": lambda: bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=3),
    "cube": lambda: bpy.ops.mesh.primitive_cube_add(),
    "sphere": lambda: bpy.ops.mesh.primitive_uv_sphere_add(),
}


def arrays(kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Points (n, 3) and triangles (m, 3)."""
    KINDS[kind]()
    mesh = bpy.context.object.data
    mesh.calc_loop_triangles()
    points = np.array([tuple(vertex.co) for vertex in mesh.vertices], np.float64)
    return points, np.array([tuple(triangle.vertices) for triangle in mesh.loop_triangles], np.int32)


def any_turn(random: np.random.Generator) -> np.ndarray:
    """(3, 3)."""
    four = random.normal(size=4)
    return np.array(Quaternion(four / np.linalg.norm(four)).to_matrix(), np.float64)


def altered(points: np.ndarray, number: int, random: np.random.Generator) -> np.ndarray:
    """Half of the models are bent, a quarter has one vertex pulled out a little, and a quarter stays symmetric."""
    points = points.copy()
    if number % 4 < 2:
        points = points @ (np.eye(3) + 0.3 * random.normal(size=(3, 3)))
        points += 0.1 * np.sin(3 * points[:, [1, 2, 0]] + random.uniform(0, 6, 3))
    elif number % 4 == 2:
        points[random.integers(len(points))] *= 1 + 10.0 ** -(1 + number // 4 % 4)
    return points


def surface(points: np.ndarray, triangles: np.ndarray) -> Surface:
    return Surface(np.ascontiguousarray(points.T, np.float32), triangles, np.eye(4)[None, :3])


@pytest.mark.parametrize("number", range(MODELS))
def test_right_or_ambiguous(number: int) -> None:
    random = np.random.default_rng(number)
    points, triangles = arrays([*KINDS][number % len(KINDS)])
    points = altered(points, number, random)
    turn, scale, move = any_turn(random), float(np.exp(random.uniform(-2, 2))), random.uniform(-3, 3, 3)
    result, sent = surface((points - move) / scale @ turn, triangles), surface(points, triangles)
    ends = np.stack(bounds([sent]))
    reference = Reference(Frame(np.zeros(3), 1.0), ends, vertices=points[:256], surfaces=lambda: [sent])
    fit = find_pose([result], reference)
    if fit.verdict is Verdict.AMBIGUOUS:
        assert number % 4 > 1, "a bent model looks the same from one side only"
        return
    assert fit.verdict is Verdict.CORRECTED
    back = result.local.T.astype(np.float64) @ fit.pose.turn.T * fit.pose.scale + fit.pose.move
    assert np.abs(back - points).max() < 1e-5 * np.linalg.norm(ends[1] - ends[0])


def turned_result(folder: Path, source: bpy.types.Object, *, remeshed: bool = False, turned: bool = True) -> Imported:
    """Send the source, and import what a service made of it that lays models down as it likes."""
    turn = any_turn(np.random.default_rng(8)) if turned else np.eye(3)
    sent, record = send(source, folder)
    if remeshed:
        sent = give_back([reshape.reshape(meshes.read_mesh(sent), "voxel")], folder / "remeshed.glb")
    parts = parts_of(sent, lambda points: points @ turn.T * 0.37 + (0.1, 5, -3))
    file = give_back(parts, folder / "result.glb")
    return import_result(bpy.context, file, source, record, name=source.name)


@pytest.fixture
def hook() -> bpy.types.Object:
    """A model that looks the same from one side only."""
    points, triangles = arrays("monkey")
    points[:, 0] *= np.where(points[:, 0] > 0, 1.5 + points[:, 2], 1)
    source = add_mesh("Hook", points.tolist(), triangles.tolist())
    source.matrix_world = ((0.6, -0.8, 0, 4), (0.8, 0.6, 0, -2), (0, 0, 1, 1), (0, 0, 0, 1))
    bpy.context.view_layer.update()
    return source


def test_an_import_is_in_place(hook: bpy.types.Object, tmp_path: Path) -> None:
    imported = turned_result(tmp_path, hook)
    assert not imported.doubtful, str(imported.report)
    assert worst_corner(imported.objects, hook) < 2e-6


def test_a_remeshed_one_is_as_near_as_its_surface(hook: bpy.types.Object, tmp_path: Path) -> None:
    imported = turned_result(tmp_path, hook, remeshed=True)
    assert not imported.doubtful, str(imported.report)
    (tmp_path / "straight").mkdir()
    straight = turned_result(tmp_path / "straight", hook, remeshed=True, turned=False)
    off = farthest_vertex(straight.objects, hook)
    assert farthest_vertex(imported.objects, hook) == pytest.approx(off, rel=0.1)


def test_a_cube_stays_as_delivered_and_the_report_says_so(tmp_path: Path) -> None:
    source = add_mesh("Cube", *(some.tolist() for some in arrays("cube")))
    imported = turned_result(tmp_path, source)
    assert imported.doubtful and "ambiguous" in str(imported.report)
