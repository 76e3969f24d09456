# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walls inside a part that was joined of closed ones: where two of these met, each has a cap of its own."""

from __future__ import annotations

import bmesh
import numpy as np
from bpy.types import Mesh

from ..mesh.arrays import Ints
from ..mesh.attributes import CAP
from ..mesh.triangles import corner_values, local_positions, polygon_starts


def remove_inner_walls(mesh: Mesh) -> None:
    """Take out caps that are there twice: the same triangle to the last bit, with its two sides."""
    faces = _doubled_caps(mesh)
    if not len(faces):
        return
    made = bmesh.new()
    made.from_mesh(mesh)
    made.faces.ensure_lookup_table()
    bmesh.ops.delete(made, geom=[made.faces[number] for number in faces.tolist()], context="FACES")
    made.to_mesh(mesh)
    made.free()


def _doubled_caps(mesh: Mesh) -> Ints:
    """The numbers of the faces (n,)."""
    attribute = mesh.attributes.get(CAP)
    if attribute is None or attribute.domain != "FACE" or attribute.data_type != "BOOLEAN":
        return np.empty(0, np.int32)
    is_cap = np.empty(len(mesh.polygons), np.bool_)
    attribute.data.foreach_get("value", is_cap)
    starts = polygon_starts(mesh)
    caps = np.flatnonzero(is_cap & (np.diff(starts) == 3))
    corners = corner_values(mesh, ".corner_vert")[starts[caps][:, None] + np.arange(3)]
    _, places = np.unique(local_positions(mesh).T, axis=0, return_inverse=True)
    at = places.reshape(-1)[corners]
    order = np.argsort(at, axis=1)
    forward = (order[:, 1] - order[:, 0]) % 3 == 1
    _, group = np.unique(np.take_along_axis(at, order, axis=1), axis=0, return_inverse=True)
    group = group.reshape(-1)
    sides = np.bincount(group, np.where(forward, 1, -1)), np.bincount(group)
    return caps[(sides[0][group] == 0) & (sides[1][group] == 2)].astype(np.int32)
