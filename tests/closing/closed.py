# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models cut by known labels into parts as an import leaves them, and what is measured of them when they are closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import bpy
import numpy as np
from mathutils.bvhtree import BVHTree

from hitem3d_addon.mesh.from_arrays import make_mesh
from hitem3d_addon.mesh.transform import transform_meshes
from hitem3d_addon.session.record import PART, TASK_ID

Object = bpy.types.Object
Arrays = tuple[np.ndarray, np.ndarray]


def primitive(operator: Callable[..., object], **options: object) -> Arrays:
    """Points (n, 3) and triangles (m, 3) of one of Blender's primitives."""
    operator(**options)
    obj = bpy.context.active_object
    obj.data.calc_loop_triangles()
    points = np.array([vertex.co for vertex in obj.data.vertices], np.float64)
    corners = np.array([triangle.vertices for triangle in obj.data.loop_triangles])
    bpy.data.objects.remove(obj)
    return points, corners


def torus() -> Arrays:
    return primitive(bpy.ops.mesh.primitive_torus_add)


def sphere(subdivisions: int = 4) -> Arrays:
    return primitive(bpy.ops.mesh.primitive_ico_sphere_add, subdivisions=subdivisions)


def cube(cells: int = 6) -> Arrays:
    """With sides from -1 to 1, each divided into cells."""
    grid = np.stack(np.meshgrid(np.arange(cells + 1), np.arange(cells + 1), indexing="ij"), axis=2).reshape(-1, 2)
    here = np.arange(cells * (cells + 1)).reshape(cells, cells + 1)[:, :-1].ravel()
    quads = np.stack([here, here + cells + 1, here + cells + 2, here + 1], axis=1)
    flat = 2 * grid / cells - 1
    points, corners = [], []
    for axis in range(3):
        for end in (-1.0, 1.0):
            side = np.insert(flat, axis, end, axis=1)
            turned = quads if (end > 0) != (axis == 1) else quads[:, ::-1]
            triangles = np.concatenate([turned[:, [0, 1, 2]], turned[:, [0, 2, 3]]])
            corners.append(triangles + sum(map(len, points)))
            points.append(side)
    unique, places = np.unique(np.concatenate(points), axis=0, return_inverse=True)
    return unique, places.reshape(-1)[np.concatenate(corners)]


def by_angle(model: Arrays, count: int) -> np.ndarray:
    """A label for each triangle: so many equal slices around Z."""
    x, y, _ = model[0][model[1]].mean(axis=1).T
    return (np.arctan2(y, x) / (2 * np.pi) % 1 * count).astype(np.int32) % count


def by_octant(model: Arrays) -> np.ndarray:
    return (model[0][model[1]].mean(axis=1) > 0) @ np.array([1, 2, 4])


def import_parts(
    model: Arrays, labels: np.ndarray, location: tuple[float, float, float] = (3.3, -2.1, 1.7)
) -> list[Object]:
    """An object for each label in a collection of an import, on the grid that an import puts them on."""
    collection = bpy.data.collections.new("Model parts")
    bpy.context.scene.collection.children.link(collection)
    collection[TASK_ID] = "segmentation_1"
    matrix = np.eye(4)
    matrix[:3, 3] = location
    meshes = []
    for label in range(labels.max() + 1):
        used, places = np.unique(model[1][labels == label], return_inverse=True)
        meshes.append(
            make_mesh(f"part {label}", model[0][used].astype(np.float32), places.reshape(-1, 3).astype(np.int32))
        )
    for mesh in meshes:
        mesh.update(calc_edges=True)
    origins = transform_meshes(meshes, [matrix] * len(meshes), [False] * len(meshes))
    parts = []
    for mesh, origin in zip(meshes, origins, strict=True):
        part = bpy.data.objects.new(mesh.name, mesh)
        part.location = origin
        part[PART] = "segmentation_1"
        collection.objects.link(part)
        part.select_set(True)
        parts.append(part)
    bpy.context.view_layer.objects.active = parts[0]
    bpy.context.view_layer.update()
    return parts


def close(**options: object) -> None:
    assert bpy.ops.hitem3d.close_parts(**options) == {"FINISHED"}


