# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects cut by a known labelling, as a service would give them back: the truth that labels are compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import bpy
import numpy as np

Object = bpy.types.Object


def mesh_object(name: str, vertices: np.ndarray, faces: Sequence[Sequence[int]]) -> Object:
    """A new object in the scene, not selected."""
    mesh = bpy.data.meshes.new(name)
    corners = faces.tolist() if isinstance(faces, np.ndarray) else [list(map(int, face)) for face in faces]
    mesh.from_pydata(vertices.tolist(), [], corners)
    obj = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(obj)
    bpy.context.view_layer.update()
    return obj


def read(all_of: bpy.types.bpy_prop_collection, name: str, kind: type[np.generic]) -> np.ndarray:
    """A property of each, one after the other."""
    values = np.empty(len(all_of) * np.size(getattr(all_of[0], name)) if all_of else 0, kind)
    all_of.foreach_get(name, values)
    return values


def shown_triangles(source: Object) -> tuple[np.ndarray, np.ndarray]:
    """World corners (triangles, 3, 3) in float64, wound as they are seen, and the polygon of the evaluated mesh."""
    bpy.context.view_layer.update()
    shown = source.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = shown.to_mesh()
    mesh.calc_loop_triangles()
    world = np.array(shown.matrix_world, np.float64)
    points = read(mesh.vertices, "co", np.float32).reshape(-1, 3).astype(np.float64) @ world[:3, :3].T + world[:3, 3]
    corners = read(mesh.loop_triangles, "vertices", np.int32).reshape(-1, 3)
    if np.linalg.det(world[:3, :3]) < 0:
        corners = corners[:, ::-1]
    polygons = read(mesh.loop_triangles, "polygon_index", np.int32)
    shown.to_mesh_clear()
    return points[corners], polygons


def as_parts(
    corners: np.ndarray,
    labels: np.ndarray,
    change: Callable[[np.ndarray], np.ndarray] | None = None,
    *,
    weld: bool = True,
) -> list[Object]:
    """One object per label of the triangles, as an import leaves them: float32, the origin at the part's middle.

    The points (n, 3) that a part has may be changed; without welding each triangle has its own three.
    """
    low, high = corners.min(axis=(0, 1)), corners.max(axis=(0, 1))
    centre = (low + high) / 2
    sent = (corners - centre).astype(np.float32)
    parts = []
    for label in range(labels.max() + 1):
        points = sent[labels == label].reshape(-1, 3)
        places = np.arange(len(points))
        if weld:
            points, places = np.unique(points, axis=0, return_inverse=True)
        points = points.astype(np.float64)
        if change:
            points = change(points)
        origin = (centre + points.mean(axis=0)).astype(np.float32)
        local = points + (centre - origin.astype(np.float64))
        part = mesh_object(f"part {label}", local.astype(np.float32), places.reshape(-1, 3))
        part.location = origin
        parts.append(part)
    bpy.context.view_layer.update()
    return parts


def bands(points: np.ndarray, count: int, axis: int = 2) -> np.ndarray:
    """A label for each point (n, 3): so many slices of equal height."""
    along = points[:, axis]
    return np.clip((along - along.min()) / np.ptp(along) * count, 0, count - 1).astype(np.int32)


def face_centres(obj: Object) -> np.ndarray:
    """(polygons, 3) of the object's own mesh, in its own space."""
    return read(obj.data.polygons, "center", np.float32).reshape(-1, 3)


def face_vertices(obj: Object) -> list[list[int]]:
    return [list(polygon.vertices) for polygon in obj.data.polygons]


def away_from_borders(obj: Object, truth: np.ndarray) -> np.ndarray:
    """(polygons,): the faces none of whose vertices belongs to a face of another label."""
    first = np.full(len(obj.data.vertices), -1)
    mixed = np.zeros(len(obj.data.vertices), bool)
    for label, vertices in zip(truth, face_vertices(obj), strict=True):
        mixed[vertices] |= (first[vertices] >= 0) & (first[vertices] != label)
        first[vertices] = label
    return np.array([not mixed[vertices].any() for vertices in face_vertices(obj)])


def make_real(obj: Object) -> None:
    """Put the evaluated mesh in the place of the mesh and its modifiers."""
    bpy.context.view_layer.update()
    mesh = bpy.data.meshes.new_from_object(obj.evaluated_get(bpy.context.evaluated_depsgraph_get()))
    obj.modifiers.clear()
    obj.data = mesh
