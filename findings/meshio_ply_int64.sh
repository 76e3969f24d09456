#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# meshio 5.3.5 writes a PLY with a number for each point, made by numpy.arange; others read it.
# Expected: the number is an int, as PLY has no wider type, and all can read the file.
# Seen:     it says that PLY has no 64-bit integers and makes those of the faces shorter, but writes "property int64 id".
#           meshio and trimesh 5.2.0 read that; PyMeshLab 2025.7 raises an error, Open3D 0.20.0 gives an empty mesh.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 meshio==5.3.5 open3d==0.20.0 pymeshlab==2025.7.post1 trimesh==5.2.0 numpy==2.4.6 <<'P'
import meshio
import numpy as np
import open3d
import pymeshlab
import trimesh

points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], float)
meshio.Mesh(points, [("triangle", [[0, 1, 2]])], point_data={"id": np.arange(3)}).write("triangle.ply")


def by_pymeshlab():
    layers = pymeshlab.MeshSet()
    layers.load_new_mesh("triangle.ply")
    return layers.current_mesh().face_number()


readers = {
    "meshio": lambda: len(meshio.read("triangle.ply").cells[0].data),
    "trimesh": lambda: len(trimesh.load("triangle.ply").faces),
    "pymeshlab": by_pymeshlab,
    "open3d": lambda: len(open3d.io.read_triangle_mesh("triangle.ply").triangles),
}
found = {}
for name, read in readers.items():
    try:
        found[name] = read()
    except Exception as error:
        found[name] = type(error).__name__
written = b"property int64 id" in open("triangle.ply", "rb").read()
print("int64:", written, "faces:", found)
assert written and found == {"meshio": 1, "trimesh": 1, "pymeshlab": "PyMeshLabException", "open3d": 0}
P
