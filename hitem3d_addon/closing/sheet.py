# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cap in space: a film between loops, a ring of points below the border, and what lies too near a wall moved away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..mesh.arrays import Doubles, Flags, Ints
from .pattern import Pattern
from .room import Samples, ball_radii, look_around, nearest
from .web import Web, divide, make_web

_RING = 0.6
"""How far below the border the ring lies, of the length of the edges there,"""
_SHARE = 0.3
"""and at most of the room below."""
_PINCH, _DETOUR = 0.4, 2.0
"""Nor deeper than this, of the distance to where the border comes back, which is where it is so much longer."""
_ROUNDS = 8


class Sheet(NamedTuple):
    """Triangles that run along the loops as the loops do."""

    points: Doubles
    """(n, 3): those of the loops first, loop after loop."""
    corners: Ints
    """(triangles, 3)."""
    owners: Ints
    """(triangles,): whose surface each is, of the loops' owners."""
    fixed: Flags
    """(n,): which points stay: the border and the ring."""
    web: Web


class Way(NamedTuple):
    """How a sheet is made."""

    detail: float = 1.0
    ring: float = _RING
    nearest: float = 0.35
    """How near to one of part and rest a point may be, where the other is 1 - this away."""


WAYS = (Way(), Way(1.5, 0.35, 0.45), Way(2.5, 0.2, 0.4), Way(0.5, 0.8, 0.49))
"""One after another, until one has no crossing."""
FINE_WAYS = (Way(2.5, 0.2, 0.4), Way(1.5, 0.35, 0.45), Way(), Way(0.5, 0.8, 0.49), Way(3.0, 0.1, 0.3))
"""The same for caps that go deep into narrow places: slower, and closer to the surface at the border."""


def lay_film(pattern: Pattern, loops: Sequence[Doubles], owners: Ints) -> Sheet:
    """The sheet of least bending between the loops, which knows nothing of the body."""
    border = np.concatenate(list(loops))
    count = len(border)
    fixed = np.arange(count + len(pattern.inner)) < count
    of_triangles = divide(pattern.corners, loop_links(loops), owners)
    web = make_web(pattern.corners, of_triangles, fixed)
    points = web.relaxed(np.concatenate([border, np.zeros((len(pattern.inner), 3))]))
    return Sheet(points, pattern.corners, of_triangles, fixed, web)


def add_ring(
    pattern: Pattern, loops: Sequence[Doubles], inward: Doubles, owners: Ints, samples: Samples, way: Way
) -> Sheet:
    """The same inside a ring of points that lies below the border, in the direction ``inward`` (n, 3) at each point.

    ``owners`` (n,) are those of the edges that begin at each point.
    """
    border = np.concatenate(list(loops))
    count = len(border)
    edges = np.concatenate([_edge_lengths(loop) for loop in loops])
    reach = np.minimum(way.ring * edges, _SHARE * 2 * ball_radii(samples, border, inward))
    reach = np.minimum(reach, _PINCH * np.concatenate([_widths(loop) for loop in loops]))
    ring = border + inward * reach[:, None]
    film = lay_film(pattern, np.split(ring, np.cumsum([len(loop) for loop in loops])[:-1]), owners)
    points = np.concatenate([border, film.points])
    ends = loop_links(loops)
    corners = np.concatenate([_strips(ends, points), film.corners + count]).astype(np.int32)
    of_triangles = np.concatenate([owners, owners, film.owners])
    fixed = np.concatenate([np.ones(count, np.bool_), film.fixed])
    return Sheet(points, corners, of_triangles, fixed, make_web(corners, of_triangles, fixed))


def loop_links(loops: Sequence[Doubles]) -> Ints:
    """The edges (n, 2) of the loops, as places among all of their points."""
    starts = np.cumsum([0, *map(len, loops)])
    onward = [np.roll(np.arange(len(loop)), -1) + start for loop, start in zip(loops, starts, strict=False)]
    return np.stack([np.arange(starts[-1]), np.concatenate(onward)], axis=1).astype(np.int32)


def _strips(ends: Ints, points: Doubles) -> Ints:
    """Two triangles for each edge (n, 2) of the loops, between border and ring, by the shorter diagonal."""
    here, onward = ends.T
    below, below_onward = here + len(ends), onward + len(ends)
    straight = np.linalg.norm(points[here] - points[below_onward], axis=1)
    other = np.linalg.norm(points[onward] - points[below], axis=1)
    one = (straight < other)[:, None]
    first = np.where(one, np.stack([here, onward, below_onward], 1), np.stack([here, onward, below], 1))
    second = np.where(one, np.stack([here, below_onward, below], 1), np.stack([onward, below_onward, below], 1))
    return np.concatenate([first, second])


