# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where on a seam a peg can hold, and how large it may be there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np

from ..closing.loops import open_edges
from ..mesh.arrays import Doubles, Ints
from .cylinders import along, cross, heights_at, reach_into
from .inscribed import find_widest
from .seams import Seam
from .solids import Solid

FLATNESS = 0.1
"""Of the diameter: around the peg the cut is nowhere farther from a plane."""
_TURNED = 0.01
"""Of the seam's area: so much may face away from the peg's direction, or the parts could not slide together."""
_STEEPEST = 0.5
"""Around the peg the cut is nowhere steeper: the cosine of its angle with the axis."""
_MIDDLE = 0.75
"""Of the widest circle: about as far as the largest peg and the wall around it reach."""
_WALL = 0.25
"""Of the diameter: the least wall around the hole,"""
LEAST_WALL = 0.8
"""and in millimetres."""
LEAST_DIAMETER = 1.5
"""In millimetres: thinner pegs break."""
_SIZES = (1.0, 0.75, 0.5)
"""Of the largest peg that fits the cut: a thinner one needs less that is flat, and less depth."""
_LARGER = 1.0001
"""So much larger than its neighbour is a part that gets the hole, though it comes first."""
_LENGTHS = (1.0, 0.85, 0.7, 0.5)
"""Of the length that was asked for, or of the diameter."""


class Reason(Enum):
    """Why there is no peg."""

    CURVED = "curved"
    SMALL = "small"
    THIN = "thin"
    BLOCKED = "blocked"
    UNSOUND = "unsound"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Wish:
    """What kind of pegs, in the lengths of the world."""

    diameter: float
    """0: as large as is sound."""
    length: float
    """0: as long as wide."""
    clearance: float
    millimetre: float

    def wall(self, radius: float) -> float:
        """What has to be left around the hole of such a peg."""
        return max(2 * _WALL * radius, LEAST_WALL * self.millimetre)

    def reach(self, radius: float) -> float:
        """How far from the axis the cut has to be flat: the hole, and the wall around it."""
        return radius + self.clearance + self.wall(radius)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a seam can take a peg: a plane, and a circle in it."""

    axes: Doubles
    """(3, 3): two directions in the plane, and the peg's, which looks out of the seam's first part."""
    centre: Doubles
    """(2,): in the plane."""
    room: float
    """From there to the border of the seam."""
    is_folded: bool
    """A part of the seam looks the other way."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A peg that has room."""

    place: Place
    base: float
    """Along the axis: where the peg begins."""
    radius: float
    length: float
    of_other: bool
    """The seam's other part has the peg, and the first one the hole."""

    @property
    def direction(self) -> Doubles:
        """(3,): from the part that has the peg to the one that has the hole."""
        return -self.place.axes[2] if self.of_other else self.place.axes[2]

    @property
    def axes(self) -> Doubles:
        """(3, 3): right-handed, the last one is the peg's direction."""
        return self.place.axes * np.array([[1.0], [-1.0], [-1.0]]) if self.of_other else self.place.axes

    @property
    def centre(self) -> Doubles:
        """(3,): where the peg begins, along these axes."""
        turn = -1.0 if self.of_other else 1.0
        return np.array([self.place.centre[0], turn * self.place.centre[1], turn * self.base])


def find_places(solid: Solid, seam: Seam) -> list[Place]:
    """Where the seam is widest: seen along its own direction, and along that of its middle."""
    places: list[Place] = []
    axis = _direction(seam.normals)
    while axis is not None and len(places) < 2:
        place = _find_widest(solid, seam, axis)
        if place is None:
            break
        places.append(place)
        middle = reach_into(_seen(solid, place)[seam.triangles], _MIDDLE * place.room)
        axis = _direction(seam.normals[middle])
    return places


def _direction(normals: Doubles) -> Doubles | None:
    """(3,): the mean of normals (n, 3), of unit length; None where they cancel."""
    whole = normals.sum(axis=0)
    length = float(np.linalg.norm(whole))
    return np.asarray(whole / length) if length > 0 else None


def _is_folded(normals: Doubles, axis: Doubles) -> bool:
    """Whether more than a little of a seam faces away, so that the parts could not slide onto each other."""
    facing = normals @ axis
    return bool(-facing[facing < 0].sum() > _TURNED * np.abs(facing).sum())


def _find_widest(solid: Solid, seam: Seam, axis: Doubles) -> Place | None:
    across = np.cross(axis, np.eye(3)[np.abs(axis).argmin()])
    across /= np.linalg.norm(across)
    axes = np.stack([across, np.cross(axis, across), axis])
    border = open_edges(solid.corners[seam.triangles])
    widest = find_widest(along(solid.points[border.ravel()], axes[:2]).reshape(-1, 2, 2))
    return Place(axes, widest.centre, widest.radius, _is_folded(seam.normals, axis)) if widest else None


