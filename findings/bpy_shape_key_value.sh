#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bpy 4.2.23 and 5.0.1: the value of a shape key that shape_key_add has just made.
# Expected: 0 in both.
# Seen:     0 in 4.2, 1 in 5.0: what a script adds is shown at once.
. "$(dirname "$(readlink -f "$0")")/common.bash"

for version in 4.2.23 5.0.1; do
  python_with 3.11 "bpy==$version" <<'P'
import bpy

bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.mesh.primitive_cube_add()
cube = bpy.context.object
cube.shape_key_add(name="Basis")
value = cube.shape_key_add(name="Smile").value
print(bpy.app.version_string, value)
assert value == (0.0 if bpy.app.version < (5, 0) else 1.0)
P
done
