# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""numpy-stl: binary and text, one solid, or several that were put one after the other."""

from __future__ import annotations

import numpy as np
import stl

from ..cells import ONE_SURFACE, WELDED, Zoo, run
from ..models import Floats, models

PACKAGES = ["numpy-stl==4.1.1", "numpy==2.4.6"]


def mesh_of(corners: Floats, name: str = "") -> stl.mesh.Mesh:
    """Triangles, each with its own corners."""
    found = stl.mesh.Mesh(np.zeros(len(corners), dtype=stl.mesh.Mesh.dtype), name=name)
    found.vectors = corners.astype(np.float32)
    return found


def write(zoo: Zoo) -> None:
    """Mesh.save; and text files of one solid each, joined as people do."""
    for model in models().values():
        if model.shared:
            continue
        way = "shells" if model.closed and len(model.parts) > 1 else "whole"
        why = ONE_SURFACE if model.closed else WELDED
        every = mesh_of(np.concatenate([part.corners for part in model.parts]))
        for mode in ("binary", "ascii"):
            if mode == "ascii" and model.name in ("torus", "robot"):
                continue
            path = zoo.add(
                model, "stl", f"Mesh.save, {mode}", way, variant=mode, parts=int(not model.closed), off=1e-5, why=why
            )
            every.save(str(path), mode=stl.Mode.BINARY if mode == "binary" else stl.Mode.ASCII)
        if len(model.parts) > 1 and model.name != "robot":
            text = b""
            for part in model.parts:
                one = zoo.folder / "one.stl"
                mesh_of(part.corners, part.name).save(str(one), mode=stl.Mode.ASCII)
                text += one.read_bytes()
                one.unlink()
            zoo.add(
                model, "stl", "ASCII solids one after the other", "solids", variant="solids", names="kept", off=1e-5
            ).write_bytes(text)


if __name__ == "__main__":
    run("numpy-stl", ["numpy-stl"], write)
