# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenUSD: stages of meshes, packed as usdz; in crates and in text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade, UsdUtils, Vt

from ..cells import Zoo, run
from ..models import Model, Part, models, twin_matrices, twin_mesh

PACKAGES = ["usd-core==26.11", "numpy==2.4.6"]


def mesh_at(stage: Usd.Stage, path: str, vertices: np.ndarray, triangles: np.ndarray) -> UsdGeom.Mesh:
    """A mesh of triangles that is not to be smoothed."""
    mesh = UsdGeom.Mesh.Define(stage, path)
    mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(vertices.astype(np.float32)))
    mesh.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(np.ascontiguousarray(triangles.ravel(), np.int32)))
    mesh.CreateFaceVertexCountsAttr([3] * len(triangles))
    mesh.CreateSubdivisionSchemeAttr("none")
    return mesh


def paint(stage: Usd.Stage, part: Part) -> UsdShade.Material:
    """A preview surface of the part's colour."""
    word = part.name.replace(" ", "_")
    material = UsdShade.Material.Define(stage, f"/Model/Looks/{word}_paint")
    shader = UsdShade.Shader.Define(stage, f"/Model/Looks/{word}_paint/surface")
    shader.CreateIdAttr("UsdPreviewSurface")
    shader.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f).Set(Gf.Vec3f(*part.colour))
    material.CreateSurfaceOutput().ConnectToSource(shader.ConnectableAPI(), "surface")
    return material


def meshes(stage: Usd.Stage, model: Model) -> None:
    """A mesh for each part; of twins two with a matrix each."""
    if model.name == "twins":
        for number, matrix in enumerate(twin_matrices()):
            mesh = mesh_at(stage, f"/Model/fin_{number}", twin_mesh().vertices, twin_mesh().triangles)
            mesh.AddTransformOp().Set(Gf.Matrix4d(*matrix.T.ravel().tolist()))
        return
    for part in model.parts:
        mesh_at(stage, f"/Model/{part.name.replace(' ', '_')}", part.vertices, part.triangles)


def below_xforms(stage: Usd.Stage, model: Model) -> None:
    """An Xform for each part, and a mesh below it whose name says nothing."""
    for part in model.parts:
        place = f"/Model/{part.name.replace(' ', '_')}"
        UsdGeom.Xform.Define(stage, place)
        mesh_at(stage, f"{place}/mesh", part.vertices, part.triangles)


def references(stage: Usd.Stage, model: Model) -> None:
    """One class of a mesh, and two instances of it."""
    mesh_at(stage, "/Fin/fin", twin_mesh().vertices, twin_mesh().triangles)
    stage.GetPrimAtPath("/Fin").SetSpecifier(Sdf.SpecifierClass)
    for number, matrix in enumerate(twin_matrices()):
        place = UsdGeom.Xform.Define(stage, f"/Model/fin_{number}")
        place.GetPrim().GetReferences().AddInternalReference("/Fin")
        place.GetPrim().SetInstanceable(True)
        place.AddTransformOp().Set(Gf.Matrix4d(*matrix.T.ravel().tolist()))


def painted(stage: Usd.Stage, model: Model) -> None:
    """Meshes with materials."""
    for part in model.parts:
        mesh = mesh_at(stage, f"/Model/{part.name.replace(' ', '_')}", part.vertices, part.triangles)
        UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(paint(stage, part))


def subsets(stage: Usd.Stage, model: Model) -> None:
    """One mesh, a subset of its faces for each part, with a material each."""
    vertices, triangles, labels = model.together()
    mesh = mesh_at(stage, "/Model/Mesh", vertices, triangles)
    for number, part in enumerate(model.parts):
        faces = Vt.IntArray.FromNumpy(np.flatnonzero(labels == number).astype(np.int32))
        subset = UsdGeom.Subset.CreateGeomSubset(
            mesh, part.name.replace(" ", "_"), UsdGeom.Tokens.face, faces, UsdShade.Tokens.materialBind
        )
        UsdShade.MaterialBindingAPI.Apply(subset.GetPrim()).Bind(paint(stage, part))


def coloured(stage: Usd.Stage, model: Model) -> None:
    """One mesh with a displayColor for each face."""
    vertices, triangles, _ = model.together()
    mesh = mesh_at(stage, "/Model/Mesh", vertices, triangles)
    colours = UsdGeom.PrimvarsAPI(mesh).CreatePrimvar(
        "displayColor", Sdf.ValueTypeNames.Color3fArray, UsdGeom.Tokens.uniform
    )
    colours.Set(Vt.Vec3fArray.FromNumpy(model.face_colours().astype(np.float32)))


def save(path: Path, build: Callable[[Usd.Stage, Model], None], model: Model, suffix: str = "usdc") -> None:
    """A stage, Y up and in metres, in a package."""
    layer = path.with_suffix(f".{suffix}")
    stage = Usd.Stage.CreateNew(str(layer))
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, "/Model").GetPrim())
    build(stage, model)
    stage.Save()
    assert UsdUtils.CreateNewUsdzPackage(Sdf.AssetPath(str(layer)), str(path))
    layer.unlink()


def write(zoo: Zoo) -> None:
    """Meshes, materials, subsets, colours, instances."""
    for model in models().values():
        way = "objects" if len(model.parts) > 1 else "whole"
        if not model.shared:
            save(
                zoo.add(model, "usdz", "a mesh for each part", way, variant="meshes", names="underscores"),
                meshes,
                model,
            )
        if model.name in ("cubes", "torus"):
            save(
                zoo.add(
                    model, "usdz", "meshes with materials", way, variant="paint", names="underscores", materials=True
                ),
                painted,
                model,
            )
            save(
                zoo.add(model, "usdz", "a text layer", way, variant="text", names="underscores", off=1e-5),
                meshes,
                model,
                "usda",
            )
        if model.name in ("cubes", "nested"):
            for suffix, variant, how in (("usdc", "xforms", "Xforms"), ("usda", "text-xforms", "a text layer, Xforms")):
                file = zoo.add(
                    model, "usdz", f"{how} with a mesh each", way, variant=variant, names="underscores", off=1e-5
                )
                save(file, below_xforms, model, suffix)
        if model.name in ("cubes", "torus", "egg"):
            save(
                zoo.add(
                    model,
                    "usdz",
                    "a subset for each part",
                    "subsets",
                    variant="subsets",
                    names="underscores",
                    materials=True,
                ),
                subsets,
                model,
            )
        if model.shared:
            save(
                zoo.add(model, "usdz", "displayColor of faces", "colours", variant="colours", colours=True),
                coloured,
                model,
            )
        if model.name == "twins":
            save(
                zoo.add(
                    model,
                    "usdz",
                    "instances of a class",
                    way,
                    variant="instances",
                    names="kept",
                ),
                references,
                model,
            )


if __name__ == "__main__":
    run("usd-core", ["usd-core"], write)
