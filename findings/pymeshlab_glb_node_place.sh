#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# PyMeshLab 2025.7 loads a GLB with a box in a node at x = 5 and saves that layer as STL.
# Expected: the box is at x = 5.
# Seen:     it is at the origin: the node's matrix stays beside the mesh, and a save leaves it out.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 pymeshlab==2025.7.post1 trimesh==5.2.0 numpy==2.4.6 <<'P'
import pymeshlab
import trimesh

scene = trimesh.Scene()
scene.add_geometry(trimesh.creation.box(), transform=trimesh.transformations.translation_matrix([5, 0, 0]))
scene.export("box.glb")
layers = pymeshlab.MeshSet()
layers.load_new_mesh("box.glb")
layers.save_current_mesh("box.stl")
matrix = layers.current_mesh().transform_matrix()[0, 3]
found = (float(matrix), trimesh.load("box.stl").bounds[:, 0].tolist())
print("x of the matrix, x of the saved box:", found)
assert found == (5.0, [-0.5, 0.5])
P
