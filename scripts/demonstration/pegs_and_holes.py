# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""python3 scripts/demonstration/pegs_and_holes.py FILE: a picture of two parts after Add Pegs, seen at their cuts."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import bpy
import numpy as np
from blender.output import silenced
from bpy.types import Mesh
from mathutils import Vector

from demonstration.job import Job
from demonstration.made_model import make_ring
from demonstration.open_and_closed import show_caps
from demonstration.side_by_side import VIEW, Half, colour_and_pull_apart, fit, render_side_by_side, seen

FACING = (0.45, 0.45, 0.8)
"""Where the cuts look, as the camera sees it: right, up, and towards it."""


def main() -> None:
    """Cut a ring in two with a local Hitem3D, close its parts, add pegs, and write the picture."""
    ring = make_ring(0.5)
    with Job(print) as job:
        job.send([ring], "LOW", "GLB")
        parts = job.fetch()
        with silenced():
            bpy.ops.hitem3d.close_parts()
            bpy.ops.hitem3d.add_pegs(shape="KEYED")
        meshes = seen(parts)
    fit(seen([ring]), meshes)
    colour_and_pull_apart(meshes, parts)
    show_caps(meshes, parts)
    for mesh in meshes:
        _turn_to_the_camera(mesh)
    pegs, holes = sorted(meshes, key=_volume)
    left = Half("Pegs", "on the smaller part", [pegs])
    render_side_by_side(left, Half("Holes", "in the larger one", [holes]), Path(sys.argv[1]))


def _volume(mesh: Mesh) -> float:
    heights = [polygon.center.dot(polygon.normal) * polygon.area for polygon in mesh.polygons]
    return float(sum(heights)) / 3


def _turn_to_the_camera(mesh: Mesh) -> None:
    """Such that the cuts of the part are seen."""
    caps, areas = np.empty(len(mesh.polygons), np.bool_), np.empty(len(mesh.polygons), np.float32)
    normals = np.empty((len(mesh.polygons), 3), np.float32)
    mesh.attributes["hitem3d_cap"].data.foreach_get("value", caps)
    mesh.polygons.foreach_get("area", areas)
    mesh.polygons.foreach_get("normal", normals.ravel())
    looks = Vector((normals[caps] * areas[caps, None]).sum(axis=0).tolist())
    wanted = VIEW.to_matrix() @ Vector(FACING)
    mesh.transform(looks.rotation_difference(wanted).to_matrix().to_4x4())


if __name__ == "__main__":
    main()
