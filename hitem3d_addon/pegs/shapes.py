# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A piece of a cap -> the same piece with a peg on it, or with a hole in it.

No Boolean: the outlines of peg and hole are cut into the cap, the same for both parts, and only the triangles that they
touch change. So the parts stay closed where they were, whatever the rest of their surface is like.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from mathutils import Vector
from mathutils.geometry import delaunay_2d_cdt

from ..closing.loops import directed_edges, open_edges, trace_loops
from ..mesh.arrays import Doubles, Flags, Ints
from .cylinders import cross, heights_at

_SIDES = 48
_KEY = 0.6
"""Of the radius: how far from the axis the flat side of a keyed peg is."""
_SAME = 1e-6
"""Of the radius: points that are so near to each other are one."""


def make_outline(radius: float, offset: float, *, keyed: bool) -> Doubles:
    """The outline (n, 2) of a peg around the origin, counterclockwise, each side of it moved out by the offset."""
    turns = 2 * np.pi * (np.arange(_SIDES) + 0.5) / _SIDES
    if keyed:
        turns = np.linspace(np.arccos(_KEY), 2 * np.pi - np.arccos(_KEY), _SIDES - 8)
    points = radius * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    sides = np.roll(points, -1, axis=0) - points
    normals = np.stack([sides[:, 1], -sides[:, 0]], axis=1) / np.linalg.norm(sides, axis=1, keepdims=True)
    before = np.roll(normals, 1, axis=0)
    return np.asarray(points + offset * (before + normals) / (1 + (before * normals).sum(axis=1, keepdims=True)))


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece of a cap, with outlines cut into it."""

    points: Doubles
    """(n, 3): those of the piece first, and then new ones."""
    corners: Ints
    """(triangles, 3), counterclockwise as seen against the axis."""
    inside: tuple[Flags, ...]
    """For each outline, which triangles (triangles,) it holds."""


def cut_outlines(points: Doubles, corners: Ints, outlines: tuple[Doubles, ...]) -> Cut | None:
    """Cut outlines (n, 2), one in the other, into triangles (m, 3) that the axis sees from in front.

    Points (k, 3) and triangles in the same order give the same bits. None where that can't be done cleanly.
    """
    count, size = len(points), float(np.abs(outlines[0]).max())
    flat = np.concatenate([points[:, :2], *outlines])
    starts = np.cumsum([count, *map(len, outlines)])
    rings = [
        np.stack([np.arange(len(outline)), np.roll(np.arange(len(outline)), -1)], axis=1) + start
        for outline, start in zip(outlines, starts, strict=False)
    ]
    sides = np.unique(np.sort(directed_edges(corners), axis=1), axis=0)
    edges = np.concatenate([sides, *rings])
    places, _, faces, originals, *_ = delaunay_2d_cdt(
        [Vector(place) for place in (flat / size).tolist()], edges.tolist(), [], 0, _SAME, True
    )
    found = np.array([tuple(place) for place in places]) * size
    old = np.array([min(of, default=-1) for of in originals])
    found[old >= 0] = flat[old[old >= 0]]
    triangles = np.array([face for face in faces if len(face) == 3], np.int32)
    middles = found[triangles].mean(axis=1)
    triangles = triangles[~np.isnan(heights_at(points[corners], middles))]
    own = (old >= 0) & (old < count)
    heights = heights_at(points[corners], found)
    if np.isnan(heights[triangles]).any():
        return None
    number = np.where(own, old, np.arange(len(found)) + count).astype(np.int32)
    everything = np.concatenate([points, np.column_stack([found, heights])])
    middles = found[triangles].mean(axis=1)
    return Cut(everything, number[triangles], tuple(_holds(outline, middles) for outline in outlines))


def _holds(outline: Doubles, places: Doubles) -> Flags:
    """Which places (n, 2) a convex outline holds."""
    sides = np.roll(outline, -1, axis=0) - outline
    return np.asarray((cross(sides, places[:, None] - outline) > 0).all(axis=1))


def raise_outline(cut: Cut, number: int, level: float) -> tuple[Doubles, Ints, Flags] | None:
    """What an outline holds moved along the axis to a level, with walls around it.

    Gives points (n, 3), triangles (m, 3), and which of these (m,) are inside the first outline; None where the outline
    is not one loop.
    """
    inside = cut.inside[number]
    loops = trace_loops(open_edges(cut.corners[inside]))
    if len(loops) != 1:
        return None
    foot = loops[0]
    top = np.arange(len(foot), dtype=np.int32) + len(cut.points)
    middle = np.full(len(foot), len(cut.points) + len(foot), np.int32)
    raised = np.concatenate([cut.points[foot], [[0.0, 0.0, level]]])
    raised[:, 2] = level
    onward, top_onward = np.roll(foot, -1), np.roll(top, -1)
    walls = [(foot, onward, top_onward), (foot, top_onward, top), (middle, top, top_onward)]
    rest = cut.corners[~inside]
    corners = np.concatenate([rest, *(np.stack(three, axis=1) for three in walls)]).astype(np.int32)
    within = np.append(cut.inside[0][~inside], np.ones(len(corners) - len(rest), np.bool_))
    return np.concatenate([cut.points, raised]), corners, within
