# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packs a glTF and the files that it names into one GLB, which is then checked and read like every GLB.

After the glTF 2.0 specification, sections 2.7 (files) and 3.6 (buffers). A file is looked for in the folder of the
glTF and those below, nowhere else.
"""

from __future__ import annotations

import base64
import json
import urllib.parse
from pathlib import Path
from typing import Any

from ...core.errors import ResultError

_MOST_JSON = 64 << 20
_MOST_BYTES = 1 << 30
_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}


def packed(file: Path) -> tuple[dict[str, Any], bytearray]:
    """The document and the binary data of the GLB. A picture that is not there stays named, for others to leave out.

    Raises ResultError for a document that is none, and where the data of the mesh is missing. Raises OSError.
    """
    try:
        if file.stat().st_size > _MOST_JSON:
            raise ValueError("its JSON is larger than any")
        document = json.loads(file.read_bytes())
        binary = _pack_buffers(document, file.parent)
        _pack_images(document, binary, file.parent)
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise ResultError(
            "The glTF file that came back is damaged: {reason}. Download the parts again, which costs nothing. "
            "If it stays so, ask Hitem3D's support about this task.",
            reason=" ".join(str(error).split())[:200],
        ) from error
    return document, binary


def _pack_buffers(document: dict[str, Any], folder: Path) -> bytearray:
    """All buffers as one, and the views on it; a buffer of less than it promises is damaged."""
    binary = bytearray()
    starts = []
    for buffer in document.get("buffers", []):
        content = _content(str(buffer["uri"]), folder)
        if content is None:
            raise ValueError(f"its data is missing ({Path(str(buffer['uri'])[:60]).name})")
        length = buffer["byteLength"]
        if not isinstance(length, int) or not 0 <= length <= len(content):
            raise ValueError("its data is not whole")
        starts.append(_add(binary, content[:length]))
    for view in document.get("bufferViews", []):
        view["byteOffset"] = starts[view["buffer"]] + view.get("byteOffset", 0)
        view["buffer"] = 0
    if starts:
        document["buffers"] = [{"byteLength": len(binary)}]
    return binary


def _pack_images(document: dict[str, Any], binary: bytearray, folder: Path) -> None:
    """Pictures beside the glTF become part of the binary data. Those that are not there, the importer does without."""
    for image in document.get("images", []):
        uri = image.get("uri")
        if uri is None or uri.startswith("data:"):
            continue
        content, kind = _content(uri, folder), _TYPES.get(Path(uri).suffix.lower())
        if content is None or kind is None or not document.get("buffers"):
            continue
        del image["uri"]
        image |= {"bufferView": len(document.setdefault("bufferViews", [])), "mimeType": kind}
        view = {"buffer": 0, "byteOffset": _add(binary, content), "byteLength": len(content)}
        document["bufferViews"].append(view)
        document["buffers"][0]["byteLength"] = len(binary)


def _add(binary: bytearray, content: bytes) -> int:
    """Where the content begins in the binary data, at whose end it is put."""
    if len(binary) + len(content) > _MOST_BYTES:
        raise ValueError("it names more data than any model has")
    start = len(binary)
    binary += content
    binary += bytes(-len(binary) % 4)
    return start


def _content(uri: str, folder: Path) -> bytes | None:
    """What the address stands for: data in itself, or a file in the folder; None for anything else."""
    if uri.startswith("data:"):
        return base64.b64decode(uri.partition(",")[2], validate=False)
    file = folder.joinpath(*urllib.parse.unquote(uri).replace("\\", "/").split("/")).resolve()
    return file.read_bytes() if file.is_relative_to(folder.resolve()) and file.is_file() else None
