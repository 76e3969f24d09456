#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# PyMeshLab 2025.7 saves a mesh with vertex colours as 3MF, OBJ and PLY.
# Expected: the colours are in each; a 3MF can hold them.
# Seen:     none are in the 3MF, without a warning.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 pymeshlab==2025.7.post1 numpy==2.4.6 <<'P'
import zipfile

import numpy as np
import pymeshlab

points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], float)
faces = np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]])
layers = pymeshlab.MeshSet()
layers.add_mesh(pymeshlab.Mesh(points, faces, v_color_matrix=np.tile([1, 0, 0, 1.0], (4, 1))))
for name in ("mesh.3mf", "mesh.obj", "mesh.ply"):
    layers.save_current_mesh(name)
resources = zipfile.ZipFile("mesh.3mf").read("3D/3dmodel.model").split(b"<resources")[1]
found = {
    "3mf": b"color" in resources,
    "obj": b"1.000000 0.000000 0.000000" in open("mesh.obj", "rb").read(),
    "ply": b"property uchar red" in open("mesh.ply", "rb").read(),
}
print(found)
assert found == {"3mf": False, "obj": True, "ply": True}
P
