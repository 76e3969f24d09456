# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where two closed parts meet: the caps that they have in common, piece by piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from mathutils.bvhtree import BVHTree

from ..closing.loops import directed_edges, triangle_normals
from ..mesh.arrays import Doubles, Ints
from ..mesh.components import components
from .solids import Solid

_GAP = 0.02
"""Of the size of all: caps that were moved back are at most so far apart,"""
_NEAR = 1e-5
"""and those of parts that were turned or scaled may be so far from each other by rounding."""
_OPPOSITE = -0.9
"""The cosine of the angle between two caps that face each other."""


@dataclass(frozen=True, slots=True)
class Seam:
    """A piece of the surface between two parts."""

    one: int
    other: int
    triangles: Ints
    """(n,): of the first part, those that face the other."""
    opposite: Ints
    """(m,): of the other part, all that face the first, also those of other pieces."""
    normals: Doubles
    """(n, 3): of the first part's triangles, as long as twice their area."""

    @property
    def area(self) -> float:
        return float(np.linalg.norm(self.normals, axis=1).sum() / 2)


def find_seams(solids: Sequence[Solid]) -> list[Seam]:
    """All, those of the first parts first. Pegs and holes are left out."""
    caps = [np.flatnonzero(solid.caps & ~solid.pegs).astype(np.int32) for solid in solids]
    facing = _find_facing(solids, caps)
    seams = []
    for one, solid in enumerate(solids):
        for other in np.unique(facing[one][facing[one] > one]).tolist():
            mine = caps[one][facing[one] == other]
            opposite = caps[other][facing[other] == one]
            group = _pieces(solid.corners[mine])
            for number in np.unique(group):
                piece = mine[group == number]
                normals = triangle_normals(solid.points, solid.corners[piece])
                seams.append(Seam(one, other, piece, opposite, normals))
    return seams


def _pieces(corners: Ints) -> Ints:
    """For each triangle (n, 3) the lowest number of those that it is connected with by edges."""
    sides = np.sort(directed_edges(corners), axis=1)
    keys = sides[:, 0].astype(np.int64) << 32 | sides[:, 1]
    order = np.argsort(keys, kind="stable")
    pairs = np.flatnonzero(keys[order][1:] == keys[order][:-1])
    faces = (order // 3).astype(np.int32)
    return components(len(corners), faces[pairs], faces[pairs + 1])


def _find_facing(solids: Sequence[Solid], caps: Sequence[Ints]) -> list[Ints]:
    """For each cap of each part the part that it faces; -1 where it faces none."""
    own = [np.full(len(some), number, np.int32) for number, some in enumerate(caps)]
    owner = np.concatenate(own)
    if not len(owner):
        return [np.empty(0, np.int32) for _ in caps]
    places = np.concatenate([solid.points[solid.corners[some]] for solid, some in zip(solids, caps, strict=True)])
    facing = _same_places(places, owner)
    left = np.flatnonzero(facing < 0).astype(np.int32)
    if len(left):
        facing[left] = _look_across(places, owner, left)
    return list(np.split(facing, np.cumsum([len(some) for some in caps])[:-1]))


def _same_places(places: Doubles, owner: Ints) -> Ints:
    """The part that has a triangle of the same three points (n, 3, 3); -1 where there is none, or several."""
    _, points = np.unique(places.reshape(-1, 3), axis=0, return_inverse=True)
    keys = np.sort(points.reshape(-1, 3), axis=1)
    _, group, count = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    group = group.reshape(-1)
    # Of two, the sum of both owners without one's own is the other one.
    other = np.bincount(group, owner)[group] - owner
    return np.where((count[group] == 2) & (other != owner), other, -1).astype(np.int32)


def _look_across(places: Doubles, owner: Ints, which: Ints) -> Ints:
    """The part whose cap is opposite, a little away."""
    tree = BVHTree.FromPolygons(
        places.reshape(-1, 3).tolist(), np.arange(3 * len(places)).reshape(-1, 3).tolist(), all_triangles=True
    )
    normals = np.cross(places[:, 1] - places[:, 0], places[:, 2] - places[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-300)
    size = float(np.ptp(places.reshape(-1, 3), axis=0).max())
    found = np.full(len(which), -1, np.int32)
    for place, number in enumerate(which.tolist()):
        middle, normal = places[number].mean(axis=0), normals[number]
        hits = [hit for *_, hit, _ in tree.find_nearest_range(middle.tolist(), _NEAR * size)]
        hits.append(tree.ray_cast((middle + _NEAR * size * normal).tolist(), normal.tolist(), _GAP * size)[2])
        for hit in hits:
            if hit is not None and owner[hit] != owner[number] and normals[hit] @ normal < _OPPOSITE:
                found[place] = owner[hit]
                break
    return found
