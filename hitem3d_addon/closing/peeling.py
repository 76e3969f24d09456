# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes one part after another off the body, each with a cap that is from then on the surface of what is left.

So part and rest have the same surface between them, and their volumes add up to the body's, whatever shape the cap has:
that part, rest and other caps don't cross it is what the shape is for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ..mesh.arrays import Doubles, Ints
from .body import Body, Cap, owners
from .crossings import find_crossings, find_walls
from .grouping import group_loops
from .loops import loop_edges, trace_loops, triangle_normals
from .pattern import Pattern, make_pattern
from .room import Samples, thin_out
from .sheet import Sheet, Way, add_ring, keep_clear, smooth_near

_AROUND = 0.6
"""How far around a border the surface is looked at, of the border's size."""
_REPAIRS = 8
_TOO_MANY = 0.5
_FINE = 0.12
"""Larger triangles, of the border's size, are looked at in pieces."""


class Draft(NamedTuple):
    """A cap that is not on the body yet."""

    points: Doubles
    """(new points, 3)."""
    corners: Ints
    """(triangles, 3); new points are counted on from the body's."""
    others: Ints
    """(triangles,): the part on the other side."""
    crossings: int


def peel(body: Body, places: dict[int, int], ways: Sequence[Way]) -> Iterator[int]:
    """Close all parts whose borders are borders with others; says after each how many are left.

    By place, 0 if none is given, then by the length of the border; what crosses comes after all others.
    """
    left = [label for label, border in enumerate(body.borders) if len(border)]
    put_off: set[int] = set()
    while len(left) > 1:
        left.sort(key=lambda label: (label in put_off, places.get(label, 0), _length(body, label)))
        label = left[0]
        draft = make_cap(body, label, ways)
        if draft.crossings and label not in put_off:
            put_off.add(label)
            yield len(left)
            continue
        put_on(body, label, draft)
        left = [label for label in left if len(body.borders[label])]
        yield len(left)


def _length(body: Body, label: int) -> float:
    ends = body.points[body.borders[label]]
    return float(np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1).sum())


def make_cap(body: Body, label: int, ways: Sequence[Way]) -> Draft:
    """The best cap that was found for a part."""
    loops = trace_loops(body.borders[label])
    neighbours = [(other, edges) for other, edges in enumerate(body.borders) if other != label]
    drafts = [
        _best_sheet(body, label, group, owners(np.concatenate([loop_edges(loop) for loop in group]), neighbours), ways)
        for group in group_loops(body, loops)
    ]
    points = np.concatenate([draft.points for draft in drafts])
    starts = np.cumsum([0, *(len(draft.points) for draft in drafts)])
    count = len(body.points)
    corners = [
        np.where(draft.corners >= count, draft.corners + start, draft.corners)
        for draft, start in zip(drafts, starts, strict=False)
    ]
    crossings = sum(draft.crossings for draft in drafts)
    if len(drafts) > 1 and not crossings:
        everything = np.concatenate([body.points, points])
        for number, mine in enumerate(corners[1:], 1):
            walls = find_walls(everything, mine, np.concatenate(corners[:number]))
            crossings += len(find_crossings(everything, mine, walls))
    others = np.concatenate([draft.others for draft in drafts])
    return Draft(points, np.concatenate(corners).astype(np.int32), others, crossings)


def _best_sheet(body: Body, label: int, group: Sequence[Ints], of_edges: Ints, ways: Sequence[Way]) -> Draft:
    """For one loop and its holes: the first way that has no crossing, else the one that has the fewest."""
    border = np.concatenate(list(group))
    at = [body.points[loop] for loop in group]
    everything = np.concatenate(at)
    size = float(np.ptp(everything, axis=0).max())
    low, high = everything.min(axis=0) - _AROUND * size, everything.max(axis=0) + _AROUND * size
    corners, labels = body.around(low, high)
    samples = thin_out(take_samples(body.points, corners, labels == label, _FINE * size), everything)
    inward = find_inward(body.points, corners, labels == label, border)
    best: Draft | None = None
    patterns: dict[float, Pattern | None] = {}
    for way in ways:
        if way.detail not in patterns:
            patterns[way.detail] = make_pattern(at, detail=way.detail)
        pattern = patterns[way.detail]
        if pattern is None:
            continue
        sheet = keep_clear(add_ring(pattern, at, inward, of_edges, samples, way), samples, way)
        for draft in _drafts(body, border, sheet, samples, way, corners):
            if best is None or draft.crossings < best.crossings:
                best = draft
        if best and not best.crossings:
            break
    return best or _fan(body, group, of_edges)


