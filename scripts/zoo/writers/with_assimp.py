# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""assimp as Debian has it, which has to be installed."""

from __future__ import annotations

import subprocess
from pathlib import Path

from ..cells import ONE_SURFACE, WELDED, Zoo, run
from ..models import models
from .with_pygltflib import nodes

PROGRAMS = ["assimp"]
PACKAGES = ["pygltflib==1.16.5", "numpy==2.4.6"]


ALL = ("cubes", "robot", "torus", "twins", "one", "nested")
SMALL = ("cubes", "one", "nested")
KINDS = {
    ("obj", "zip"): ("cubes", "robot", "torus", "one", "nested"),
    ("stl", "stl"): SMALL,
    ("stlb", "stl"): ("cubes", "torus", "twins", "one", "nested"),
    ("plyb", "ply"): ("cubes", "torus", "twins", "one", "nested"),
    ("glb2", "glb"): ALL,
    ("3mf", "3mf"): (
        "cubes",
        "robot",
        "torus",
        "nested",
    ),  # it leaves out a lone mesh
    ("fbxa", "fbx"): ("cubes", "twins", "one", "nested"),
    ("fbx", "fbx"): ("cubes",),
}
FBX = "No importer of Blender reads the binary FBX of this version."
NAMELESS = "It writes no names."


def write(zoo: Zoo) -> None:
    """assimp export from a GLB."""
    for model in models().values():
        if model.shared:
            continue
        one = len(model.parts) == 1
        source = zoo.folder / "source.glb"
        nodes(model, painted=True).save_binary(str(source))
        zoo.version = "assimp 5.2.5"
        for kind, suffix in KINDS:
            if model.name not in KINDS[kind, suffix]:
                continue
            single, groups = suffix in ("stl", "ply"), suffix == "zip"
            lost = suffix == "stl" and not model.closed
            way = "whole" if one or lost else "shells" if single else "groups" if groups else "objects"
            named = not (single or suffix == "3mf")
            path = zoo.add(
                model,
                suffix,
                f"assimp export -f{kind}",
                "refused" if kind == "fbx" else way,
                variant=kind,
                parts=int(lost),
                names="kept" if named else "none",
                materials=suffix == "glb" and model.name != "twins",
                off=1e-5,
                since="4.5" if kind == "fbxa" else "",
                why=FBX if kind == "fbx" else WELDED if lost else "" if named else ONE_SURFACE if single else NAMELESS,
            )
            if suffix == "zip":
                with zoo.packed(path) as folder:
                    export(source, folder / "model.obj", "obj")
            else:
                export(source, path, kind)
        source.unlink()


def export(source: Path, target: Path, kind: str) -> None:
    """Have assimp convert a file."""
    subprocess.run(["assimp", "export", str(source), str(target), f"-f{kind}"], check=True, capture_output=True)


if __name__ == "__main__":
    run("assimp", [], write)
