# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manifold: solids joined and cut by it, written as its users do, with trimesh."""

from __future__ import annotations

import manifold3d
import numpy as np
import trimesh

from ..cells import Zoo, run
from ..models import Part, get

PACKAGES = ["manifold3d==3.5.4", "trimesh==5.2.0", "numpy==2.4.6", "networkx==3.6.1", "scipy==1.17.1"]
MODELS = ("cubes", "robot", "nested", "one")


def solid(part: Part) -> manifold3d.Manifold:
    """A part, which has to be closed."""
    mesh = manifold3d.Mesh(part.vertices.astype(np.float32), part.triangles.astype(np.uint32))
    return manifold3d.Manifold(mesh)


def written(one: manifold3d.Manifold) -> trimesh.Trimesh:
    """What Manifold gives out."""
    mesh = one.to_mesh()
    return trimesh.Trimesh(mesh.vert_properties[:, :3], mesh.tri_verts, process=False)


def write(zoo: Zoo) -> None:
    """A scene of solids."""
    for model in map(get, MODELS):
        one = len(model.parts) == 1
        scene = trimesh.Scene()
        for part in model.parts:
            scene.add_geometry(written(solid(part)), node_name=part.name, geom_name=part.name)
        scene.export(
            zoo.add(
                model, "glb", "solids in a trimesh.Scene", "whole" if one else "objects", variant="scene", names="kept"
            )
        )


if __name__ == "__main__":
    run("manifold3d", ["manifold3d", "trimesh"], write)
