# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of several imports of one task lies on an object: a copy keeps its task, and each has an import of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from bpy.types import Depsgraph, Mesh, Object
from mathutils import Matrix, Vector
from numpy.typing import NDArray

from ..mesh.evaluated import showing, world_matrices
from ..mesh.triangles import world_bounds

_SAME = 0.01
"""Of the diagonal: imports whose bounds are so near to the object's are equally good; then the last one counts."""

Bounds = tuple[NDArray[np.float64], NDArray[np.float64]]


def choose_import(source: Object, imports: Sequence[Sequence[Object]], depsgraph: Depsgraph) -> Sequence[Object]:
    """The parts that lie best on the object, of several imports, of which the last one comes first."""
    if len(imports) < 2 or not source.data.vertices:
        return imports[0]
    (matrix,) = world_matrices([source], depsgraph)
    own = _joint_bounds([(source.data, matrix)])
    places = [own, _shown_bounds(source, matrix, depsgraph)]
    room = _SAME * float(np.linalg.norm(own[1] - own[0]))
    away = []
    for parts in imports:
        matrices = world_matrices(parts, depsgraph)
        bounds = _joint_bounds([(part.data, its) for part, its in zip(parts, matrices, strict=True)])
        away.append(max(room, min(float(np.abs(np.subtract(bounds, place)).max()) for place in places)))
    return imports[away.index(min(away))]


def _joint_bounds(meshes: Sequence[tuple[Mesh, Matrix]]) -> Bounds:
    """Lowest and highest world coordinates, (3,) each, of all meshes that have vertices."""
    found = [world_bounds(mesh, matrix) for mesh, matrix in meshes if mesh.vertices]
    return np.min([low for low, _ in found], axis=0), np.max([high for _, high in found], axis=0)


def _shown_bounds(source: Object, matrix: Matrix, depsgraph: Depsgraph) -> Bounds:
    """The same for the bounding box of what the object shows."""
    with showing(source, depsgraph) as graph:
        corners = np.array([matrix @ Vector(corner) for corner in source.evaluated_get(graph).bound_box])
    return corners.min(axis=0), corners.max(axis=0)
