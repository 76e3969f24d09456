# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of an import -> one body, in which points at the same place are one."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import bpy
import numpy as np
from bpy.types import Depsgraph, Object
from mathutils.kdtree import KDTree

from ..core.errors import InputError
from ..mesh.arrays import Doubles, Floats, Ints
from ..mesh.components import components
from ..mesh.editable import check_own
from ..mesh.evaluated import world_matrices
from ..mesh.surface import moved
from ..mesh.transform import grid_step
from ..mesh.triangles import corner_values, local_positions, triangle_loops
from .body import Body
from .loops import open_edges

_NEAR = 2e-6
"""Of the size: points on borders that are so near to each other are one."""
_FLAT = 1e-30
"""A determinant: what has less of it has no other side."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the body is, and where the points of each part are in it."""

    centre: Doubles
    """(3,): the world coordinates of the body's origin."""
    matrices: list[Doubles]
    """(4, 4) of each part."""
    numbers: list[Ints]
    """Of each part, the body's point for each vertex."""

    def is_mirrored(self, part: int) -> bool:
        return bool(np.linalg.det(self.matrices[part][:3, :3]) < 0)


@dataclass(frozen=True, slots=True)
class Positions:
    """Where the vertices of parts are."""

    matrices: list[Doubles]
    """(4, 4) of each part, with its movement in full."""
    local: list[Floats]
    """(3, n), in the frame of each mesh."""
    world: list[Doubles]
    """(n, 3)."""
    low: Doubles
    high: Doubles
    """(3,): the bounds of all, in the world."""
    step: float
    """Of a grid that float32 holds for each mesh."""
    centre: Doubles
    """(3,): the middle of the bounds, on such a grid for the world."""


def read_positions(parts: Sequence[Object], depsgraph: Depsgraph) -> Positions:
    """The parts as they stand in the depsgraph. Raises InputError where one is flat, or all are nowhere."""
    matrices = [np.array(matrix, np.float64) for matrix in world_matrices(parts, depsgraph)]
    for part, matrix in zip(parts, matrices, strict=True):
        if abs(np.linalg.det(matrix[:3, :3])) < _FLAT:
            raise InputError("“{name}” is flattened to a scale of 0. Clear its scale, and try again.", name=part.name)
    local = [local_positions(part.data) for part in parts]
    world = [moved(of, matrix[None, :3])[:, 0].T for of, matrix in zip(local, matrices, strict=True)]
    everything = np.concatenate(world)
    if not len(everything) or not np.isfinite(everything).all():
        raise InputError("The parts have no vertices, or some whose coordinates are not numbers. Import them again.")
    low, high = everything.min(axis=0), everything.max(axis=0)
    step = grid_step(max(float(np.abs(of).max(initial=0)) for of in local))
    coarse = max(step, grid_step(float(np.abs(everything).max())))
    return Positions(matrices, local, world, low, high, step, np.rint((low + high) / 2 / coarse) * coarse)


def read_parts(parts: Sequence[Object], depsgraph: Depsgraph) -> tuple[Body, Places]:
    """The parts as one body. Raises InputError for what can't be closed, before anything is changed."""
    check_changeable(parts)
    read = read_positions(parts, depsgraph)
    matrices, local, low, high, centre = read.matrices, read.local, read.low, read.high, read.centre
    numbers, points = _weld(np.concatenate(read.world) - centre, read.step)
    starts = np.cumsum([0, *map(len, read.world)])
    of_part = [numbers[start:end] for start, end in itertools.pairwise(starts)]
    source = []
    for part, positions, its, matrix in zip(parts, local, of_part, matrices, strict=True):
        loops = triangle_loops(part.data, positions)[0]
        corners = its[corner_values(part.data, ".corner_vert")[loops]].reshape(-1, 3)
        source.append(corners[:, ::-1] if np.linalg.det(matrix[:3, :3]) < 0 else corners)
    source, merged = _join_borders(points, source, _NEAR * float((high - low).max()))
    source = [corners[_has_area(corners)] for corners in source]
    # What is new may lie farther from the origin of a part than all that the part has: across the whole body.
    origins = np.array([matrix[:3, 3] for matrix in matrices])
    reach = float(np.maximum(np.abs(high - origins), np.abs(low - origins)).max())
    body = Body(points, max(read.step, grid_step(reach)), [corners.astype(np.int32) for corners in source])
    return body, Places(centre, matrices, [merged[its] for its in of_part])


def check_changeable(parts: Sequence[Object]) -> None:
    """Raise InputError where no faces can be added to one of these."""
    check_own(parts)
    for part in parts:
        if part.data.shape_keys or part.mode == "EDIT":
            raise InputError(
                "“{name}” has shape keys or is in Edit Mode, so no faces can be added to it. Leave the mode or apply "
                "the shape keys, and try again.",
                name=part.name,
            )
        if bpy.app.version < (5, 1, 0) and any(one.data_type == "FLOAT4X4" for one in part.data.attributes):
            raise InputError(
                "“{name}” has an attribute of matrices, which this Blender can't keep where faces change. Remove the "
                "attribute, or use Blender 5.1 or later.",
                name=part.name,
            )


def _weld(points: Doubles, step: float) -> tuple[Ints, Doubles]:
    """For each point its number among the places on the grid, and these places (n, 3)."""
    cells = np.rint(points / step)
    order = np.lexsort(cells.T)
    new = np.ones(len(order), np.bool_)
    new[1:] = (cells[order[1:]] != cells[order[:-1]]).any(axis=1)
    numbers = np.empty(len(order), np.int32)
    numbers[order] = np.cumsum(new, dtype=np.int32) - 1
    return numbers, cells[order[new]] * step


def _has_area(corners: Ints) -> np.ndarray:
    one, two, three = corners.T
    return np.asarray((one != two) & (two != three) & (three != one))


def _join_borders(points: Doubles, source: list[Ints], distance: float) -> tuple[list[Ints], Ints]:
    """Make one of points on open edges that lie on each other but for rounding; and for each point which it became."""
    same = np.arange(len(points), dtype=np.int32)
    whole = np.concatenate(source)
    border = np.unique(open_edges(whole[_has_area(whole)]))
    if not len(border) or not math.isfinite(distance):
        return source, same
    tree = KDTree(len(border))
    for number, point in enumerate(points[border].tolist()):
        tree.insert(point, number)
    tree.balance()
    pairs = [
        (number, other)
        for number, point in enumerate(points[border].tolist())
        for _, other, _ in tree.find_range(point, distance)
        if other < number
    ]
    if pairs:
        one, other = np.array(pairs, np.int32).T
        same[border] = border[components(len(border), one, other)]
    return [same[corners] for corners in source], same
