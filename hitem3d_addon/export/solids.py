# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects -> what of them is written for a printer: triangles in millimetres, a colour, and how large the whole is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np
from bpy.types import Depsgraph, Mesh, Object, Scene
from mathutils import Color

from ..core.errors import InputError, Message
from ..mesh.arrays import Doubles, Ints
from ..mesh.evaluated import showing
from ..mesh.surface import instance_matrices, moved, readable, shown_by
from ..mesh.triangles import corner_values, local_positions, triangle_loops
from .three_mf import Solid

_METRE = 1000.0


def millimetres(scene: Scene) -> float:
    """How many millimetres a unit of the scene is: its unit scale counts where it has units."""
    settings = scene.unit_settings
    return _METRE if settings.system == "NONE" else _METRE * settings.scale_length


def read_solids(parts: Sequence[Object], depsgraph: Depsgraph, scale: float, *, y_up: bool = False) -> list[Solid]:
    """What the parts show, hidden or not, in the order given: world coordinates times the scale.

    With ``y_up`` turned as exporters do: Z becomes Y. The depsgraph is the user's own, up to date. Raises InputError
    for a part that shows no surface.
    """
    pieces: dict[Object, list[tuple[Doubles, Ints]]] = {part: [] for part in parts}
    for some, graph in _seen_together(parts, depsgraph):
        matrices = instance_matrices(graph)
        for part, shown in shown_by(some, graph):
            with readable(shown) as mesh:
                pieces[part].append(_read(mesh, matrices[shown.number]))
    return [_solid(part, found, scale, y_up=y_up) for part, found in pieces.items()]


def size(solids: Sequence[Solid]) -> Doubles:
    """Width, depth and height of the whole, (3,)."""
    of_surface = [solid.points[np.unique(solid.corners)] for solid in solids]
    low = np.min([points.min(axis=0) for points in of_surface], axis=0)
    return np.asarray(np.max([points.max(axis=0) for points in of_surface], axis=0) - low)


def size_message(parts: Sequence[Object], depsgraph: Depsgraph, scale: float) -> Message:
    """How many parts there are and how large the whole is, in millimetres. Raises InputError as `read_solids` does."""
    width, depth, height = map(float, size(read_solids(parts, depsgraph, scale)))
    values = {"count": len(parts), "width": width, "depth": depth, "height": height}
    return Message("{count} parts, together {width:.1f} × {depth:.1f} × {height:.1f} mm", values)


def _seen_together(parts: Sequence[Object], depsgraph: Depsgraph) -> Iterator[tuple[Collection[Object], Depsgraph]]:
    """The parts that the user sees, all at once, and each of the others beside the scene."""
    seen = [part for part in parts if part.visible_get(view_layer=depsgraph.view_layer)]
    if seen:
        yield seen, depsgraph
    for part in parts:
        if part not in seen:
            with showing(part, depsgraph) as graph:
                yield [part], graph


def _read(mesh: Mesh, matrix: Doubles) -> tuple[Doubles, Ints]:
    """World points (n, 3) and triangles (m, 3) of a mesh with this matrix (3, 4); none where it has no faces."""
    if not len(mesh.polygons):
        return np.empty((0, 3)), np.empty((0, 3), np.int32)
    local = local_positions(mesh)
    corners = corner_values(mesh, ".corner_vert")[triangle_loops(mesh, local)[0]]
    if np.linalg.det(matrix[:, :3]) < 0:
        corners = corners[:, ::-1]
    return moved(local, matrix[None])[:, 0].T, corners


def _solid(part: Object, pieces: Sequence[tuple[Doubles, Ints]], scale: float, *, y_up: bool) -> Solid:
    if not sum(len(corners) for _, corners in pieces):
        raise InputError("“{name}” has no surface that could be written. Leave it out, or delete it.", name=part.name)
    starts = np.cumsum([0, *(len(points) for points, _ in pieces)])
    points = np.concatenate([points for points, _ in pieces]) * scale
    if y_up:
        points = points[:, [0, 2, 1]] * (1.0, 1.0, -1.0)
    corners = np.concatenate([corners + np.int32(start) for (_, corners), start in zip(pieces, starts, strict=False)])
    return Solid(part.name, _srgb(part), points, corners)


def _srgb(part: Object) -> str:
    """The colour that tells the part apart, as web pages write it."""
    shown = Color(part.color[:3]).from_scene_linear_to_srgb()
    return "#" + "".join(f"{round(255 * min(max(value, 0.0), 1.0)):02X}" for value in shown)
