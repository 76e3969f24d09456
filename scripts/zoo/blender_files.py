# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the exporters of one Blender write, with what they do by default."""

from __future__ import annotations

import os
import sys

import bpy
import numpy as np
from mathutils import Matrix

from .cells import ONE_SURFACE, Zoo, run
from .models import Model, Part, get, twin_matrices, twin_mesh

Z_UP = np.array([[1.0, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
EXPORTERS = {
    "glb": "export_scene.gltf",
    "obj": "wm.obj_export",
    "stl": "wm.stl_export",
    "usdz": "wm.usd_export",
    "fbx": "export_scene.fbx",
}


def mesh_of(part: Part) -> bpy.types.Mesh:
    """A mesh of triangles with a material, Z up."""
    mesh = bpy.data.meshes.new(part.name)
    mesh.from_pydata((part.vertices @ Z_UP[:3, :3].T).tolist(), [], part.triangles.tolist())
    material = bpy.data.materials.new(f"{part.name} paint")
    if material.node_tree is None:
        material.use_nodes = True
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value = (*part.colour, 1)
    mesh.materials.append(material)
    return mesh


def scene_of(model: Model) -> None:
    """An object for each part; twins share a mesh."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    if model.name == "twins":
        shared = mesh_of(twin_mesh())
        made = [("fin", shared, Z_UP @ matrix @ Z_UP.T) for matrix in twin_matrices()]
    else:
        made = [(part.name, mesh_of(part), np.eye(4)) for part in model.parts]
    for name, mesh, matrix in made:
        thing = bpy.data.objects.new(name, mesh)
        thing.matrix_world = Matrix(matrix.tolist())
        bpy.context.collection.objects.link(thing)
    bpy.context.view_layer.update()


def write(zoo: Zoo) -> None:
    """Each exporter, of some models."""
    for model in map(get, ("cubes", "twins")):
        for suffix, operator in EXPORTERS.items():
            single, underscores = suffix == "stl", suffix == "usdz"
            path = zoo.add(
                model,
                "zip" if suffix == "obj" else suffix,
                operator,
                "shells" if single else "objects",
                variant=suffix if suffix == "obj" else "",
                names="none" if single else "underscores" if underscores else "kept",
                materials=not single and model.name == "cubes",
                off=1e-5,
                why=ONE_SURFACE if single else "",
            )
            scene_of(model)
            module, _, name = operator.partition(".")
            export = getattr(getattr(bpy.ops, module), name)
            if suffix == "obj":
                with zoo.packed(path) as folder:
                    export(filepath=str(folder / "model.obj"))
            else:
                export(filepath=str(path))


def run_and_leave(name: str) -> None:
    """A writer as a program. It leaves at once, as the module of Blender 4.2 may crash while Python ends."""
    run(name, ["bpy"], write)
    sys.stdout.flush()
    os._exit(0)
