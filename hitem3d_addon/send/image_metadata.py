# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image files without metadata about their origin: paths, names, cameras, places. The pixels stay as they are.

Blender itself stamps the path of the .blend, the camera and the scene into what it renders, as text chunks of a PNG.
"""

from __future__ import annotations

import struct

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_PNG_TELLS = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"})
_JPEG_TELLS = frozenset({0xE1, 0xED, 0xFE})
"""Exif and XMP, Photoshop's IPTC, comments."""
_JPEG_START_OF_SCAN = 0xDA
_WEBP_TELLS = frozenset({b"EXIF", b"XMP "})
_WEBP_FLAGS = 0x08 | 0x04
"""In the VP8X chunk: "has Exif", "has XMP"."""


def without_metadata(image: bytes) -> bytes:
    """A PNG, JPEG or WebP file without its metadata; another file, or one that is damaged, as it is."""
    try:
        if image.startswith(_PNG):
            return _png(image)
        if image.startswith(_JPEG):
            return _jpeg(image)
        if image.startswith(b"RIFF") and image[8:12] == b"WEBP":
            return _webp(image)
    except (struct.error, IndexError):
        pass
    return image


def _png(image: bytes) -> bytes:
    kept, at = [_PNG], len(_PNG)
    while at < len(image):
        length, kind = struct.unpack_from(">I4s", image, at)
        end = at + 12 + length
        if kind not in _PNG_TELLS:
            kept.append(image[at:end])
        at = end
    return b"".join(kept)


def _jpeg(image: bytes) -> bytes:
    kept, at = [_JPEG], len(_JPEG)
    while image[at + 1] != _JPEG_START_OF_SCAN:
        marker, length = struct.unpack_from(">xBH", image, at)
        end = at + 2 + length
        if marker not in _JPEG_TELLS:
            kept.append(image[at:end])
        at = end
    return b"".join((*kept, image[at:]))


def _webp(image: bytes) -> bytes:
    kept, at = [], 12
    while at < len(image):
        kind, length = struct.unpack_from("<4sI", image, at)
        end = at + 8 + length + length % 2
        chunk = image[at:end]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_FLAGS]) + chunk[9:]
        if kind not in _WEBP_TELLS:
            kept.append(chunk)
        at = end
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body
