# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured on: grids, tori, instances, a stack of modifiers."""

from __future__ import annotations

import bpy
import numpy as np
from bpy.types import Mesh, Object
from numpy.typing import NDArray


def only(obj: Object) -> Object:
    """The object, active and the only one selected."""
    for other in bpy.context.view_layer.objects:
        other.select_set(other == obj)
    bpy.context.view_layer.objects.active = obj
    bpy.context.view_layer.update()
    return obj


def grid(cells: int) -> Object:
    """A smooth grid of ``cells`` times ``cells`` quads with one seamless UV layer, the only object of the file."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=cells, y_subdivisions=cells, calc_uvs=True)
    obj = bpy.context.object
    obj.data.shade_smooth()
    return only(obj)


def instances(places: int) -> tuple[Object, int]:
    """A grid on whose points Geometry Nodes put ``places`` times ``places`` balls, and the triangles of it all."""
    obj = grid(places - 1)
    bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=4, radius=0.4 / places)
    ball = bpy.context.object
    triangles = len(ball.data.polygons) * places * places
    ball.location.x = 5
    only(obj)
    tree = bpy.data.node_groups.new("Balls", "GeometryNodeTree")
    tree.interface.new_socket("Geometry", in_out="INPUT", socket_type="NodeSocketGeometry")
    tree.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    put, info = tree.nodes.new("GeometryNodeInstanceOnPoints"), tree.nodes.new("GeometryNodeObjectInfo")
    info.inputs["Object"].default_value = ball
    tree.links.new(tree.nodes.new("NodeGroupInput").outputs[0], put.inputs["Points"])
    tree.links.new(info.outputs["Geometry"], put.inputs["Instance"])
    tree.links.new(put.outputs[0], tree.nodes.new("NodeGroupOutput").inputs[0])
    obj.modifiers.new("Balls", "NODES").node_group = tree
    bpy.context.view_layer.update()
    return obj, triangles


def copies(places: int, faces: int) -> list[Object]:
    """Smooth tori of so many quads in ``places`` times ``places`` places: objects of one mesh with two materials."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    first = torus(faces)
    first.data.shade_smooth()
    for number in range(2):
        first.data.materials.append(bpy.data.materials.new(f"Paint {number}"))
    first.data.polygons.foreach_set("material_index", np.arange(len(first.data.polygons), dtype=np.int32) * 2 // faces)
    made = [first, *(linked(f"Torus {number}", first.data) for number in range(1, places * places))]
    for number, obj in enumerate(made):
        obj.location = (3 * (number % places), 3 * (number // places), 0)
        obj.rotation_euler = (number, 2 * number, 3 * number)
        obj.select_set(True)
    bpy.context.view_layer.update()
    return made


def modified(cells: int) -> Object:
    """A grid under a stack of modifiers: 16 times as many quads, subdivided, twisted, smoothed and thickened."""
    obj = grid(cells)
    obj.modifiers.new("Subdivision", "SUBSURF").levels = 2
    twist = obj.modifiers.new("Twist", "SIMPLE_DEFORM")
    twist.deform_method, twist.angle = "TWIST", 1.0
    obj.modifiers.new("Smooth", "SMOOTH").iterations = 5
    obj.modifiers.new("Solidify", "SOLIDIFY")
    bpy.context.view_layer.update()
    return obj


def torus(faces: int) -> Object:
    """A bumpy torus of about so many quads, in the scene and selected."""
    around = max(8, round((2 * faces) ** 0.5))
    across = max(4, round(faces / around))
    u, v = np.meshgrid(np.arange(around) / around * 2 * np.pi, np.arange(across) / across * 2 * np.pi, indexing="ij")
    r = 0.3 + 0.03 * np.sin(7 * u) + 0.02 * np.cos(5 * v + u)
    positions = np.stack(((1 + r * np.cos(v)) * np.cos(u), (1 + r * np.cos(v)) * np.sin(u), r * np.sin(v)), axis=-1)
    i, j = np.meshgrid(np.arange(around), np.arange(across), indexing="ij")
    i1, j1 = (i + 1) % around, (j + 1) % across
    quads = np.stack((i * across + j, i1 * across + j, i1 * across + j1, i * across + j1), axis=-1)
    return only(linked("Torus", mesh_of("Torus", positions.reshape(-1, 3), quads.reshape(-1, 4))))


def mesh_of(name: str, positions: NDArray[np.floating], faces: NDArray[np.integer]) -> Mesh:
    """A mesh of these vertices (n, 3) and faces (m, corners)."""
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(len(positions))
    mesh.attributes["position"].data.foreach_set("vector", positions.astype(np.float32).ravel())
    mesh.loops.add(faces.size)
    mesh.loops.foreach_set("vertex_index", faces.astype(np.int32).ravel())
    mesh.polygons.add(len(faces))
    mesh.polygons.foreach_set("loop_start", np.arange(0, faces.size, faces.shape[1], dtype=np.int32))
    mesh.update(calc_edges=True)
    return mesh


def linked(name: str, mesh: Mesh) -> Object:
    """An object of this mesh in the scene."""
    obj = bpy.data.objects.new(name, mesh)
    bpy.context.collection.objects.link(obj)
    return obj


def evaluate(obj: Object) -> None:
    """Have the object computed anew, as after a change of its mesh."""
    obj.data.update_tag()
    bpy.context.view_layer.update()


def shown(obj: Object) -> Object:
    """A new object without modifiers or instances that holds what this one shows."""
    graph = bpy.context.evaluated_depsgraph_get()
    parts = []
    for instance in graph.object_instances:
        owner = (instance.parent or instance.object).original
        if owner == obj and instance.object.type == "MESH" and instance.show_self:
            mesh = instance.object.data
            positions = np.empty((len(mesh.vertices), 3), np.float32)
            mesh.vertices.foreach_get("co", positions.ravel())
            matrix = np.array(instance.matrix_world)
            corners = np.empty((len(mesh.loop_triangles), 3), np.int32)
            mesh.loop_triangles.foreach_get("vertices", corners.ravel())
            parts.append((positions @ matrix[:3, :3].T + matrix[:3, 3], corners))
    starts = np.cumsum([0, *(len(positions) for positions, _ in parts)])
    faces = np.concatenate([corners + start for (_, corners), start in zip(parts, starts, strict=False)])
    return linked("Shown", mesh_of("Shown", np.concatenate([positions for positions, _ in parts]), faces))
