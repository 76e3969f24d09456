# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a result file is, by its content: names and announced types have been wrong in the field."""

from __future__ import annotations

import json
import re
import struct
import zipfile
from pathlib import Path
from typing import BinaryIO

_HEAD = 1 << 16
"""Bytes that are looked at, after the comments that an OBJ file may begin with."""
_LONGEST_COMMENT = 16 << 20
_MOST_JSON = 64 << 20

_OBJ_WORDS = frozenset(
    b"v vt vn vp f fo l p g o s mg cstype deg bmat step curv curv2 surf parm trim hole scrv sp end con bevel c_interp "
    b"d_interp lod usemtl mtllib usemap maplib shadow_obj trace_obj ctech stech call csh bsp bzp cdc cdp res".split()
)
"""All words that a line of the format can begin with, by its specification, with those of version 2.11."""


def result_kind(file: Path) -> str:
    """The file's suffix by what is in it: glb, gltf, zip, usdz, 3mf, fbx, stl, ply or obj; "" for anything else.

    A zip whose first entry is a USD layer is a usdz (its specification demands that), a zip with an Open Packaging
    model is a 3mf; any other zip may hold an OBJ with its materials. Error pages, other texts, empty files and files
    that are cut off give "". Raises OSError.
    """
    size = file.stat().st_size
    with file.open("rb") as stream:
        head = stream.read(_HEAD)
        if head.startswith(b"glTF"):
            return "glb" if _whole_glb(head, size) else ""
        if head.startswith(b"PK\x03\x04"):
            if not zipfile.is_zipfile(file):
                return ""
            name = head[30 : 30 + int.from_bytes(head[26:28], "little")]
            if name.lower().endswith((b".usd", b".usda", b".usdc")):
                return "usdz"
            return "3mf" if _is_3mf(file) else "zip"
        if head.startswith((b"Kaydara FBX Binary  \x00", b"; FBX ")):
            return "fbx"
        if re.match(rb"ply\r?\n\s*format\s", head):
            return "ply"
        if size >= 84 and size == 84 + 50 * int.from_bytes(head[80:84], "little"):
            return "stl"
        text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        if re.match(rb"solid\b[^\n]*\n\s*(?:facet\s+normal|endsolid)\b", text, re.IGNORECASE):
            return "stl"
        if text.startswith(b"{"):
            return "gltf" if _is_gltf(file, size) else ""
        text, whole = _after_comments(text, stream, whole=size <= _HEAD)
    return "obj" if _is_obj(text, whole=whole) else ""


def _is_3mf(file: Path) -> bool:
    """Whether the zip is an Open Packaging package with a 3D model in it."""
    try:
        with zipfile.ZipFile(file) as whole:
            names = {name.lower() for name in whole.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return "[content_types].xml" in names and any(name.endswith(".model") for name in names)


def _whole_glb(head: bytes, size: int) -> bool:
    if len(head) < 20:
        return False
    version, length = struct.unpack_from("<II", head, 4)
    return bool(version == 2 and 20 <= length <= size)


def _is_gltf(file: Path, size: int) -> bool:
    """Whether the JSON text is a model: other answers of a service are JSON, too."""
    if size > _MOST_JSON:
        return False
    try:
        document = json.loads(file.read_bytes())
    except (ValueError, RecursionError):
        return False
    asset = document.get("asset")
    return isinstance(asset, dict) and str(asset.get("version", "")).startswith("2.")


def _after_comments(text: bytes, stream: BinaryIO, *, whole: bool) -> tuple[bytes, bool]:
    """The first lines that are no comments, and whether no more than these are in the file."""
    read = 0
    while not whole and read < _LONGEST_COMMENT and _only_comments(text):
        block = stream.read(_HEAD)
        # A comment that is longer than a block is still a comment in the next block.
        rest = text[text.rfind(b"\n") + 1 :][:1]
        text, whole, read = rest + block, len(block) < _HEAD, read + len(block)
    return text, whole


def _only_comments(text: bytes) -> bool:
    lines = [line for line in map(bytes.strip, text.splitlines()[:-1]) if line]
    return all(line.startswith(b"#") for line in lines)


def _is_obj(text: bytes, *, whole: bool) -> bool:
    """Whether each line that is no comment begins with a word of the format, and there is one."""
    if whole:
        text = text.rstrip(b"\0\x1a")  # some writers fill the last block of the disk with these
    if b"\0" in text:
        return False
    lines = text.splitlines()
    if not whole:
        lines = lines[:-1]
    lines = [line for line in map(bytes.strip, lines) if line and not line.startswith(b"#")]
    continued = [bool(i and lines[i - 1].endswith(b"\\")) for i in range(len(lines))]
    return bool(lines) and all(
        after or line.split(None, 1)[0] in _OBJ_WORDS for line, after in zip(lines, continued, strict=True)
    )
