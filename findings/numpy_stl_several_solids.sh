#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# numpy-stl 4.1.1 reads a text STL of three solids with Mesh.from_file.
# Expected: 36 triangles, as VTK and trimesh find.
# Seen:     12: the first solid only, without a warning.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 numpy-stl==4.1.1 trimesh==5.2.0 numpy==2.4.6 <<'P'
import stl
import trimesh

text = ""
for k in range(3):
    box = trimesh.creation.box(bounds=[[k, 0, 0], [k + 1, 1, 1]])
    text += trimesh.exchange.stl.export_stl_ascii(box) + "\n"
open("solids.stl", "w").write(text)
loaded = trimesh.load("solids.stl")
counts = [len(stl.mesh.Mesh.from_file("solids.stl").vectors), sum(len(one.faces) for one in loaded.geometry.values())]
print("numpy-stl, trimesh:", counts)
assert counts == [12, 36]
P
