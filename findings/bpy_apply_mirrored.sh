#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bpy 5.0.1 and 5.2.3: Apply Scale on a cube with scale (-1, 1, 1).
# Expected: the same in both.
# Seen:     inside out in 5.0 (volume -8), outward in 5.2 (8).
. "$(dirname "$(readlink -f "$0")")/common.bash"

for version in 3.11:5.0.1 3.13:5.2.3; do
  python_with "${version%:*}" "bpy==${version#*:}" <<'P'
import bpy

bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.mesh.primitive_cube_add()
bpy.context.object.scale = (-1, 1, 1)
bpy.ops.object.transform_apply(scale=True)
mesh = bpy.context.object.data
mesh.calc_loop_triangles()
volume = 0
for triangle in mesh.loop_triangles:
    a, b, c = (mesh.vertices[number].co for number in triangle.vertices)
    volume += a.dot(b.cross(c)) / 6
print(bpy.app.version_string, round(volume, 3))
assert round(volume, 3) == (-8.0 if bpy.app.version < (5, 2) else 8.0)
P
done
