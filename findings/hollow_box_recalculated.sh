#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bpy 5.0.1, PyVista 0.49.1, PyMeshLab 2025.7 and trimesh 5.2.0 make the faces of a hollow box consistent: an outer box of
# volume 8 and a cavity of 1, wound rightly (7 in all).
# Expected: nothing to do: 7 from all.
# Seen:     7 from PyMeshLab and trimesh. recalc_face_normals of Blender's bmesh, compute_normals of PyVista with auto_orient_normals,
#           and fix_normals of trimesh with multibody turn each shell outward by itself: 9, and the cavity is gone.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 bpy==5.0.1 <<'P'
import bpy
import bmesh

work = bmesh.new()
bmesh.ops.create_cube(work, size=2)
inner = bmesh.ops.create_cube(work, size=1)["verts"]
bmesh.ops.reverse_faces(work, faces=[face for face in work.faces if face.verts[0] in inner])
before = work.calc_volume(signed=True)
bmesh.ops.recalc_face_normals(work, faces=work.faces)
found = (round(before, 3), round(work.calc_volume(signed=True), 3))
print("bpy", bpy.app.version_string, "before, after:", found)
assert found == (7.0, 9.0)
P
python_with 3.11 pymeshlab==2025.7.post1 vtk==9.7.2 pyvista==0.49.1 trimesh==5.2.0 numpy==2.4.6 networkx==3.6.1 scipy==1.17.1 <<'P'
import pymeshlab
import pyvista
import trimesh


def volume(points, faces):
    return round(float(trimesh.Trimesh(points, faces, process=False).volume), 3)


inner = trimesh.creation.box((1, 1, 1))
inner.invert()
hollow = trimesh.util.concatenate([trimesh.creation.box((2, 2, 2)), inner])
layers = pymeshlab.MeshSet()
layers.add_mesh(pymeshlab.Mesh(hollow.vertices, hollow.faces))
layers.meshing_re_orient_faces_coherently()
lab = layers.current_mesh()
surface = pyvista.PolyData.from_regular_faces(hollow.vertices, hollow.faces)
turned = surface.compute_normals(auto_orient_normals=True, split_vertices=False)
alone, each = hollow.copy(), hollow.copy()
trimesh.repair.fix_normals(alone)
trimesh.repair.fix_normals(each, multibody=True)
found = {
    "before": volume(hollow.vertices, hollow.faces),
    "pymeshlab": volume(lab.vertex_matrix(), lab.face_matrix()),
    "pyvista": volume(turned.points, turned.regular_faces),
    "trimesh": volume(alone.vertices, alone.faces),
    "trimesh, multibody": volume(each.vertices, each.faces),
}
print(found)
assert list(found.values()) == [7, 7, 9, 7, 9]
P
