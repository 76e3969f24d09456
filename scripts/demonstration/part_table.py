# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A table of parts, as text."""

from __future__ import annotations

from collections.abc import Sequence

import bpy
import numpy as np
from bpy.types import Object
from numpy.typing import NDArray


def table(parts: Sequence[Object]) -> str:
    """One line for each part, the largest first: name, triangles, share of the area, size along the world's axes."""
    corners = {part: world_triangles(part) for part in parts}
    areas = {part: float(_areas(one).sum()) for part, one in corners.items()}
    whole = sum(areas.values()) or 1.0
    largest = np.ptp(np.concatenate([one.reshape(-1, 3) for one in corners.values()]), axis=0).max()
    digits = int(np.clip(2 - np.floor(np.log10(largest or 1.0)), 0, 9))
    rows = [("part", "triangles", "area", "size")]
    for part in sorted(parts, key=lambda one: -areas[one]):
        size = np.ptp(corners[part].reshape(-1, 3), axis=0)
        rows.append(
            (
                part.name,
                f"{len(corners[part]):,}",
                f"{areas[part] / whole:.1%}",
                " x ".join(f"{length:.{digits}f}" for length in size),
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.rjust(width) if at in (1, 2) else cell.ljust(width) for at, (cell, width) in enumerate(cells))
        for cells in (zip(row, widths, strict=True) for row in rows)
    )


def world_triangles(obj: Object) -> NDArray[np.float64]:
    """The triangles that an object shows, modifiers applied: (n, 3, 3), world frame, Z up."""
    evaluated = obj.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = evaluated.to_mesh()
    mesh.calc_loop_triangles()
    points = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", points)
    indices = np.empty(3 * len(mesh.loop_triangles), np.int32)
    mesh.loop_triangles.foreach_get("vertices", indices)
    evaluated.to_mesh_clear()
    matrix = np.array(obj.matrix_world)
    world = points.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3]
    return np.asarray(world[indices].reshape(-1, 3, 3))


def _areas(triangles: NDArray[np.float64]) -> NDArray[np.float64]:
    edges = triangles[:, 1:] - triangles[:, :1]
    return np.asarray(np.linalg.norm(np.cross(edges[:, 0], edges[:, 1]), axis=1) / 2)
