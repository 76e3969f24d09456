# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the export share: objects, what they show, and what a file holds."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
import pygltflib
import pytest
import trimesh
from mathutils.bvhtree import BVHTree

from hitem3d_addon.core.values import OutputFormat
from hitem3d_addon.send.export import SentGeometry, export_glb

Object = bpy.types.Object


@dataclass(frozen=True)
class Measures:
    """Of triangles in the world, Z up."""

    triangles: int
    area: float
    volume: float
    low: np.ndarray
    high: np.ndarray


def corners_in(path: Path) -> np.ndarray:
    """(triangles, 3, 3) of the file, as Blender has them: Z up."""
    scene = trimesh.load(path, process=False)
    assert isinstance(scene, trimesh.Scene)
    corners = np.concatenate([mesh.vertices[mesh.faces] for mesh in scene.dump()])
    return np.stack((corners[..., 0], -corners[..., 2], corners[..., 1]), axis=-1)


def has_places(path: Path) -> bool:
    """Whether meshes stand in several places by nodes."""
    return any(node.matrix or node.translation for node in pygltflib.GLTF2().load(path).nodes)


def measured(corners: np.ndarray) -> Measures:
    a, b, c = corners.astype(np.float64).transpose(1, 0, 2)
    centre = (corners.min(axis=(0, 1)) + corners.max(axis=(0, 1))) / 2  # whichever corner a triangle begins with
    normals = np.cross(b - a, c - a)
    return Measures(
        triangles=len(corners),
        area=float(np.linalg.norm(normals, axis=1).sum() / 2),
        volume=float(np.einsum("nk,nk->", a - centre, normals) / 6),
        low=corners.min(axis=(0, 1)),
        high=corners.max(axis=(0, 1)),
    )


def shown_by(*objects: Object) -> np.ndarray:
    """(triangles, 3, 3) in the world, of objects without instances: vertex by vertex, through `to_mesh`."""
    depsgraph = bpy.context.evaluated_depsgraph_get()
    triangles = []
    for obj in objects:
        evaluated = obj.evaluated_get(depsgraph)
        mesh = evaluated.to_mesh()
        matrix = np.array(evaluated.matrix_world, dtype=np.float64)
        for triangle in mesh.loop_triangles:
            rows = [matrix @ (*mesh.vertices[number].co, 1.0) for number in triangle.vertices]
            triangles.append([row[:3] for row in (rows[::-1] if np.linalg.det(matrix) < 0 else rows)])
        evaluated.to_mesh_clear()
    return np.array(triangles)


def assert_same(path: Path, sent: SentGeometry, expected: np.ndarray) -> None:
    """The file, moved back to the world, measures as what is expected; and what is said of it is so."""
    corners = corners_in(path)
    low, high = corners.min(axis=(0, 1)), corners.max(axis=(0, 1))
    assert sent.triangles == len(corners)
    written = np.concatenate((low, high)).astype(np.float32)
    if has_places(path):  # a reader moves each place there, and rounds
        assert np.abs(written - sent.bounds).max() <= 1e-6 * math.dist(low, high)
    else:
        assert np.array_equal(sent.bounds, written)
    assert np.abs(low + high).max() <= 1e-6 * math.dist(low, high)

    ours, theirs = measured(corners / sent.scale + np.array(sent.centre)), measured(expected)
    diagonal = math.dist(theirs.low, theirs.high)
    assert ours.triangles == theirs.triangles
    assert ours.area == pytest.approx(theirs.area, rel=1e-5)
    assert ours.volume == pytest.approx(theirs.volume, rel=1e-5, abs=1e-6 * theirs.area * diagonal)
    assert np.abs(ours.low - theirs.low).max() <= 1e-6 * diagonal
    assert np.abs(ours.high - theirs.high).max() <= 1e-6 * diagonal
    assert_on_surface(sent, corners)


def assert_on_surface(sent: SentGeometry, corners: np.ndarray) -> None:
    faces = np.arange(3 * len(corners)).reshape(-1, 3)
    tree = BVHTree.FromPolygons(corners.reshape(-1, 3).tolist(), faces.tolist(), all_triangles=True)
    away = [tree.find_nearest(point)[3] for point in sent.points.tolist()]
    assert sent.points.shape == (256, 3)
    assert sent.points.dtype == np.float32
    assert max(away) <= 1e-5 * math.dist(sent.bounds[:3], sent.bounds[3:])


def suzanne(**place: Sequence[float]) -> Object:
    bpy.ops.mesh.primitive_monkey_add()
    obj = bpy.context.active_object
    for name, value in place.items():
        setattr(obj, name, value)
    return obj


def empty(name: str, **place: object) -> Object:
    obj = bpy.data.objects.new(name, None)
    bpy.context.collection.objects.link(obj)
    for key, value in place.items():
        setattr(obj, key, value)
    return obj


