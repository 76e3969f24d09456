# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Babylon.js: its serializers, in a right-handed scene."""

from __future__ import annotations

import json
from pathlib import Path

from .. import node
from ..cells import ONE_SURFACE, WELDED, Zoo, run
from ..models import models

PACKAGES = ["numpy==2.4.6"]
NODE_PACKAGES = ["@babylonjs/core@9.35.0", "@babylonjs/serializers@9.28.0"]


def write(zoo: Zoo) -> None:
    """A mesh for each part; twins are an instance."""
    zoo.version = node.versions("@babylonjs/serializers")
    jobs = []
    for model in models().values():
        if model.shared:
            continue
        one = len(model.parts) == 1
        for suffix in ("glb", "obj", "stl"):
            if suffix != "glb" and model.name == "twins":
                continue  # OBJExport can't bake the place of an instance, STLExport leaves it out
            lost = suffix == "stl" and not model.closed
            way = "whole" if one or lost else "shells" if suffix == "stl" else "objects"
            path = zoo.add(
                model,
                suffix,
                {"glb": "GLTF2Export.GLBAsync", "obj": "OBJExport.OBJ", "stl": "STLExport.CreateSTL"}[suffix],
                way,
                parts=int(lost),
                names="none" if suffix == "stl" else "kept",
                materials=suffix == "glb" and model.name != "twins",
                off=1e-5,
                why=WELDED if lost else ONE_SURFACE if suffix == "stl" else "",
            )
            jobs.append((model.name, suffix, str(path)))
    table = node.models_file(zoo.folder / "models.json")
    node.script(Path(__file__).with_name("babylon.mjs"), table, json.dumps(jobs))
    table.unlink()


if __name__ == "__main__":
    run("babylon", [], write)
