# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is looked for in a file before it is sent."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
import trimesh

from hitem3d_addon.core.errors import InputError
from hitem3d_addon.core.model_file import check_blend, check_model

BOX = trimesh.creation.box()
GLB: bytes = BOX.export(file_type="glb")
STL: bytes = BOX.export(file_type="stl")
TEXT_STL: bytes = BOX.export(file_type="stl_ascii").encode()
OBJ: bytes = BOX.export(file_type="obj").encode()
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d" * 32 + b"\nsize 12345\n"


def glb(document: object, binary: int = 0) -> bytes:
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    chunk = struct.pack("<I4s", binary, b"BIN\0") if binary else b""
    length = 20 + len(text) + len(chunk)
    return struct.pack("<4sIIII", b"glTF", 2, length, len(text), 0x4E4F534A) + text + chunk


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.glb", GLB), ("a.GLB", GLB), ("a.stl", STL), ("a.stl", TEXT_STL), ("a.obj", OBJ), ("a.obj", b"# c\nv 0 0 0\n")],
    ids=str,
)
def test_a_model_passes(tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    check_model(file)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.glb", LFS, "pointer of Git LFS"),
        ("a.obj", LFS, "pointer of Git LFS"),
        ("a.glb", b"/annex/objects/MD5E-s1--x.glb\n", "pointer of git-annex"),
        ("a.glb", b"  <!DOCTYPE html><html>", "web page"),
        ("a.stl", b"\xef\xbb\xbf<html><body>404", "web page"),
        ("a.glb", b"", "empty"),
        ("a.glb", GLB[:-1], f"says that it has {len(GLB)} bytes, and it has {len(GLB) - 1}"),
        ("a.glb", GLB[: len(GLB) // 2], "cut off"),
        ("a.glb", GLB[:15], "cut off within its header"),
        ("a.glb", struct.pack("<4sII", b"glTF", 1, 20) + b" " * 8, "version 1"),
        ("a.glb", glb([]), "no glTF"),
        ("a.glb", glb({"asset": {"version": "2.0"}}), "without any mesh"),
        ("a.glb", glb({"asset": {}, "meshes": [{}]}, binary=500), "longer than the file"),
        ("a.glb", GLB.replace(b'{"', b"!!", 1), "JSON can't be read"),
        ("a.glb", b'{"asset": {"version": "2.0"}}', "glTF file in JSON"),
        ("a.glb", STL, "another kind inside, STL"),
        ("a.stl", GLB, "a GLB inside"),
        ("a.obj", STL, "another kind inside, STL"),
        ("a.stl", STL[:-10], "cut off or damaged: 12 triangles take"),
        ("a.stl", TEXT_STL[: len(TEXT_STL) // 2], "its last solid has no end"),
        ("a.obj", b"PK\x03\x04" + b" " * 40, "zip file"),
        ("a.obj", b"ply\nformat ascii 1.0\n", "PLY file"),
        ("a.glb", b"Kaydara FBX Binary  \x00", "FBX file"),
        ("a.obj", b"hello world\n", "of another kind"),
        ("a.glb", b"\0" * 100, "of another kind"),
    ],
)  # fmt: skip
def test_what_is_none_is_said(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(InputError, match=said) as raised:
        check_model(file)
    assert "Nothing was sent" in str(raised.value)
    assert type(raised.value) is InputError


def test_a_file_that_can_t_be_read(tmp_path: Path) -> None:
    for check in (check_model, check_blend):
        with pytest.raises(InputError, match="can't be read"):
            check(tmp_path / "none.glb")


def test_blend_files(tmp_path: Path) -> None:
    file = tmp_path / "a.blend"
    for start in (b"BLENDER-v405", b"BLENDER17-01v0500", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"):
        file.write_bytes(start + b" " * 100)
        check_blend(file)
    for content, said in ((LFS, "Git LFS"), (b"", "empty"), (b"<html>", "web page"), (b"x" * 20, "no .blend inside")):
        file.write_bytes(content)
        with pytest.raises(InputError, match=said):
            check_blend(file)