def _drafts(body: Body, border: Ints, sheet: Sheet, samples: Samples, way: Way, surface: Ints) -> Iterator[Draft]:
    """A sheet as it is and, while it has crossings, smoothed where they are."""
    count = len(body.points)
    numbers = np.concatenate([border, np.arange(len(sheet.points) - len(border), dtype=np.int32) + count])
    corners = numbers[sheet.corners].astype(np.int32)
    everything = np.concatenate([body.points, sheet.points[len(border) :]])
    walls = find_walls(everything, corners, surface)
    for turn in range(_REPAIRS + 1):
        points = np.rint(sheet.points[len(border) :] / body.step) * body.step
        everything[count:] = points
        found = find_crossings(everything, corners, walls)
        wrong, own = found[:, 0], found[found[:, 1] < 0, 0]
        yield Draft(points, corners, sheet.owners, len(np.unique(wrong)))
        if not len(wrong) or turn == _REPAIRS or len(wrong) > _TOO_MANY * len(corners):
            break
        sheet = smooth_near(sheet, len(border), wrong, samples if len(own) < len(wrong) else None, way)


def _fan(body: Body, group: Sequence[Ints], of_edges: Ints) -> Draft:
    """What always can be made: a point for each loop, joined to all its edges."""
    corners, points = [], []
    for number, loop in enumerate(group):
        apex = len(body.points) + number
        points.append(body.points[loop].mean(axis=0))
        corners.append(np.concatenate([loop_edges(loop), np.full((len(loop), 1), apex, np.int32)], axis=1))
    return Draft(np.array(points), np.concatenate(corners).astype(np.int32), of_edges, sum(map(len, corners)))


def put_on(body: Body, label: int, draft: Draft) -> None:
    """Close the part with this cap, whose other side becomes the surface of the others."""
    body.add_points(draft.points)
    body.take_off(label)
    body.caps.append(Cap(draft.corners, label, draft.others, draft.crossings))
    for other in np.unique(draft.others).tolist():
        body.add_surface(other, draft.corners[draft.others == other])


def take_samples(points: Doubles, corners: Ints, of_part: np.ndarray, longest: float) -> Samples:
    """The middle of each triangle; of large ones in pieces, none longer than this if that can be."""
    at = points[corners]
    for _ in range(4):
        # Corner by corner: NumPy is slow along an axis of three.
        spans = np.maximum(np.maximum(at[:, 0], at[:, 1]), at[:, 2])
        spans -= np.minimum(np.minimum(at[:, 0], at[:, 1]), at[:, 2])
        large = (spans[:, 0] > longest) | (spans[:, 1] > longest) | (spans[:, 2] > longest)
        if not large.any():
            break
        first, second, third = (at[large][:, k] for k in range(3))
        one, two, three = (first + second) / 2, (second + third) / 2, (third + first) / 2
        quarters = [(first, one, three), (one, second, two), (three, two, third), (one, two, three)]
        at = np.concatenate([at[~large], *(np.stack(piece, axis=1) for piece in quarters)])
        of_part = np.concatenate([of_part[~large], *[of_part[large]] * 4])
        if len(at) > 200_000:
            break
    normals = np.cross(at[:, 1] - at[:, 0], at[:, 2] - at[:, 0]) / 2
    kept = (normals * normals).sum(axis=1) > 0
    return Samples(at.mean(axis=1)[kept], normals[kept], of_part[kept])


def find_inward(points: Doubles, corners: Ints, of_part: np.ndarray, border: Ints) -> Doubles:
    """(n, 3), unit: at each border point the direction into the body that halves the angle between part and rest."""
    number = np.full(len(points), -1, np.int32)
    number[border] = np.arange(len(border))
    mine = (number[corners] >= 0).any(axis=1)
    corners, of_part = corners[mine], of_part[mine]
    normals = triangle_normals(points, corners)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-300)
    sums = np.zeros((2, len(border), 6))
    for k in range(3):
        here = number[corners[:, k]]
        at = here >= 0
        one = points[corners[:, (k + 1) % 3]] - points[corners[:, k]]
        two = points[corners[:, (k + 2) % 3]] - points[corners[:, k]]
        one /= np.maximum(np.linalg.norm(one, axis=1, keepdims=True), 1e-300)
        two /= np.maximum(np.linalg.norm(two, axis=1, keepdims=True), 1e-300)
        angles = np.arccos(np.clip((one * two).sum(axis=1), -1, 1))[:, None]
        both = np.concatenate([normals * angles, (one + two) * angles], axis=1)
        np.add.at(sums, (of_part[at].astype(np.intp), here[at]), both[at])
    sums[:, :, :3] = _unit(sums[:, :, :3])
    sums[:, :, 3:] = _unit(sums[:, :, 3:])
    rest, part = sums
    convex = np.sign(-((part[:, 3:] * rest[:, :3]).sum(1) + (rest[:, 3:] * part[:, :3]).sum(1)))[:, None]
    found = -(part[:, :3] + rest[:, :3]) + convex * (part[:, 3:] + rest[:, 3:])
    # A vertex that the border visits more than once has a place of its own each time.
    return np.asarray(_unit(found)[number[border]])


def _unit(vectors: Doubles) -> Doubles:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-300))
