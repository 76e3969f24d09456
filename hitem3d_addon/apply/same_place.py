# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an object is a version of what the parts were cut from, in the same place: surfaces are compared, both ways.

What was sculpted, remeshed or reduced lies within 1.5 % of the diagonal of what it was; a coarse mesh goes farther,
since its faces cut the corners. All of a version lies on the parts, but not all of the parts on it: a remesh drops what
lies inside, or open sheets.
"""

from __future__ import annotations

import numpy as np

from ..core.errors import InputError
from ..mesh.arrays import Floats
from ..mesh.points import sample
from ..mesh.surface import Frame, Surface
from ..mesh.transform import right_angle_turns
from ..mesh.triangles import Triangles, measure
from .nearest_surface import NearestSurface

_NEAR, _NEAR_COARSE = 0.02, 0.04
"""Of the parts' diagonal: what is so near lies on the parts, in a fine mesh, and at most."""
_OF_EDGE = 0.25
"""How much of the length of its edges a coarse mesh is given beside that."""
_ON_PARTS, _COVERED = 0.85, 0.1
"""The shares of a version's surface that lies on the parts, and of theirs that lies on it, at least."""
_BETTER = 0.5
"""What fits so much better when it is moved, turned by right angles or scaled, by mean distance, lies elsewhere."""
_OFF = 0.005
"""Of the diagonal: a mean distance that may still come from sculpting alone."""
_POINTS = 2000


def check_place(name: str, version: Triangles, parts: Triangles) -> float:
    """How much of the parts' surface lies on the version, 0 to 1. Raises InputError for what is no version of it."""
    low, high = parts.positions.min(axis=1), parts.positions.max(axis=1)
    diagonal = max(float(np.linalg.norm(high - low)), 1e-30)
    points, of_parts = _points(version), _points(parts)
    edge = float(np.sqrt(measure(version).areas.mean(dtype=np.float64) * 4 / np.sqrt(3)))
    near = min(_NEAR * diagonal + _OF_EDGE * edge, _NEAR_COARSE * diagonal)
    with _surface(parts) as surface:
        away = surface.find(points)[1]
        on_parts = float((away <= near).mean())
        if on_parts < _ON_PARTS or float(away.mean()) > _OFF * diagonal:
            moved = _moved(points, version.positions, low, high)
            best = surface.find(moved.transpose(1, 0, 2).reshape(3, -1))[1].reshape(len(moved), -1)
            best = best[best.mean(axis=1).argmin()]
            if best.mean() < _BETTER * away.mean() and (best <= near).mean() >= _ON_PARTS:
                raise InputError(
                    "“{name}” is not where the parts are: it was moved, turned or scaled. Put it where the original "
                    "was when the parts were imported, and retry.",
                    name=name,
                )
    with _surface(version) as surface:
        covered = float((surface.find(of_parts)[1] <= near).mean())
    if on_parts < _ON_PARTS or covered < _COVERED:
        raise InputError(
            "“{name}” lies elsewhere or has another shape: {on_parts:.0f} % of its surface lies on the parts, and "
            "{covered:.0f} % of theirs on it. Select a version of what they were cut from, in the same place.",
            name=name,
            on_parts=100 * on_parts,
            covered=100 * covered,
        )
    return covered


def _surface(triangles: Triangles) -> NearestSurface:
    return NearestSurface(triangles, measure(triangles).normals, np.zeros(len(triangles), np.int32))


def _points(triangles: Triangles) -> Floats:
    """Points (3, n) spread evenly over the surface."""
    surface = Surface(triangles.positions, triangles.corners, np.eye(4)[None, :3])
    return np.ascontiguousarray(sample([surface], Frame(np.zeros(3), 1.0), _POINTS).T)


def _moved(points: Floats, positions: Floats, low: Floats, high: Floats) -> Floats:
    """The points (3, n) as they would be, (ways, 3, n), in the middle of the parts' bounds; turned; scaled to fit."""
    own = positions.min(axis=1), positions.max(axis=1)
    arms = points - ((own[0] + own[1]) / 2)[:, None]
    middle = ((low + high) / 2)[:, None]
    size = float(np.linalg.norm(high - low)) / max(float(np.linalg.norm(own[1] - own[0])), 1e-30)
    return np.stack([middle + scale * (turn @ arms) for turn in right_angle_turns() for scale in (1.0, size)]).astype(
        np.float32
    )
