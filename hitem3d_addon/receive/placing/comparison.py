# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an object shows beside the parts, vertex by vertex: how far the worst one is off, and not only some samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ...mesh.arrays import Doubles, Floats
from ...mesh.points import vertices_at
from ...mesh.same_places import Numbers, find_alone
from ...mesh.surface import Frame, Surface, bounds, moved
from ...mesh.surface_distance import SurfaceDistance, near_points
from .placement import EXACT, rms

_ALIKE = 1e-5
"""Of the diagonal: two vertices that are nearer may be the same one, rounded: to six decimals in an OBJ."""
_FEW = 1000
"""Points near which there are few triangles."""


@dataclass(frozen=True, slots=True)
class Side:
    """How far all vertices of one surface are from another surface, in parts of the object's diagonal."""

    largest: float
    rms: float


class Comparison:
    """An object beside the parts, as both would stand where it was sent."""

    def __init__(self, result: Sequence[Surface], pose: Doubles, before: Sequence[Surface], frame: Frame) -> None:
        """``pose`` (4, 4) takes the result to what was sent; ``before`` is the object, put back to where it was."""
        parts = _posed(result, pose)
        shown = np.concatenate([frame.sent(block).reshape(3, -1) for one in before for block in one.world_blocks()], 1)
        self._size = float(np.linalg.norm(np.ptp(shown, axis=1)))
        self._alone = find_alone(shown, parts, _ALIKE * self._size)
        self._shown, self._parts = shown.shape[1], parts.shape[1]

    @property
    def alone(self) -> int:
        """How many vertices of the object are not where the parts have one."""
        return len(self._alone.one)

    @property
    def common(self) -> float:
        """The share of the object's vertices that the parts have, too."""
        return 1 - self.alone / max(self._shown, 1)

    def sides(
        self, result: Sequence[Surface], matrix: Doubles, shown: Callable[[], Sequence[Surface]]
    ) -> tuple[Side, Side]:
        """How far the object's vertices are from the parts, and the parts' vertices from the object, both in the world.

        ``matrix`` (4, 4) takes the result there; ``shown`` gives the object's surfaces.
        """
        least = self._alone.apart / max(self._size, 1e-30)
        if not (len(self._alone.one) or len(self._alone.other)):
            return Side(least, 0.0), Side(least, 0.0)
        parts, there = [_moved(surface, matrix) for surface in result], shown()
        low, high = bounds(there)
        frame, diagonal = Frame((low + high) / 2, 1.0), max(float(np.linalg.norm(high - low)), 1e-30)
        found = []
        for some, of, others, count in (
            (self._alone.one, there, parts, self._shown),
            (self._alone.other, parts, there, self._parts),
        ):
            off = _distances(_picked(of, some, frame), others, frame, EXACT * diagonal) / diagonal
            root = rms(off) * (len(off) / count) ** 0.5 if len(off) else 0.0
            found.append(Side(max(least, float(off.max(initial=0))), root))
        return found[0], found[1]


def _distances(points: Doubles, surfaces: Sequence[Surface], frame: Frame, near: float) -> Doubles:
    """How far points (n, 3) in the frame are from surfaces; the triangles around them do, if all are ``near`` these."""
    if not len(points):
        return np.empty(0)
    if len(points) < _FEW and (some := near_points(surfaces, frame, points)):
        off = SurfaceDistance(some, frame).distances(points)
        if off.max() <= near:
            return off
    return SurfaceDistance(surfaces, frame).distances(points)


def _posed(surfaces: Sequence[Surface], pose: Doubles) -> Floats:
    """All vertices, (3, n), through a (4, 4) matrix: to the bit as they were where that only changes the axes."""
    found = np.empty((3, sum(one.local.shape[1] * len(one.matrices) for one in surfaces)), np.float32)
    start = 0
    for one in surfaces:
        for matrix in _moved(one, pose).matrices:
            here = found[:, start : start + one.local.shape[1]]
            start += one.local.shape[1]
            turn = np.rint(matrix[:, :3])
            if np.array_equal(turn, matrix[:, :3]) and (np.abs(turn).sum(1) == 1).all() and not matrix[:, 3].any():
                for row, axis in zip(here, turn, strict=True):
                    which = int(np.argmax(np.abs(axis)))
                    np.multiply(one.local[which], np.float32(axis[which]), out=row)
            else:
                here[:] = moved(one.local, matrix[None])[:, 0]
    return found


def _moved(surface: Surface, matrix: Doubles) -> Surface:
    places = matrix[:3, :3] @ surface.matrices
    places[:, :, 3] += matrix[:3, 3]
    return Surface(surface.local, surface.corners, places)


def _picked(surfaces: Sequence[Surface], numbers: Numbers, frame: Frame) -> Doubles:
    """The vertices with these numbers, (n, 3), in the frame."""
    return vertices_at(surfaces, numbers) - frame.centre
