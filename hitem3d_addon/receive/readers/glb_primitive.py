# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One primitive of a GLB: its triangles made sound, and only the vertices that they use. No ``bpy``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...mesh.arrays import Floats, Ints
from .glb_arrays import Arrays

MODES = (4, 5, 6)
"""Triangles, a strip and a fan: what has a surface. After section 3.7.2.1."""
_UNIT = 1e-3
"""How far the square of a normal's length may be from 1."""
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)


def triangles_of(arrays: Arrays, primitive: dict[str, Any], vertices: int) -> Ints:
    """The triangles (n, 3) of a primitive, without those that have a vertex twice or were there before.

    Blender's importer takes these out as well, as its meshes must not have them. Raises ValueError.
    """
    if "indices" in primitive:
        indices = arrays.numbers(primitive["indices"])[:, 0]
        if indices.dtype.kind == "f":
            raise ValueError("its indices are no whole numbers")
        if len(indices) and (indices.max() >= vertices or indices.min() < 0):
            raise ValueError("an index is of a vertex that is not there")
        indices = indices.astype(np.int32)
    else:
        indices = np.arange(vertices, dtype=np.int32)
    triangles = _from_mode(indices, primitive.get("mode", 4))
    first, second, third = triangles.T
    twice = (first == second) | (second == third) | (third == first)
    if twice.any():
        triangles = triangles[~twice]
    return _each_once(triangles)


def _from_mode(indices: Ints, mode: int) -> Ints:
    if mode == 4:
        return indices[: len(indices) // 3 * 3].reshape(-1, 3)
    count = max(len(indices) - 2, 0)
    triangles = np.empty((count, 3), np.int32)
    if mode == 5:
        odd = np.arange(count) % 2
        triangles[:, 0] = indices[:count]
        triangles[:, 1] = np.where(odd, indices[2:], indices[1:-1]) if count else 0
        triangles[:, 2] = np.where(odd, indices[1:-1], indices[2:]) if count else 0
    elif count:
        triangles[:, 0], triangles[:, 1], triangles[:, 2] = indices[0], indices[1:-1], indices[2:]
    return triangles


def _each_once(triangles: Ints) -> Ints:
    """Without a triangle of the same three vertices as one before it."""
    first, second, third = triangles.T
    low, high = np.minimum(first, second), np.maximum(first, second)
    high, middle = np.maximum(high, third), np.minimum(high, third)
    low, middle = np.minimum(low, middle), np.maximum(low, middle)
    key = low.astype(np.uint64) * _MIX[0]
    key ^= middle.astype(np.uint64) * _MIX[1]
    key ^= high.astype(np.uint64) * _MIX[2]
    key.sort()
    if not (key[1:] == key[:-1]).any():
        return triangles
    _, places = np.unique(np.stack([low, middle, high], axis=1), axis=0, return_index=True)
    return triangles[np.sort(places)]


class Used:
    """The vertices that triangles (n, 3) use, of so many."""

    def __init__(self, triangles: Ints, vertices: int) -> None:
        self._vertices = vertices
        flags = np.zeros(vertices, np.bool_)
        flags[triangles.ravel()] = True
        self._flags = None if flags.all() else flags
        self.corners: Ints = triangles.ravel()
        """(3 n,), by their new numbers."""
        if self._flags is not None:
            self.corners = (np.cumsum(flags, dtype=np.int32) - np.int32(1))[self.corners]

    def of(self, values: NDArray[Any]) -> NDArray[Any]:
        """Of the values of all vertices those of the used ones. Raises ValueError where there are not as many."""
        if len(values) != self._vertices:
            raise ValueError("an attribute has more or fewer elements than there are vertices")
        return values if self._flags is None else values[self._flags]


def sound_normals(normals: Floats, positions: Floats, corners: Ints) -> Floats:
    """The normals (n, 3) of unit length; those that have no direction are made from the faces around them."""
    squares = np.einsum("nk,nk->n", normals, normals)
    if (np.abs(squares - 1) < _UNIT).all():
        return normals
    lengths = np.sqrt(squares)
    known = np.isfinite(lengths) & (lengths > 1e-6)
    sound = np.zeros_like(normals)
    sound[known] = normals[known] / lengths[known, None]
    if not known.all():
        own = face_normals(positions, corners)
        around = np.zeros(normals.shape, np.float64)
        for k in range(3):
            np.add.at(around, corners[k::3], own)
        lengths = np.linalg.norm(around, axis=1)
        sound[~known] = (around / np.maximum(lengths, 1e-30)[:, None])[~known]
    return sound


def face_normals(positions: Floats, corners: Ints) -> NDArray[np.float64]:
    """The normals of triangles (n, 3), of the length of twice their areas."""
    first, second, third = (positions[corners[k::3]].astype(np.float64) for k in range(3))
    return np.cross(second - first, third - first)
