# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""build123d on Open Cascade, and cascadio: solids of flat faces as glTF, STL, OBJ, 3MF, and through STEP."""

from __future__ import annotations

from pathlib import Path

import build123d as cad
import cascadio

from ..cells import ONE_SURFACE, Zoo, run
from ..models import Model, Part, as_shown, get

PACKAGES = ["build123d==0.13.0", "cascadio==0.1.1", "numpy==2.4.6"]
MODELS = ("cubes", "nested", "one")
FINE = {"linear_deflection": 0.001, "angular_deflection": 0.1}


def solid(part: Part) -> cad.Solid:
    """A solid whose faces are the triangles of a part."""
    faces = [
        cad.Face(cad.Wire.make_polygon([tuple(map(float, corner)) for corner in corners], close=True))
        for corners in part.corners
    ]
    found = cad.Solid(cad.Shell(faces))
    found.label = part.name
    found.color = cad.Color(*as_shown(part.colour))
    return found


def assembly(model: Model) -> cad.Compound:
    """A labelled child for each part."""
    return cad.Compound(label="Model", children=[solid(part) for part in model.parts])


def write(zoo: Zoo) -> None:
    """Assemblies."""
    for model in map(get, MODELS):
        one = len(model.parts) == 1
        way, shells = ("whole", "whole") if one else ("objects", "shells")
        whole = assembly(model)
        path = zoo.add(
            model,
            "glb",
            "export_gltf(binary=True)",
            "primitives" if one else way,
            parts=6 if one else 0,
            names="kept",
            materials=not one,
            off=1e-5,
            why="Open Cascade writes a primitive for each face of a solid, as others do for each part." if one else "",
        )
        cad.export_gltf(whole, str(path), binary=True, **FINE)
        path = zoo.add(model, "stl", "export_stl", shells, off=1e-5, why=ONE_SURFACE)
        cad.export_stl(whole, str(path))
        path = zoo.add(model, "3mf", "Mesher.add_shape, write", way, names="kept", off=1e-5)
        mesher = cad.Mesher()
        for child in whole.children:
            mesher.add_shape(child, linear_deflection=0.001)
        mesher.write(str(path))
        step = Path(zoo.folder / "model.step")
        cad.export_step(whole, str(step))
        path = zoo.add(
            model, "glb", "cascadio.step_to_glb", way, variant="cascadio", names="kept", materials=True, off=1e-5
        )
        cascadio.step_to_glb(str(step), str(path), tol_linear=0.001)
        path = zoo.add(
            model,
            "obj",
            "cascadio.step_to_obj",
            "whole" if one else "groups",
            variant="cascadio",
            names="path",
            off=1e-5,
        )
        cascadio.step_to_obj(str(step), str(path), tol_linear=0.001)
        step.unlink()


if __name__ == "__main__":
    run("build123d", ["build123d", "cascadio"], write)
