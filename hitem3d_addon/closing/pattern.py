# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a cap is divided into triangles: in a plane, before it is known where its inner points lie in space."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from mathutils.geometry import delaunay_2d_cdt

from ..mesh.arrays import Doubles, Flags, Ints
from .loops import area_vector

_INNER, _FEWEST, _MOST_INNER = 1.5, 12, 160
"""How many inner points there are for each of the border, and at least and at most in all."""
_HOLE = 0.5
"""The radius of a ring's hole, of the ring's own, where the loops can't be laid flat."""


class Pattern(NamedTuple):
    """Triangles between the loops' points, which come first, loop after loop, and inner ones."""

    corners: Ints
    """(triangles, 3), which run along the loops as the loops do."""
    outline: Doubles
    """(points of the loops, 2)."""
    inner: Doubles
    """(inner points, 2)."""


def make_pattern(loops: Sequence[Doubles], *, detail: float = 1.0) -> Pattern | None:
    """A pattern for a loop (n, 3) and its holes, which run the other way round; None where there is none.

    It lies in the first loop's plane where the loops don't cross themselves there, else in a disc or a ring. With more
    ``detail`` there are more inner points.
    """
    for lay_flat in (_project, _unroll):
        flat = lay_flat(loops)
        if flat is not None:
            pattern = _triangulate(flat, _inner_points(flat, detail))
            if pattern is not None:
                return pattern
    return None


def _project(loops: Sequence[Doubles]) -> list[Doubles] | None:
    normal = area_vector(loops[0])
    length = float(np.linalg.norm(normal))
    if length <= 1e-3 * float(np.square(np.ptp(loops[0], axis=0)).sum()):
        return None
    normal /= length
    first = np.cross(normal, np.eye(3)[int(np.argmin(np.abs(normal)))])
    first /= np.linalg.norm(first)
    axes = np.stack([first, np.cross(normal, first)], axis=1)
    return [(loop - loops[0].mean(axis=0)) @ axes for loop in loops]


def _unroll(loops: Sequence[Doubles]) -> list[Doubles] | None:
    """The loop as a circle of the same length, its one hole as a smaller one inside."""
    if len(loops) > 2:
        return None
    lengths = [_lengths(loop) for loop in loops]
    radius = float(lengths[0].sum()) / (2 * np.pi)
    angles = [2 * np.pi * np.concatenate([[0], np.cumsum(of)[:-1]]) / of.sum() for of in lengths]
    flat = [radius * np.stack([np.cos(angles[0]), np.sin(angles[0])], axis=1)]
    if len(loops) == 2:
        turned = -angles[1] + _best_turn(loops[0], angles[0], loops[1], -angles[1])
        flat.append(_HOLE * radius * np.stack([np.cos(turned), np.sin(turned)], axis=1))
    return flat


def _lengths(loop: Doubles) -> Doubles:
    return np.maximum(np.linalg.norm(np.roll(loop, -1, axis=0) - loop, axis=1), 1e-30)


def _best_turn(outer: Doubles, outer_angles: Doubles, hole: Doubles, hole_angles: Doubles) -> float:
    """By how much the hole has to be turned for its points to lie near the loop's."""
    turns = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    costs = []
    order = np.argsort(outer_angles)
    for turn in turns:
        angles = (hole_angles + turn) % (2 * np.pi)
        opposite = [np.interp(angles, outer_angles[order], outer[order, k], period=2 * np.pi) for k in range(3)]
        costs.append(float(np.square(np.stack(opposite, axis=1) - hole).sum()))
    return float(turns[int(np.argmin(costs))])


