#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# meshio 5.3.5 reads an OBJ of a square in two triangles whose UVs have a seam: 4 vertices, 6 texture coordinates. Most OBJs
# with UVs have more of them than vertices.
# Expected: 4 points and 2 triangles, with or without the texture coordinates.
# Seen:     ValueError: it takes vt lines for data of the points, whatever the faces say. With as many vt as v it gives them
#           in the order of the lines, though the faces join them otherwise.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 meshio==5.3.5 numpy==2.4.6 <<'P'
import meshio

vertices = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n"
open("seam.obj", "w").write(vertices + "".join(f"vt 0.{k} 0\n" for k in range(1, 7)) + "f 1/1 2/2 3/3\nf 1/4 3/5 4/6\n")
open("other.obj", "w").write(vertices + "".join(f"vt 0.{k} 0\n" for k in range(1, 5)) + "f 1/4 2/3 3/2\nf 1/4 3/2 4/1\n")
try:
    answer = len(meshio.read("seam.obj").points)
except ValueError as error:
    answer = str(error)
mixed = meshio.read("other.obj").point_data["obj:vt"][:, 0].tolist()
print(answer, "vt of the other:", mixed)
assert answer == 'len(points) = 4, but len(point_data["obj:vt"]) = 6'
assert mixed == [0.1, 0.2, 0.3, 0.4]
P
