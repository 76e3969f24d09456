#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Open3D 0.20.0 reads a binary STL of three closed boxes in a row that touch.
# Expected: 24 or 16 vertices, in three pieces or in one.
# Seen:     56 vertices in ten pieces, so that no box is whole.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 open3d==0.20.0 trimesh==5.2.0 numpy==2.4.6 <<'P'
import open3d
import trimesh

boxes = [trimesh.creation.box(bounds=[[k, 0, 0], [k + 1, 1, 1]]) for k in range(3)]
trimesh.util.concatenate(boxes).export("boxes.stl")
mesh = open3d.io.read_triangle_mesh("boxes.stl")
pieces = max(mesh.cluster_connected_triangles()[0]) + 1
print(open3d.__version__, len(mesh.triangles), "triangles", len(mesh.vertices), "vertices", pieces, "pieces")
assert (len(mesh.triangles), len(mesh.vertices), pieces) == (36, 56, 10)
P
