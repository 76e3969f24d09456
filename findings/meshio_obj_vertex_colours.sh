#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# meshio 5.3.5 reads an OBJ whose vertices have colours: v x y z r g b.
# Expected: points of three numbers; the colours are left out or become data of the points.
# Seen:     points of six numbers, and no data; such a mesh can't be written as PLY or STL.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 meshio==5.3.5 numpy==2.4.6 <<'P'
import meshio

open("triangle.obj", "w").write("v 0 0 0 1 0 0\nv 1 0 0 0 1 0\nv 0 1 0 0 0 1\nf 1 2 3\n")
mesh = meshio.read("triangle.obj")
print(mesh.points.shape, mesh.point_data)
answers = []
for name in ("ply", "stl"):
    try:
        mesh.write("triangle." + name)
        answers.append("written")
    except Exception as error:
        answers.append(type(error).__name__)
print(answers)
assert mesh.points.shape == (3, 6) and not mesh.point_data
assert answers == ["IndexError", "ValueError"]
P
