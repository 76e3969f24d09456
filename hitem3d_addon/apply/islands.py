# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels on the faces of a mesh: islands of a few faces get the label with which they share the longest border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from bpy.types import Mesh
from numpy.typing import NDArray

from ..mesh.arrays import Flags, Floats, Ints
from ..mesh.components import components
from ..mesh.triangles import corner_values, local_positions, polygon_starts

_FEW = 8
"""Faces in an island that is taken for a mistake."""
_RINGS = 2
"""Rings of faces around the borders that are looked at: every such island lies in them as a whole."""
_PASSES = 3
"""How often it is repeated: islands that touch each other are settled from the outside in."""


def remove_islands(mesh: Mesh, labels: Ints, sure: Flags) -> Ints:
    """The labels (polygons,), without islands of at most eight faces none of which is certain.

    The largest island of a label stays whatever its size, so that no part is lost.
    """
    vertices, starts = corner_values(mesh, ".corner_vert"), polygon_starts(mesh)
    near = _near_islands(vertices, starts, labels, len(mesh.vertices))
    if not near.any():
        return labels
    links = _links(mesh, starts, near)
    labels = labels.copy()
    for _ in range(_PASSES):
        if not _settle(labels, sure, links):
            break
    return labels


@dataclass(frozen=True, slots=True)
class _Links:
    """Pairs of polygons on the two sides of an edge."""

    mesh: Mesh
    one: Ints
    other: Ints
    edges: NDArray[np.intp]

    def lengths(self, which: NDArray[np.intp]) -> Floats:
        """How long the edges of some of the pairs are."""
        ends = np.empty((len(self.mesh.edges), 2), np.int32)
        self.mesh.attributes[".edge_verts"].data.foreach_get("value", ends.ravel())
        first, second = ends[self.edges[which]].T
        positions = local_positions(self.mesh)
        along = positions.take(first, axis=1) - positions.take(second, axis=1)
        return np.sqrt(np.einsum("kn,kn->n", along, along))


def _near_islands(vertices: Ints, starts: Ints, labels: Ints, count: int) -> Flags:
    """Which polygons (polygons,) may be in a small island, or a few rings away from one.

    In a small island every polygon has a vertex on its border. So what shares a vertex inside a label with a polygon
    that has none there is in a large one.
    """
    sizes = np.diff(starts)
    of_corner = np.repeat(labels, sizes)
    of_vertex = np.empty(count, np.int32)
    of_vertex[vertices] = of_corner
    on_border, inside = np.zeros((2, count), np.bool_)
    on_border[vertices[of_vertex[vertices] != of_corner]] = True
    near = np.logical_or.reduceat(on_border[vertices], starts[:-1])
    if not near.any():
        return near
    inside[vertices[np.repeat(~near, sizes)]] = True
    near &= ~np.logical_or.reduceat(inside[vertices], starts[:-1])
    if near.any():
        reached = np.zeros(count, np.bool_)
        for _ in range(_RINGS + 1):
            reached[vertices[np.repeat(near, sizes)]] = True
            near = np.logical_or.reduceat(reached[vertices], starts[:-1])
    return near


def _links(mesh: Mesh, starts: Ints, near: Flags) -> _Links:
    """The pairs of some of the polygons.

    Of the polygons around an edge the first and the last are taken: that is all of them on a proper surface.
    """
    sizes = np.diff(starts)
    polygons = np.repeat(np.flatnonzero(near).astype(np.int32), sizes[near])
    edges = corner_values(mesh, ".corner_edge")[np.repeat(near, sizes)]
    first, last = np.full((2, len(mesh.edges)), -1, np.int32)
    last[edges] = polygons
    first[edges[::-1]] = polygons[::-1]
    shared = np.flatnonzero(first != last)
    return _Links(mesh, first[shared], last[shared], shared)


def _settle(labels: Ints, sure: Flags, links: _Links) -> bool:
    """Give the islands other labels, in place; tell whether there was any."""
    one, other = links.one, links.other
    differ = labels[one] != labels[other]
    if not differ.any():
        return False
    near = np.zeros(len(labels), np.bool_)
    near[one[differ]] = near[other[differ]] = True
    for _ in range(_RINGS):
        reached = near[one] | near[other]
        near[one[reached]] = near[other[reached]] = True

    faces = np.flatnonzero(near)
    number = np.full(len(labels), -1, np.int32)
    number[faces] = np.arange(len(faces), dtype=np.int32)
    inside = near[one] & near[other] & ~differ
    islands = components(len(faces), number[one[inside]], number[other[inside]])
    sizes = np.bincount(islands, minlength=len(faces))
    beyond = ~differ & (near[one] != near[other])
    going = sizes <= _FEW
    going[islands[number[np.where(near[one], one, other)[beyond]]]] = False
    going[islands[sure[faces]]] = False
    if not going[islands].any():
        return False

    there, leaving = np.bincount(labels), np.bincount(labels[faces[going[islands]]])
    for label in np.flatnonzero((there[: len(leaving)] == leaving) & (leaving > 0)):
        of_label = islands[labels[faces] == label]
        going[of_label[np.argmax(sizes[of_label])]] = False

    goes = np.zeros(len(labels), np.bool_)
    goes[faces] = going[islands]
    votes = np.flatnonzero(goes[one] != goes[other])
    losers = islands[number[np.where(goes[one], one, other)[votes]]]
    winners = find_heaviest(losers, labels[np.where(goes[one], other, one)[votes]], links.lengths(votes), len(faces))
    taken = winners[islands]
    given = going[islands] & (taken >= 0)
    labels[faces[given]] = taken[given]
    return bool(given.any())


def find_heaviest(owners: Ints, labels: Ints, weights: Floats, count: int) -> Ints:
    """For each of the owners 0 to count - 1 the label with the largest sum of weights, -1 without a vote."""
    result = np.full(count, -1, np.int32)
    if not len(owners):
        return result
    span = int(labels.max()) + 1
    pairs, where = np.unique(owners.astype(np.int64) * span + labels, return_inverse=True)
    sums = np.bincount(where, weights)
    order = np.argsort(sums, kind="stable")[::-1]
    who, first = np.unique(pairs[order] // span, return_index=True)
    result[who] = pairs[order][first] % span
    return result
