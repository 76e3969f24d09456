# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels on the faces of a mesh: islands of a few faces go to the label they share most border with."""

from __future__ import annotations

import numpy as np
from bpy.types import Mesh

from ..mesh.components import components
from ..mesh.triangles import Flags, Floats, Ints, corner_values, polygon_starts

_FEW = 8
"""Faces in an island that is taken for a mistake."""
_RINGS = 2
"""Rings of faces around the borders that are looked at: they hold every such island whole."""
_PASSES = 3
"""Islands that touch each other are settled from their outside in."""


def without_islands(mesh: Mesh, labels: Ints, sure: Flags) -> Ints:
    """The labels (polygons,), without islands of at most eight faces of which none is sure.

    The largest island of a label stays whatever its size, so that no part is lost.
    """
    neighbours = _neighbours(mesh)
    labels = labels.copy()
    for _ in range(_PASSES):
        if not _settle(labels, sure, *neighbours):
            break
    return labels


def _neighbours(mesh: Mesh) -> tuple[Ints, Ints, Floats]:
    """Pairs of polygons on the two sides of an edge, and the edge's length.

    Of the polygons around an edge the first and the last are taken: that is all of them on a proper surface.
    """
    edges = corner_values(mesh, ".corner_edge")
    polygons = np.repeat(np.arange(len(mesh.polygons), dtype=np.int32), np.diff(polygon_starts(mesh)))
    first, last = np.full((2, len(mesh.edges)), -1, np.int32)
    last[edges] = polygons
    first[edges[::-1]] = polygons[::-1]
    shared = np.flatnonzero(first != last)
    ends = np.empty((len(mesh.edges), 2), np.int32)
    mesh.attributes[".edge_verts"].data.foreach_get("value", ends.ravel())
    positions = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.attributes["position"].data.foreach_get("vector", positions.ravel())
    along = positions[ends[shared, 0]] - positions[ends[shared, 1]]
    return first[shared], last[shared], np.sqrt(np.einsum("nk,nk->n", along, along))


def _settle(labels: Ints, sure: Flags, one: Ints, other: Ints, lengths: Floats) -> bool:
    """Give the islands away, in place; whether there was one."""
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

    there, leaving = np.bincount(labels), np.bincount(labels[faces[going[islands]]])
    for label in np.flatnonzero((there[: len(leaving)] == leaving) & (leaving > 0)):
        of_label = islands[labels[faces] == label]
        going[of_label[np.argmax(sizes[of_label])]] = False

    goes = np.zeros(len(labels), np.bool_)
    goes[faces] = going[islands]
    votes = goes[one] != goes[other]
    losers = islands[number[np.where(goes[one], one, other)[votes]]]
    winners = heaviest(losers, labels[np.where(goes[one], other, one)[votes]], lengths[votes], len(faces))
    taken = winners[islands]
    given = going[islands] & (taken >= 0)
    labels[faces[given]] = taken[given]
    return bool(given.any())


def heaviest(owners: Ints, labels: Ints, weights: Floats, count: int) -> Ints:
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
