# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture of a model as it was and, beside it, of its parts in colours of their own, pulled apart a little."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bpy.types import Object

from .side_by_side import Half, colour_and_pull_apart, fit, paint, render_side_by_side, seen

CLAY = (0.5, 0.5, 0.48, 1.0)


def render(sources: Sequence[Object], parts: Sequence[Object], file: Path) -> None:
    """Write the picture, a PNG.

    Leaves a scene "Side by side" in the open file, and nothing else changed.
    """
    before, after = seen(sources), seen(parts)
    triangles = sum(len(mesh.loop_triangles) for mesh in before)
    fit(before, [*before, *after])
    for mesh in before:
        if not any(mesh.materials):
            paint(mesh, CLAY)
    colour_and_pull_apart(after, parts)
    halves = Half("Before", f"{triangles:,} triangles", before), Half("After", f"{len(parts)} parts", after)
    render_side_by_side(*halves, file)
