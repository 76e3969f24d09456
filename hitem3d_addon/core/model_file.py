# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a file that is to be sent is the model that its name says, and whole: a look inside that costs nothing.

A file that is no model would be paid for, or refused after the whole upload. Git LFS pointers, HTML pages and files
that were copied only in part have been sent under the name of a GLB.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

from .errors import InputError
from .result_kind import result_kind

_HEAD = 4096
_TAIL = 4096
_DOCUMENT_LIMIT = 256 << 20
"""Bytes of a GLB's JSON that are read; it names things, and the bulk is in the other chunk."""

_STRANGERS = (
    (b"version https://git-lfs", "a pointer of Git LFS, not the model itself: run git lfs pull"),
    (b"/annex/objects/", "a pointer of git-annex, not the model itself: run git annex get"),
    (b"<!doctype html", "a web page, not a model: download the file itself"),
    (b"<html", "a web page, not a model: download the file itself"),
    (b"<?xml", "an XML file"),
    (b"PK\x03\x04", "a zip file: unpack it"),
    (b"PK\x05\x06", "an empty zip file"),
    (b"\x1f\x8b", "a gzip file: unpack it"),
    (b"Kaydara FBX", "an FBX file: export it as GLB"),
    (b"; FBX ", "an FBX file: export it as GLB"),
    (b"ply\n", "a PLY file: export it as GLB"),
    (b"ply\r", "a PLY file: export it as GLB"),
    (b"BLENDER", "a .blend file: give it that name"),
    (b'{"asset"', "a glTF file in JSON: export it as GLB"),
)


def check_model(file: Path) -> None:
    """Raise InputError unless this is a whole GLB, OBJ or STL, as its suffix says."""
    try:
        with file.open("rb") as stream:
            head = stream.read(_HEAD)
        kind = result_kind(file)
        what = _find_fault(file, head, kind)
    except OSError as error:
        raise InputError(
            "The model file can't be read: {file} ({reason}). Check its name and its permissions.",
            file=str(file),
            reason=error.strerror or type(error).__name__,
        ) from error
    if what:
        raise InputError(
            "{file} is no {kind} model that can be sent: it is {what}. Nothing was sent.",
            file=str(file),
            kind=file.suffix[1:].upper(),
            what=what,
        )


def check_blend(file: Path) -> None:
    """Raise InputError unless this begins as a .blend does, plain or compressed."""
    try:
        with file.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        raise InputError(
            "{file} can't be read ({reason}). Check its name and its permissions.",
            file=str(file),
            reason=error.strerror or type(error).__name__,
        ) from error
    if not head.startswith((b"BLENDER", b"\x1f\x8b", b"\x28\xb5\x2f\xfd")):
        what = _name_stranger(head) or ("empty" if not head else "no .blend inside")
        raise InputError("{file} is no .blend file: it is {what}. Nothing was sent.", file=str(file), what=what)


def _find_fault(file: Path, head: bytes, kind: str) -> str:
    """What is wrong with the file, as a part of a sentence; "" where nothing is."""
    suffix = file.suffix.lower()[1:]
    if not head:
        return "empty"
    if head.startswith(b"glTF"):
        return _find_glb_fault(file) if suffix == "glb" else "a GLB inside: give it that name"
    if stranger := _name_stranger(head):
        return stranger
    if kind in ("obj", "stl") and kind != suffix:
        return f"a model of another kind inside, {kind.upper()}: give it that name"
    if kind == "stl":
        return _find_stl_fault(file, head)
    if kind == "obj":
        return ""
    if suffix == "stl" and len(head) >= 84:
        count = int.from_bytes(head[80:84], "little")
        return f"cut off or damaged: {count} triangles take {84 + 50 * count} bytes, it has {file.stat().st_size}"
    return "cut off, damaged or of another kind"


def _name_stranger(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next((what for sign, what in _STRANGERS if start.startswith(sign.lower())), "")


def _find_stl_fault(file: Path, head: bytes) -> str:
    """What is wrong with an STL. A binary one always has the length that its count says: so it was known as an STL."""
    size = file.stat().st_size
    if len(head) >= 84 and size == 84 + 50 * int.from_bytes(head[80:84], "little"):
        return "" if size > 84 else "without any triangle"
    with file.open("rb") as stream:
        stream.seek(max(0, size - _TAIL))
        return "" if b"endsolid" in stream.read().lower() else "cut off: its last solid has no end"


def _find_glb_fault(file: Path) -> str:
    """Check the container against glTF 2.0, section 4: the lengths of the whole and of its chunks."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        try:
            version, length, json_length, json_kind = struct.unpack("<4xIII4s", stream.read(20))
        except struct.error:
            return "cut off within its header"
        if version != 2:
            return f"a GLB of version {version}; version 2 is needed: export it again"
        if length > size:
            return f"cut off: it says that it has {length} bytes, and it has {size}"
        if json_kind != b"JSON" or 20 + json_length > length or json_length > _DOCUMENT_LIMIT:
            return "damaged: its first chunk is no JSON"
        try:
            document = json.loads(stream.read(json_length))
        except (ValueError, RecursionError):
            return "damaged: its JSON can't be read"
        if not isinstance(document, dict) or "asset" not in document:
            return "damaged: its JSON is no glTF"
        if not document.get("meshes"):
            return "without any mesh"
        rest = length - 20 - json_length
        if rest >= 8 and int.from_bytes(stream.read(4), "little") > rest - 8:
            return "cut off: its geometry is longer than the file"
    return ""
