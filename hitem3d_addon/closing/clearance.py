# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Room between neighbours: the caps of a part moved back, with the edge of its surface around them."""

from __future__ import annotations

import numpy as np
from mathutils.bvhtree import BVHTree

from ..mesh.arrays import Doubles, Flags, Ints
from .crossings import crossing_faces, find_crossings, find_walls, make_tree
from .loops import triangle_normals
from .web import make_web

_REACH = 4.0
"""Of the distance: so far from a cap the surface gives way, along itself, so that its triangles aren't folded."""
_STEEPEST = 3.0
"""Of the distance: how far the edge of a cap may move, where it meets the surface or another cap at a small angle."""
_ON_SURFACE = 100.0
"""How much more it counts that the edge stays on the surface than that it goes back as its caps do."""
_ROUNDS = 12
_BLOCK = 1 << 22


def move_back(points: Doubles, caps: Ints, source: Ints, distance: float) -> tuple[Doubles, Flags] | None:
    """The points (n, 3) with the caps (m, 3) of a part moved back, and which of them (n,) moved.

    None where triangles would be turned over, as the part is too thin or its triangles are too small.

    Each point of a cap is so far from the caps as they were, on the part's side; what they share with the surface
    (k, 3) stays on that.
    """
    used = np.unique(caps)
    tree = make_tree(points, caps)
    border = used[np.isin(used, source)]
    shift = np.zeros_like(points)
    shift[used] = _solve(points, caps, source, used, distance)
    shift[used] = _reach_out(tree, points[used], shift[used], distance)
    _carry_on(points, source, border, shift, distance)
    _even_out(tree, points, caps, source, border, shift, distance)
    around = source[(np.abs(shift[source]).sum(axis=2) > 0).any(axis=1)]
    if _turned(points, shift, around).any():
        return None
    return points + shift, np.abs(shift).sum(axis=1) > 0


def _reach_out(tree: BVHTree, points: Doubles, shift: Doubles, distance: float) -> Doubles:
    """Shifts (n, 3) of points in the same directions, as long as it takes to be the distance away from the caps."""
    longest = _STEEPEST * distance
    found = shift.copy()
    for _ in range(3):
        away = np.array([tree.find_nearest(place)[3] for place in (points + found).tolist()])
        found *= np.clip(distance / np.maximum(away, 1e-300), 0.5, 2.0)[:, None]
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        found *= np.minimum(1, longest / np.maximum(lengths, 1e-300))
    return found


def _even_out(
    tree: BVHTree, points: Doubles, caps: Ints, source: Ints, border: Ints, shift: Doubles, distance: float
) -> None:
    """Where triangles of caps would be turned over or cross, inner points are laid evenly, at the distance."""
    used, places = np.unique(caps, return_inverse=True)
    web = make_web(places.reshape(-1, 3).astype(np.int32), np.zeros(len(caps), np.int32), np.isin(used, border))
    for _ in range(_ROUNDS):
        after = points + shift
        wrong = np.zeros(len(points), np.bool_)
        wrong[caps[_turned(points, shift, caps)]] = True
        wrong[crossing_faces(after, caps, source)] = True
        wrong[reaching_over(points, after, caps)] = True
        wrong[border] = False
        if not wrong.any():
            return
        at = after[used]
        at[~web.fixed] = web.means(at)
        for number in np.flatnonzero(wrong[used]).tolist():
            shift[used[number]] = _on_offset(tree, at[number], distance) - points[used[number]]


def _on_offset(tree: BVHTree, place: Doubles, distance: float) -> Doubles:
    """The place nearest to this one that is the distance away from the tree's surface, on its back."""
    there, normal, _, _ = tree.find_nearest(place.tolist())
    base, back = np.array(there), -np.array(normal)
    way = place - base
    length = float(np.linalg.norm(way))
    if float(way @ back) > 0.05 * length:
        back = way / length
    return np.asarray(base + distance * back)


