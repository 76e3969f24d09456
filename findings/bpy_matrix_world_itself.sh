#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bpy 4.2.23 and 5.2.3: an object with scale (-1, 1, 1) is given its own matrix_world: obj.matrix_world = obj.matrix_world.copy().
# Expected: nothing changes.
# Seen:     scale (-1, -1, -1) and a rotation of 180 degrees about x. The matrix is the same, but keys, drivers and Apply
#           Scale meet other numbers; Matrix.decompose puts a mirroring on all three axes, as do files that hold
#           rotation and scale apart.
. "$(dirname "$(readlink -f "$0")")/common.bash"

for version in 3.11:4.2.23 3.13:5.2.3; do
  python_with "${version%:*}" "bpy==${version#*:}" <<'P'
import math

import bpy

bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.mesh.primitive_cube_add()
cube = bpy.context.object
cube.scale = (-1, 1, 1)
bpy.context.view_layer.update()
before = cube.matrix_world.copy()
cube.matrix_world = before
bpy.context.view_layer.update()
error = max(abs(a - b) for row, other in zip(before, cube.matrix_world) for a, b in zip(row, other))
found = tuple(cube.scale), tuple(round(math.degrees(value)) for value in cube.rotation_euler)
print(bpy.app.version_string, "scale, rotation:", found)
assert error < 1e-6
assert found == ((-1, -1, -1), (180, 0, 0))
P
done
