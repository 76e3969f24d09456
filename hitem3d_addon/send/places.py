# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in many places is in a file with materials once: one mesh, and a node of glTF for each place.

Only places that turn, move and resize alike along all axes are nodes: every reader makes the same surface and the same
normals of those. Where a place mirrors, readers differ, so the mirrored mesh is in the file as another one. Small
meshes have vertices in each place, as a node costs a reader more than they do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from bpy.types import Mesh

from ..mesh.arrays import Doubles, Flags
from ..mesh.surface import Frame

_SIMILAR = 1e-5
"""Of its size: how far a matrix may be from only turning and scaling. Normals then follow the surface."""
NODE_BYTES = 190
"""Of the JSON, about, for one place."""
_WORTH = 256
"""Vertices in the file from which on a mesh is shared by nodes."""
_DIGITS = 9
"""As many as tell every float32 apart, which is what readers have."""


class Places(NamedTuple):
    """Places of one mesh that all mirror, or none."""

    matrices: Doubles
    """(places, 3, 4), from the mesh's frame to the world."""
    shared: bool
    """The file has the mesh once, as it stands in the first place; else its vertices are there for each place."""


def corners_apart(mesh: Mesh) -> int:
    """How many vertices the file may have for a mesh, about: at least one for each corner that differs from others."""
    return len(mesh.vertices) * 5 // 4 if mesh.normals_domain == "POINT" else len(mesh.loops)


def divide(matrices: Doubles, corners: int) -> Iterator[Places]:
    """The places (n, 3, 4) of a mesh for which the file may have so many vertices, by how they are written."""
    volumes = np.linalg.det(matrices[:, :, :3])
    mirrored = volumes < 0
    node = are_similar(matrices[:, :, :3]) & (volumes != 0) & (corners >= _WORTH)
    for side in (~mirrored, mirrored):
        shared = side & node
        if np.count_nonzero(shared) > 1:
            yield Places(matrices[shared], shared=True)
            side = side & ~node
        if side.any():
            yield Places(matrices[side], shared=False)


def are_similar(matrices: Doubles) -> Flags:
    """Which of matrices (n, 3, 3) only turn, mirror and resize alike along all axes."""
    products = matrices @ matrices.transpose(0, 2, 1)
    sizes = np.trace(products, axis1=1, axis2=2)[:, None, None] / 3
    found: Flags = (np.abs(products - sizes * np.eye(3)) <= _SIMILAR * sizes).all(axis=(1, 2))
    return found


def around_origin(middle: Doubles, matrix: Doubles, frame: Frame) -> Frame:
    """The frame in which a mesh is written that nodes share: as in a place (3, 4), but with its middle (3,) at 0."""
    return Frame(matrix[:, :3] @ middle + matrix[:, 3], frame.scale)


def to_places(middle: Doubles, matrices: Doubles, frame: Frame) -> Doubles:
    """The (places, 3, 4) that take a mesh that is written `around_origin` of the first place to all of them."""
    found = np.empty_like(matrices)
    found[:, :, :3] = matrices[:, :, :3] @ np.linalg.inv(matrices[0, :, :3])
    found[(matrices[:, :, :3] == matrices[0, :, :3]).all(axis=(1, 2)), :, :3] = np.eye(3)
    found[:, :, 3] = (matrices[:, :, :3] @ middle + matrices[:, :, 3] - frame.centre) * frame.scale
    return found


def spread(document: dict[str, Any], places: Mapping[str, Doubles]) -> None:
    """Put a node at each of the places (n, 3, 4), Z up, in the stead of the one that has its name in the document."""
    nodes, roots = document["nodes"], document["scenes"][0]["nodes"]
    for node in list(nodes):
        if node.get("name") in places:
            first, *others = ({**node, **_stands(matrix)} for matrix in places[node["name"]])
            node.update(first)
            roots += range(len(nodes), len(nodes) + len(others))
            nodes += others


def _stands(matrix: Doubles) -> dict[str, list[float]]:
    """What a node says of a (3, 4) matrix, Z up."""
    x, y, z = (_short(row) for row in matrix)
    if np.array_equal(matrix[:, :3], np.eye(3)):
        return {"translation": [x[3], z[3], 0.0 - y[3]]}
    rows = (x[0], x[2], -x[1], x[3]), (z[0], z[2], -z[1], z[3]), (-y[0], -y[2], y[1], -y[3]), (0.0, 0.0, 0.0, 1.0)
    return {"matrix": [0.0 + row[column] for column in range(4) for row in rows]}


def _short(row: Doubles) -> list[float]:
    """The numbers with as many digits as count; what is left over of a 0 is one."""
    least = np.abs(row[:3]).max() * 1e-12
    return [float(f"{value:.{_DIGITS}g}") if abs(value) > least else 0.0 for value in row.tolist()]