def triangles(part: Object) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """World points in float64, triangles, and which of these are caps."""
    mesh = part.data
    mesh.calc_loop_triangles()
    points = np.array([vertex.co for vertex in mesh.vertices], np.float64) + np.array(part.location, np.float64)
    corners = np.array([triangle.vertices for triangle in mesh.loop_triangles])
    attribute = mesh.attributes.get("hitem3d_cap")
    caps = np.array([bool(attribute and attribute.data[t.polygon_index].value) for t in mesh.loop_triangles])
    return points, corners, caps


def open_edges(part: Object) -> int:
    """Edges of the mesh that do not have exactly two faces that run along them in opposite directions."""
    seen: dict[tuple[int, int], int] = {}
    for polygon in part.data.polygons:
        ends = list(polygon.vertices)
        for one, other in zip(ends, ends[1:] + ends[:1], strict=True):
            seen[min(one, other), max(one, other)] = seen.get((min(one, other), max(one, other)), 0) + (
                1 if one < other else -1
            )
    return sum(bool(count) for count in seen.values())


def volume(part: Object) -> float:
    points, corners, _ = triangles(part)
    first, second, third = (points[corners[:, k]] - points[0] for k in range(3))
    return float(np.einsum("nk,nk->", first, np.cross(second, third)) / 6)


def enclosed(model: Arrays) -> float:
    first, second, third = (model[0][model[1][:, k]] for k in range(3))
    return float(np.einsum("nk,nk->", first, np.cross(second, third)) / 6)


def crossings(part: Object) -> int:
    """How many pairs of the part's triangles cross, by Blender's own tree."""
    points, corners, _ = triangles(part)
    tree = BVHTree.FromPolygons(points.tolist(), corners.tolist(), all_triangles=True)
    return sum(one < other and not set(corners[one]) & set(corners[other]) for one, other in tree.overlap(tree))


def crossings_of_all(parts: Sequence[Object]) -> int:
    """How many pairs of all parts' triangles cross, where each cap counts once."""
    places = {place: None for part in parts for place in triangle_places(part)}
    at = np.array(list(places))
    points, corners = np.unique(at.reshape(-1, 3), axis=0, return_inverse=True)
    corners = corners.reshape(-1, 3)
    tree = BVHTree.FromPolygons(points.tolist(), corners.tolist(), all_triangles=True)
    return sum(one < other and not set(corners[one]) & set(corners[other]) for one, other in tree.overlap(tree))


def triangle_places(part: Object) -> list[tuple[tuple[float, ...], ...]]:
    """Its triangles as sorted corners, whose coordinates are exact."""
    points, corners, _ = triangles(part)
    return [tuple(sorted(map(tuple, corner))) for corner in points[corners].tolist()]


def crossing_neighbours(parts: Sequence[Object]) -> list[tuple[str, str]]:
    """Which parts have triangles that touch those of another part."""
    trees = []
    for part in parts:
        points, corners, _ = triangles(part)
        trees.append((part.name, BVHTree.FromPolygons(points.tolist(), corners.tolist(), all_triangles=True)))
    return [(a, b) for a, one in trees for b, other in trees if a < b and one.overlap(other)]


def cap_places(part: Object) -> set[tuple[tuple[float, ...], ...]]:
    """The triangles of its caps as sorted corners, whose coordinates are exact."""
    points, corners, caps = triangles(part)
    return {tuple(sorted(map(tuple, points[corner].tolist()))) for corner in corners[caps]}


def cap_gaps(part: Object, parts: Sequence[Object]) -> np.ndarray:
    """How far the middles of its caps' triangles are from the nearest cap of another part."""
    points, corners, caps = triangles(part)
    trees = []
    for other in parts:
        if other != part:
            its_points, its_corners, its_caps = triangles(other)
            trees.append(BVHTree.FromPolygons(its_points.tolist(), its_corners[its_caps].tolist(), all_triangles=True))
    middles = points[corners[caps]].mean(axis=1).tolist()
    return np.array([min(tree.find_nearest(middle)[3] for tree in trees) for middle in middles])