def _inner_points(flat: Sequence[Doubles], detail: float) -> Doubles:
    """Points (n, 2) inside the outline: as close as its own near it, wider apart further inside."""
    outline = np.concatenate(flat)
    edge = float(np.mean(np.concatenate([_lengths(loop) for loop in flat])))
    area = abs(sum(float(_signed_area(loop)) for loop in flat))
    wanted = min(max(_INNER * len(outline), _FEWEST), _MOST_INNER) * detail
    coarse = max(edge, np.sqrt(area / (0.87 * wanted)))
    steps = [coarse]
    while steps[-1] > 2 * edge and len(steps) < 4:
        steps.append(steps[-1] / 2)
    found = []
    low, high = outline.min(axis=0), outline.max(axis=0)
    for number, step in enumerate(steps):
        xs, ys = np.arange(low[0], high[0], step), np.arange(low[1], high[1], 0.87 * step)
        grid = np.stack(np.meshgrid(xs, ys), axis=2)
        grid[1::2, :, 0] += step / 2
        points = grid.reshape(-1, 2) + 0.25 * step
        if len(points) > 40_000:
            continue
        points = points[_inside(points, flat)]
        if not len(points):
            continue
        away = _distance(points, outline)
        found.append(points[(away > 0.75 * step) & ((away <= 1.5 * step) | (number == 0))])
    return np.concatenate(found) if found else np.empty((0, 2))


def _signed_area(flat: Doubles) -> float:
    x, y = flat.T
    return float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2)


def _distance(points: Doubles, others: Doubles) -> Doubles:
    """From each point to the nearest of the others, in blocks."""
    found = np.empty(len(points))
    for start in range(0, len(points), 2048):
        block = points[start : start + 2048]
        squares = (block * block).sum(1)[:, None] - 2 * block @ others.T + (others * others).sum(1)[None]
        found[start : start + 2048] = np.sqrt(np.maximum(squares.min(axis=1), 0))
    return found


def _inside(points: Doubles, flat: Sequence[Doubles]) -> Flags:
    """Which points (n, 2) lie inside the outline, by counting how often a ray crosses it."""
    tails = np.concatenate(list(flat))
    heads = np.concatenate([np.roll(loop, -1, axis=0) for loop in flat])
    found = np.empty(len(points), np.bool_)
    rise = heads[:, 1] - tails[:, 1]
    safe = np.where(rise == 0, 1.0, rise)
    for start in range(0, len(points), 2048):
        x, y = points[start : start + 2048].T
        spans = (tails[None, :, 1] > y[:, None]) != (heads[None, :, 1] > y[:, None])
        crossing = tails[None, :, 0] + (y[:, None] - tails[None, :, 1]) * ((heads - tails)[:, 0] / safe)[None]
        found[start : start + 2048] = ((crossing > x[:, None]) & spans).sum(axis=1) % 2 == 1
    return found


def _triangulate(flat: Sequence[Doubles], inner: Doubles) -> Pattern | None:
    """The triangles; None where the outline crosses or touches itself."""
    outline = np.concatenate(list(flat))
    points = np.concatenate([outline, inner])
    scale = 1 / max(float(np.ptp(outline, axis=0).max()), 1e-30)
    starts = np.cumsum([0, *map(len, flat)])
    edges = [
        (int(start) + k, int(start) + (k + 1) % len(loop))
        for start, loop in zip(starts, flat, strict=False)
        for k in range(len(loop))
    ]
    vertices, _, faces, origins, edge_origins, _ = delaunay_2d_cdt((points * scale).tolist(), edges, [], 0, 1e-9, True)
    if len(vertices) != len(points) or any(len(of) != 1 for of in origins):
        return None
    if not faces or sum(1 for of in edge_origins if of) != len(edges):
        return None
    numbers = np.array([of[0] for of in origins], np.int32)
    corners = numbers[np.array(faces, np.int32)]
    centres = points[corners].mean(axis=1)
    corners = corners[_inside(centres, flat)]
    first, second, third = (points[corners[:, k]] for k in range(3))
    (x, y), (u, v) = (second - first).T, (third - first).T
    turned = x * v - y * u < 0
    corners[turned] = corners[turned][:, ::-1]
    if not _runs_along(corners, starts, flat):
        return None
    return Pattern(corners, outline, inner)


def _runs_along(corners: Ints, starts: np.ndarray, flat: Sequence[Doubles]) -> bool:
    """Whether the open edges of the triangles are exactly those of the loops, in their direction."""
    from .loops import open_edges

    wanted = np.concatenate(
        [
            np.stack([np.arange(len(loop)), (np.arange(len(loop)) + 1) % len(loop)], axis=1) + start
            for start, loop in zip(starts, flat, strict=False)
        ]
    )
    found = open_edges(corners)
    return len(found) == len(wanted) and set(map(tuple, found.tolist())) == set(map(tuple, wanted.tolist()))
