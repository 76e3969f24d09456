# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways in which one surface may be told apart into parts, each from what the file says of its faces.

Each gives a label per face, counted from 0 in the order of the faces, or None where it tells nothing. All in NumPy,
without Blender.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...mesh.arrays import Flags, Floats, Ints
from ...mesh.shells import Faces, closed_shells, joined_by_vertices, same_place

MOST = 512
"""More colours or shells than this are not parts but a picture or noise; only Loose Parts still cuts them."""
_FLAT = 0.9
"""Share of the faces with a corner of a part's own colour, where colours stand for parts."""
_PURE = 0.2
"""Share of the faces that have one colour at all their corners; the others are borders."""
_FEW = 64
"""The most shells that touch and may be parts; more are probably the facets of a flat-shaded model."""
_BENT = 0.999
"""Cosine of the angle between two faces of a piece below which it is not flat."""
_SPECK = 3
"""Faces that may have one colour by chance, where borders are averaged."""


def numbered(values: NDArray[np.integer], most: int) -> Ints | None:
    """The values counted from 0 in the order of their first face; None if there are fewer than two or too many."""
    changes = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))
    of_run = values[changes]  # the faces of a part follow one another in most files, so there is little to sort
    _, firsts, labels = np.unique(of_run, return_index=True, return_inverse=True)
    if not 2 <= len(firsts) <= most:
        return None
    rank = np.empty(len(firsts), np.int32)
    rank[np.argsort(firsts)] = np.arange(len(firsts), dtype=np.int32)
    return np.repeat(rank[labels.reshape(-1)], np.diff(np.append(changes, len(values))))


def kept_together(faces: Faces, labels: Ints) -> bool:
    """Whether the faces of a label are connected, as those of a part are, and not scattered over the surface.

    It counts the pieces that the labels make of the surface, and the pieces that it has without them.
    """
    count = int(labels.max()) + 1
    if np.count_nonzero(np.diff(labels)) <= 8 * count:
        return True
    pieces = count_pieces(faces, labels) - len(np.unique(joined_by_vertices(faces)))
    return pieces <= 8 * count + len(labels) // 100


def count_pieces(faces: Faces, labels: Ints) -> int:
    """How many pieces there are of the surface where it is cut between the labels."""
    count = int(labels.max()) + 1
    of_corner = np.repeat(labels, np.diff(faces.starts))
    _, places = np.unique(faces.corners.astype(np.int64) * count + of_corner, return_inverse=True)
    apart = Faces(np.empty((int(places.max()) + 1, 0), np.float32), places.astype(np.int32), faces.starts)
    return len(np.unique(joined_by_vertices(apart)))


def by_colour(colours: Floats, of_corners: Ints, faces: Faces) -> Ints | None:
    """By the colours (n, 4) of the corners (corners,), as they were written; None where they are no parts.

    A part's colour is one that some face has at all its corners. On the border of two parts that share vertices these
    have either part's colour, or a mean of both: such faces go to the part that has a corner of theirs.
    """
    levels = np.rint(np.clip(colours, 0, 1) * 65535).astype(np.int64)
    keys: NDArray[np.int64] = levels[:, 0] << 47 | levels[:, 1] << 31 | levels[:, 2] << 15 | levels[:, 3] >> 1
    corners = (faces.starts[:-1, None] + np.arange(3)).astype(np.int32)
    first, second, third = (keys[of_corners[corners[:, k]]] for k in range(3))
    pure = (first == second) & (second == third)
    if np.mean(pure) < _PURE:
        return None
    if pure.all():
        return numbered(first, MOST)
    found, places, counts = np.unique(first[pure], return_index=True, return_counts=True)
    mixed = np.flatnonzero(~pure)
    if len(found) > 4 * MOST:
        return None
    own = _own_colours(
        keys[of_corners], colours[of_corners], corners, faces, pure, found, counts, corners[pure][places, 0]
    )
    if not 2 <= len(own) <= MOST:
        return None
    labels = np.full(len(first), -1, np.int32)
    labels[pure] = _place_in(own, first[pure])
    known = [_place_in(own, keys[of_corners[corners[mixed, k]]]) for k in range(3)]
    labels[mixed] = np.where(
        (known[1] == known[2]) & (known[1] >= 0),
        known[1],
        np.where(known[0] >= 0, known[0], np.where(known[1] >= 0, known[1], known[2])),
    )
    if np.mean(labels >= 0) < _FLAT:
        return None
    _spread(labels, faces)
    return numbered(labels, MOST)


def _place_in(ordered: NDArray[np.int64], values: NDArray[np.int64]) -> Ints:
    """Where each value is among the ordered ones; -1 for the others."""
    places = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return np.where(ordered[places] == values, places, -1).astype(np.int32)


