# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Caps -> faces of the parts' meshes, which keep all that they have."""

from __future__ import annotations

import bpy
import numpy as np
from bpy.types import Material, Mesh, Object

from ..mesh.arrays import Doubles, Flags, Ints
from ..mesh.attributes import CAP, set_defaults
from ..mesh.transform import CUSTOM_NORMALS
from ..mesh.triangles import corner_values
from .loops import triangle_normals
from .pieces import note_pieces

_MATERIAL = "Hitem3D Cap"
_GREY = (0.55, 0.5, 0.45, 1.0)


def add_caps(part: Object, corners: Ints, points: Doubles, numbers: Ints, moved: Flags) -> None:
    """Add triangles (n, 3) to the part's mesh; a material slot and a face attribute tell them from the surface.

    Corners are the body's points, of which ``points`` (n, 3) says where they are in the mesh's own frame, and
    ``numbers`` (vertices,) which of them the mesh has already; those that have ``moved`` (n,) are written there anew.
    """
    mesh = part.data
    if mesh.users > 1:
        mesh = part.data = mesh.copy()
    _free_normals(mesh)
    vertices, first_face = len(mesh.vertices), len(mesh.polygons)
    before = {"POINT": vertices, "EDGE": len(mesh.edges), "CORNER": len(mesh.loops), "FACE": first_face}
    used = np.unique(corners)
    known = _known(mesh, numbers)
    place = np.full(len(points), -1, np.int32)
    place[list(known)] = list(known.values())
    new = used[place[used] < 0]
    place[new] = np.arange(len(new), dtype=np.int32) + vertices
    mesh.vertices.add(len(new))
    positions = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.attributes["position"].data.foreach_get("vector", positions.ravel())
    positions[vertices:] = points[new]
    again = np.flatnonzero(moved[numbers])
    positions[again] = points[numbers[again]]
    mesh.attributes["position"].data.foreach_set("vector", positions.ravel())
    border = _add_faces(mesh, place[corners])
    set_defaults(mesh, before)
    note_pieces(mesh, before)
    _mark(mesh, first_face, border)
    _set_normals(mesh, points, corners)
    mesh.update()


def _known(mesh: Mesh, numbers: Ints) -> dict[int, int]:
    """The mesh's vertex for each of the body's points: one at the border, where several are at one place."""
    order = np.arange(len(numbers), dtype=np.int32)
    known = dict(zip(numbers.tolist(), order.tolist(), strict=True))
    edges = corner_values(mesh, ".corner_edge")
    open_ones = np.flatnonzero(np.bincount(edges, minlength=len(mesh.edges)) == 1)
    border = np.unique(_edge_vertices(mesh)[open_ones])
    known.update(zip(numbers[border].tolist(), border.tolist(), strict=True))
    return known


def _edge_vertices(mesh: Mesh) -> Ints:
    ends = np.empty((len(mesh.edges), 2), np.int32)
    if len(ends):
        mesh.attributes[".edge_verts"].data.foreach_get("value", ends.ravel())
    return ends


def _add_faces(mesh: Mesh, corners: Ints) -> Ints:
    """Add triangles of the mesh's vertices with their edges; gives the old edges that they use."""
    old = _edge_vertices(mesh)
    sides = np.stack([corners, np.roll(corners, -1, axis=1)], axis=2).reshape(-1, 2)
    keys = _keys(np.concatenate([old, sides]))
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    new = np.flatnonzero(first >= len(old))
    number = first.astype(np.int32)
    number[new] = np.arange(len(new), dtype=np.int32) + len(old)
    of_corners = number[group.reshape(-1)[len(old) :]]
    loops, faces = len(mesh.loops), len(mesh.polygons)
    mesh.edges.add(len(new))
    ends = np.concatenate([old, sides[first[new] - len(old)]]).astype(np.int32)
    mesh.attributes[".edge_verts"].data.foreach_set("value", ends.ravel())
    vertices, edges = corner_values(mesh, ".corner_vert"), corner_values(mesh, ".corner_edge")
    mesh.loops.add(corners.size)
    mesh.attributes[".corner_vert"].data.foreach_set("value", np.concatenate([vertices, corners.ravel()]))
    mesh.attributes[".corner_edge"].data.foreach_set("value", np.concatenate([edges, of_corners]).astype(np.int32))
    mesh.polygons.add(len(corners))
    starts = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("loop_start", starts)
    starts[faces:] = loops + 3 * np.arange(len(corners))
    mesh.polygons.foreach_set("loop_start", starts)
    return np.unique(of_corners[of_corners < len(old)])


def _keys(ends: Ints) -> np.ndarray:
    return np.asarray(ends.min(axis=1).astype(np.int64) << 32 | ends.max(axis=1))


def _mark(mesh: Mesh, first: int, border: Ints) -> None:
    """The new faces are flat, have a slot of their own and the attribute; the border is a sharp edge."""
    count = len(mesh.polygons)
    new = np.arange(count) >= first
    for name, domain, more in ((CAP, "FACE", new), ("sharp_face", "FACE", new), ("sharp_edge", "EDGE", border)):
        attribute = mesh.attributes.get(name) or mesh.attributes.new(name, "BOOLEAN", domain)
        flags = np.empty(len(attribute.data), np.bool_)
        attribute.data.foreach_get("value", flags)
        flags[more] = True
        attribute.data.foreach_set("value", flags)
    if not mesh.materials:
        mesh.materials.append(None)
    names = [material.name if material else "" for material in mesh.materials]
    material = _cap_material()
    if material.name not in names:
        mesh.materials.append(material)
        names.append(material.name)
    slots = np.empty(count, np.int32)
    mesh.polygons.foreach_get("material_index", slots)
    slots[new] = names.index(material.name)
    mesh.polygons.foreach_set("material_index", slots)


def _cap_material() -> Material:
    material = bpy.data.materials.get(_MATERIAL)
    if material is None:
        material = bpy.data.materials.new(_MATERIAL)
        material.diffuse_color = _GREY
    return material


def _set_normals(mesh: Mesh, points: Doubles, corners: Ints) -> None:
    """Where normals are plain directions, the new corners have those of their faces."""
    stored = mesh.attributes.get(CUSTOM_NORMALS)
    if stored is None or stored.data_type != "FLOAT_VECTOR":
        return
    normals = np.empty((len(stored.data), 3), np.float32)
    stored.data.foreach_get("vector", normals.ravel())
    own = triangle_normals(points, corners)
    own /= np.maximum(np.linalg.norm(own, axis=1, keepdims=True), 1e-300)
    normals[-corners.size :] = np.repeat(own, 3, axis=0)
    stored.data.foreach_set("vector", normals.ravel())


def _free_normals(mesh: Mesh) -> None:
    """Custom normals of vertices become those of corners: a cap's corners at the border have others."""
    stored = mesh.attributes.get(CUSTOM_NORMALS)
    if stored is None or stored.data_type != "FLOAT_VECTOR" or stored.domain != "POINT":
        return
    normals = np.empty((len(stored.data), 3), np.float32)
    stored.data.foreach_get("vector", normals.ravel())
    mesh.attributes.remove(stored)
    of_corners = mesh.attributes.new(CUSTOM_NORMALS, "FLOAT_VECTOR", "CORNER")
    of_corners.data.foreach_set("vector", normals[corner_values(mesh, ".corner_vert")].ravel())
