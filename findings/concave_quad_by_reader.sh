#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# trimesh 5.2.0, PyMeshLab 2025.7 and VTK 9.7.2 read an OBJ with one concave quad of area 0.8.
# Expected: area 0.8 in all.
# Seen:     3.2 in trimesh and PyMeshLab, which cut a fan from the first corner wherever the notch is; 0.8 in VTK.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 pymeshlab==2025.7.post1 vtk==9.7.2 pyvista==0.49.1 trimesh==5.2.0 numpy==2.4.6 <<'P'
import pymeshlab
import pyvista
import trimesh

open("quad.obj", "w").write("v 2 0 0\nv 0.4 0.4 0\nv 0 2 0\nv 0 0 0\nf 1 2 3 4\n")
layers = pymeshlab.MeshSet()
layers.load_new_mesh("quad.obj")
found = {
    "trimesh": round(float(trimesh.load("quad.obj").area), 3),
    "pymeshlab": round(layers.get_geometric_measures()["surface_area"], 3),
    "vtk": round(pyvista.read("quad.obj").triangulate().area, 3),
}
print(found)
assert found == {"trimesh": 3.2, "pymeshlab": 3.2, "vtk": 0.8}
P