def _own_colours(
    keys: NDArray[np.int64],
    colours: Floats,
    corners: Ints,
    faces: Faces,
    pure: Flags,
    found: NDArray[np.int64],
    counts: NDArray[np.int64],
    samples: Ints,
) -> NDArray[np.int64]:
    """Those of the colours that are a part's own, not a mean that a speck of faces on a border has by chance.

    Such a mean lies between the colours that it shares faces with, which are those of many more faces.
    """
    mixed = np.flatnonzero(~pure)
    known = np.stack([_place_in(found, keys[corners[mixed, k]]) for k in range(3)])
    values = colours[samples]
    low, high = np.full((len(found), 4), np.inf), np.full((len(found), 4), -np.inf)
    for one, other in ((0, 1), (1, 2), (2, 0), (1, 0), (2, 1), (0, 2)):
        both = (known[one] >= 0) & (known[other] >= 0)
        mine, beside = known[one][both], known[other][both]
        larger = counts[beside] >= 8 * counts[mine]
        np.minimum.at(low, mine[larger], values[beside[larger]])
        np.maximum.at(high, mine[larger], values[beside[larger]])
    near = 2 / 255
    suspects = np.flatnonzero(((values >= low - near) & (values <= high + near)).all(axis=1))
    if not len(suspects):
        return found
    of_suspect = np.flatnonzero(pure)[np.isin(keys[corners[pure, 0]], found[suspects])]
    which = _place_in(found, keys[corners[of_suspect, 0]])
    some = faces.corners[corners[of_suspect]].ravel()
    clusters = joined_by_vertices(Faces(faces.positions, some, np.arange(0, len(some) + 1, 3, dtype=np.int32)))
    _, cluster, sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    largest = np.zeros(len(found), np.int64)
    np.maximum.at(largest, which, sizes[cluster.reshape(-1)])
    chance = np.zeros(len(found), np.bool_)
    chance[suspects] = largest[suspects] <= _SPECK
    return found[~chance]


def _spread(labels: Ints, faces: Faces) -> None:
    """Give faces without a label (-1) that of a neighbour, from the labelled ones inwards."""
    of_vertex = np.full(len(faces.positions), -1, np.int32)
    sizes = np.diff(faces.starts)
    of_vertex[faces.corners] = np.repeat(labels, sizes)
    has = np.repeat(labels >= 0, sizes)
    of_vertex[faces.corners[has]] = np.repeat(labels, sizes)[has]
    left = np.flatnonzero(labels < 0)
    while len(left):
        near = np.stack([of_vertex[faces.corners[faces.starts[left] + k]] for k in range(3)]).max(axis=0)
        if not (near >= 0).any():
            labels[left] = 0
            return
        labels[left] = near
        for k in range(3):
            ends = faces.corners[faces.starts[left] + k]
            of_vertex[ends] = np.maximum(of_vertex[ends], near)
        left = left[near < 0]


def by_closed_shell(faces: Faces, most: int) -> Ints | None:
    """By closed shells, of faces that share all vertices at one place; what is not closed, by connected pieces."""
    pieces, closed = closed_shells(faces, np.arange(len(faces.positions), dtype=np.int32))
    if closed.all():
        return numbered(pieces, most)
    return numbered(np.where(closed, pieces, joined_by_vertices(faces) + len(pieces)), most)


def has_flat_pieces(faces: Faces) -> bool:
    """Whether most pieces that hang together by vertices are flat: the sides of what was shaded flat, or its faces."""
    pieces = joined_by_vertices(faces)
    first, second, third = (faces.positions[faces.corners[faces.starts[:-1] + k]] for k in range(3))
    normals = np.cross(second - first, third - first)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    _, at, numbers = np.unique(pieces, return_index=True, return_inverse=True)
    bent = np.abs(np.einsum("nk,nk->n", normals, normals[at][numbers.reshape(-1)])) < _BENT
    return len(np.unique(pieces[bent])) * 2 <= len(at)


def by_shell(faces: Faces, most: int, *, split_for_shading: bool, seams: bool) -> Ints | None:
    """By connected pieces; None where there is one, or more than ``most``.

    Vertices at one place that the file has split for the sake of normals or UVs (``split_for_shading``) are one again.
    Where it has not split them, they are two on purpose, to keep two parts apart that touch. Closed shells are parts
    even where they touch. ``seams``: there are UVs, whose seams split vertices, too.
    """
    shells = joined_by_vertices(faces)
    apart = len(np.unique(shells))
    if not split_for_shading and 1 < apart <= most:
        return numbered(shells, most)
    same = same_place(faces.positions) if split_for_shading else np.arange(len(faces.positions), dtype=np.int32)
    pieces, closed = closed_shells(faces, same)
    welded = joined_by_vertices(faces, same)
    together = len(np.unique(welded))
    # A result in one piece is not likely: more likely its parts touch, and their normals differ there.
    rest = welded if seams or together > 1 or apart > _FEW or not split_for_shading else shells
    # Numbers of pieces are faces, those of the rest are vertices: they must not meet.
    return numbered(np.where(closed, pieces, rest + len(pieces)), most)
