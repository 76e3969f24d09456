# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""FreeCAD as Debian has it, which has to be installed: its Mesh workbench."""

from __future__ import annotations

import json
import os
import subprocess

from ..cells import ONE_SURFACE, Zoo, run
from ..models import get

PROGRAMS = ["freecadcmd"]
PACKAGES = ["numpy==2.4.6"]
NAMELESS = "It writes no name of a lone object."
MACRO = """
import json, os
import FreeCAD, Mesh
with open(os.environ["ZOO_JOB"]) as file:
    parts, paths = json.load(file)
document = FreeCAD.newDocument("Model")
objects = []
for name, corners in parts:
    one = document.addObject("Mesh::Feature", "part")
    one.Label, one.Mesh = name, Mesh.Mesh(corners)
    objects.append(one)
for path in paths:
    Mesh.export(objects, path)
"""


def write(zoo: Zoo) -> None:
    """Mesh.export of an object for each part."""
    zoo.version = "FreeCAD 0.20.2"
    for model in map(get, ("cubes", "twins", "one", "nested")):
        many = len(model.parts) > 1
        paths = []
        for suffix, told, names, why in (
            ("obj", "groups", "kept" if many else "none", "" if many else NAMELESS),
            ("3mf", "shells", "none", ONE_SURFACE),
            ("ply", "shells", "none", ONE_SURFACE),
            ("stl", "shells", "none", ONE_SURFACE),
        ):
            way = told if many else "whole"
            paths.append(zoo.add(model, suffix, "Mesh.export", way, names=names, off=1e-5, why=why))
        job, macro = zoo.folder / "job.json", zoo.folder / "macro.py"
        parts = [(part.name, part.corners.tolist()) for part in model.parts]
        job.write_text(json.dumps([parts, list(map(str, paths))]))
        macro.write_text(MACRO)
        variables = {**os.environ, "ZOO_JOB": str(job)}
        subprocess.run(["freecadcmd", str(macro)], check=True, capture_output=True, env=variables)
        job.unlink()
        macro.unlink()


if __name__ == "__main__":
    run("freecad", [], write)
