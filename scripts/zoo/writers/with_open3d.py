# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open3D: one triangle mesh in each of its formats."""

from __future__ import annotations

import open3d

from ..cells import ONE_SURFACE, WELDED, Zoo, run
from ..models import Model, models

PACKAGES = ["open3d==0.20.0", "numpy==2.4.6"]


def mesh_of(model: Model) -> open3d.geometry.TriangleMesh:
    """All parts in one mesh."""
    vertices, triangles, _ = model.together()
    mesh = open3d.geometry.TriangleMesh(
        open3d.utility.Vector3dVector(vertices), open3d.utility.Vector3iVector(triangles)
    )
    if model.shared:
        mesh.vertex_colors = open3d.utility.Vector3dVector(model.vertex_colours())
    return mesh


def write(zoo: Zoo) -> None:
    """write_triangle_mesh."""
    for model in models().values():
        for suffix in ("glb", "obj") if model.name == "robot" else ("glb", "obj", "ply", "stl"):
            mesh = mesh_of(model)
            if suffix == "stl":
                mesh.compute_vertex_normals()  # or it refuses
            lost = suffix == "stl" and not model.closed
            way = "colours" if model.shared else "shells"
            way = "whole" if lost or len(model.parts) == 1 else way
            path = zoo.add(
                model,
                suffix,
                "write_triangle_mesh",
                way,
                parts=int(lost),
                colours=model.shared and not lost,
                border=model.shared,
                off=1e-5,
                why=WELDED if lost else ONE_SURFACE,
            )
            assert open3d.io.write_triangle_mesh(str(path), mesh)
            if suffix == "ply" and model.name in ("cubes", "egg"):
                path = zoo.add(
                    model,
                    suffix,
                    "write_triangle_mesh(write_ascii=True)",
                    way,
                    variant="ascii",
                    colours=model.shared,
                    border=model.shared,
                    off=1e-5,
                    why=ONE_SURFACE,
                )
                open3d.io.write_triangle_mesh(str(path), mesh, write_ascii=True)


if __name__ == "__main__":
    run("open3d", ["open3d"], write)
