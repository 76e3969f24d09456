#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bpy 5.0.1 exports a cube with edges of 1e-6 as OBJ, and as STL and PLY in text.
# Expected: its size is there in all three: they are texts of floating-point numbers.
# Seen:     in STL and PLY; in the OBJ all eight vertices are one point, as it has six decimals, whatever the size.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 bpy==5.0.1 <<'P'
import bpy
from mathutils import Matrix

found = {}
for name, more in (("obj", {}), ("stl", {"ascii_format": True}), ("ply", {"ascii_format": True})):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.mesh.primitive_cube_add(size=1)
    bpy.context.object.data.transform(Matrix.Scale(1e-6, 4))
    getattr(bpy.ops.wm, name + "_export")(filepath="cube." + name, **more)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    getattr(bpy.ops.wm, name + "_import")(filepath="cube." + name)
    places = [vertex.co.x for vertex in bpy.context.object.data.vertices]
    found[name] = round((max(places) - min(places)) * 1e6, 3)
print(bpy.app.version_string, "width in millionths:", found)
assert found == {"obj": 0, "stl": 1, "ply": 1}
P
