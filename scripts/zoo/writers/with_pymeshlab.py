# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""PyMeshLab: what MeshLab saves, from one layer or flattened from several."""

from __future__ import annotations

import numpy as np
import pymeshlab

from ..cells import ONE_SURFACE, WELDED, Zoo, run
from ..models import Model, models

PACKAGES = ["pymeshlab==2025.7.post1", "numpy==2.4.6"]


def layers(model: Model) -> pymeshlab.MeshSet:
    """A layer for each part, flattened into one; of a model whose parts share vertices one layer, coloured."""
    found = pymeshlab.MeshSet()
    if model.shared:
        vertices, triangles, _ = model.together()
        colours = np.insert(model.vertex_colours(), 3, 1, axis=1)
        found.add_mesh(pymeshlab.Mesh(vertices, triangles, v_color_matrix=colours))
        return found
    for part in model.parts:
        found.add_mesh(pymeshlab.Mesh(part.vertices, part.triangles), part.name)
    if len(model.parts) > 1:
        found.generate_by_merging_visible_meshes(mergevertices=False)
    return found


def write(zoo: Zoo) -> None:
    """save_current_mesh."""
    for model in models().values():
        for suffix in ("obj", "3mf") if model.name == "robot" else ("obj", "ply", "stl", "3mf"):
            lost = suffix == "stl" and not model.closed
            gone = suffix == "3mf" and model.shared  # MeshLab writes no colours there
            way = "whole" if gone else "colours" if model.shared else "shells"
            way = "whole" if lost or len(model.parts) == 1 else way
            path = zoo.add(
                model,
                suffix,
                "save_current_mesh",
                way,
                parts=int(lost or gone),
                names="kept" if suffix == "3mf" and len(model.parts) == 1 else "none",
                colours=model.shared and not lost and not gone,
                border=model.shared,
                off=1e-5,
                why="MeshLab writes no colours into a 3MF." if gone else WELDED if lost else ONE_SURFACE,
            )
            layers(model).save_current_mesh(str(path))


if __name__ == "__main__":
    run("pymeshlab", ["pymeshlab"], write)
