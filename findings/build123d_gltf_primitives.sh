#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# build123d 0.13.0 exports one box with export_gltf.
# Expected: one mesh with one primitive.
# Seen:     six primitives, one for each face of the solid; trimesh loads six geometries, none of them closed.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 build123d==0.13.0 trimesh==5.2.0 numpy==2.4.6 <<'P'
import build123d
import trimesh

build123d.export_gltf(build123d.Box(1, 1, 1), "box.glb", binary=True)
found = [(len(one.faces), one.is_watertight) for one in trimesh.load("box.glb").geometry.values()]
print(found)
assert found == [(2, False)] * 6
P
