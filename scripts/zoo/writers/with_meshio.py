# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""meshio: points and cells, in OBJ, STL and PLY."""

from __future__ import annotations

import meshio

from ..cells import ONE_SURFACE, Zoo, run
from ..models import models

PACKAGES = ["meshio==5.3.5", "numpy==2.4.6"]


def write(zoo: Zoo) -> None:
    """Mesh.write, binary where there is one."""
    for model in models().values():
        if model.shared:
            continue
        vertices, triangles, _ = model.together()
        mesh = meshio.Mesh(vertices, [("triangle", triangles)])
        for suffix in ("obj", "ply") if model.name in ("robot", "torus") else ("obj", "ply", "stl"):
            way = "shells" if len(model.parts) > 1 else "whole"
            mesh.write(zoo.add(model, suffix, "Mesh.write", way, off=1e-5, why=ONE_SURFACE))
        if model.name == "cubes":
            mesh.write(
                zoo.add(model, "ply", "Mesh.write(binary=False)", "shells", variant="ascii", off=1e-5, why=ONE_SURFACE),
                binary=False,
            )
            mesh.write(
                zoo.add(model, "stl", "Mesh.write(binary=True)", "shells", variant="binary", off=1e-5, why=ONE_SURFACE),
                binary=True,
            )


if __name__ == "__main__":
    run("meshio", ["meshio"], write)
