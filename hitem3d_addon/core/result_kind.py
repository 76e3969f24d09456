# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a result file is, by its content: names and announced types have been wrong in the field."""

from __future__ import annotations

import re
import struct
import zipfile
from pathlib import Path

_HEAD = 1 << 16
"""Bytes that are looked at: an OBJ file may begin with a long comment."""

_OBJ_LINE = re.compile(
    rb"(?:v[tnp]?|f|l|p|g|o|s|mg|cstype|deg|curv2?|surf|parm|trim|end|mtllib|usemtl|usemap|maplib)(?:\s|$)"
)


def result_kind(file: Path) -> str:
    """The file's suffix by what is in it: glb, zip, usdz, fbx, stl or obj; "" for anything else.

    A zip whose first entry is a USD layer is a usdz (which its specification demands); any other may hold an OBJ with
    its materials. Error pages and other texts, empty and cut off files are nothing. Raises OSError.
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
        return "usdz" if name.lower().endswith((b".usd", b".usda", b".usdc")) else "zip"
    if head.startswith((b"Kaydara FBX Binary  \x00", b"; FBX ")):
        return "fbx"
    if size >= 84 and size == 84 + 50 * int.from_bytes(head[80:84], "little"):
        return "stl"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if re.match(rb"solid\b[^\n]*\n\s*(?:facet\s+normal|endsolid)\b", text, re.IGNORECASE):
        return "stl"
    return "obj" if _is_obj(text, whole=size <= _HEAD) else ""


def _whole_glb(head: bytes, size: int) -> bool:
    if len(head) < 20:
        return False
    version, length = struct.unpack_from("<II", head, 4)
    return bool(version == 2 and 20 <= length <= size)


def _is_obj(text: bytes, *, whole: bool) -> bool:
    """Whether each line that is no comment begins with a word of the format, and there is one."""
    if b"\0" in text:
        return False
    lines = text.splitlines()
    if not whole:
        lines = lines[:-1]
    lines = [line for line in map(bytes.strip, lines) if line and not line.startswith(b"#")]
    continued = [bool(i and lines[i - 1].endswith(b"\\")) for i in range(len(lines))]
    return bool(lines) and all(after or _OBJ_LINE.match(line) for line, after in zip(lines, continued, strict=True))