def reaching_over(points: Doubles, after: Doubles, caps: Ints, others: Ints | None = None) -> Ints:
    """The triangles of moved caps (n, 3) that cross others (m, 3) where those were: their own, or a neighbour's."""
    both = np.concatenate([points, after])
    moved = (caps + len(points)).astype(np.int32)
    found = find_crossings(both, moved, find_walls(both, moved, caps if others is None else others))
    return caps[np.unique(found[found[:, 1] >= 0, 0])]


def least_share(points: Doubles, after: Doubles, caps: Ints, distance: float) -> float:
    """How far the moved caps (n, 3) are from where they were at the nearest, of the distance."""
    tree = make_tree(points, caps)
    places = np.concatenate([after[np.unique(caps)], after[caps].mean(axis=1)])
    return min(float(tree.find_nearest(place)[3]) for place in places.tolist()) / distance


def _turned(points: Doubles, shift: Doubles, corners: Ints) -> Flags:
    """Which triangles look the other way after the shift."""
    before, after = triangle_normals(points, corners), triangle_normals(points + shift, corners)
    areas = (before * before).sum(axis=1)
    large = areas > 1e-6 * np.median(areas) if len(areas) else areas > 0
    return np.asarray(((before * after).sum(axis=1) < 0) & large)


def _solve(points: Doubles, caps: Ints, source: Ints, used: Ints, distance: float) -> Doubles:
    """(used, 3): the shift of each point that moves its caps by the distance and its surface by nothing."""
    number = np.full(len(points), -1, np.int32)
    number[used] = np.arange(len(used))
    matrix, wanted = np.zeros((len(used), 3, 3)), np.zeros((len(used), 3))
    of_surface = source[(number[source] >= 0).any(axis=1)]
    for corners, goal, much in ((caps, -distance, 1.0), (of_surface, 0.0, _ON_SURFACE)):
        normals = triangle_normals(points, corners)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-300)
        for k in range(3):
            at = number[corners[:, k]]
            here, ahead = at >= 0, points[corners[:, (k + 1) % 3]] - points[corners[:, k]]
            behind = points[corners[:, (k + 2) % 3]] - points[corners[:, k]]
            lengths = np.maximum(np.linalg.norm(ahead, axis=1) * np.linalg.norm(behind, axis=1), 1e-300)
            weights = much * np.arccos(np.clip((ahead * behind).sum(axis=1) / lengths, -1, 1))
            normal = normals[here]
            np.add.at(matrix, at[here], weights[here, None, None] * normal[:, :, None] * normal[:, None])
            np.add.at(wanted, at[here], (goal * weights[here])[:, None] * normal)
    # A little stiffness: where all normals are alike, nothing else says how far to move aside.
    matrix += 1e-3 * np.trace(matrix, axis1=1, axis2=2)[:, None, None] * np.eye(3) + 1e-12 * np.eye(3)
    shift = np.linalg.solve(matrix, wanted[:, :, None])[:, :, 0]
    lengths = np.linalg.norm(shift, axis=1, keepdims=True)
    return np.asarray(shift * np.minimum(1, _STEEPEST * distance / np.maximum(lengths, 1e-300)))


def _carry_on(points: Doubles, source: Ints, border: Ints, shift: Doubles, distance: float) -> None:
    """Points of the surface near the border move with it, the less the farther they are."""
    reach = _REACH * distance
    at = points[border]
    if not len(at):
        return
    others = np.setdiff1d(np.unique(source), border)
    inside = np.all((points[others] >= at.min(axis=0) - reach) & (points[others] <= at.max(axis=0) + reach), axis=1)
    others = others[inside]
    rows = max(_BLOCK // len(at), 1)
    for start in range(0, len(others), rows):
        some = others[start : start + rows]
        here = points[some]
        squares = (here * here).sum(1)[:, None] - 2 * here @ at.T + (at * at).sum(1)[None]
        nearest = squares.argmin(axis=1)
        away = np.linalg.norm(here - at[nearest], axis=1)
        shift[some] = shift[border[nearest]] * np.maximum(1 - away / reach, 0)[:, None]
