#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# meshio 5.3.5 reads an OBJ whose second face counts back: f -3 -2 -1.
# Expected: the face has the last three vertices, 3 4 5.
# Seen:     it has -4 -3 -2, which NumPy takes for other vertices without a word.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 meshio==5.3.5 numpy==2.4.6 <<'P'
import meshio

lines = ["v 0 0 0", "v 1 0 0", "v 0 1 0", "f 1 2 3", "v 0 0 1", "v 1 0 1", "v 0 1 1", "f -3 -2 -1"]
open("two.obj", "w").write("\n".join(lines) + "\n")
mesh = meshio.read("two.obj")
faces = mesh.cells[0].data.tolist()
print(meshio.__version__, faces, "second triangle:", mesh.points[faces[1]].tolist())
assert faces == [[0, 1, 2], [-4, -3, -2]]
assert mesh.points[faces[1]].tolist() == [[0, 1, 0], [0, 0, 1], [1, 0, 1]]
P
