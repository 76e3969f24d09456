# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Binary USD layers with another word in them."""

from __future__ import annotations

import struct

from hitem3d_addon.receive.untrusted.usd_layers import _packed, unpacked


def renamed(layer: bytes, word: bytes, other: bytes) -> bytes:
    """The binary layer with a word changed, as somebody with bad intent would write it."""
    (table,) = struct.unpack_from("<q", layer, 16)
    entry = layer.index(b"TOKENS\0", table)
    (start,) = struct.unpack_from("<q", layer, entry + 16)
    number, size, length = struct.unpack_from("<3Q", layer, start)
    words = unpacked(layer[start + 24 : start + 24 + length], size).split(b"\0")
    words[words.index(word)] = other
    text = b"\0".join(words)
    section = struct.pack("<3Q", number, len(text), len(_packed(text))) + _packed(text)
    changed = bytearray(layer)
    struct.pack_into("<qq", changed, entry + 16, len(layer), len(section))
    return bytes(changed) + section
