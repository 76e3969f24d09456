# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes GLB files as strange as a test needs them."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

TYPES = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
KINDS = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}


class GlbWriter:
    """A document and its binary data, to be filled piece by piece."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = {
            "asset": {"version": "2.0"},
            "scene": 0,
            "scenes": [{"nodes": []}],
            "nodes": [],
            "meshes": [],
            "accessors": [],
            "bufferViews": [],
            "materials": [],
            "images": [],
            "textures": [],
            "skins": [],
            "animations": [],
            "extensionsUsed": [],
            "extensionsRequired": [],
        }
        self.binary = b""

    def view(self, data: bytes, **more: Any) -> int:
        self.binary += bytes(-len(self.binary) % 4)
        view = {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data), **more}
        self.binary += data
        return self._add("bufferViews", view)

    def accessor(
        self, values: Any, component: int = 5126, *, stride: int = 0, bounds: bool = False, **more: Any
    ) -> int:
        """An accessor (n, width); with a stride, there are other bytes between its elements."""
        array = np.asarray(values).astype(TYPES[component])
        array = array.reshape(len(array), -1)
        data, how = array.tobytes(), {}
        if stride:
            item = array.itemsize * array.shape[1]
            padded = np.full((len(array), stride), 0xAB, np.uint8)
            padded[:, :item] = array.view(np.uint8).reshape(len(array), item)
            data, how = padded.tobytes(), {"byteStride": stride}
        one = {"componentType": component, "count": len(array), "type": KINDS[array.shape[1]], **more}
        if bounds:
            one |= {"min": array.min(axis=0).tolist(), "max": array.max(axis=0).tolist()}
        return self._add("accessors", {"bufferView": self.view(data, **how), **one})

    def primitive(self, positions: Any, triangles: Any = None, normals: Any = None, **more: Any) -> dict[str, Any]:
        attributes = {"POSITION": self.accessor(positions, bounds=True)}
        if normals is not None:
            attributes["NORMAL"] = self.accessor(normals)
        made: dict[str, Any] = {"attributes": attributes, **more}
        if triangles is not None:
            made["indices"] = self.accessor(np.asarray(triangles).reshape(-1, 1), 5125)
        return made

    def mesh(self, *primitives: dict[str, Any], **more: Any) -> int:
        return self._add("meshes", {"primitives": list(primitives), **more})

    def node(self, *, root: bool = True, **more: Any) -> int:
        number = self._add("nodes", more)
        if root:
            self.document["scenes"][0]["nodes"].append(number)
        return number

    def material(self, name: str, colour: tuple[float, float, float, float], **more: Any) -> int:
        plain = {"baseColorFactor": list(colour), "metallicFactor": 0.2, "roughnessFactor": 0.7}
        return self._add("materials", {"name": name, "pbrMetallicRoughness": plain, **more})

    def add(self, kind: str, thing: Any) -> int:
        """Anything else that the document has a list of."""
        return self._add(kind, thing)

    def save(self, path: Path, *, padding: bytes = b" ", after: bytes = b"") -> Path:
        document = {key: value for key, value in self.document.items() if value != []}
        if self.binary:
            document["buffers"] = [{"byteLength": len(self.binary)}]
        text = json.dumps(document).encode()
        text += padding * (-len(text) % 4 or 4)
        binary = self.binary + bytes(-len(self.binary) % 4)
        head = struct.pack("<4sIIII", b"glTF", 2, 28 + len(text) + len(binary), len(text), 0x4E4F534A)
        path.write_bytes(head + text + struct.pack("<II", len(binary), 0x004E4942) + binary + after)
        return path

    def _add(self, kind: str, thing: Any) -> int:
        self.document.setdefault(kind, []).append(thing)
        return len(self.document[kind]) - 1


def ball(segments: int = 12, rings: int = 8, centre: tuple[float, float, float] = (0, 0, 0)) -> tuple[Any, Any, Any]:
    """An uneven ball without poles in common: positions, triangles and smooth normals (n, 3)."""
    u, v = np.meshgrid(np.linspace(0, 2 * np.pi, segments, False), np.linspace(0.1, np.pi - 0.1, rings), indexing="ij")
    normals = np.stack([np.sin(v) * np.cos(u), np.cos(v), np.sin(v) * np.sin(u)], axis=-1).reshape(-1, 3)
    positions = normals * (1, 0.7, 1.3) + centre
    normals = normals / (1, 0.7, 1.3)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    i, j = np.meshgrid(np.arange(segments), np.arange(rings - 1), indexing="ij")
    a, b = i * rings + j, (i + 1) % segments * rings + j
    quads = np.stack([a, b, b + 1, a, b + 1, a + 1], axis=-1)
    return positions.astype(np.float32), quads.reshape(-1, 3), normals.astype(np.float32)
