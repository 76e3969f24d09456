# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenSCAD as Debian has it, which has to be installed."""

from __future__ import annotations

import subprocess

from ..cells import ONE_SURFACE, Zoo, run
from ..models import Part, get

PROGRAMS = ["openscad"]
PACKAGES = ["numpy==2.4.6"]
JOINED = "OpenSCAD makes one body of what touches."


def polyhedron(part: Part) -> str:
    """A part in its language, where the corners of a face go clockwise."""
    return f"polyhedron({part.vertices.tolist()}, {part.triangles[:, ::-1].tolist()});"


def write(zoo: Zoo) -> None:
    """Each part a polyhedron; they are joined, as all is that stands in a file."""
    zoo.version = "OpenSCAD 2021.01"
    for model in map(get, ("cubes", "twins", "one")):
        source = zoo.folder / "source.scad"
        source.write_text("\n".join(map(polyhedron, model.parts)))
        one = model.name != "twins"
        joined = model.name == "cubes"
        for suffix in ("stl", "3mf"):
            path = zoo.add(
                model,
                suffix,
                f"openscad -o model.{suffix}",
                "whole" if one else "shells",
                parts=int(joined),
                fused=joined,
                off=1e-5,
                why=JOINED if joined else ONE_SURFACE,
            )
            subprocess.run(["openscad", "-o", str(path), str(source)], check=True, capture_output=True)
        source.unlink()


if __name__ == "__main__":
    run("openscad", [], write)
