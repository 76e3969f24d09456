# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts that came back inside out: some programs mirror the coordinates of a part and leave its faces as they were."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from bpy.types import Context, Mesh, Object
from mathutils import Matrix

from ..core.errors import InputError
from ..mesh.arrays import Doubles
from ..mesh.evaluated import showing
from ..mesh.surface import Frame, bounds, gather
from ..mesh.surface_distance import SurfaceDistance
from ..mesh.transform import turn_faces
from ..mesh.triangles import measure, mesh_triangles

_CLOSED = 1e-4
"""The normals of a closed surface cancel out, but for this share of the area."""
_ASKED = 32
"""Triangles of a part that are compared with the object."""


def turn_inside_out(context: Context, parts: Sequence[Object], source: Object) -> list[Object]:
    """Turn round the faces of closed parts that face inward where the object, on which they lie, faces outward.

    Gives these parts. The object decides: a part that it shows inside out, such as the wall of a cavity, stays so.
    """
    asked = [(part, found) for part in parts if (found := _facing_inward(part.data))]
    if not asked:
        return []
    with showing(source, context.evaluated_depsgraph_get()) as graph:
        try:
            surfaces = gather([source], graph)
        except InputError:
            return []
        low, high = bounds(surfaces)
        frame = Frame((low + high) / 2, 1.0)
        shown, turned = SurfaceDistance(surfaces, frame), []
        for part, (points, normals) in asked:
            facing = shown.nearest(points + np.array(part.location, np.float64) - frame.centre)[1]
            if np.median((facing * normals).sum(axis=1)) < 0:
                turned.append(part)
    for part in turned:
        turn_faces(part.data)
    return turned


def _facing_inward(mesh: Mesh) -> tuple[Doubles, Doubles] | None:
    """Where some triangles of a closed mesh are, and their normals (n, 3 each), if it encloses less than nothing."""
    if not len(mesh.polygons):
        return None
    centres, normals, areas = measure(mesh_triangles([(mesh, Matrix())], np.zeros(3)))
    directed = normals * areas
    if np.linalg.norm(directed.sum(axis=1, dtype=np.float64)) > _CLOSED * areas.sum(dtype=np.float64):
        return None
    middle = centres.mean(axis=1)
    if sum(float(((centres[k] - middle[k]) * directed[k]).sum(dtype=np.float64)) for k in range(3)) >= 0:
        return None
    # The largest triangles tell it best.
    some = np.argsort(areas)[-_ASKED:]
    return centres[:, some].T.astype(np.float64), normals[:, some].T.astype(np.float64)
