# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a copy of a GLB for Blender's importer, which shows the same, without what the importer can't read. No ``bpy``.

The importer wants a container without a byte too many; needs the user's window for skeletons; gives shape keys for
morph targets, where the file shows one shape; and makes one mesh of all primitives, where each may be a part.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from ...mesh.arrays import Floats
from ...mesh.glb import save_glb
from ..untrusted.glb import Glb
from .glb_arrays import Arrays
from .glb_document import Prepared
from .glb_pose import Poses
from .glb_primitive import MODES

_FLOAT = 5126


def rewritten(file: Path, folder: Path, glb: Glb, made: Prepared, arrays: Arrays) -> Path:
    """The file itself where nothing has to be changed, else a copy in the folder. Raises ValueError and the like."""
    work = _Rewriting(glb, made, arrays)
    work.pose()
    work.part_primitives()
    if glb.strict and not made.changed:
        return file
    with file.open("rb") as stream:
        stream.seek(glb.start)
        binary = bytearray(stream.read(glb.length))
    for array in work.added:
        binary += bytes(-len(binary) % 4)
        binary += array.tobytes()
    binary += bytes(-len(binary) % 4)
    buffers = made.document.setdefault("buffers", [{}])
    if buffers and "uri" not in buffers[0]:
        buffers[0]["byteLength"] = len(binary)
    copy = Path(tempfile.mkdtemp(dir=folder)) / "result.glb"
    save_glb(copy, made.document, binary)
    return copy


class _Rewriting:
    def __init__(self, glb: Glb, made: Prepared, arrays: Arrays) -> None:
        self._made, self._arrays = made, arrays
        self._document = made.document
        self._poses = Poses(made.document, made.parents, arrays)
        self._end = glb.length
        self.added: list[Floats] = []
        """To be put after the binary data, each at a multiple of 4."""

    def pose(self) -> None:
        """Give each node whose mesh is shown otherwise than it is written a mesh of that shape."""
        nodes, meshes = self._document["nodes"], self._document["meshes"]
        posed = {number: self._posed(number) for number in self._made.shown if self._poses.is_posed(number)}
        for number, primitives in posed.items():
            node = nodes[number]
            meshes.append({"name": meshes[node["mesh"]].get("name", ""), "primitives": primitives})
            if "skin" in node:
                # Its place is in the vertices now, so it has no parent.
                node["matrix"] = np.linalg.inv(self._above(number)).T.ravel().tolist()
                for key in ("translation", "rotation", "scale"):
                    node.pop(key, None)
            node["mesh"] = len(meshes) - 1
            node.pop("weights", None)
        for node in nodes:
            self._made.changed |= node.pop("skin", None) is not None
        self._made.changed |= self._document.pop("skins", None) is not None or bool(posed)
        for mesh in meshes:
            for primitive in mesh["primitives"]:
                self._made.changed |= primitive.pop("targets", None) is not None
            mesh.pop("weights", None)

    def part_primitives(self) -> None:
        """Where one node has all that is shown, in several pieces, give each a node of its own."""
        if len(self._made.shown) != 1:
            return
        nodes, meshes = self._document["nodes"], self._document["meshes"]
        node = nodes[self._made.shown[0]]
        mesh = meshes[node["mesh"]]
        primitives = [one for one in mesh["primitives"] if one.get("mode", 4) in MODES]
        if len(primitives) < 2:
            return
        del node["mesh"]
        children = node.setdefault("children", [])
        for primitive in primitives:
            meshes.append({"primitives": [primitive]})
            name = self._name_of(primitive) or node.get("name") or mesh.get("name") or "part"
            nodes.append({"name": name, "mesh": len(meshes) - 1})
            children.append(len(nodes) - 1)
        self._made.changed = True

    def _name_of(self, primitive: dict[str, Any]) -> str:
        number = primitive.get("material")
        return "" if number is None else str(self._document["materials"][number].get("name", ""))

    def _above(self, number: int) -> np.ndarray:
        parent = self._made.parents.get(number)
        return np.eye(4) if parent is None else self._poses.world(parent)

    def _posed(self, number: int) -> list[dict[str, Any]]:
        found = []
        for primitive in self._document["meshes"][self._document["nodes"][number]["mesh"]]["primitives"]:
            attributes = dict(primitive["attributes"])
            if "POSITION" in attributes and "KHR_draco_mesh_compression" not in primitive.get("extensions", {}):
                positions = self._arrays.floats(attributes["POSITION"], 3)
                normals = self._arrays.floats(attributes["NORMAL"], 3) if "NORMAL" in attributes else None
                positions, normals = self._poses.posed(number, primitive, positions, normals)
                attributes["POSITION"] = self._add(positions)
                if normals is not None:
                    attributes["NORMAL"] = self._add(normals)
            found.append({**primitive, "attributes": attributes})
        return found

    def _add(self, vectors: Floats) -> int:
        """An accessor (n, 3) more; gives its number."""
        vectors = np.ascontiguousarray(vectors, np.float32)
        start = -(-self._end // 4) * 4
        self._end = start + vectors.nbytes
        self.added.append(vectors)
        views, accessors = self._document["bufferViews"], self._document["accessors"]
        views.append({"buffer": 0, "byteOffset": start, "byteLength": vectors.nbytes})
        bounds = {"min": vectors.min(axis=0).tolist(), "max": vectors.max(axis=0).tolist()}
        accessors.append(
            {"bufferView": len(views) - 1, "componentType": _FLOAT, "count": len(vectors), "type": "VEC3", **bounds}
        )
        return len(accessors) - 1
