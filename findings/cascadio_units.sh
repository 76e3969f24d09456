#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# cascadio 0.1.1 converts one STEP file of a 10 mm box to GLB and to OBJ.
# Expected: the same numbers in both.
# Seen:     0.01 in the GLB, 10 in the OBJ: one is in metres, the other in millimetres.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 build123d==0.13.0 cascadio==0.1.1 trimesh==5.2.0 numpy==2.4.6 <<'P'
import build123d
import cascadio
import trimesh

build123d.export_step(build123d.Box(10, 10, 10), "box.step")
cascadio.step_to_glb("box.step", "box.glb")
cascadio.step_to_obj("box.step", "box.obj")
found = [round(float(trimesh.load(name).extents.max()), 6) for name in ("box.glb", "box.obj")]
print("GLB, OBJ:", found)
assert found == [0.01, 10.0]
P
