# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person sees in a mesh before cutting it: which triangles are neighbours, creases, valleys and thickness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .meshes import Floats, Ints

Reals = NDArray[np.float64]

CONVEX_ANGLE, CONCAVE_ANGLE = np.radians(38.0), np.radians(25.0)
"""Angles at which an edge counts for about two thirds of a full crease."""
MOST_SAMPLES = 6000
"""Points, spread evenly over the area, that valleys and thickness are measured at; fewer for a few triangles."""
VALLEY_RADIUS = 0.05
"""How far around a point a valley is looked for, as a share of the model's diagonal."""
VALLEY_DEPTH = 0.2
"""Mean rise of the surroundings over that radius that counts like a full crease."""
DEEPEST = 0.15
"""Half of the largest thickness, as a share of the model's diagonal."""


@dataclass(slots=True)
class Graph:
    """Pairs of neighbours, ``a < b``, each once and in order."""

    a: Ints
    b: Ints
    length: Reals
    """Of their common border."""
    crease: Reals
    """Mean over that border: 0 flat to 1 sharp, more where only a gap is between them."""


class Surface:
    """The triangles of one model, moved and scaled so that its diagonal is 1."""

    def __init__(self, vertices: Floats, triangles: Ints) -> None:
        used = np.asarray(vertices, np.float64)[triangles.reshape(-1)].reshape(-1, 3, 3)
        low, high = used.min((0, 1)), used.max((0, 1))
        self.corners = (used - (low + high) / 2) / (float(np.linalg.norm(high - low)) or 1.0)
        cross = np.cross(self.corners[:, 1] - self.corners[:, 0], self.corners[:, 2] - self.corners[:, 0])
        doubled = np.linalg.norm(cross, axis=1)
        areas = doubled if doubled.sum() > 1e-18 else np.ones(len(triangles))
        self.areas: Reals = areas / areas.sum()
        """Shares of the whole."""
        self.normals: Reals = np.divide(
            cross, doubled[:, None], out=np.zeros_like(cross), where=doubled[:, None] > 1e-18
        )
        self.centres: Reals = self.corners.mean(1)
        volume = np.einsum("ij,ij->i", self.corners[:, 0], np.cross(self.corners[:, 1], self.corners[:, 2])).sum()
        self._outside = -1.0 if volume < 0 else 1.0
        self._sample()
        self.graph = self._with_gaps_closed(self._neighbours(weld(vertices)[triangles]))

    def _sample(self) -> None:
        from scipy.spatial import cKDTree

        share = np.cumsum(self.areas)
        number = np.arange(min(MOST_SAMPLES, 500 + 5 * len(share)))
        self.sampled: Ints = np.searchsorted(share, (number + 0.5) / len(number)).clip(0, len(share) - 1)
        """The triangle of each sample point."""
        # An even, repeatable spread over each triangle: multiples of two irrational numbers, folded.
        u, v = (number * x % 1 for x in (0.7548776662466927, 0.5698402909980532))
        u, v = np.where(u + v > 1, 1 - u, u)[:, None], np.where(u + v > 1, 1 - v, v)[:, None]
        first, second, third = np.moveaxis(self.corners[self.sampled], 1, 0)
        self._points = first + u * (second - first) + v * (third - first)
        self._outward = self.normals[self.sampled] * self._outside
        self._tree = cKDTree(self._points)
        self._apart, self._near = self._tree.query(self._points, k=48)

    def _valleys(self) -> Reals:
        """For each triangle how far the surface around it rises over it: 0 for flat and bulging places, 1 for a valley.

        Unlike the angle at an edge it does not depend on how fine the mesh is.
        """
        distance, near = self._apart, self._near
        to = self._points[near] - self._points[:, None]
        rise = np.einsum("ijk,ik->ij", to, self._outward) / VALLEY_RADIUS
        facing = np.einsum("ijk,ik->ij", self._outward[near], self._outward) > -0.3
        weight = (distance < VALLEY_RADIUS) * facing
        valley = (rise * weight).sum(1) / np.maximum(weight.sum(1), 1)
        values = np.clip(valley / VALLEY_DEPTH, 0, 1)
        return np.asarray(values[self._tree.query(self.centres)[1]])

    def depths(self) -> Reals:
        """At each sample the way to the middle of the body and the thickness there, shape (samples, 4).

        The middle is that of the largest ball that touches the surface from inside (shrinking balls, Ma et al. 2012).
        """
        inward = -self._outward
        radius = np.full(len(self._points), DEEPEST)
        shrinking = np.arange(len(radius))
        for _ in range(10):
            points, in_, so_far = self._points[shrinking], inward[shrinking], radius[shrinking]
            distance, nearest = self._tree.query(points + in_ * so_far[:, None], eps=0.02)
            to = self._points[nearest] - points
            depth = np.einsum("ij,ij->i", to, in_)
            span = (to**2).sum(1)
            # A neighbour on the same smooth patch is not on another side.
            hit = (distance < so_far * 0.999) & (depth > 0.35 * np.sqrt(span)) & (span > 0)
            if not hit.any():
                break
            shrinking = shrinking[hit]
            radius[shrinking] = np.minimum(so_far, span / np.maximum(2 * depth, 1e-9))[hit]
        near = self._near[:, :24]
        facing = np.einsum("ijk,ik->ij", self._outward[near], self._outward) > 0.2
        radius = (radius[near] * facing).sum(1) / np.maximum(facing.sum(1), 1)
        return np.hstack((inward * radius[:, None], radius[:, None]))

    def nearest_sample(self, points: Reals) -> Ints:
        return np.asarray(self._tree.query(points)[1], np.int64)

    def _neighbours(self, corners: Ints) -> Graph:
        """The graph of triangles that have an edge in common; ``corners`` are numbers of welded vertices."""
        start, end = corners.reshape(-1), np.roll(corners, -1, 1).reshape(-1)
        lengths = np.linalg.norm(np.roll(self.corners, -1, 1) - self.corners, axis=2).reshape(-1)
        forward = start < end
        key = np.minimum(start, end) * (int(corners.max()) + 1) + np.maximum(start, end)
        order = np.argsort(key, kind="stable")
        order = order[(start != end)[order]]
        first, second = order[:-1], order[1:]
        # More than two triangles at an edge: each is tied to the next one.
        same = (key[first] == key[second]) & (first // 3 != second // 3)
        first, second = first[same], second[same]
        a, b = first // 3, second // 3
        turned = np.where(forward[first] == forward[second], -1.0, 1.0)
        cosine = np.einsum("ij,ij->i", self.normals[a], self.normals[b]) * turned
        degenerate = ~(self.normals[a].any(1) & self.normals[b].any(1))
        angle = np.where(degenerate, 0.0, np.arccos(np.clip(cosine, -1, 1)))
        rise = np.einsum("ij,ij->i", self.centres[b] - self.centres[a], self.normals[a]) * self._outside
        crease = 1 - np.exp(-((angle / np.where(rise > 0, CONCAVE_ANGLE, CONVEX_ANGLE)) ** 4))
        valley = self._valleys()
        crease = np.maximum(crease, (valley[a] + valley[b]) / 2)
        return gathered(a, b, np.maximum(lengths[first], 1e-12), crease, len(corners))

    def _with_gaps_closed(self, graph: Graph) -> Graph:
        """The graph with its loose components tied together where they come nearest."""
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
        from scipy.spatial import cKDTree

        count = len(self.areas)
        for samples, neighbours in ((64, 8), (8, 8), *((1, 2),) * 64):
            links = coo_matrix((np.ones(len(graph.a), np.int8), (graph.a, graph.b)), (count, count))
            number, component = connected_components(links, directed=False)
            if number == 1:
                break
            order = np.argsort(component, kind="stable")
            sizes = np.bincount(component)
            place = np.arange(count) - np.repeat(np.cumsum(sizes) - sizes, sizes)
            chosen = order[place % np.repeat(-(-sizes // samples), sizes) == 0]
            points = self.centres[chosen]
            distance, index = cKDTree(points).query(points, k=min(neighbours, len(chosen)))
            left, right = np.repeat(chosen, index.shape[1]), chosen[index.reshape(-1)]
            apart = component[left] != component[right]
            left, right, distance = left[apart], right[apart], distance.reshape(-1)[apart]
            order = np.lexsort((right, left, distance))
            left, right, distance = left[order], right[order], distance[order]
            low = np.minimum(component[left], component[right]).astype(np.int64)
            high = np.maximum(component[left], component[right])
            pair, nearest = np.unique(low * number + high, return_index=True)
            # A distance of zero would be no link to the spanning tree.
            weights = coo_matrix((distance[nearest] + 1e-9, (low[nearest], high[nearest])), (number, number))
            tree = minimum_spanning_tree(weights.tocsr()).tocoo()
            kept = nearest[np.isin(pair, tree.row.astype(np.int64) * number + tree.col)]
            graph = gathered(
                np.concatenate((graph.a, left[kept])),
                np.concatenate((graph.b, right[kept])),
                np.concatenate((graph.length, np.full(len(kept), 1e-3))),
                np.concatenate((graph.crease, 1.5 + 5 * distance[kept])),
                count,
            )
        return graph


def gathered(a: Ints, b: Ints, length: Reals, crease: Reals, count: int) -> Graph:
    """A graph of so many nodes in which each pair stands once, from links in any order and number."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    key = low * count + high
    order = np.argsort(key, kind="stable")
    if not len(order):
        return Graph(low, high, length, crease)
    key, length, crease = key[order], length[order], crease[order]
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    total = np.add.reduceat(length, starts)
    mean = np.add.reduceat(length * crease, starts) / total
    return Graph(low[order][starts], high[order][starts], total, mean)


def weld(vertices: Floats) -> Ints:
    """A number for each vertex, the same for the same position."""
    rank: Ints = np.zeros(len(vertices), np.int64)
    for axis in range(3):
        values, place = np.unique(vertices[:, axis] + np.float32(0), return_inverse=True)
        rank = np.unique(rank * len(values) + place, return_inverse=True)[1]
    return rank
