# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service may do to coordinates and triangles before it cuts: nothing, by default."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from . import bpy_process
from .meshes import Floats, Mesh
from .surface import weld


def reshape(mesh: Mesh, geometry: str) -> Mesh:
    """The mesh after one of these.

    keep: as it is. recentre: the middle of the bounds at the origin. normalise: that, and the longest side 1.
    swap_axes: turned by 90 degrees about X, as when Y up is taken for Z up. weld: vertices at one place become one.
    decimate: half the triangles. voxel: a new surface of voxels. Raises BpyError for the last two.
    """
    points = mesh.vertices.astype(np.float64)
    match geometry:
        case "recentre" | "normalise":
            used = points[mesh.triangles.reshape(-1)]
            low, high = used.min(0), used.max(0)
            points -= (low + high) / 2
            if geometry == "normalise":
                points /= float((high - low).max()) or 1.0
        case "swap_axes":
            points = np.stack((points[:, 0], -points[:, 2], points[:, 1]), 1)
        case "weld":
            place = weld(mesh.vertices)
            vertices: Floats = np.empty((int(place.max()) + 1, 3), np.float32)
            vertices[place] = mesh.vertices
            return Mesh(vertices, place[mesh.triangles])
        case "decimate" | "voxel":
            with tempfile.TemporaryDirectory(prefix="hitem3d-sandbox-") as folder:
                target = Path(folder) / "reshaped.npz"
                bpy_process.run("reshape", [mesh], target, geometry)
                return bpy_process.load(target)[0]
        case _:
            return mesh
    return Mesh(points.astype(np.float32), mesh.triangles)
