# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A 3MF -> its objects as arrays. No ``bpy``; Blender has no importer of its own for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ...mesh.arrays import Doubles, Ints
from ..untrusted.three_mf import Matrix, Shape, damaged, read_3mf
from .delivered import Z_UP, Delivered


def read_parts(file: Path) -> list[Delivered]:
    """The objects of a 3MF's build in metres, each in its place, Y up as what was sent; see `read_3mf`.

    Raises ResultError, OSError.
    """
    model = read_3mf(file)
    try:
        found = [_deliver(shape, name, matrices, model.unit) for shape, name, matrices in model.places()]
    except (KeyError, ValueError) as error:
        raise damaged(error) from error
    return [one for one in found if one is not None]


def _deliver(shape: Shape, name: str, matrices: list[Matrix], unit: float) -> Delivered | None:
    points = np.frombuffer(shape.points, np.float64).reshape(-1, 3)
    triangles = np.frombuffer(shape.corners, np.int64).reshape(-1, 3)
    if triangles.size and not (triangles.min() >= 0 and triangles.max() < len(points)):
        raise ValueError("a triangle has a corner that there is not")
    one, two, three = triangles.T
    triangles = triangles[(one != two) & (two != three) & (three != one)]
    if not len(triangles):
        return None
    mirrored = False
    for matrix in matrices:
        rows = np.array(matrix, np.float64).reshape(4, 3)
        points = points @ rows[:3] + rows[3]
        mirrored ^= bool(np.linalg.det(rows[:3]) < 0)
    if mirrored:
        triangles = triangles[:, ::-1]
    used, corners = _leave_unused(triangles, len(points))
    positions: Doubles = points[used] * unit
    return Delivered(name=name, positions=positions.astype(np.float32), corners=corners, matrix=Z_UP)


def _leave_unused(triangles: Ints, count: int) -> tuple[np.ndarray, Ints]:
    used = np.zeros(count, np.bool_)
    used[triangles] = True
    numbers = np.cumsum(used, dtype=np.int32) - np.int32(1)
    return used, numbers[triangles].ravel()
