# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""three.js: its exporters, as an editor in a browser calls them."""

from __future__ import annotations

import json
from pathlib import Path

from .. import node
from ..cells import ONE_SURFACE, WELDED, Zoo, run
from ..models import models

PACKAGES = ["numpy==2.4.6"]
NODE_PACKAGES = ["three@0.187.0"]


def write(zoo: Zoo) -> None:
    """A mesh for each part; PLY and STL make one surface of them."""
    zoo.version = node.versions("three")
    jobs = []
    for model in models().values():
        one = len(model.parts) == 1
        for suffix in ("glb", "obj", "ply", "stl", "usdz"):
            if model.shared and suffix in ("stl", "usdz"):
                continue
            scene = suffix in ("glb", "obj", "usdz")
            lost = suffix == "stl" and not model.closed
            way = "colours" if model.shared else "objects" if scene else "shells"
            path = zoo.add(
                model,
                suffix,
                f"{suffix.upper() if suffix != 'glb' else 'GLTF'}Exporter.parse",
                "whole" if one or lost else way,
                parts=int(lost),
                names="none" if model.shared or not scene else "joined" if suffix == "usdz" else "kept",
                materials=suffix in ("glb", "usdz") and not model.shared and model.name != "robot",
                colours=model.shared,
                border=model.shared,
                off=1e-5,
                why=WELDED if lost else "" if scene else ONE_SURFACE,
            )
            jobs.append((model.name, suffix, str(path)))
        if model.name == "cubes":
            path = zoo.add(
                model, "stl", "STLExporter.parse, text", "shells", variant="ascii", off=1e-5, why=ONE_SURFACE
            )
            jobs.append((model.name, "stl-ascii", str(path)))
    table = node.models_file(zoo.folder / "models.json")
    node.script(Path(__file__).with_name("three.mjs"), table, json.dumps(jobs))
    table.unlink()


if __name__ == "__main__":
    run("three", [], write)
