# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts that touch with whole sides keep a side each, also where the file has them share its corners."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import bpy
import numpy as np
import pytest
import trimesh
from boxes import ROW, TRIANGLES, VERTICES, obj
from sandbox import meshes, writers

from hitem3d_addon.core.choices import PartsChoice
from hitem3d_addon.receive.scene_import import Imported, import_result

NAMES = ("wheel", "body", "door")
MATERIALS = [f"usemtl {name}" for name in NAMES]


def bring_in(file: Path, content: bytes | str, parts: PartsChoice = "AUTO") -> Imported:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return import_result(bpy.context, file, None, None, name="Thing", parts=parts)


def sides(imported: Imported) -> dict[str, tuple[int, int]]:
    return {part.name: (len(part.data.polygons), len(part.data.vertices)) for part in imported.objects}


@pytest.mark.parametrize("before", ["", "o Thing\n", "g all\n"])
@pytest.mark.parametrize("choice", ["AUTO", "BY_MATERIAL"])
def test_an_obj_told_apart_by_materials_alone(
    empty_scene: None, tmp_path: Path, before: str, choice: PartsChoice
) -> None:
    imported = bring_in(tmp_path / "a.obj", obj([before + MATERIALS[0], *MATERIALS[1:]], ROW), choice)
    assert sides(imported) == dict.fromkeys(NAMES, (12, 8))
    assert "Told apart by their materials." in map(str, imported.notes)
    assert {part.name: [slot.name for slot in part.data.materials] for part in imported.objects} == {
        name: [name] for name in NAMES
    }
    assert sorted(material.name for material in bpy.data.materials) == sorted(NAMES)
    assert len(bpy.data.meshes) == len(NAMES)


def test_its_materials_have_their_colours(empty_scene: None, tmp_path: Path) -> None:
    library = "".join(f"newmtl {name}\nKd 0 {number} 1\n" for number, name in enumerate(NAMES[:2]))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as whole:
        whole.writestr("a.obj", "mtllib a.mtl\n" + obj(MATERIALS[:2], ROW[:2]))
        whole.writestr("a.mtl", library)
    imported = bring_in(tmp_path / "a.zip", packed.getvalue())
    assert sides(imported) == dict.fromkeys(NAMES[:2], (12, 8))
    colours = {
        part.name: part.data.materials[0].node_tree.nodes["Principled BSDF"].inputs[0] for part in imported.objects
    }
    assert {name: tuple(colour.default_value)[1] for name, colour in colours.items()} == {"wheel": 0, "body": 1}


def test_a_material_that_comes_again_is_no_group(empty_scene: None, tmp_path: Path) -> None:
    """Then it is read as ever: the parts are there, though they share the side where they touch."""
    imported = bring_in(tmp_path / "a.obj", obj([MATERIALS[0], MATERIALS[1], MATERIALS[0]], ROW))
    assert len(imported.objects) == 2


@pytest.mark.parametrize("choice", ["AUTO", "BY_COLOUR"])
def test_an_obj_told_apart_by_colours_alone(empty_scene: None, tmp_path: Path, choice: PartsChoice) -> None:
    text = []
    for place, colour in zip(ROW, ("1 0 0", "0 1 0", "0 0 1"), strict=True):
        text += ["v {:g} {:g} {:g} ".format(*point) + colour for point in VERTICES + place]
    for number in range(3):
        text += ["f {} {} {}".format(*triangle + 8 * number + 1) for triangle in TRIANGLES]
    imported = bring_in(tmp_path / "a.obj", "\n".join(text) + "\n", choice)
    assert list(sides(imported).values()) == [(12, 8)] * 3


def test_the_only_group_of_an_obj_names_its_part(empty_scene: None, tmp_path: Path) -> None:
    assert [*sides(bring_in(tmp_path / "a.obj", obj(["g left wheel"], ROW[:1])))] == ["left wheel"]
    assert [*sides(bring_in(tmp_path / "a.obj", obj(["o hub\ng left wheel"], ROW[:1])))] == ["hub"]
    assert [*sides(bring_in(tmp_path / "a.obj", obj(["g mesh"], ROW[:1])))] == ["Thing part 01"]


def open_bowls() -> tuple[np.ndarray, np.ndarray]:
    """Two halves of a ball, open where they touch, whose borders have the same places."""
    ball = trimesh.creation.icosphere(subdivisions=2)
    upper = ball.triangles_center[:, 2] > 0
    halves = [ball.submesh([np.flatnonzero(half)], append=True) for half in (upper, ~upper)]
    vertices = np.concatenate([half.vertices for half in halves])
    return vertices, np.concatenate([halves[0].faces, halves[1].faces + len(halves[0].vertices)])


def test_open_parts_that_touch_without_normals_are_kept_apart_on_purpose(empty_scene: None, tmp_path: Path) -> None:
    vertices, faces = open_bowls()
    for suffix in (".glb", ".3mf"):
        file = writers.write_parts([meshes.Mesh(np.float32(vertices), faces)], tmp_path / f"a{suffix}")
        assert len(import_result(bpy.context, file, None, None, name="Thing").objects) == 2


def test_the_sides_of_a_box_without_normals_are_one_part(empty_scene: None, tmp_path: Path) -> None:
    """As a box that was shaded flat and lost its normals: each side has corners of its own."""
    vertices = VERTICES[TRIANGLES].reshape(6, 6, 3)[:, [0, 1, 2, 5]].reshape(-1, 3)
    faces = np.array([[0, 1, 2], [0, 2, 3]])[None] + 4 * np.arange(6)[:, None, None]
    for suffix in (".glb", ".3mf"):
        mesh = meshes.Mesh(np.float32(vertices), faces.reshape(-1, 3))
        file = writers.write_parts([mesh], tmp_path / f"a{suffix}")
        assert len(import_result(bpy.context, file, None, None, name="Thing").objects) == 1
