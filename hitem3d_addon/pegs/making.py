# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A peg on one solid and its hole in the other, both judged before either is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..closing.crossings import find_crossings, find_walls
from ..closing.loops import area_vector, directed_edges, net_edges, volume
from ..mesh.arrays import Doubles, Flags, Ints
from .cylinders import along, cross, reach_into
from .places import Fit
from .seams import Seam
from .shapes import cut_outlines, make_outline, raise_outline
from .solids import Solid

_OFF = 0.25
"""Of the peg's volume: the part's may change by so much less, since the cut is a little uneven."""


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one solid."""

    solid: Solid
    points: Doubles
    """(points, 3): the solid's, and new ones behind them."""
    removed: Ints
    """(n,): its triangles that go."""
    corners: Ints
    """(m, 3): the triangles that come."""
    pegs: Flags
    """(m,): which of them are not the cut any more."""


def make_peg(solids: Sequence[Solid], seam: Seam, fit: Fit, *, clearance: float, keyed: bool, step: float) -> bool:
    """Change both solids of a seam, or neither where the result would not be sound; tell which."""
    outlines = make_outline(fit.radius, clearance, keyed=keyed), make_outline(fit.radius, 0.0, keyed=keyed)
    area = float(np.linalg.norm(area_vector(np.insert(outlines[1], 2, 0.0, axis=1))))
    changes = []
    for solid, cut in ((solids[seam.one], seam.triangles), (solids[seam.other], seam.opposite)):
        is_hole = (solid is solids[seam.one]) == fit.of_other
        level = fit.length + clearance if is_hole else fit.length
        change = _change(solid, cut, fit, outlines, level, step, is_hole=is_hole)
        if change is None or not _is_sound(change, area * fit.length, is_hole=is_hole):
            return False
        changes.append(change)
    for change in changes:
        _keep(change)
    return True


def _change(
    solid: Solid, cut: Ints, fit: Fit, outlines: tuple[Doubles, Doubles], level: float, step: float, *, is_hole: bool
) -> Change | None:
    near = along(solid.points[solid.corners[cut].ravel()], fit.axes).reshape(-1, 3, 3) - fit.centre
    first, second, third = (near[:, k, :2] for k in range(3))
    facing = cross(second - first, third - first) * (-1 if is_hole else 1) > 0
    touched = facing & reach_into(near, float(np.linalg.norm(outlines[0], axis=1).max()))
    removed = cut[np.isin(solid.polygons[cut], solid.polygons[cut[touched]])]
    if np.isin(solid.polygons, solid.polygons[removed]).sum() != len(removed):
        return None
    corners = solid.corners[removed][:, :: -1 if is_hole else 1]
    used = np.unique(corners)
    used = used[np.lexsort(solid.points[used].T)]
    numbers = np.empty(len(solid.points), np.int32)
    numbers[used] = np.arange(len(used), dtype=np.int32)
    # For the other side the same triangles in the same order, where both have the same cap.
    corners = np.stack([np.roll(three, -int(three.argmin())) for three in numbers[corners]])
    corners = corners[np.lexsort(corners.T)]
    pieces = cut_outlines(along(solid.points[used], fit.axes) - fit.centre, corners, outlines)
    raised = raise_outline(pieces, 0 if is_hole else 1, level) if pieces else None
    if not raised:
        return None
    points, corners, within = raised
    new = np.unique(corners[corners >= len(used)])
    world = along(points[new] + fit.centre, fit.axes.T)
    place = np.full(len(points), -1, np.int32)
    place[: len(used)] = used
    place[new] = np.arange(len(new), dtype=np.int32) + len(solid.points)
    corners = place[corners][:, :: -1 if is_hole else 1]
    if step:
        world = np.rint(world / step) * step
    everything = np.concatenate([solid.points, world])
    return Change(solid, everything, removed, corners, within)


def _is_sound(change: Change, expected: float, *, is_hole: bool) -> bool:
    """Whether the surface is closed where it was, has changed by the peg's volume, and crosses nothing."""
    solid = change.solid
    same = np.concatenate([solid.same, np.arange(len(solid.same), len(change.points), dtype=np.int32)])
    new, old = same[change.corners], solid.welded(solid.corners[change.removed])
    swap = np.concatenate([new, old[:, ::-1]])
    if len(net_edges(directed_edges(swap))):
        return False
    grown = volume(change.points, swap) * (-1 if is_hole else 1)
    if not grown >= (1 - _OFF) * expected:
        return False
    stays = ~solid.gone
    stays[change.removed] = False
    rest = solid.welded(solid.corners[stays])
    return not len(find_crossings(change.points, new, find_walls(change.points, new, rest)))


def _keep(change: Change) -> None:
    solid, count = change.solid, len(change.corners)
    added = len(change.points) - len(solid.points)
    solid.same = np.append(solid.same, np.arange(added, dtype=np.int32) + len(solid.points)).astype(np.int32)
    solid.points = change.points
    solid.gone[change.removed] = True
    solid.corners = np.concatenate([solid.corners, change.corners])
    solid.caps = np.append(solid.caps, np.ones(count, np.bool_))
    solid.pegs = np.append(solid.pegs, change.pegs)
    like = solid.polygons[change.removed[0]]
    solid.polygons = np.append(solid.polygons, np.full(count, like)).astype(np.int32)
    solid.new = np.append(solid.new, np.ones(count, np.bool_))
    solid.gone = np.append(solid.gone, np.zeros(count, np.bool_))
