#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# PyVista 0.49.1, PyMeshLab 2025.7, Open3D 0.20.0 and trimesh 5.2.0 mirror a box, each with what it has for that, and say its
# volume.
# Expected: it faces outward after a filter that is made for mirroring; and a box that faces inward has a negative volume.
# Seen:     only trimesh turns the faces; PolyData.reflect, "flip axis" and Open3D leave it inside out. PyVista and Open3D
#           then still say volume 1, so that the sign can't be used to notice.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 open3d==0.20.0 pymeshlab==2025.7.post1 vtk==9.7.2 pyvista==0.49.1 trimesh==5.2.0 numpy==2.4.6 <<'P'
import numpy as np
import open3d
import pymeshlab
import pyvista
import trimesh

box = trimesh.creation.box()
mirror = np.diag([-1.0, 1, 1, 1])


def volume(points, faces):
    a, b, c = np.asarray(points, float)[np.asarray(faces)].transpose(1, 0, 2)
    return round(float((a * np.cross(b, c)).sum() / 6), 3)


vista = pyvista.PolyData.from_regular_faces(box.vertices, box.faces).reflect((1, 0, 0))
layers = pymeshlab.MeshSet()
layers.add_mesh(pymeshlab.Mesh(box.vertices, box.faces))
layers.apply_matrix_flip_or_swap_axis(flipx=True)
lab = layers.current_mesh()
three = open3d.geometry.TriangleMesh(open3d.utility.Vector3dVector(box.vertices), open3d.utility.Vector3iVector(box.faces))
three.transform(mirror)
turned = box.copy().apply_transform(mirror)
found = {
    "pyvista": (volume(vista.points, vista.regular_faces), round(vista.volume, 3)),
    "pymeshlab": (volume(lab.vertex_matrix(), lab.face_matrix()), round(layers.get_geometric_measures()["mesh_volume"], 3)),
    "open3d": (volume(three.vertices, three.triangles), round(three.get_volume(), 3)),
    "trimesh": (volume(turned.vertices, turned.faces), round(float(turned.volume), 3)),
}
print("volume by the faces, volume as it says:", found)
assert found == {"pyvista": (-1, 1), "pymeshlab": (-1, -1), "open3d": (-1, 1), "trimesh": (1, 1)}
P
