# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of an STL that came as one piece, by the order of its triangles.

An STL has no parts and no shared vertices, so open parts that touch look like one surface. But who writes a cut model
writes one part after the other, and each in the order that the model had, or in the opposite one. So where every
triangle is one of those that were sent, a part ends where the order turns back.
"""

from __future__ import annotations

import numpy as np
from bpy.types import Context, Object

from ..mesh.arrays import Doubles, Ints
from ..mesh.cut import cut
from ..mesh.evaluated import showing
from ..mesh.same_triangles import find_same
from ..mesh.shells import Faces
from ..mesh.surface import Surface, bounds, gather
from ..mesh.triangles import Triangles, corner_values, local_positions, mesh_triangles
from .placing.place import Place, Seen
from .placing.placement import EXACT
from .splitting.split import Part
from .splitting.ways import MOST, count_pieces

_FEWEST = 8
"""Triangles that parts have on average, at least."""
_PIECES = 4
"""Pieces that parts have on average, at most: what is in no order of parts lies scattered over the surface."""


def cut_by_order(context: Context, part: Part, place: Place, source: Object) -> list[Part]:
    """The parts that the order of the triangles tells apart, one after another; none where it tells nothing.

    The object has to show what was sent, triangle by triangle, and the part to lie on it. Its mesh is used up then.
    """
    if place.doubtful or place.seen is not Seen.ON_IT or place.off > EXACT:
        return []
    with showing(source, context.evaluated_depsgraph_get()) as graph:
        surfaces = gather([source], graph)
        low, high = bounds(surfaces)
        sent = _triangles(surfaces, (low + high) / 2)
    came = mesh_triangles([(part.mesh, place.matrix @ part.matrix)], (low + high) / 2)
    if len(came) != len(sent):
        return []
    numbers = np.arange(len(sent), dtype=np.int32)
    order = find_same(came, sent, numbers, float(np.linalg.norm(high - low)))
    if not np.array_equal(np.sort(order), numbers):
        return []
    labels = min((_runs(order), _runs(-order)), key=lambda found: int(found[-1]))
    starts = np.arange(0, 3 * len(order) + 1, 3, dtype=np.int32)
    faces = Faces(local_positions(part.mesh).T, corner_values(part.mesh, ".corner_vert"), starts)
    parts = int(labels[-1]) + 1
    if not 1 < parts <= min(MOST, len(order) // _FEWEST) or count_pieces(faces, labels) > _PIECES * parts:
        return []
    return [Part(piece.mesh, part.name, part.matrix) for piece in cut(part.mesh, labels).values()]


def _runs(order: Ints) -> Ints:
    """A number for each run of numbers that grow."""
    labels = np.zeros(len(order), np.int32)
    np.cumsum(np.diff(order) < 0, out=labels[1:])
    return labels


def _triangles(surfaces: list[Surface], centre: Doubles) -> Triangles:
    """Those of surfaces in the order in which they are sent, relative to the centre."""
    positions, corners = [], []
    first = 0
    for surface in surfaces:
        for block in surface.world_blocks():
            positions.append((block - centre[:, None, None]).reshape(3, -1).astype(np.float32))
        corners += [block.reshape(-1, 3) for block in surface.corner_blocks(first)]
        first += len(surface.matrices) * surface.local.shape[1]
    found: Ints = np.concatenate(corners)
    return Triangles(np.concatenate(positions, axis=1), found, np.arange(len(found), dtype=np.int32))