def _widths(loop: Doubles) -> Doubles:
    """How near each point is to another part of the loop, where that comes back: at a tongue, or a neck."""
    lengths = np.linalg.norm(np.roll(loop, -1, axis=0) - loop, axis=1)
    along = np.concatenate([[0], np.cumsum(lengths)])
    apart = np.abs(along[:-1, None] - along[None, :-1])
    apart = np.minimum(apart, along[-1] - apart)
    loop = loop - loop.mean(axis=0)
    squares = np.square(loop).sum(axis=1)
    straight = np.sqrt(np.maximum(squares[:, None] + squares[None] - 2 * loop @ loop.T, 0))
    return np.asarray(
        np.where((apart > _DETOUR * straight) & (straight > 0), straight, np.inf).min(axis=1, initial=np.inf)
    )


def _edge_lengths(loop: Doubles) -> Doubles:
    """The mean length of the two edges at each point."""
    onward = np.linalg.norm(np.roll(loop, -1, axis=0) - loop, axis=1)
    return (onward + np.roll(onward, 1)) / 2


def keep_clear(sheet: Sheet, samples: Samples, way: Way) -> Sheet:
    """The sheet with its free points inside the body, and nowhere much nearer to the part than to the rest."""
    free = np.flatnonzero(~sheet.fixed)
    if not len(free) or not len(samples):
        return sheet
    points = sheet.points.copy()
    for turn in range(_ROUNDS):
        points[free], wrong = _step(samples, points[free], way)
        if not wrong.any():
            break
        if turn < _ROUNDS - 2:
            # Neighbours of what was moved follow it.
            points[free] += (0.5 if turn < _ROUNDS // 2 else 0.25) * (sheet.web.means(points) - points[free])
    return sheet._replace(points=points)


def smooth_near(sheet: Sheet, border: int, wrong: Ints, samples: Samples | None, way: Way) -> Sheet:
    """The sheet with what lies around some triangles drawn flat; with samples also away from walls.

    All but the first points, which are the border, may move.
    """
    free = np.arange(len(sheet.points)) >= border
    web = make_web(sheet.corners, sheet.owners, ~free)
    mine = np.zeros(len(free), np.bool_)
    mine[sheet.corners[wrong]] = True
    mine[web.ends[mine[web.ends].any(axis=1)]] = True
    mine &= free
    points = sheet.points.copy()
    for _ in range(3):
        points[mine] = 0.2 * points[mine] + 0.8 * web.means(points)[mine[free]]
    if samples is not None:
        points[mine] = _step(samples, points[mine], way)[0]
    return sheet._replace(points=points)


def _step(samples: Samples, places: Doubles, way: Way) -> tuple[Doubles, Flags]:
    """Places after one step, and which of them were not where they may be."""
    room = look_around(samples, places)
    share = room.to_part / (room.to_part + room.to_rest)
    aim = np.clip(share, way.nearest, 1 - way.nearest)
    outside = room.inside < 0
    wrong = (np.abs(share - aim) > 0.02) | outside
    gap = (1 - aim) * room.to_part - aim * room.to_rest
    slope = (1 - aim)[:, None] * room.part_gradient - aim[:, None] * room.rest_gradient
    steep = np.maximum((slope * slope).sum(axis=1), 0.05)
    step = -slope * (gap / steep)[:, None]
    lengths = np.linalg.norm(step, axis=1)
    most = 0.7 * (room.to_part + room.to_rest)
    step *= np.minimum(1, most / np.maximum(lengths, 1e-300))[:, None]
    moved = np.where(wrong[:, None], places + step, places)
    if outside.any():
        number = nearest(samples, places[outside])
        normals = samples.normals[number]
        areas = np.linalg.norm(normals, axis=1, keepdims=True)
        depth = np.minimum(np.sqrt(areas), np.linalg.norm(places[outside] - samples.points[number], axis=1)[:, None])
        moved[outside] = samples.points[number] - normals / np.maximum(areas, 1e-300) * np.maximum(
            depth, 0.3 * np.sqrt(areas)
        )
    return moved, wrong
