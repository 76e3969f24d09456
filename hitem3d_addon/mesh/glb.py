# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The GLB file itself: one mesh of triangles in, bytes out. Knows neither Blender nor NumPy.

By the glTF 2.0 specification, sections 3.6 (buffers, accessors), 3.7.2 (meshes) and 4 (GLB).
"""

from __future__ import annotations

import contextlib
import json
import struct
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..core.errors import StoreError

GENERATOR = "Hitem3D for Blender"

_FLOAT, _UNSIGNED_SHORT, _UNSIGNED_INT = 5126, 5123, 5125
_ARRAY_BUFFER, _ELEMENT_ARRAY_BUFFER = 34962, 34963
_JSON, _BIN = 0x4E4F534A, 0x004E4942


def index_bytes(vertices: int) -> int:
    """Bytes of one index: 2 where that is enough. The highest value of a type is reserved (primitive restart)."""
    return 2 if vertices <= 0xFFFF else 4


def glb_head(vertices: int, triangles: int, low: Sequence[float], high: Sequence[float]) -> bytes:
    """All of the file that comes before the positions.

    After it belong 3 float32 a vertex, 3 indices of `index_bytes` a triangle, and zeros up to a multiple of 4.
    Low and high are the bounds of the positions as they are written: Y up, and exactly representable as float32.
    """
    positions = 12 * vertices
    indices = 3 * triangles * index_bytes(vertices)
    document = {
        "asset": {"version": "2.0", "generator": GENERATOR},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"name": "model", "mesh": 0}],
        "meshes": [{"name": "model", "primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": _FLOAT,
                "count": vertices,
                "type": "VEC3",
                "min": [float(value) for value in low],
                "max": [float(value) for value in high],
            },
            {
                "bufferView": 1,
                "componentType": _UNSIGNED_SHORT if index_bytes(vertices) == 2 else _UNSIGNED_INT,
                "count": 3 * triangles,
                "type": "SCALAR",
            },
        ],
        "bufferViews": [
            {"buffer": 0, "byteLength": positions, "target": _ARRAY_BUFFER},
            {"buffer": 0, "byteOffset": positions, "byteLength": indices, "target": _ELEMENT_ARRAY_BUFFER},
        ],
        "buffers": [{"byteLength": positions + indices}],
    }
    return _head(document, _padded(positions + indices))


def glb_size(head: bytes) -> int:
    """Bytes of the whole file that the head begins."""
    return int(struct.unpack_from("<I", head, 8)[0])


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give the path of a ``.part`` file to write. At the end it becomes the file; on any error it is removed.

    Raises StoreError where the disk does not take it.
    """
    part = path.with_suffix(f".part{path.suffix}")
    try:
        try:
            part.touch(0o600)  # Not every writer says that the folder can't be written to.
            yield part
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            "The model can't be written to {folder}: {reason}. Free some space there or choose another data folder.",
            folder=str(path.parent),
            reason=error.strerror or type(error).__name__,
        ) from error


def write_glb(path: Path, head: bytes, blocks: Iterable[memoryview]) -> None:
    """Write the head, then the blocks, each C-contiguous; one at a time is in memory. Raises StoreError."""
    with written_whole(path) as part, part.open("wb") as file:
        file.write(head)
        for block in blocks:
            file.write(block)
        file.write(bytes(glb_size(head) - file.tell()))


def read_glb(path: Path) -> tuple[dict[str, Any], bytearray]:
    """The JSON document and the binary data of a GLB that this Blender's own exporter wrote."""
    data = path.read_bytes()
    length = struct.unpack_from("<I", data, 12)[0]
    return json.loads(data[20 : 20 + length]), bytearray(data[28 + length :])


def save_glb(path: Path, document: dict[str, Any], binary: bytearray) -> int:
    """Write a document and its binary data, and give the file's size in bytes."""
    head = _head(document, len(binary))
    path.write_bytes(head + binary)
    return glb_size(head)


def _head(document: dict[str, Any], binary: int) -> bytes:
    text = json.dumps(document, separators=(",", ":"), allow_nan=False).encode()
    text = text.ljust(_padded(len(text)))
    size = 12 + 8 + len(text) + 8 + binary
    return (
        struct.pack("<4sII", b"glTF", 2, size)
        + struct.pack("<II", len(text), _JSON)
        + text
        + struct.pack("<II", binary, _BIN)
    )


def _padded(length: int) -> int:
    return -(-length // 4) * 4
