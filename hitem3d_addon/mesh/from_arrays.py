# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's meshes made of arrays."""

from __future__ import annotations

import bpy
import numpy as np
from bpy.types import Mesh
from numpy.typing import NDArray

from .arrays import Floats, Ints


def make_mesh(name: str, positions: Floats, corners: Ints, starts: NDArray[np.integer] | None = None) -> Mesh:
    """A mesh of vertices (n, 3) and of faces: the vertex of each corner, and the corner with which each face starts.

    Without ``starts`` the faces are triangles. The edges are left out, since they take long and not everybody needs
    them: ``mesh.update(calc_edges=True)`` makes them.
    """
    if starts is None:
        starts = np.arange(0, corners.size, 3)
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(len(positions))
    mesh.attributes["position"].data.foreach_set("vector", np.ascontiguousarray(positions).ravel())
    if corners.size:
        mesh.loops.add(corners.size)
        mesh.attributes[".corner_vert"].data.foreach_set("value", np.ascontiguousarray(corners).ravel())
        mesh.polygons.add(len(starts))
        mesh.polygons.foreach_set("loop_start", starts.astype(np.int32))
    return mesh
