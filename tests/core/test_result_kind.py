# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results are known by their content, with real files of each kind, and error pages are not taken for models."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
import trimesh
from hypothesis import given
from hypothesis import strategies as st

from hitem3d_addon.core.result_kind import result_kind

BALL = trimesh.creation.icosphere(subdivisions=4)


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), "v 0 0 0\n")  # of 1980: the content is part of a test's name
    return buffer.getvalue()


def exported(kind: str) -> bytes:
    data = BALL.export(file_type=kind)
    return data.encode() if isinstance(data, str) else data


GLB = exported("glb")
FBX = b"Kaydara FBX Binary  \x00\x1a\x00" + struct.pack("<I", 7400) + b"\0" * 100


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (GLB, "glb"),
        (exported("stl"), "stl"),
        (exported("stl_ascii"), "stl"),
        (exported("obj"), "obj"),
        (b"\xef\xbb\xbf# made somewhere\r\n\r\nmtllib a.mtl\r\no Part\r\nv 0 0 0\r\n", "obj"),
        (b"# " + b"long comment " * 3000 + b"\nv 0 0 0\n", "obj"),
        (b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 \\\n3\n", "obj"),
        (zipped("model.obj", "model.mtl"), "zip"),
        (zipped("scene.usdc", "textures/a.png"), "usdz"),
        (zipped("Scene.USDA"), "usdz"),
        (FBX, "fbx"),
        (b"; FBX 7.3.0 project file\n; ----\n", "fbx"),
        (b"solid part\n facet normal 0 0 1\n", "stl"),
        (b"SOLID\nendsolid\n", "stl"),
        # A binary STL may say "solid" in its header.
        (b"solid by a careless exporter".ljust(80) + struct.pack("<I", 1) + b"\0" * 50, "stl"),
        (b"", ""),
        (b"<!DOCTYPE html><html><body>403 Forbidden</body></html>", ""),
        (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', ""),
        (b'{"code": 401, "msg": "Unauthorized"}', ""),
        (b"Internal Server Error", ""),
        (b"solid ground is what we stand on\nand so on\n", ""),
        (b"# only a comment\n", ""),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, ""),
        (GLB[:-100], ""),
        (GLB[:15], ""),
        (exported("stl")[:-1], ""),
        (zipped("model.obj")[:-30], ""),
        (b"glTF" + struct.pack("<II", 1, 20) + b"\0" * 8, ""),
    ],
)
def test_kinds(tmp_path: Path, content: bytes, kind: str) -> None:
    file = tmp_path / "result.part"
    file.write_bytes(content)
    assert result_kind(file) == kind


@given(
    start=st.sampled_from(
        [b"", b"glTF", b"PK\x03\x04", b"solid ", b"v 0 0 0\n", FBX[:20], GLB[:40], zipped("a.usd")[:40]]
    ),
    rest=st.binary(max_size=300),
)
def test_any_bytes_have_an_answer(tmp_path: Path, start: bytes, rest: bytes) -> None:
    file = tmp_path / "result.part"
    file.write_bytes(start + rest)
    assert result_kind(file) in ("glb", "zip", "usdz", "fbx", "stl", "obj", "")
