# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the nodes of a GLB stand, and what skins and morph targets make of their meshes, as the file shows them. No
``bpy``.

After the glTF 2.0 specification, sections 3.5.3 (transformations), 3.7.2.2 (morph targets) and 3.7.3 (skins).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...mesh.arrays import Doubles, Floats
from .glb_arrays import Arrays

_BLOCK = 1 << 15
"""Vertices worked on at a time."""


class Poses:
    """The nodes of one document, which must have been looked over."""

    def __init__(self, document: Mapping[str, Any], parents: Mapping[int, int], arrays: Arrays) -> None:
        self._document, self._parents, self._arrays = document, parents, arrays
        self._worlds: dict[int, Doubles] = {}

    def world(self, number: int) -> Doubles:
        """The (4, 4) matrix of a node, Y up."""
        if number not in self._worlds:
            local = _local(self._document["nodes"][number])
            parent = self._parents.get(number)
            self._worlds[number] = local if parent is None else self.world(parent) @ local
        return self._worlds[number]

    def matrix(self, number: int) -> Doubles:
        """What takes the posed mesh of a node to the world: a skin already has."""
        return np.eye(4) if "skin" in self._document["nodes"][number] else self.world(number)

    def is_posed(self, number: int) -> bool:
        """Whether the mesh of a node is shown otherwise than it is written."""
        node = self._document["nodes"][number]
        return "skin" in node or any(self._weights(node))

    def posed(
        self, number: int, primitive: dict[str, Any], positions: Floats, normals: Floats | None
    ) -> tuple[Floats, Floats | None]:
        """Positions and normals (n, 3) of a primitive as the node shows them. Raises ValueError and the like."""
        node = self._document["nodes"][number]
        for weight, target in zip(self._weights(node), primitive.get("targets", ()), strict=False):
            if weight and "POSITION" in target:
                positions = (positions + weight * self._arrays.floats(target["POSITION"], 3)).astype(np.float32)
            if weight and "NORMAL" in target and normals is not None:
                normals = (normals + weight * self._arrays.floats(target["NORMAL"], 3)).astype(np.float32)
        if "skin" in node and "JOINTS_0" in primitive["attributes"]:
            matrices = self._joints(self._document["skins"][node["skin"]])
            positions, normals = self._skinned(matrices, primitive["attributes"], positions, normals)
        if normals is not None and self.is_posed(number):
            normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), np.float32(1e-30))
        return positions, normals

    def _weights(self, node: Mapping[str, Any]) -> list[float]:
        mesh = self._document["meshes"][node["mesh"]]
        return [float(weight) for weight in node.get("weights", mesh.get("weights", ()))]

    def _joints(self, skin: Mapping[str, Any]) -> Doubles:
        """(joints, 4, 4), from the mesh as it is written to the world."""
        worlds = np.stack([self.world(number) for number in skin["joints"]])
        if "inverseBindMatrices" not in skin:
            return worlds
        columns = self._arrays.floats(skin["inverseBindMatrices"], 16).reshape(-1, 4, 4).astype(np.float64)
        result: Doubles = worlds @ columns.transpose(0, 2, 1)[: len(worlds)]
        return result

    def _skinned(
        self, matrices: Doubles, attributes: Mapping[str, int], positions: Floats, normals: Floats | None
    ) -> tuple[Floats, Floats | None]:
        sets = [k for k in range(8) if f"JOINTS_{k}" in attributes and f"WEIGHTS_{k}" in attributes]
        joints = np.concatenate([self._arrays.numbers(attributes[f"JOINTS_{k}"]) for k in sets], axis=1)
        weights = np.concatenate([self._arrays.floats(attributes[f"WEIGHTS_{k}"], 4) for k in sets], axis=1)
        if joints.shape != weights.shape or len(joints) != len(positions) or joints.dtype.kind == "f":
            raise ValueError("its bones don't fit its vertices")
        if len(joints) and joints.max() >= len(matrices):
            raise ValueError("a vertex hangs on a bone that is not there")
        moved, turned = np.empty_like(positions), None if normals is None else np.empty_like(normals)
        for start in range(0, len(positions), _BLOCK):
            block = slice(start, start + _BLOCK)
            share = weights[block].astype(np.float64)
            total = share.sum(axis=1, keepdims=True)
            share[:, 0][total[:, 0] == 0] = 1  # an invalid file: as Blender's importer has it
            share /= np.where(total == 0, 1, total)
            mixed = np.einsum("nj,njab->nab", share, matrices[joints[block]])
            moved[block] = np.einsum("nab,nb->na", mixed[:, :3, :3], positions[block]) + mixed[:, :3, 3]
            if normals is not None and turned is not None:
                turned[block] = np.einsum("nab,nb->na", mixed[:, :3, :3], normals[block])
        return moved, turned


def _local(node: Mapping[str, Any]) -> Doubles:
    """The (4, 4) matrix of a node to the one above it. Raises ValueError for what is no number."""
    if "matrix" in node:
        local = np.array(node["matrix"], np.float64).reshape(4, 4).T
    else:
        x, y, z, w = np.array(node.get("rotation", (0, 0, 0, 1)), np.float64)
        x, y, z, w = np.array((x, y, z, w)) / (np.linalg.norm((x, y, z, w)) or 1)
        local = np.eye(4)
        local[:3, :3] = [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
        local[:3, :3] *= np.array(node.get("scale", (1, 1, 1)), np.float64).reshape(3)
        local[:3, 3] = np.array(node.get("translation", (0, 0, 0)), np.float64).reshape(3)
    if not np.isfinite(local).all():
        raise ValueError("a node stands where no numbers are")
    return local
