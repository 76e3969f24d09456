# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""trimesh: scenes of geometries, one mesh, and what each format makes of them."""

from __future__ import annotations

import trimesh

from ..cells import ONE_SURFACE, WELDED, Zoo, run
from ..models import Model, Part, models, twin_matrices, twin_mesh

PACKAGES = ["trimesh==5.2.0", "numpy==2.4.6", "networkx==3.6.1", "lxml==6.1.3", "scipy==1.17.1", "pillow==13.0.0"]


def mesh_of(part: Part, how: str = "") -> trimesh.Trimesh:
    """A part, with the vertices as they are."""
    mesh = trimesh.Trimesh(part.vertices, part.triangles, process=False)
    colour = [*(round(255 * value) for value in part.colour), 255]
    if how == "materials":
        paint = trimesh.visual.material.PBRMaterial(name=f"{part.name} paint", baseColorFactor=colour)
        mesh.visual = trimesh.visual.TextureVisuals(material=paint)
    elif how == "faces":
        mesh.visual.face_colors = colour
    return mesh


def scene_of(model: Model, how: str = "") -> trimesh.Scene:
    """A geometry for each part; twins are one with two places."""
    scene = trimesh.Scene()
    if model.name == "twins":
        for number, matrix in enumerate(twin_matrices()):
            scene.add_geometry(mesh_of(twin_mesh()), node_name=f"fin {number}", geom_name="fin", transform=matrix)
        return scene
    for part in model.parts:
        scene.add_geometry(mesh_of(part, how), node_name=part.name, geom_name=part.name)
    return scene


def together(model: Model, colours: str = "") -> trimesh.Trimesh:
    """All in one mesh."""
    vertices, triangles, _ = model.together()
    mesh = trimesh.Trimesh(vertices, triangles, process=False)
    if colours == "vertices":
        mesh.visual.vertex_colors = model.vertex_colours()
    elif colours == "faces":
        mesh.visual.face_colors = model.face_colours()
    return mesh


def write(zoo: Zoo) -> None:
    """Scenes in GLB, OBJ and 3MF; one mesh in GLB, STL and PLY."""
    for model in models().values():
        if model.shared:
            for colours in ("vertices", "faces"):
                for suffix in ("glb", "ply", "obj"):
                    if suffix == "obj" and colours == "faces":
                        continue
                    path = zoo.add(
                        model,
                        suffix,
                        f"Trimesh.export, {colours} coloured",
                        "colours",
                        variant=colours,
                        colours=True,
                        off=1e-5,
                        border=colours == "vertices",
                    )
                    together(model, colours).export(path)
            continue
        its_way = "objects" if len(model.parts) > 1 else "whole"
        for suffix in ("glb", "obj", "3mf"):
            if suffix == "3mf" and not model.closed:
                continue
            path = zoo.add(
                model,
                suffix,
                "Scene.export",
                its_way,
                variant="scene",
                names="kept",
                off=1e-5 if suffix != "glb" else 1e-6,
            )
            scene_of(model).export(path)
        if model.name in ("cubes", "torus"):
            path = zoo.add(
                model, "glb", "Scene.export, materials", "objects", variant="paint", names="kept", materials=True
            )
            scene_of(model, "materials").export(path)
            path = zoo.add(
                model, "zip", "Scene.export, obj, materials", "objects", variant="obj-paint", names="kept", off=1e-5
            )
            with zoo.packed(path) as folder:
                scene_of(model, "materials").export(folder / "model.obj")
        shells = "shells" if len(model.parts) > 1 else "whole"
        for suffix in ("glb", "obj", "ply", "stl"):
            lost = suffix == "stl" and not model.closed
            path = zoo.add(
                model,
                suffix,
                "Trimesh.export",
                "whole" if lost else shells,
                variant="mesh",
                parts=int(lost),
                off=1e-5,
                why=WELDED if lost else ONE_SURFACE,
            )
            together(model).export(path)
        if model.closed and model.name != "robot":
            path = zoo.add(
                model, "stl", "Trimesh.export, stl_ascii", shells, variant="ascii", off=1e-5, why=ONE_SURFACE
            )
            together(model).export(path, file_type="stl_ascii")


if __name__ == "__main__":
    run("trimesh", ["trimesh"], write)
