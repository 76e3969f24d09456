# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has changed of a solid -> the part's mesh, which keeps all else."""

from __future__ import annotations

import bmesh
import numpy as np
from bpy.types import Mesh, Object

from ..mesh.arrays import Doubles, Ints
from ..mesh.transform import CUSTOM_NORMALS
from .solids import PEG, Frame, Solid


def write_solid(part: Object, solid: Solid, frame: Frame, number: int) -> None:
    """Give the mesh of the part with this number the triangles that are new, without those that are gone."""
    mesh = part.data
    if mesh.users > 1:
        mesh = part.data = mesh.copy()
    matrix = frame.matrices[number]
    mirrored = np.linalg.det(matrix[:3, :3]) < 0
    first = len(mesh.vertices)
    points = solid.points[first:] + (frame.centre - matrix[:3, 3])
    if not np.array_equal(matrix[:3, :3], np.eye(3)):
        points = points @ np.linalg.inv(matrix[:3, :3]).T
    new = np.flatnonzero(solid.new & ~solid.gone)
    corners = solid.corners[new][:, :: -1 if mirrored else 1]
    removed = np.unique(solid.polygons[solid.gone & ~solid.new])
    places = _change_faces(mesh, points, corners, solid.polygons[new], removed)
    attribute = mesh.attributes.get(PEG) or mesh.attributes.new(PEG, "BOOLEAN", "FACE")
    flags = np.empty(len(mesh.polygons), np.bool_)
    attribute.data.foreach_get("value", flags)
    flags[places] = solid.pegs[new]
    attribute.data.foreach_set("value", flags)
    _set_normals(mesh, places)
    mesh.update()


def _change_faces(mesh: Mesh, points: Doubles, corners: Ints, like: Ints, removed: Ints) -> Ints:
    """Add vertices (n, 3), take polygons away, and add triangles (m, 3), each like one of these polygons (m,).

    Gives the polygon that each triangle has become.
    """
    work = bmesh.new()
    try:
        work.from_mesh(mesh)
        work.faces.ensure_lookup_table()
        examples = {number: work.faces[number] for number in removed.tolist()}
        by_corners = {frozenset(vertex.index for vertex in face.verts): face for face in examples.values()}
        for point in points.tolist():
            work.verts.new(point)
        work.verts.ensure_lookup_table()
        faces = []
        for three, number in zip(corners.tolist(), like.tolist(), strict=True):
            # What is as it was before can't be there twice.
            kept = by_corners.pop(frozenset(three), None)
            vertices = [work.verts[vertex] for vertex in three]
            faces.append(kept or work.faces.new(vertices, examples[number]))
        gone = list(by_corners.values())
        edges = {edge for face in gone for edge in face.edges}
        ends = {vertex for face in gone for vertex in face.verts}
        for face in gone:
            work.faces.remove(face)
        for edge in [edge for edge in edges if not edge.link_faces]:
            work.edges.remove(edge)
        for vertex in [vertex for vertex in ends if not vertex.link_edges]:
            work.verts.remove(vertex)
        work.faces.index_update()
        places = np.array([face.index for face in faces], np.int32)
        work.to_mesh(mesh)
    finally:
        work.free()
    return places


def _set_normals(mesh: Mesh, places: Ints) -> None:
    """Where normals are plain directions, the corners of these polygons have those of their faces."""
    stored = mesh.attributes.get(CUSTOM_NORMALS)
    if stored is None or stored.data_type != "FLOAT_VECTOR" or stored.domain != "CORNER":
        return
    for place in places.tolist():
        polygon = mesh.polygons[place]
        for loop in polygon.loop_indices:
            stored.data[loop].vector = polygon.normal
