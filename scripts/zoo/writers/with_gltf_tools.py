# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes over a GLB after it was written: gltf-transform and gltfpack; and obj2gltf."""

from __future__ import annotations

from pathlib import Path

from .. import node
from ..cells import Zoo, run
from ..models import Model, models
from .with_pygltflib import nodes

PACKAGES = ["pygltflib==1.16.5", "numpy==2.4.6"]
NODE_PACKAGES = ["@gltf-transform/cli@4.5.1", "gltfpack@1.3.0", "obj2gltf@3.2.0"]

MESHOPT = "Compressed with meshopt, which Blender reads from 5.2 on, but not as a Python module."
PACKED = "gltfpack drops names, and joins what has one material."
JOINED = "It makes one surface of what has one material."
COARSE = 3e-4
"""Of the diagonal, with positions in 14 bits an axis."""


def obj(model: Model, path: Path) -> Path:
    """Objects, with vertices of their own."""
    lines, before = [], 1
    for part in model.parts:
        lines += [f"o {part.name}", *("v {:.9g} {:.9g} {:.9g}".format(*place) for place in part.vertices)]
        lines += ["f {} {} {}".format(*(corners + before)) for corners in part.triangles]
        before += len(part.vertices)
    path.write_text("\n".join(lines) + "\n")
    return path


def write(zoo: Zoo) -> None:
    """Each over a node for each part, with materials."""
    name = "gltf-transform"
    for model in models().values():
        if model.shared:
            continue
        one, twins = len(model.parts) == 1, model.name == "twins"
        way = "whole" if one else "objects"
        source, bare = zoo.folder / "source.glb", zoo.folder / "bare.glb"
        nodes(model, painted=True).save_binary(str(source))
        nodes(model).save_binary(str(bare))
        zoo.version = node.versions("@gltf-transform/cli")
        for what in ("copy", "quantize", "draco", "meshopt", "palette"):
            if model.name not in ("cubes", "torus", "twins") and what != "quantize":
                continue
            paint = not twins and what != "palette"
            off = 1e-6 if what in ("copy", "palette") else COARSE
            refused = what == "meshopt"
            path = zoo.add(
                model,
                "glb",
                what,
                "refused" if refused else way,
                variant=what,
                names="kept",
                materials=paint,
                off=off,
                why=MESHOPT if refused else "",
            )
            node.command(name, what, source, path, *(("--min", "2") if what == "palette" else ()))
        if twins:
            path = zoo.add(model, "glb", "instance --min 2", way, variant="instance", names="kept")
            node.command(name, "instance", source, path, "--min", "2")
        else:
            shells = "whole" if one else "shells"
            path = zoo.add(model, "glb", "join", shells, variant="join", names="first", off=1e-5, why=JOINED)
            node.command(name, "join", bare, path)
        zoo.version = node.versions("gltfpack")
        for option in ("", "-kn", "-noq", "-c"):
            kept = option == "-kn" and not one
            if option in ("-noq", "-c") and model.name not in ("cubes", "torus"):
                continue
            painted = source if model.name in ("cubes", "torus") else bare
            told = "whole" if one else "shells"
            names = "paint" if painted == source else "none"
            if option == "-kn" or twins:
                names = "kept"
            if option == "-c":
                told = "refused"
            elif kept or twins:
                told = way
            elif painted == source:
                told = "primitives"
            path = zoo.add(
                model,
                "glb",
                f"gltfpack {option}".strip(),
                told,
                variant=f"gltfpack{option}",
                names=names,
                materials=painted == source,
                off=1e-5 if option == "-noq" else COARSE,
                why=MESHOPT if option == "-c" else "" if kept or one else PACKED,
            )
            node.command("gltfpack", "-i", painted, "-o", path, *([option] if option else []))
        zoo.version = node.versions("obj2gltf")
        path = zoo.add(model, "glb", "obj2gltf --binary", way, variant="obj2gltf", names="kept", off=1e-5)
        node.command("obj2gltf", "--binary", "-i", obj(model, zoo.folder / "source.obj"), "-o", path)
        for file in ("source.glb", "bare.glb", "source.obj"):
            (zoo.folder / file).unlink()


if __name__ == "__main__":
    run("gltf-tools", [], write)
