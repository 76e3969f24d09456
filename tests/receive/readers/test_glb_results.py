# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of GLB results that are not plain: which parts come in, and what is said of the rest."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
from glb_files import GlbWriter, ball
from PIL import Image

from hitem3d_addon.receive.readers.glb import GlbFile
from hitem3d_addon.receive.readers.glb_route import WAYS
from hitem3d_addon.receive.scene_import import Imported, import_result


@pytest.fixture
def glb(empty_scene: None) -> GlbWriter:
    """Two balls as two nodes of the default scene."""
    made = GlbWriter()
    for number in range(2):
        mesh = made.mesh(made.primitive(*ball(centre=(3.0 * number, 0, 0))))
        made.node(name=f"geometry_{number}", mesh=mesh)
    return made


def bring_in(glb: GlbWriter, folder: Path, **how: Any) -> Imported:
    return import_result(bpy.context, glb.save(folder / "result.glb", **how), None, None, name="Model")


def picture() -> str:
    file = io.BytesIO()
    Image.new("RGB", (2, 2)).save(file, "png")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def textured(glb: GlbWriter, uri: str) -> int:
    glb.add("images", {"uri": uri})
    glb.add("textures", {"source": 0})
    return glb.add("materials", {"name": "skin", "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}})


def give_all(glb: GlbWriter, material: int) -> None:
    for mesh in glb.document["meshes"]:
        for primitive in mesh["primitives"]:
            primitive["material"] = material


def another_scene(glb: GlbWriter) -> None:
    number = glb.node(root=False, name="input", mesh=glb.mesh(glb.primitive(*ball())))
    glb.add("scenes", {"nodes": [number]})


def no_scene(glb: GlbWriter) -> None:
    glb.node(root=False, name="input", mesh=glb.mesh(glb.primitive(*ball())))


def hidden(glb: GlbWriter) -> None:
    below = glb.node(root=False, name="input", mesh=glb.mesh(glb.primitive(*ball())))
    glb.node(name="off", children=[below], extensions={"KHR_node_visibility": {"visible": False}})


@pytest.mark.parametrize("add", [another_scene, no_scene, hidden])
def test_what_the_file_does_not_show_is_left_out_and_said(
    add: Callable[[GlbWriter], None], glb: GlbWriter, tmp_path: Path
) -> None:
    add(glb)
    imported = bring_in(glb, tmp_path)
    assert len(imported.objects) == 2
    assert any("“input”" in str(note) for note in imported.notes)


def test_a_picture_in_another_file_is_said_to_be_missing(glb: GlbWriter, tmp_path: Path) -> None:
    give_all(glb, textured(glb, "textures/a.png"))
    imported = bring_in(glb, tmp_path)
    assert len(imported.objects) == 2 and not bpy.data.images
    assert any("“a.png”" in str(note) for note in imported.notes)


@pytest.mark.parametrize("name", ["EXT_mesh_features", "KHR_materials_clearcoat", "KHR_texture_basisu"])
def test_what_says_nothing_of_the_surface_is_not_needed(name: str, glb: GlbWriter, tmp_path: Path) -> None:
    glb.add("extensionsUsed", name)
    glb.add("extensionsRequired", name)
    imported = bring_in(glb, tmp_path)
    assert len(imported.objects) == 2
    assert any(name in str(note) for note in imported.notes)


@pytest.mark.parametrize("pictures", [False, True], ids=["read by us", "read by Blender"])
@pytest.mark.parametrize("how", [{"padding": b"\0"}, {"after": b"\r\n"}, {"after": b"x" * 5000}])
def test_containers_that_are_not_to_the_letter(
    how: dict[str, bytes], pictures: bool, glb: GlbWriter, tmp_path: Path
) -> None:
    if pictures:
        give_all(glb, textured(glb, picture()))
    assert len(bring_in(glb, tmp_path, **how).objects) == 2


@pytest.mark.parametrize("pictures", [False, True], ids=["read by us", "read by Blender"])
@pytest.mark.parametrize("uvs", [False, True])
def test_the_primitives_of_one_mesh_are_parts(pictures: bool, uvs: bool, empty_scene: None, tmp_path: Path) -> None:
    """They share their accessors and their material, and touch."""
    glb = GlbWriter()
    positions, triangles, normals = ball()
    whole = glb.primitive(positions, triangles[:70], normals)
    if uvs:
        whole["attributes"]["TEXCOORD_0"] = glb.accessor(positions[:, :2])
    rest = {**whole, "indices": glb.accessor(triangles[70:].reshape(-1, 1), 5123)}
    glb.node(mesh=glb.mesh(whole, rest))
    if pictures:
        give_all(glb, textured(glb, picture()))
    imported = bring_in(glb, tmp_path)
    assert [len(part.data.polygons) for part in imported.objects] == [70, len(triangles) - 70]


@pytest.mark.parametrize("pictures", [False, True], ids=["read by us", "read by Blender"])
def test_a_morph_target_that_is_shown(pictures: bool, empty_scene: None, tmp_path: Path) -> None:
    glb = GlbWriter()
    positions, triangles, normals = ball()
    moved = glb.accessor(np.tile([0.0, 10.0, 0.0], (len(positions), 1)))
    glb.node(mesh=glb.mesh(glb.primitive(positions, triangles, normals, targets=[{"POSITION": moved}]), weights=[0.5]))
    if pictures:
        give_all(glb, textured(glb, picture()))
    (part,) = bring_in(glb, tmp_path).objects
    assert part.location.z == pytest.approx(5, abs=1e-5)
    assert part.data.shape_keys is None


@pytest.mark.parametrize("component", [5121, 5123, 5125, 5126])
@pytest.mark.parametrize("name", ["_PART_ID", "_LABEL", "_FEATURE_ID_0"])
def test_labels_on_vertices_tell_parts_apart(name: str, component: int, empty_scene: None, tmp_path: Path) -> None:
    positions, triangles, _ = ball(24, 16)
    positions, labels = (
        positions[triangles].reshape(-1, 3),
        np.repeat(np.arange(len(triangles)) * 3 // len(triangles), 3),
    )
    glb = GlbWriter()
    primitive = glb.primitive(positions)
    primitive["attributes"][name] = glb.accessor(labels.reshape(-1, 1) + 4, component)
    glb.node(mesh=glb.mesh(primitive))
    imported = bring_in(glb, tmp_path)
    assert [len(part.data.polygons) for part in imported.objects] == np.bincount(labels[::3]).tolist()


def test_the_name_of_a_node_above_is_taken_where_it_has_one_mesh(empty_scene: None, tmp_path: Path) -> None:
    glb = GlbWriter()
    mesh = glb.mesh(glb.primitive(*ball()), name="mesh")
    inner = glb.node(root=False, name="geometry_0", mesh=mesh, translation=[5, 0, 0])
    wheel = glb.node(root=False, name="wheel", children=[inner])
    other = glb.node(root=False, name="geometry_1", mesh=mesh)
    glb.node(name="car", children=[wheel, other])
    assert [part.name for part in bring_in(glb, tmp_path).objects] == ["wheel", "Model part 02"]


def test_mirrored_instances_keep_their_outside_and_their_normals(empty_scene: None, tmp_path: Path) -> None:
    glb = GlbWriter()
    mesh = glb.mesh(glb.primitive(*ball(centre=(2, 0, 0))))
    glb.node(name="left", mesh=mesh)
    glb.node(name="right", mesh=mesh, scale=[-1, 1, 1])
    for part in bring_in(glb, tmp_path).objects:
        for polygon in part.data.polygons:
            assert polygon.normal.dot(polygon.center) > 0
            for corner in polygon.loop_indices:
                loop = part.data.loops[corner]
                assert part.data.corner_normals[corner].vector.dot(part.data.vertices[loop.vertex_index].co) > 0


def test_every_reason_to_leave_a_file_to_blender_is_met(glb: GlbWriter, tmp_path: Path) -> None:
    """One document each; none of them applies to a plain file."""
    with GlbFile(glb.save(tmp_path / "plain.glb")) as file:
        assert not file.for_blender
    mesh, node = {"primitives": [{"attributes": {"COLOR_0": 0}, "material": 0}]}, {"mesh": 0}
    plain = {"nodes": [node], "meshes": [mesh], "materials": [{}]}
    draco = {"primitives": [{"attributes": {}, "extensions": {"KHR_draco_mesh_compression": {}}}]}
    documents = [
        {**plain, "meshes": [draco]},
        {**plain, "bufferViews": [{"extensions": {"EXT_meshopt_compression": {}}}]},
        {**plain, "materials": [{"normalTexture": {"index": 0}}]},
        {**plain, "materials": [{"extensions": {"KHR_materials_unlit": {}}}]},
        {**plain, "materials": [{"alphaMode": "MASK"}]},
        {**plain, "nodes": [{**node, "extensions": {"EXT_mesh_gpu_instancing": {}}}]},
        {**plain, "extensionsRequired": ["XX_unknown"]},
        {**plain, "buffers": [{"uri": "data:,"}]},
    ]
    assert [[way.applies(document, [0]) for way in WAYS] for document in documents] == np.eye(len(WAYS)).tolist()
    assert not any(way.applies(plain, [0]) for way in WAYS)
