# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merges regions of a surface, cheapest pair first, into ever fewer and larger ones."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import numpy as np

from .meshes import Ints
from .surface import Graph, Reals, Surface, gathered

BASE_REGIONS = 2000
"""Where merging pair by pair begins."""
CREASE, DISTANCE, BEND, NECK = 4.0, 1.2, 0.5, 0.35
"""Weights of a pair's cost: the crease between them, the distance of their centres, the angle of their normals where
there is a crease, and how narrow the border is against their size."""
THICKNESS = 1.5
"""How much a difference in thickness counts against one in place."""
JITTER = 1e-3
"""Ties are broken by this much, the same way every time: on a regular grid all pairs would cost the same."""


@dataclass(slots=True)
class Regions:
    """Regions of triangles, in the scale of Surface."""

    areas: Reals
    """Shares of the whole."""
    centres: Reals
    """(n, 3) on the surface; (n, 4) in the middle of the body, with its thickness there (with_depth)."""
    normals: Reals
    """Sums of area times unit normal."""
    graph: Graph
    of_face: Ints
    """The region of each triangle."""


def base_regions(surface: Surface) -> Regions:
    """At most BASE_REGIONS regions of neighbouring triangles, their centres in the middle of the body.

    Merges all pairs that are each other's cheapest neighbour, round after round.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    faces = np.arange(len(surface.areas), dtype=np.int64)
    normals = surface.normals * surface.areas[:, None]
    regions = Regions(surface.areas, surface.centres, normals, surface.graph, faces)
    while (count := len(regions.areas)) > BASE_REGIONS:
        graph = regions.graph
        cost = _costs(regions)
        best = np.full(count, np.inf)
        np.minimum.at(best, graph.a, cost)
        np.minimum.at(best, graph.b, cost)
        mutual = np.flatnonzero((cost <= best[graph.a]) & (cost <= best[graph.b]))
        if count - len(mutual) < BASE_REGIONS:
            mutual = mutual[np.argsort(cost[mutual], kind="stable")[: count - BASE_REGIONS]]
        links = coo_matrix((np.ones(len(mutual), np.int8), (graph.a[mutual], graph.b[mutual])), (count, count))
        number, into = connected_components(links, directed=False)
        regions = _merged(regions, into.astype(np.int64), number)
    return _with_depth(regions, surface)


def _with_depth(regions: Regions, surface: Surface) -> Regions:
    """Centres moved into the body: the two sides of a limb lie together, and a limb apart from what it grows from."""
    depths = surface.depths()
    count = len(regions.areas)
    # A region that is too small for a sample takes the nearest one.
    of_sample = np.concatenate((regions.of_face[surface.sampled], np.arange(count)))
    depths = np.concatenate((depths, depths[surface.nearest_sample(regions.centres)]))
    weight = np.concatenate((np.ones(len(surface.sampled)), np.full(count, 1e-3)))
    sums = np.stack([np.bincount(of_sample, column * weight, count) for column in depths.T], 1)
    moved = sums / np.bincount(of_sample, weight, count)[:, None]
    centres = np.hstack((regions.centres + moved[:, :3], THICKNESS * moved[:, 3:]))
    return Regions(regions.areas, centres, regions.normals, regions.graph, regions.of_face)


def _costs(regions: Regions) -> Reals:
    """What merging each pair of neighbours costs. The same formula as Merging._cost."""
    a, b, graph = regions.graph.a, regions.graph.b, regions.graph
    area_a, area_b = regions.areas[a], regions.areas[b]
    balance = area_a * area_b / np.maximum(area_a + area_b, 1e-30)
    apart = ((regions.centres[a] - regions.centres[b]) ** 2).sum(1)
    sizes = np.sqrt((regions.normals[a] ** 2).sum(1) * (regions.normals[b] ** 2).sum(1))
    bend = 1 - (regions.normals[a] * regions.normals[b]).sum(1) / np.maximum(sizes, 1e-30)
    neck = np.minimum(np.sqrt(np.minimum(area_a, area_b)) / np.maximum(graph.length, 1e-6), 4)
    noise = (a * 2654435761 + b * 40503) % 65536 / 65536
    cost = balance * ((CREASE + BEND * bend) * graph.crease**2 + DISTANCE * apart) * (1 + NECK * neck)
    return np.asarray(cost * (1 + JITTER * noise) + 1e-15 * noise)


def _merged(regions: Regions, into: Ints, number: int) -> Regions:
    def total(values: Reals) -> Reals:
        return np.asarray(np.bincount(into, values, number), np.float64)

    weights = np.maximum(regions.areas, 1e-30)
    weight = total(weights)
    centres = np.stack([total(column * weights) / weight for column in regions.centres.T], 1)
    normals = np.stack([total(column) for column in regions.normals.T], 1)
    graph = regions.graph
    a, b = into[graph.a], into[graph.b]
    outer = a != b
    graph = gathered(a[outer], b[outer], graph.length[outer], graph.crease[outer], number)
    return Regions(total(regions.areas), centres, normals, graph, into[regions.of_face])


class Merging:
    """Regions that are merged one pair at a time."""

    def __init__(self, regions: Regions) -> None:
        graph = regions.graph
        count = len(regions.areas)
        self.areas: list[float] = regions.areas.tolist()
        self.alive = set(range(count))
        self._centres: list[list[float]] = regions.centres.tolist()
        self._normals: list[list[float]] = regions.normals.tolist()
        self._into = list(range(count))
        self._age = [0] * count
        self._links: list[dict[int, tuple[float, float]]] = [{} for _ in range(count)]
        links = zip(graph.a.tolist(), graph.b.tolist(), graph.length.tolist(), graph.crease.tolist(), strict=True)
        for a, b, length, crease in links:
            self._links[a][b] = self._links[b][a] = (length, crease)
        costs = zip(_costs(regions).tolist(), graph.a.tolist(), graph.b.tolist(), strict=True)
        self._heap = [(cost, a, b, 0, 0) for cost, a, b in costs]
        heapq.heapify(self._heap)

    def cheapest(self) -> tuple[float, int, int]:
        """The cheapest pair and its cost. There is one while two regions are left."""
        while True:
            cost, a, b, age_a, age_b = self._heap[0]
            if self._age[a] == age_a and self._age[b] == age_b and a in self.alive and b in self.alive:
                return cost, a, b
            heapq.heappop(self._heap)

    def cheapest_of(self, a: int) -> int:
        """The neighbour that a region is merged with at the least cost."""
        return min(self._links[a], key=lambda b: (self._cost(min(a, b), max(a, b)), b))

    def smallest(self) -> int:
        return min(self.alive, key=lambda one: (self.areas[one], one))

    def merge(self, a: int, b: int) -> None:
        a, b = min(a, b), max(a, b)
        area = self.areas[a] + self.areas[b]
        share = self.areas[b] / area if area > 0 else 0.5
        self._centres[a] = [x + (y - x) * share for x, y in zip(self._centres[a], self._centres[b], strict=True)]
        self._normals[a] = [x + y for x, y in zip(self._normals[a], self._normals[b], strict=True)]
        self.areas[a] = area
        self.alive.discard(b)
        self._into[b] = a
        self._age[a] += 1
        links = self._links[a]
        del links[b]
        for other, (length, crease) in self._links[b].items():
            if other == a:
                continue
            del self._links[other][b]
            if other in links:
                known, known_crease = links[other]
                crease = (crease * length + known_crease * known) / (length + known)
                length += known
            links[other] = self._links[other][a] = (length, crease)
        self._links[b] = {}
        for other in links:
            low, high = min(a, other), max(a, other)
            heapq.heappush(self._heap, (self._cost(low, high), low, high, self._age[low], self._age[high]))

    def result(self) -> Ints:
        """For each of the first regions the one that it went into."""
        found = np.array(self._into, np.int64)
        while not np.array_equal(found, found[found]):
            found = found[found]
        return found

    def _cost(self, a: int, b: int) -> float:
        """_costs() for one pair, where calling NumPy would take longer than computing."""
        length, crease = self._links[a][b]
        area_a, area_b = self.areas[a], self.areas[b]
        balance = area_a * area_b / max(area_a + area_b, 1e-30)
        apart = sum((x - y) ** 2 for x, y in zip(self._centres[a], self._centres[b], strict=True))
        normal_a, normal_b = self._normals[a], self._normals[b]
        size = math.sqrt(sum(x * x for x in normal_a) * sum(x * x for x in normal_b))
        bend = 1 - sum(x * y for x, y in zip(normal_a, normal_b, strict=True)) / max(size, 1e-30)
        neck = min(math.sqrt(min(area_a, area_b)) / max(length, 1e-6), 4)
        noise = (a * 2654435761 + b * 40503) % 65536 / 65536
        cost = balance * ((CREASE + BEND * bend) * crease * crease + DISTANCE * apart) * (1 + NECK * neck)
        return cost * (1 + JITTER * noise) + 1e-15 * noise
