# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file is what its content is; an import that fails says why, and leaves everything as it was."""

from __future__ import annotations

import base64
import io
import json
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import addon_utils
import bpy
import numpy as np
import pytest
from mathutils import Matrix
from PIL import Image
from returned import all_data, bring_in, give_back, parts_of, send, state, turned, worst_corner
from sandbox import meshes

from hitem3d_addon.core.errors import MissingError, ResultError
from hitem3d_addon.core.values import OutputFormat
from hitem3d_addon.mesh.glb import read_glb, save_glb
from hitem3d_addon.receive.importers import check_importer
from hitem3d_addon.receive.scene_import import import_result
from hitem3d_addon.session.record import Record

Object = bpy.types.Object

OBJ = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"


def test_the_kind_is_told_by_content(source: Object, tmp_path: Path) -> None:
    sent, record = send(source, tmp_path)
    for number, (kind, wrong) in enumerate(
        [("glb", "obj"), ("obj", "glb"), ("stl", "fbx"), ("fbx", "usdz"), ("usdz", "zip")]
    ):
        file = give_back(parts_of(sent), tmp_path / f"right{number}.{kind}")
        wrong_name = shutil.copy(file, tmp_path / f"result{number}.{wrong}")
        assert worst_corner(bring_in(source, (Path(wrong_name), record)).objects, source) < 1e-5


def test_a_task_on_the_address_of_a_model(empty_scene: None, tmp_path: Path) -> None:
    """Nothing was exported: the parts stand as the file has them, and go along with the empty that has the task."""
    empty = bpy.data.objects.new("Empty", None)
    bpy.context.collection.objects.link(empty)
    file = tmp_path / "result.obj"
    file.write_text(OBJ)
    record = Record(uid="0" * 32, matrix=tuple(np.eye(4).ravel()), format=OutputFormat.OBJ, time=1)
    empty.matrix_world = Matrix.Translation((10, 0, 0)) @ turned(0, 0, np.pi / 2)
    imported = import_result(bpy.context, file, empty, record, name="Empty")
    assert not imported.doubtful
    assert tuple(imported.objects[0].location) == pytest.approx((10, 0.5, 0.5))


def glb(document: dict[str, object], binary: bytes = b"") -> bytes:
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    size = 12 + 8 + len(text) + 8 + len(binary)
    return (
        struct.pack("<4sIIII", b"glTF", 2, size, len(text), 0x4E4F534A)
        + text
        + struct.pack("<II", len(binary), 0x4E4942)
        + binary
    )


def not_a_number(path: Path) -> None:
    corners = np.array([[0, 0, 0], [1, 0, 0], [0, np.nan, 0]], np.float32)
    give_back([meshes.Mesh(corners, np.array([[0, 1, 2]]))], path)


BROKEN: dict[str, Callable[[Path], object]] = {
    "a GLB without a mesh": lambda path: path.write_bytes(
        glb({"asset": {"version": "2.0"}, "scenes": [{"nodes": [0]}], "scene": 0, "nodes": [{"name": "empty"}]})
    ),
    "a GLB of an unknown extension": lambda path: path.write_bytes(
        glb({"asset": {"version": "2.0"}, "extensionsRequired": ["KHR_texture_basisu"], "nodes": []})
    ),
    "a GLB that is cut off": lambda path: path.write_bytes(glb({"asset": {"version": "2.0"}})[:40]),
    "a GLB of nonsense": lambda path: path.write_bytes(
        glb({"asset": {"version": "2.0"}, "scenes": [{"nodes": [5]}], "nodes": [{"mesh": 3}], "meshes": "no"})
    ),
    "coordinates that are no numbers": not_a_number,
    "an error page": lambda path: path.write_text("<html>Sorry</html>"),
    "an empty file": lambda path: path.write_bytes(b""),
    "no file": lambda path: None,
    "an OBJ without faces": lambda path: path.write_text("v 0 0 0\nv 1 0 0\nl 1 2\n"),
    "an OBJ with wrong numbers": lambda path: path.write_text("v a b c\nf 7 8 9\n"),
    "an FBX of nonsense": lambda path: path.write_bytes(b"Kaydara FBX Binary  \0\x1a\0\x01\0\0\0nonsense"),
    "an STL without triangles": lambda path: path.write_bytes(bytes(84)),
    "a USDZ of nonsense": lambda path: _zip(path, "model.usdc", b"PXR-USDC" + bytes(100)),
    "a zip without a model": lambda path: _zip(path, "readme.txt", b"nothing"),
    "a zip that leads out": lambda path: _zip(path, "../model.obj", OBJ.encode()),
}


def _zip(path: Path, name: str, content: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, content)


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("mode", ["OBJECT", "EDIT"])
def test_an_import_that_fails_leaves_everything_as_before(
    source: Object, result: tuple[Path, Record], tmp_path: Path, broken: str, mode: str
) -> None:
    file = tmp_path / "broken.glb"
    BROKEN[broken](file)
    bpy.ops.object.mode_set(mode=mode)
    data, before, selected = all_data(), state(), set(bpy.context.selected_objects)
    with pytest.raises(ResultError) as caught:
        bring_in(source, (file, result[1]), hide_source=True, parent=True)
    sentence = str(caught.value)
    assert "Traceback" not in sentence and "\n" not in sentence and str(tmp_path) not in sentence
    assert sentence.rstrip().endswith(".")
    assert all_data() == data and state() == before and set(bpy.context.selected_objects) == selected
    assert source.visible_get() and not source.hide_render


def with_a_picture(file: Path) -> Path:
    document, binary = read_glb(file)
    picture = io.BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "png")
    document["images"] = [{"uri": "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode()}]
    document["textures"] = [{"source": 0}]
    document["materials"] = [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}]
    for mesh in document["meshes"]:
        for primitive in mesh["primitives"]:
            primitive["material"] = 0
    save_glb(file, document, binary)
    return file


def test_a_plain_glb_needs_no_importer(source: Object, result: tuple[Path, Record]) -> None:
    addon_utils.disable("io_scene_gltf2")
    try:
        check_importer(OutputFormat.GLB)  # so it may be asked for
        assert len(bring_in(source, result).objects) > 1
    finally:
        addon_utils.enable("io_scene_gltf2")


def test_a_switched_off_importer_says_what_to_enable(source: Object, result: tuple[Path, Record]) -> None:
    with_a_picture(result[0])
    data = all_data()
    addon_utils.disable("io_scene_gltf2")
    try:
        with pytest.raises(MissingError, match=r"glTF 2\.0"):
            bring_in(source, result)
        assert all_data() == data
        for one in OutputFormat:
            check_importer(one)
    finally:
        addon_utils.enable("io_scene_gltf2")
    imported = bring_in(source, result)
    assert "Read by Blender's own importer, which takes longer: it has pictures." in map(str, imported.notes)


def test_a_file_that_we_read_says_nothing_of_importers(source: Object, result: tuple[Path, Record]) -> None:
    assert not any("importer" in str(note) for note in bring_in(source, result).notes)