def find_fit(solids: Sequence[Solid], seam: Seam, place: Place, wish: Wish) -> Fit | Reason:
    """The largest peg that has room there; the smaller part has it, if the other one is not too thin for the hole."""
    least = 0.0 if wish.diameter else LEAST_DIAMETER * wish.millimetre / 2
    largest = wish.diameter / 2 or _largest_radius(place.room, wish)
    if largest < least or wish.reach(largest) > place.room:
        return Reason.SMALL
    if place.is_folded:
        return Reason.CURVED
    first, other = _seen(solids[seam.one], place), _seen(solids[seam.other], place)
    sides = _Side(first, seam.triangles), _Side(other, _facing(other, seam.opposite))
    turned = solids[seam.one].size > _LARGER * solids[seam.other].size
    reason = Reason.CURVED
    for radius in (largest * size for size in (_SIZES[:1] if wish.diameter else _SIZES)):
        if radius < least:
            break
        levels = _levels(first[seam.triangles], wish.reach(radius))
        if levels is None or np.ptp(levels) / 2 > 2 * FLATNESS * radius:
            continue
        base = float(levels.min() + levels.max()) / 2
        for of_other in (turned, not turned):
            near = [side.around(base, -1.0 if of_other else 1.0, wish.reach(radius)) for side in sides]
            behind, ahead = near[::-1] if of_other else near
            if length := _find_length(behind, ahead, radius, float(np.ptp(levels)), wish):
                return Fit(place, base, radius, length, of_other)
        reason = Reason.THIN
    return reason


class _Side(NamedTuple):
    """A part as the peg sees it."""

    triangles: Doubles
    """(n, 3, 3), with the peg's axis as the third one."""
    cut: Ints
    """(m,): those of the seam."""

    def around(self, base: float, turn: float, reach: float) -> Doubles:
        """The triangles (k, 3, 3) but for the cut within the reach, from the base; with -1 the axis is turned round."""
        left = np.ones(len(self.triangles), np.bool_)
        left[self.cut[reach_into(self.triangles[self.cut], reach)]] = False
        return np.asarray((self.triangles[left] - [0.0, 0.0, base]) * [1.0, 1.0, turn])


def _largest_radius(room: float, wish: Wish) -> float:
    """Half as wide as the room, or as thin as the wall around the hole wants it."""
    return min(room / 2, room - wish.clearance - LEAST_WALL * wish.millimetre)


def _seen(solid: Solid, place: Place) -> Doubles:
    """The triangles (n, 3, 3) of a part with the peg's axis as the third one; those that are gone are nowhere."""
    seen = (along(solid.points, place.axes) - np.append(place.centre, 0.0))[solid.corners]
    seen[solid.gone] = np.nan
    return np.asarray(seen)


def _facing(triangles: Doubles, cut: Ints) -> Ints:
    """Those of a cut that look against the axis: another cut between the same parts, farther on, may look along it."""
    first, second, third = (triangles[cut, k, :2] for k in range(3))
    return cut[cross(second - first, third - first) < 0]


def _levels(cut: Doubles, reach: float) -> Doubles | None:
    """How high the triangles (n, 3, 3) of a cut are within the reach; None where they are steep or don't cover it."""
    around = cut[reach_into(cut, reach)]
    normals = np.cross(around[:, 1] - around[:, 0], around[:, 2] - around[:, 0])
    lengths = np.linalg.norm(normals, axis=1)
    steep = normals[:, 2] < _STEEPEST * lengths
    if not len(around) or lengths[steep].sum() > 1e-6 * reach**2:
        return None
    turns = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    rim = heights_at(around, reach * np.stack([np.cos(turns), np.sin(turns)], axis=1))
    points = around.reshape(-1, 3)
    levels = np.concatenate([rim, points[(points[:, :2] ** 2).sum(axis=1) <= reach**2, 2]])
    return None if np.isnan(levels).any() else levels


def _find_length(behind: Doubles, ahead: Doubles, radius: float, uneven: float, wish: Wish) -> float | None:
    """The length for which the part ahead has room for the hole, and the one behind something that holds the peg.

    Both (n, 3, 3) are without the cut, which is at 0 and uneven by so much.
    """
    wall = wish.wall(radius)
    if reach_into(behind, radius, -uneven - wall, 0.0).any():
        return None
    for share in _LENGTHS:
        length = share * (wish.length or 2 * radius)
        if not reach_into(ahead, wish.reach(radius), -uneven / 2, length + wish.clearance + wall).any():
            return length
    return None
