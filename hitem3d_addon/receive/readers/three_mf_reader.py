# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A 3MF -> its objects as arrays. No ``bpy``; Blender has no importer of its own for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...mesh.arrays import Doubles, Ints
from ..untrusted.three_mf import Matrix, Shape, damaged, read_3mf
from .delivered import Z_UP, Delivered, Finish


def read_parts(file: Path) -> list[Delivered]:
    """The objects of a 3MF's build in metres, each in its place, Y up as what was sent; see `read_3mf`.

    Raises ResultError, OSError.
    """
    model = read_3mf(file)
    try:
        finishes = [_finish(*paint) for paint in model.paints]
        found = [_deliver(shape, name, matrices, model.unit, finishes) for shape, name, matrices in model.places()]
    except (KeyError, ValueError) as error:
        raise damaged(error) from error
    return [one for one in found if one is not None]


def _deliver(
    shape: Shape, name: str, matrices: list[Matrix], unit: float, finishes: Sequence[Finish]
) -> Delivered | None:
    points = np.frombuffer(shape.points, np.float64).reshape(-1, 3)
    triangles = np.frombuffer(shape.corners, np.int64).reshape(-1, 3)
    if triangles.size and not (triangles.min() >= 0 and triangles.max() < len(points)):
        raise ValueError("a triangle has a corner that there is not")
    one, two, three = triangles.T
    whole = (one != two) & (two != three) & (three != one)
    triangles, paints = triangles[whole], np.frombuffer(shape.paints, np.int64)[whole]
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
    numbers, slots = np.unique(paints, return_inverse=True)
    return Delivered(
        name=name,
        positions=positions.astype(np.float32),
        corners=corners,
        matrix=Z_UP,
        materials=[finishes[number] if number >= 0 else None for number in numbers] if numbers.max() >= 0 else (),
        slots=slots.reshape(-1).astype(np.int32) if len(numbers) > 1 else None,
    )


def _finish(name: str, colour: str) -> Finish:
    """A material of a colour like #FF8000 or #FF8000FF, as a screen has it; white where that is none."""
    values = np.ones(4)
    if re.fullmatch(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{8})", colour):
        screen = np.frombuffer(bytes.fromhex(colour[1:]), np.uint8) / 255
        values[: len(screen)] = screen
        values[:3] = np.where(values[:3] <= 0.04045, values[:3] / 12.92, ((values[:3] + 0.055) / 1.055) ** 2.4)
    red, green, blue, alpha = values.tolist()
    return Finish(name or colour, (red, green, blue, alpha))


def _leave_unused(triangles: Ints, count: int) -> tuple[np.ndarray, Ints]:
    used = np.zeros(count, np.bool_)
    used[triangles] = True
    numbers = np.cumsum(used, dtype=np.int32) - np.int32(1)
    return used, numbers[triangles].ravel()
