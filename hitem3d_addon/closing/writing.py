# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Caps -> faces of the parts' meshes, which keep all that they have."""

from __future__ import annotations

import bmesh
import bpy
import numpy as np
from bmesh.types import BMFace, BMVert
from bpy.types import Material, Mesh, Object

from ..mesh.arrays import Doubles, Flags, Ints
from ..mesh.attributes import CAP
from ..mesh.transform import CUSTOM_NORMALS
from ..mesh.triangles import corner_values
from .loops import directed_edges, triangle_normals
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
    before = {"CORNER": len(mesh.loops), "FACE": first_face}
    used = np.unique(corners)
    known = _known(mesh, numbers)
    place = np.full(len(points), -1, np.int32)
    place[list(known)] = list(known.values())
    new = used[place[used] < 0]
    place[new] = np.arange(len(new), dtype=np.int32) + vertices
    _move(mesh, moved[numbers], points[numbers])
    border = _find_edges(mesh, place[corners])
    _add_faces(mesh, points[new], place[corners])
    note_pieces(mesh, before)
    _mark(mesh, first_face, border)
    _set_normals(mesh, points, corners)
    mesh.update()


def _move(mesh: Mesh, moved: Flags, points: Doubles) -> None:
    """Write anew where those of the vertices are that have moved (vertices,), to their points (vertices, 3)."""
    positions = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.attributes["position"].data.foreach_get("vector", positions.ravel())
    positions[moved] = points[moved]
    mesh.attributes["position"].data.foreach_set("vector", positions.ravel())


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


def _find_edges(mesh: Mesh, corners: Ints) -> Ints:
    """The edges that triangles (n, 3) of the mesh's vertices, and of new ones, have from it."""
    return np.flatnonzero(np.isin(_keys(_edge_vertices(mesh)), _keys(directed_edges(corners)))).astype(np.int32)


def _add_faces(mesh: Mesh, points: Doubles, corners: Ints) -> None:
    """Add vertices (n, 3) and triangles (m, 3) behind those of the mesh, with their edges.

    By BMesh, which gives them Blender's default in each attribute: what ``add()`` makes in a mesh that has elements
    already is not to be relied upon in 5.1 and 5.2.
    """
    work = bmesh.new()
    try:
        work.from_mesh(mesh, face_normals=False, vertex_normals=False)
        for point in points.tolist():
            work.verts.new(point)
        work.verts.ensure_lookup_table()
        for three in corners.tolist():
            vertices = [work.verts[vertex] for vertex in three]
            try:
                work.faces.new(vertices)
            except ValueError:  # Where there is a face of these vertices, BMesh makes another only as its copy.
                found = work.faces.get(vertices)
                assert found
                _turn_as(found.copy(verts=False, edges=False), vertices)
        work.to_mesh(mesh)
    finally:
        work.free()


def _turn_as(face: BMFace, vertices: list[BMVert]) -> None:
    """Turn a triangle over unless its vertices follow each other in this order."""
    loop = face.loops[0]
    if loop.link_loop_next.vert != vertices[vertices.index(loop.vert) - 2]:
        face.normal_flip()


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
