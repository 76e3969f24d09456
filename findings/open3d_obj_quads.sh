#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Open3D 0.20.0 reads an OBJ with one convex quad.
# Expected: two triangles, as from the same quad in a PLY.
# Seen:     none: a face with more than three corners is skipped, with a line of information only.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 open3d==0.20.0 numpy==2.4.6 <<'P'
import open3d

open("quad.obj", "w").write("v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1 2 3 4\n")
head = "ply\nformat ascii 1.0\nelement vertex 4\nproperty float x\nproperty float y\nproperty float z\n"
head += "element face 1\nproperty list uchar int vertex_indices\nend_header\n"
open("quad.ply", "w").write(head + "0 0 0\n1 0 0\n1 1 0\n0 1 0\n4 0 1 2 3\n")
counts = {name: len(open3d.io.read_triangle_mesh(name).triangles) for name in ("quad.obj", "quad.ply")}
print(open3d.__version__, "triangles:", counts)
assert counts == {"quad.obj": 0, "quad.ply": 2}
P
