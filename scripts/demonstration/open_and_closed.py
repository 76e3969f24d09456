# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""python3 scripts/demonstration/open_and_closed.py FILE: a picture of parts as they were cut and after Close Parts."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import bpy
import numpy as np
from blender.output import silenced
from bpy.types import Mesh, Object
from mathutils import Color

from demonstration.job import Job
from demonstration.made_model import make_ring
from demonstration.side_by_side import Half, colour_and_pull_apart, fit, material, render_side_by_side, seen

LIGHTER = 0.55
"""How far from its colour to white a part's cap is, so that it is told from the part."""


def main() -> None:
    """Cut a ring with a local Hitem3D, close its parts, and write the picture."""
    ring = make_ring(0.45)
    with Job(print) as job:
        job.send([ring], "MEDIUM", "GLB")
        parts = job.fetch()
        cut = seen(parts)
        with silenced():
            bpy.ops.hitem3d.close_parts()
        closed = seen(parts)
    fit(seen([ring]), [*cut, *closed])
    colour_and_pull_apart(cut, parts)
    colour_and_pull_apart(closed, parts)
    show_caps(closed, parts)
    left = Half("As they were cut", f"{len(parts)} parts", cut)
    render_side_by_side(left, Half("Closed", "the new faces are paler", closed), Path(sys.argv[1]))


def show_caps(meshes: Sequence[Mesh], parts: Sequence[Object]) -> None:
    """Paint the caps of parts, which have one paint, paler than that."""
    for mesh, part in zip(meshes, parts, strict=True):
        colour = Color(part.color[:3]).from_srgb_to_scene_linear()
        mesh.materials.append(material((*(LIGHTER + (1 - LIGHTER) * one for one in colour), 1.0)))
        caps = np.empty(len(mesh.polygons), bool)
        mesh.attributes["hitem3d_cap"].data.foreach_get("value", caps)
        mesh.polygons.foreach_set("material_index", caps.astype(np.int32))


if __name__ == "__main__":
    main()
