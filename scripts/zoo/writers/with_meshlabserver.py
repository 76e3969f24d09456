# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""MeshLab's server as Debian has it, which has to be installed, with a screen of Xvfb."""

from __future__ import annotations

import subprocess

import meshio

from ..cells import ONE_SURFACE, Zoo, run
from ..models import get

PROGRAMS = ["meshlabserver", "xvfb-run"]
PACKAGES = ["meshio==5.3.5", "numpy==2.4.6"]


def write(zoo: Zoo) -> None:
    """What it makes of a PLY."""
    zoo.version = "MeshLab 2020.09"
    for model in map(get, ("cubes", "twins", "one")):
        vertices, triangles, _ = model.together()
        source = zoo.folder / "source.ply"
        meshio.Mesh(vertices, [("triangle", triangles)]).write(source)
        for suffix in ("obj", "ply", "stl"):
            way = "shells" if len(model.parts) > 1 else "whole"
            path = zoo.add(model, suffix, f"meshlabserver -o model.{suffix}", way, off=1e-5, why=ONE_SURFACE)
            words = ["xvfb-run", "-a", "meshlabserver", "-i", str(source), "-o", str(path)]
            subprocess.run(words, check=True, capture_output=True)
            path.with_name(f"{path.name}.mtl").unlink(missing_ok=True)
        source.unlink()


if __name__ == "__main__":
    run("meshlabserver", [], write)
