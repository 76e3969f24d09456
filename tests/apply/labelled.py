# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of labels share: models, their parts, and the labels that are right."""

from __future__ import annotations

import bpy
import numpy as np
from cut import as_parts, bands, face_vertices, shown_triangles
from mathutils import Euler, Matrix

from hitem3d_addon.apply.labels import Labels, part_labels

Object = bpy.types.Object


def labels_of(source: Object, parts: list[Object]) -> Labels:
    bpy.context.view_layer.update()
    return part_labels(source, parts, bpy.context.evaluated_depsgraph_get())


def monkey() -> Object:
    bpy.ops.mesh.primitive_monkey_add()
    return bpy.context.object


def dense_monkey(levels: int = 3) -> Object:
    """A closed, curved surface of many quads."""
    obj = monkey()
    obj.modifiers.new("Subdivision", "SUBSURF").levels = levels
    bpy.ops.object.modifier_apply(modifier="Subdivision")
    return obj


def cut(source: Object, count: int = 5, **options: object) -> tuple[np.ndarray, list[Object]]:
    """The label of each face of the evaluated mesh, and the parts."""
    corners, polygons = shown_triangles(source)
    truth = bands(face_centres_shown(corners, polygons), count)
    return truth, as_parts(corners, truth[polygons], **options)


def face_centres_shown(corners: np.ndarray, polygons: np.ndarray) -> np.ndarray:
    pieces = np.bincount(polygons)
    return np.stack([np.bincount(polygons, corners.mean(axis=1)[:, k]) / pieces for k in range(3)], axis=1)


def plain(obj: Object) -> None:
    obj.matrix_world = Matrix.Translation((3, -2, 1)) @ Euler((0.4, 0.2, 1.1)).to_matrix().to_4x4()


def bumpy_ball(segments: int = 128) -> tuple[np.ndarray, list[list[int]]]:
    """A closed surface without a symmetry: points, and faces with three and four corners."""
    bpy.ops.mesh.primitive_uv_sphere_add(segments=segments, ring_count=segments // 2)
    ball = bpy.context.object
    points = np.array([vertex.co for vertex in ball.data.vertices], np.float64)
    faces = face_vertices(ball)
    bpy.data.objects.remove(ball)
    return points * (1 + 0.1 * np.sin(5 * points[:, [1, 2, 0]])), faces


def shaped(obj: Object) -> None:
    obj.shape_key_add(name="Basis")
    key = obj.shape_key_add(name="Wide")
    for point in key.data:
        point.co.x *= 3
    key.value = 0.8


def everything() -> dict[str, object]:
    """What finding the labels must not change."""
    data = {
        prop.identifier: sorted(block.name for block in getattr(bpy.data, prop.identifier))
        for prop in bpy.data.bl_rna.properties
        if prop.type == "COLLECTION"
    }
    layer = bpy.context.view_layer
    return {
        **data,
        "selected": sorted(obj.name for obj in layer.objects if obj.select_get()),
        "active": layer.objects.active and layer.objects.active.name,
        "mode": bpy.context.mode,
        "scene": bpy.context.scene.name,
        "attributes": {
            mesh.name: ([attribute.name for attribute in mesh.attributes], mesh.attributes.active_index)
            for mesh in bpy.data.meshes
        },
        "modifiers": {obj.name: obj.modifiers.keys() for obj in bpy.data.objects},
    }
