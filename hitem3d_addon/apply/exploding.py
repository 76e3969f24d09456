# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moves the parts of an import apart, so that each can be seen, and back.

Each goes along the line from the middle of the whole through its own middle, and all go equally far: a small part and
one inside another no less than the rest. Of those that go the same way, the outer ones go farther, or they would stay
together. A part in the very middle gets a direction of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from bpy.types import Context, Object
from mathutils import Matrix

from ..mesh.arrays import Doubles
from ..mesh.evaluated import world_matrices
from ..mesh.triangles import world_bounds
from ..session.exploded import move_apart

_STEP = 0.2
"""How far each part goes with an amount of 1, of the diagonal of the whole."""
_BEHIND = 0.75
"""How much farther a part goes than the innermost that goes the same way, of how far they are from one another."""
_IN_THE_MIDDLE = 0.01
"""Of the diagonal: so near to the middle a part has no direction."""
_SAME_WAY = np.cos(np.radians(30))
_ROWS = 512
"""Parts that are compared with all others at a time."""


def explode(context: Context, parts: Sequence[Object], amount: float) -> None:
    """Move the parts apart by their delta_location, or with an amount of 0 back to where they were, to the bit."""
    for part in parts:
        move_apart(part, (0.0, 0.0, 0.0))
    context.view_layer.update()
    if not amount:
        return
    matrices = world_matrices(parts, context.evaluated_depsgraph_get())
    ends = [_ends(part, matrix) for part, matrix in zip(parts, matrices, strict=True)]
    offsets = amount * find_offsets(np.array([low for low, _ in ends]), np.array([high for _, high in ends]))
    whole = {part: offset for part, offset in zip(parts, offsets, strict=True)}
    for part, matrix, offset in zip(parts, matrices, offsets, strict=True):
        move_apart(part, _in_parent(part, matrix, offset - _carried(part, whole)))
    context.view_layer.update()


def find_offsets(low: Doubles, high: Doubles) -> Doubles:
    """How far and where each part goes with an amount of 1, (parts, 3), of the bounds of the parts, (parts, 3) each."""
    if len(low) < 2:
        return np.zeros_like(low)
    ends = low.min(axis=0), high.max(axis=0)
    size = float(np.linalg.norm(ends[1] - ends[0]))
    away = (low + high) / 2 - (ends[0] + ends[1]) / 2
    far = np.linalg.norm(away, axis=1)
    central = far <= _IN_THE_MIDDLE * size
    away[central], far[central] = _spread(int(central.sum())), 0.0
    directions = away / np.linalg.norm(away, axis=1)[:, None]
    nearest = np.empty(len(far))
    for start in range(0, len(far), _ROWS):
        rows = slice(start, start + _ROWS)
        nearest[rows] = np.where(directions[rows] @ directions.T >= _SAME_WAY, far, far[rows, None]).min(axis=1)
    return np.asarray(directions * (_STEP * size + _BEHIND * (far - nearest))[:, None])


def _spread(count: int) -> Doubles:
    """Directions (count, 3), each far from those before it: the same ones whatever comes after them."""
    numbers = np.arange(count)
    # The steps of the plane that leave the smallest gaps: powers of the root of x³ = x + 1.
    height = 1 - 2 * np.mod(0.5 + numbers * 0.7548776662466927, 1)
    angle = 2 * np.pi * np.mod(numbers * 0.5698402909980532, 1)
    across = np.sqrt(1 - height**2)
    return np.stack([across * np.cos(angle), across * np.sin(angle), height], axis=1)


def _ends(part: Object, matrix: Matrix) -> tuple[Doubles, Doubles]:
    """Lowest and highest world coordinates of a part, (3,) each."""
    if part.data.vertices:
        return world_bounds(part.data, matrix)
    origin = np.array(matrix.translation, np.float64)
    return origin, origin


def _carried(part: Object, offsets: Mapping[Object, Doubles]) -> Doubles:
    """How far a part goes along with another part that is its parent, or the parent of that."""
    above = part.parent
    while above:
        if above in offsets:
            return offsets[above]
        above = above.parent
    return np.zeros(3)


def _in_parent(part: Object, matrix: Matrix, offset: Doubles) -> list[float]:
    """An offset in the world, as the part's own location sees it: its parent may be turned and scaled."""
    if part.parent is None:
        return [float(value) for value in offset]
    of_part = np.array(part.matrix_basis.to_3x3(), np.float64)
    of_parent = np.array(matrix.to_3x3(), np.float64) @ np.linalg.pinv(of_part)
    return [float(value) for value in np.linalg.pinv(of_parent) @ offset]
