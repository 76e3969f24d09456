# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cuts a mesh into parts: every triangle gets exactly one label, the same one every time.

Triangles that meet along an edge are neighbours (by position, so seams don't matter); shells that touch nothing are
tied to the nearest one. Neighbouring regions are merged, cheapest pair first, where a pair costs much if both are
large, if they lie far apart in the body, if their border is a crease or a valley, and if they meet along a narrow neck.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .merging import Merging, base_regions
from .meshes import Floats, Ints
from .surface import Reals, Surface

SMOOTHING = 12
"""Rounds of straightening the borders; each reaches one triangle further."""


@dataclass(frozen=True, slots=True)
class Level:
    """How far the merging goes for one seg_level."""

    cost: float
    """Merges that cost more than this are not made, within the next two."""
    fewest: int
    most: int
    floor: float
    """Share of the whole area that a part has at least, as long as ``floor_fewest`` parts are left."""
    floor_fewest: int


LEVELS = {
    "high": Level(0.008, 8, 40, 0.001, 3),
    "medium": Level(0.025, 4, 16, 0.004, 2),
    "low": Level(0.06, 2, 7, 0.0105, 1),
}
"""From fine to coarse: each level goes on from the one before it."""


def segment(vertices: Floats, triangles: Ints, seg_level: str) -> Ints:
    """Labels from 0 without gaps, shape (triangles,), the largest part first.

    vertices (n, 3) in any unit, triangles (m, 3) with m > 0; seam-split vertices, duplicate and degenerate triangles,
    loose shells, edges with more than two triangles and mixed winding are all right. More parts at high than at low
    wherever there is more than one triangle, and at low no part under 1 % of the area.
    """
    surface = Surface(vertices, triangles)
    regions = base_regions(surface)
    merging = Merging(regions)
    most = len(merging.alive)
    for name, level in LEVELS.items():
        _merge_down(merging, level, most)
        if name == seg_level:
            break
        most = min(most, len(merging.alive) - (name == "high"))
    labels = _largest_first(merging.result()[regions.of_face], surface.areas)
    labels = _straightened(labels, surface, LEVELS[seg_level].floor)
    return _largest_first(labels, surface.areas)


def _merge_down(merging: Merging, level: Level, most: int) -> None:
    most = min(level.most, most)
    while len(merging.alive) > 1:
        cost, a, b = merging.cheapest()
        if len(merging.alive) <= most and (cost > level.cost or len(merging.alive) <= level.fewest):
            break
        merging.merge(a, b)
    while len(merging.alive) > level.floor_fewest:
        smallest = merging.smallest()
        if merging.areas[smallest] >= level.floor:
            break
        merging.merge(smallest, merging.cheapest_of(smallest))


def _straightened(labels: Ints, surface: Surface, floor: float) -> Ints:
    """The labels with straighter borders; those along creases stay.

    Each label spreads a little way over the triangles near the borders, hardly at all across a crease, and each
    triangle takes the strongest. A part that would lose much keeps what it had.
    """
    from scipy.sparse import coo_matrix

    graph = surface.graph
    count = len(labels)
    near = np.zeros(count, bool)
    border = labels[graph.a] != labels[graph.b]
    near[graph.a[border]] = near[graph.b[border]] = True
    for _ in range(SMOOTHING):
        reached = near[graph.a] | near[graph.b]
        near[graph.a[reached]] = near[graph.b[reached]] = True
    if not near.any():
        return labels
    weight = graph.length * np.maximum(1 - graph.crease, 0.0) ** 2 + 1e-9
    links = coo_matrix((np.r_[weight, weight], (np.r_[graph.a, graph.b], np.r_[graph.b, graph.a])), (count, count))
    links = links.tocsr()[near]
    inner, outer = links[:, near].astype(np.float32), links[:, ~near]
    parts = int(labels.max()) + 1
    total = np.asarray(links.sum(1), np.float32).reshape(-1, 1) + np.float32(1e-12)
    fixed = (outer @ np.eye(parts, dtype=np.float32)[labels[~near]]).astype(np.float32)
    strength = np.eye(parts, dtype=np.float32)[labels[near]]
    for _ in range(SMOOTHING):
        strength = (strength + (inner @ strength + fixed) / total) / 2
    found = labels.copy()
    found[near] = strength.argmax(1)
    before = np.bincount(labels, surface.areas, parts)
    after = np.bincount(found, surface.areas, parts)
    for part in np.flatnonzero(after < np.maximum(0.7 * before, np.minimum(before, floor))):
        found[labels == part] = part
    after = np.bincount(found, surface.areas, parts)
    lost = (after < np.minimum(before, floor)).any() or not np.bincount(found, minlength=parts).all()
    return labels if lost else found


def _largest_first(labels: Ints, areas: Reals) -> Ints:
    _, first, labels = np.unique(labels, return_index=True, return_inverse=True)
    order = np.lexsort((first, -np.bincount(labels, areas)))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank[labels]
