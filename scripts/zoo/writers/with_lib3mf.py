# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""lib3mf: the 3MF Consortium's own library."""

from __future__ import annotations

from typing import Any

import lib3mf
import numpy as np

from ..cells import Zoo, run
from ..models import Floats, Model, Part, as_shown, models, twin_matrices, twin_mesh

PACKAGES = ["lib3mf==2.5.0", "numpy==2.4.6"]
WRAPPER = lib3mf.get_wrapper()


def mesh_in(document: Any, name: str, vertices: Floats, triangles: np.ndarray) -> Any:
    """A mesh object."""
    mesh = document.AddMeshObject()
    mesh.SetName(name)
    mesh.SetGeometry(
        [lib3mf.Position(tuple(map(float, place))) for place in vertices],
        [lib3mf.Triangle(tuple(map(int, corners))) for corners in triangles],
    )
    return mesh


def matrix_of(matrix: Floats) -> Any:
    """As lib3mf takes it: columns."""
    found = WRAPPER.GetIdentityTransform()
    for row in range(3):
        for column in range(4):
            found.Fields[column][row] = float(matrix[row, column])
    return found


def objects(model: Model, paint: bool = False) -> Any:
    """An object for each part, each in the build."""
    document = WRAPPER.CreateModel()
    place = WRAPPER.GetIdentityTransform()
    if model.name == "twins":
        mesh = mesh_in(document, "fin", twin_mesh().vertices, twin_mesh().triangles)
        for matrix in twin_matrices():
            document.AddBuildItem(mesh, matrix_of(matrix))
        return document
    group = document.AddBaseMaterialGroup() if paint else None
    for part in model.parts:
        mesh = mesh_in(document, part.name, part.vertices, part.triangles)
        if group:
            number = group.AddMaterial(f"{part.name} paint", colour_of(part))
            mesh.SetObjectLevelProperty(group.GetResourceID(), number)
        document.AddBuildItem(mesh, place)
    return document


def colour_of(part: Part) -> Any:
    """RGBA of a part, as a screen has it: so the specification wants it."""
    return WRAPPER.FloatRGBAToColor(*as_shown(part.colour), 1.0)


def components(model: Model) -> Any:
    """One object of components, which is in the build."""
    document = WRAPPER.CreateModel()
    whole = document.AddComponentsObject()
    whole.SetName("Model")
    if model.name == "twins":
        mesh = mesh_in(document, "fin", twin_mesh().vertices, twin_mesh().triangles)
        for matrix in twin_matrices():
            whole.AddComponent(mesh, matrix_of(matrix))
    else:
        for part in model.parts:
            whole.AddComponent(
                mesh_in(document, part.name, part.vertices, part.triangles), WRAPPER.GetIdentityTransform()
            )
    document.AddBuildItem(whole, WRAPPER.GetIdentityTransform())
    return document


def triangles_painted(model: Model) -> Any:
    """One mesh whose triangles have base materials."""
    document = WRAPPER.CreateModel()
    vertices, triangles, labels = model.together()
    group = document.AddBaseMaterialGroup()
    numbers = [group.AddMaterial(f"{part.name} paint", colour_of(part)) for part in model.parts]
    mesh = mesh_in(document, "Model", vertices, triangles)
    mesh.SetObjectLevelProperty(group.GetResourceID(), numbers[0])
    for place, label in enumerate(labels):
        one = lib3mf.TriangleProperties()
        one.ResourceID = group.GetResourceID()
        one.PropertyIDs = (numbers[label],) * 3
        mesh.SetTriangleProperties(place, one)
    document.AddBuildItem(mesh, WRAPPER.GetIdentityTransform())
    return document


def write(zoo: Zoo) -> None:
    """Objects, components, painted triangles."""
    for model in models().values():
        way = "objects" if len(model.parts) > 1 else "whole"
        made: list[tuple[Any, Any]] = []
        if not model.shared:
            made.append(
                (
                    zoo.add(model, "3mf", "an object for each part", way, variant="objects", names="kept", off=1e-5),
                    objects(model),
                )
            )
            made.append(
                (
                    zoo.add(
                        model, "3mf", "components of one object", way, variant="components", names="kept", off=1e-5
                    ),
                    components(model),
                )
            )
        if model.name in ("cubes", "robot"):
            made.append(
                (
                    zoo.add(
                        model,
                        "3mf",
                        "objects with base materials",
                        way,
                        variant="paint",
                        names="kept",
                        materials=True,
                        off=1e-5,
                    ),
                    objects(model, paint=True),
                )
            )
        if model.name in ("cubes", "torus", "egg"):
            made.append(
                (
                    zoo.add(
                        model,
                        "3mf",
                        "triangles with base materials",
                        "materials",
                        variant="triangles",
                        names="paint",
                        materials=True,
                        off=1e-5,
                    ),
                    triangles_painted(model),
                )
            )
        for path, document in made:
            document.QueryWriter("3mf").WriteToFile(str(path))


if __name__ == "__main__":
    run("lib3mf", ["lib3mf"], write)
