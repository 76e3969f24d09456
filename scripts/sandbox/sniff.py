# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells a GLB, STL or OBJ by its content, and sees that a GLB's container is whole. Reads no geometry."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

HEAD = 65_536


class NoModelError(Exception):
    """The file is no model that can be segmented; the text says why."""


def kind_of(path: Path) -> str:
    """ "glb", "stl" or "obj". Raises NoModelError for anything else."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    size = path.stat().st_size
    if head.startswith(b"glTF"):
        return "glb"
    if len(head) >= 84 and size == 84 + 50 * int.from_bytes(head[80:84], "little") > 84:
        return "stl"
    if b"\0" not in head:
        if head.lstrip().startswith(b"solid") and b"facet" in head:
            return "stl"
        if any(line.split()[:1] == [b"v"] for line in head.splitlines()):
            return "obj"
    raise NoModelError("the file is no GLB, STL or OBJ")


def check_kind(path: Path, filename: str) -> None:
    """Raise NoModelError unless the content is what the file name says, and a whole container if it is a GLB."""
    kind = kind_of(path)
    if not filename.endswith("." + kind):
        raise NoModelError(f"{filename} holds {kind.upper()}")
    if kind == "glb":
        read_container(path)


def read_container(path: Path) -> tuple[dict[str, Any], int, int]:
    """The JSON of a GLB, and where its binary chunk begins and how long it is (0, 0 where there is none).

    Checks it against glTF 2.0, section 4: header, total length, order and alignment of the chunks.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        try:
            magic, version, length = struct.unpack("<4sII", file.read(12))
            json_length, json_type = struct.unpack("<I4s", file.read(8))
        except struct.error:
            raise NoModelError("the GLB ends in its header") from None
        if magic != b"glTF" or version != 2:
            raise NoModelError("the file is no GLB of version 2")
        if length != size:
            raise NoModelError(f"the GLB says that it has {length} bytes and has {size}")
        if json_type != b"JSON" or json_length % 4 or json_length > size - 20:
            raise NoModelError("the GLB's first chunk is no whole JSON chunk")
        try:
            document = json.loads(file.read(json_length).decode("utf-8"))
        except ValueError as error:
            raise NoModelError(f"the GLB's JSON can't be read: {error}") from None
        if not isinstance(document, dict):
            raise NoModelError("the GLB's JSON is no object")
        rest = size - 20 - json_length
        if not rest:
            return document, 0, 0
        try:
            binary_length, binary_type = struct.unpack("<I4s", file.read(8))
        except struct.error:
            raise NoModelError("the GLB ends in a chunk's header") from None
        if binary_type != b"BIN\0" or binary_length % 4 or binary_length != rest - 8:
            raise NoModelError("the GLB's second chunk is no whole BIN chunk, or bytes follow it")
        return document, size - binary_length, binary_length
