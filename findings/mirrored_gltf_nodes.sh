#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Open3D 0.20.0, VTK 9.7.2 and trimesh 5.2.0 read a GLB whose only node mirrors a box.
# Expected: the box faces outward, as glTF says that a negative determinant turns the winding.
# Seen:     in Open3D and VTK the box is inside out (volume -1); in trimesh it is right.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 open3d==0.20.0 vtk==9.7.2 pyvista==0.49.1 trimesh==5.2.0 numpy==2.4.6 <<'P'
import numpy as np
import open3d
import pyvista
import trimesh


def volume(points, triangles):
    return round(float(trimesh.Trimesh(points, triangles, process=False).volume), 3)


scene = trimesh.Scene()
scene.add_geometry(trimesh.creation.box(), transform=np.diag([-1.0, 1, 1, 1]))
scene.export("mirrored.glb")
one = open3d.io.read_triangle_mesh("mirrored.glb")
two = pyvista.read("mirrored.glb").combine().extract_surface(algorithm="dataset_surface").triangulate()
found = {
    "open3d": volume(np.asarray(one.vertices), np.asarray(one.triangles)),
    "vtk": volume(two.points, two.faces.reshape(-1, 4)[:, 1:]),
    "trimesh": round(float(trimesh.load("mirrored.glb").to_geometry().volume), 3),
}
print(found)
assert found == {"open3d": -1.0, "vtk": -1.0, "trimesh": 1.0}
P
