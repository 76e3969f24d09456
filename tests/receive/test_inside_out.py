# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part that came back inside out is turned round, if the object shows it the other way."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
import pytest
from returned import add_mesh, give_back, send
from sandbox import meshes

from hitem3d_addon.receive.scene_import import import_result

pytestmark = pytest.mark.usefixtures("empty_scene")
BOX = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
FACES = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]


def volume(part: bpy.types.Object) -> float:
    mesh = part.data
    mesh.calc_loop_triangles()
    corners = np.array([[mesh.vertices[number].co for number in one.vertices] for one in mesh.loop_triangles])
    return float(np.einsum("nk,nk->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6)


def boxes(inner_faces: list[tuple[int, ...]]) -> bpy.types.Object:
    """A large box, and in it another, or the wall of a cavity."""
    outer = [tuple(face) for face in FACES]
    return add_mesh("Boxes", [*(2.0 * BOX).tolist(), *BOX.tolist()], [*outer, *inner_faces])


def delivered(folder: Path, source: bpy.types.Object, turned: int, kind: str = "glb") -> list[bpy.types.Object]:
    """The parts, of which one came with its faces turned round."""
    sent, record = send(source, folder)
    whole = meshes.read_mesh(sent)
    large = np.abs(whole.vertices[whole.triangles]).max(axis=(1, 2)) > 1.5
    parts = meshes.split(whole, (~large).astype(np.int64))
    if turned >= 0:
        parts[turned] = meshes.Mesh(parts[turned].vertices, parts[turned].triangles[:, ::-1])
    file = give_back(parts, folder / f"result.{kind}")
    imported = import_result(bpy.context, file, source, record, name=source.name)
    assert not imported.doubtful
    return sorted(imported.objects, key=lambda part: -abs(volume(part)))


@pytest.mark.parametrize("turned", [-1, 0, 1])
@pytest.mark.parametrize("kind", ["glb", "obj", "stl"])
def test_the_object_decides(tmp_path: Path, kind: str, turned: int) -> None:
    source = boxes([tuple(number + 8 for number in face) for face in FACES])
    source.location = (3, -2, 1)
    bpy.context.view_layer.update()
    outer, inner = delivered(tmp_path, source, turned, kind)
    assert volume(outer) == pytest.approx(64, rel=1e-5) and volume(inner) == pytest.approx(8, rel=1e-5)


def test_the_wall_of_a_cavity_stays(tmp_path: Path) -> None:
    source = boxes([tuple(number + 8 for number in reversed(face)) for face in FACES])
    outer, inner = delivered(tmp_path, source, -1)
    assert volume(outer) == pytest.approx(64, rel=1e-5) and volume(inner) == pytest.approx(-8, rel=1e-5)


@pytest.mark.parametrize("outward", [True, False])
def test_custom_normals_point_outward_afterwards(outward: bool) -> None:
    from hitem3d_addon.mesh.transform import turn_faces

    mesh = bpy.data.meshes.new("Inside out")
    mesh.from_pydata(BOX.tolist(), [], [tuple(reversed(face)) for face in FACES])
    mesh.normals_split_custom_set([(1 if outward else -1) * mesh.vertices[loop.vertex_index].co.normalized()
                                   for loop in mesh.loops])  # fmt: skip
    turn_faces(mesh)
    for loop, normal in zip(mesh.loops, mesh.corner_normals, strict=True):
        assert tuple(normal.vector) == pytest.approx(tuple(mesh.vertices[loop.vertex_index].co.normalized()), abs=1e-3)
    assert mesh.polygons[0].normal @ mesh.polygons[0].center > 0