def with_modifiers() -> Object:
    obj = suzanne(location=(1, 2, 3), rotation_euler=(0.3, 0.4, 0.5))
    obj.modifiers.new("half", "MIRROR").use_axis = (False, True, False)
    obj.modifiers.new("smooth", "SUBSURF").levels = 1
    obj.modifiers.new("wall", "SOLIDIFY").thickness = 0.1
    obj.modifiers.new("render only", "SUBSURF").show_viewport = False
    return obj


def text() -> Object:
    bpy.ops.object.text_add(rotation=(1, 0, 0))
    obj = bpy.context.active_object
    obj.data.body = "Hé"
    obj.data.extrude = 0.1
    return obj


def metaball() -> Object:
    bpy.ops.object.metaball_add(location=(1, 1, 1))
    mother = bpy.context.active_object
    bpy.ops.object.metaball_add(location=(2, 1, 1))
    return mother


def nodes_of(obj: Object) -> bpy.types.NodeTree:
    """An empty Geometry Nodes group as a modifier of the object, with an input and an output."""
    tree = bpy.data.node_groups.new("nodes", "GeometryNodeTree")
    for way in ("INPUT", "OUTPUT"):
        tree.interface.new_socket("Geometry", in_out=way, socket_type="NodeSocketGeometry")
        tree.nodes.new(f"NodeGroup{way.title()}")
    obj.modifiers.new("nodes", "NODES").node_group = tree
    return tree


def cubes_on_grid(side: int = 3, **place: Sequence[float]) -> Object:
    """Cubes with edges of 1, 2, 3, turned, as instances on the points of a grid, without the grid."""
    obj = bpy.data.objects.new("scatter", bpy.data.meshes.new("scatter"))
    bpy.context.collection.objects.link(obj)
    for name, value in place.items():
        setattr(obj, name, value)
    tree = nodes_of(obj)
    grid, cube, scatter = (
        tree.nodes.new(f"GeometryNode{kind}") for kind in ("MeshGrid", "MeshCube", "InstanceOnPoints")
    )
    grid.inputs["Size X"].default_value = grid.inputs["Size Y"].default_value = 100
    grid.inputs["Vertices X"].default_value = grid.inputs["Vertices Y"].default_value = side
    cube.inputs["Size"].default_value = (1, 2, 3)
    scatter.inputs["Rotation"].default_value = (0.1, 0.2, 0.3)
    tree.links.new(grid.outputs["Mesh"], scatter.inputs["Points"])
    tree.links.new(cube.outputs["Mesh"], scatter.inputs["Instance"])
    tree.links.new(scatter.outputs["Instances"], tree.nodes["Group Output"].inputs[0])
    return obj


def export_plainly(
    objects: Sequence[Object], path: Path, output_format: OutputFormat = OutputFormat.GLB, *, materials: bool = False
) -> SentGeometry:
    depsgraph = bpy.context.evaluated_depsgraph_get()
    return export_glb(objects, depsgraph, path, output_format=output_format, include_materials=materials)


def picture(file: Path) -> bpy.types.Image:
    """A file with a picture that does not compress to nothing."""
    made = bpy.data.images.new("made", 128, 128)
    made.pixels.foreach_set(np.random.default_rng(1).random(128 * 128 * 4, np.float32))
    made.filepath_raw = str(file)
    made.file_format = {".png": "PNG", ".jpg": "JPEG", ".tga": "TARGA"}[file.suffix]
    made.save()
    bpy.data.images.remove(made)
    return bpy.data.images.load(str(file))


def textured(folder: Path) -> Object:
    """A mesh with telling names everywhere, a picture that tells where it is from, and two materials."""
    picture = folder / "secret-picture.png"
    made = bpy.data.images.new("secret-image", 8, 8)
    made.pixels = np.linspace(0, 1, 256, dtype=np.float32)
    made.filepath_raw, made.file_format = str(picture), "PNG"
    made.save()
    data = picture.read_bytes()
    told = b"tEXt" + b"File\0/home/secret-user/secret.blend"
    picture.write_bytes(data[:33] + png_chunk(told) + data[33:])
    made.source = "FILE"
    made.reload()
    obj = suzanne()
    obj.name, obj.data.name = "secret-object", "secret-mesh"
    obj["secret-property"] = "secret-value"
    obj.data["secret-property"] = "secret-value"
    obj.data.uv_layers[0].name = "secret-uv"
    colours = obj.data.color_attributes.new("secret-colour", "FLOAT_COLOR", "POINT")
    for number, value in enumerate(colours.data):
        value.color = (number / 600, 0.5, 0.5, 1)
    for name in ("secret-material", "secret-material-2"):
        material = bpy.data.materials.new(name)
        if material.node_tree is None:
            material.use_nodes = True
        texture = material.node_tree.nodes.new("ShaderNodeTexImage")
        texture.image = made
        material.node_tree.links.new(
            texture.outputs["Color"], material.node_tree.nodes["Principled BSDF"].inputs["Base Color"]
        )
        material["secret-property"] = "secret-value"
        obj.data.materials.append(material)
    for polygon in obj.data.polygons:
        polygon.material_index = polygon.index % 2
    return obj


def png_chunk(body: bytes) -> bytes:
    return (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
