# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Closed parts -> triangles in one frame, of which it is known which are caps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from bpy.types import Depsgraph, Mesh, Object

from ..closing.loops import volume
from ..closing.reading import check_changeable, read_positions
from ..mesh.arrays import Doubles, Flags, Ints
from ..mesh.attributes import CAP
from ..mesh.triangles import corner_values, local_positions, triangle_loops

PEG = "hitem3d_peg"
"""The face attribute that is true on pegs, around their feet, and in their holes."""


@dataclass(slots=True)
class Solid:
    """A part: world axes and scale, relative to the centre of all parts."""

    points: Doubles
    """(points, 3): the mesh's vertices, and behind them those that it is going to get."""
    corners: Ints
    """(triangles, 3), wound so that the normals point out."""
    caps: Flags
    """(triangles,)."""
    pegs: Flags
    """(triangles,): of a peg, as far as its hole is wide, or of a hole."""
    polygons: Ints
    """(triangles,): the mesh's polygon that each is a piece of, or is going to be like."""
    new: Flags
    """(triangles,): which of them the mesh is going to get."""
    gone: Flags
    """(triangles,): which of them it is going to lose."""
    same: Ints
    """(points,): the first one at the same place."""
    size: float
    """The volume before any peg."""

    def welded(self, corners: Ints) -> Ints:
        """The same triangles (n, 3) of points at different places."""
        return self.same[corners]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the solids are in the world."""

    centre: Doubles
    """(3,)."""
    step: float
    """All points lie on a grid of this step, which float32 holds for each mesh; 0 where parts are turned or scaled."""
    matrices: list[Doubles]
    """(4, 4) of each part."""


def read_solids(parts: Sequence[Object], depsgraph: Depsgraph) -> tuple[list[Solid], Frame]:
    """The parts as they stand in the depsgraph. Raises InputError for what can't be changed, or has no volume."""
    check_changeable(parts)
    read = read_positions(parts, depsgraph)
    turned = any(not np.array_equal(matrix[:3, :3], np.eye(3)) for matrix in read.matrices)
    solids = [
        _read(part.data, points - read.centre, mirrored=bool(np.linalg.det(matrix[:3, :3]) < 0))
        for part, points, matrix in zip(parts, read.world, read.matrices, strict=True)
    ]
    return solids, Frame(read.centre, 0.0 if turned else read.step, read.matrices)


def _read(mesh: Mesh, points: Doubles, *, mirrored: bool) -> Solid:
    loops, polygons = triangle_loops(mesh, local_positions(mesh))
    corners = corner_values(mesh, ".corner_vert")[loops].reshape(-1, 3)
    caps, pegs = (_read_flags(mesh, name)[polygons] for name in (CAP, PEG))
    corners = corners[:, ::-1] if mirrored else corners
    _, first, places = np.unique(points, axis=0, return_index=True, return_inverse=True)
    same = first[places.reshape(-1)].astype(np.int32)
    new, gone = np.zeros((2, len(corners)), np.bool_)
    return Solid(points, corners, caps, pegs, polygons, new, gone, same, volume(points, corners))


def _read_flags(mesh: Mesh, name: str) -> Flags:
    """A face attribute; False where the mesh has no such one."""
    flags = np.zeros(len(mesh.polygons), np.bool_)
    attribute = mesh.attributes.get(name)
    if attribute and (attribute.domain, attribute.data_type) == ("FACE", "BOOLEAN"):
        attribute.data.foreach_get("value", flags)
    return flags
