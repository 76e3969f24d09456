#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bpy 4.2.23 and 5.2.3 export a cube with scale (-1, 1, 1) as STL, OBJ and PLY.
# Expected: all three face outward: the three exporters are of one kind, and Apply Scale of 5.2 turns faces as well.
# Seen:     STL and OBJ do (volume 8), PLY is inside out (-8).
. "$(dirname "$(readlink -f "$0")")/common.bash"

for version in 3.11:4.2.23 3.13:5.2.3; do
  python_with "${version%:*}" "bpy==${version#*:}" <<'P'
import bpy

found = {}
for name in ("stl", "obj", "ply"):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.mesh.primitive_cube_add()
    bpy.context.object.scale.x = -1
    getattr(bpy.ops.wm, name + "_export")(filepath="cube." + name)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    getattr(bpy.ops.wm, name + "_import")(filepath="cube." + name)
    mesh = bpy.context.object.data
    mesh.calc_loop_triangles()
    volume = 0
    for triangle in mesh.loop_triangles:
        a, b, c = (mesh.vertices[number].co for number in triangle.vertices)
        volume += a.dot(b.cross(c)) / 6
    found[name] = round(volume, 3)
print(bpy.app.version_string, found)
assert found == {"stl": 8, "obj": 8, "ply": -8}
P
done
