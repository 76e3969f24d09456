# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which piece of a part that was joined of several each new face is of, so that it goes with it when they are split."""

from __future__ import annotations

import numpy as np
from bpy.types import Mesh

from ..mesh.arrays import Ints
from ..mesh.attributes import PIECE, read_numbers, store_numbers
from ..mesh.components import components
from ..mesh.triangles import corner_values, local_positions, polygon_starts
from .loops import directed_edges
from .web import divide


def note_pieces(mesh: Mesh, before: dict[str, int]) -> None:
    """Give the triangles that are new in a mesh the piece of the faces along their border, if faces have pieces at all.

    ``before`` says how many elements each domain had. A cap between several pieces is divided among them.
    """
    numbers = read_numbers(mesh, PIECE, "FACE")
    faces, loops = before["FACE"], before["CORNER"]
    if numbers is None or not faces:
        return
    vertices, of_corners = corner_values(mesh, ".corner_vert"), corner_values(mesh, ".corner_edge")
    of_old_corners = np.repeat(numbers[:faces], np.diff(polygon_starts(mesh)[: faces + 1]))
    of_edges = np.full(len(mesh.edges), -1, np.int32)
    of_edges[of_corners[:loops]] = of_old_corners
    corners = vertices[loops:].reshape(-1, 3)
    sides, of_sides = directed_edges(corners), of_edges[of_corners[loops:]]
    group = components(len(mesh.vertices), sides[:, 0], sides[:, 1])
    for number in np.unique(group[corners[:, 0]]):
        mine = np.flatnonzero(group[corners[:, 0]] == number)
        border = (group[sides[:, 0]] == number) & (of_sides >= 0)
        if border.any():
            used, places = np.unique(corners[mine], return_inverse=True)
            ends = np.searchsorted(used, sides[border]).astype(np.int32)
            numbers[faces + mine] = divide(places.reshape(-1, 3).astype(np.int32), ends, of_sides[border])
        else:
            numbers[faces + mine] = _nearest(mesh, vertices[:loops], of_old_corners, int(corners[mine[0], 0]))
    store_numbers(mesh, PIECE, "FACE", numbers)


def _nearest(mesh: Mesh, of_corners: Ints, pieces: Ints, vertex: int) -> int:
    """The piece of the old corner that is nearest to a vertex."""
    positions = local_positions(mesh)
    distances = ((positions[:, of_corners] - positions[:, vertex, None]) ** 2).sum(axis=0)
    return int(pieces[np.argmin(distances)])
