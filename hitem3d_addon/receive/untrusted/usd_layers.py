# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
r"""Keeps a USDZ from naming files outside itself: pictures, other layers, volumes.

Blender's importer (4.2 to 5.2) opens such a path as it stands. On Windows one like \\host\share\a.png tells that host
who the user is.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path

_MOST_BYTES = 8 << 20
"""Of the words of a binary layer: meshes are elsewhere in it, so thousands of parts fit."""
_ELSEWHERE = re.compile(rb"[\\/~`]|[a-z]:|(?:[^<\n]*[\\/])?\.\.[\\/]", re.IGNORECASE)
"""The root of a disk, a host, a folder above, or an expression that may give any of them."""


def confined_layer(file: Path) -> bytes | None:
    """What the layer should hold, with each file looked for beside it; None where it is fine as it is.

    Raises OSError, and ValueError, IndexError or struct.error for a damaged one.
    """
    layer = file.read_bytes()
    if layer.startswith(b"PXR-USDC"):
        return _binary(layer)
    first, *pieces = layer.split(b"@")
    after = b"@".join([first, *map(_beside, pieces)])
    return after if after != layer else None


def _beside(path: bytes) -> bytes:
    return re.split(rb"[\\/:`]", path)[-1] if _ELSEWHERE.match(path) else path


def _binary(layer: bytes) -> bytes | None:
    """All strings of a binary layer, paths of files among them, are words in its section TOKENS.

    Where one changes, a new section goes to the end, and the table of contents tells of that.
    """
    (table,) = struct.unpack_from("<q", layer, 16)
    (count,) = struct.unpack_from("<q", layer, table)
    entries = range(table + 8, table + 8 + 32 * min(count, 64), 32)
    at = [entry for entry in entries if layer[entry : entry + 16].rstrip(b"\0") == b"TOKENS"]
    if len(at) != 1 or count > 64:
        raise ValueError("no words, or twice")
    start, _ = struct.unpack_from("<qq", layer, at[0] + 16)
    packed = tuple(layer[8:11]) >= (0, 4, 0)
    number, size = struct.unpack_from("<QQ", layer, start)
    if size > _MOST_BYTES:
        raise ValueError("more words than any")
    if packed:
        (length,) = struct.unpack_from("<Q", layer, start + 16)
        words = unpacked(layer[start + 24 : start + 24 + length], size)
    else:
        words = layer[start + 16 : start + 16 + size]
    before = words.split(b"\0")
    after = list(map(_beside, before))
    if after == before:
        return None
    text = b"\0".join(after)
    body = _packed(text) if packed else text
    sizes = (number, len(text), len(body)) if packed else (number, len(text))
    section = struct.pack(f"<{len(sizes)}Q", *sizes) + body
    changed = bytearray(layer)
    struct.pack_into("<qq", changed, at[0] + 16, len(layer), len(section))
    return bytes(changed) + section


def unpacked(data: bytes, size: int, *, exact: bool = True) -> bytes:
    """The content of a block of LZ4, which has the number of further blocks before it: none, below two gigabytes.

    It has that size, or at most that. Raises ValueError and IndexError.
    """
    if data[0]:
        raise ValueError("several blocks")
    out = bytearray()
    at = 1

    def length(total: int) -> int:
        nonlocal at
        more = 255 if total == 15 else 0
        while more == 255:
            more = data[at]
            at += 1
            total += more
        return total

    while True:
        token = data[at]
        at += 1
        literals = length(token >> 4)
        out += data[at : at + literals]
        at += literals
        if at >= len(data):
            break
        back = int.from_bytes(data[at : at + 2], "little")
        at += 2
        copied = length(token & 15) + 4
        if not 0 < back <= len(out) or len(out) + copied > size:
            raise ValueError("damaged words")
        piece = bytes(out[-back:])
        out += (piece * (copied // back + 1))[:copied]
    if len(out) > size or (exact and len(out) != size):
        raise ValueError("damaged words")
    return bytes(out)


def _packed(text: bytes) -> bytes:
    """A block of LZ4 that is as long as what it holds."""
    if len(text) < 15:
        return bytes([0, len(text) << 4]) + text
    more, rest = divmod(len(text) - 15, 255)
    return b"\0\xf0" + b"\xff" * more + bytes([rest]) + text
