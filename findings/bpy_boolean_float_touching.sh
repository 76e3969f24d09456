#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bpy 5.0.1 and 5.2.3: the Boolean modifier joins two cubes of volume 8 that share a whole side, with each of its solvers.
# Expected: one closed box of volume 16 from each; in 5.0 FLOAT is what FAST was.
# Seen:     so from EXACT and MANIFOLD; from FLOAT an open mesh of 16 vertices whose triangles add up to 17.333.
. "$(dirname "$(readlink -f "$0")")/common.bash"

for version in 3.11:5.0.1 3.13:5.2.3; do
  python_with "${version%:*}" "bpy==${version#*:}" <<'P'
import collections

import bpy

found = {}
for solver in ("FLOAT", "EXACT", "MANIFOLD"):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.mesh.primitive_cube_add(location=(2, 0, 0))
    other = bpy.context.object
    bpy.ops.mesh.primitive_cube_add()
    modifier = bpy.context.object.modifiers.new("join", "BOOLEAN")
    modifier.operation, modifier.solver, modifier.object = "UNION", solver, other
    mesh = bpy.context.object.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
    mesh.calc_loop_triangles()
    volume = 0
    for triangle in mesh.loop_triangles:
        a, b, c = (mesh.vertices[number].co for number in triangle.vertices)
        volume += a.dot(b.cross(c)) / 6
    uses = collections.Counter(key for face in mesh.polygons for key in face.edge_keys)
    found[solver] = (round(volume, 3), len(mesh.vertices), all(count == 2 for count in uses.values()))
print(bpy.app.version_string, "volume, vertices, closed:", found)
assert found["FLOAT"] == (17.333, 16, False)
assert found["EXACT"] == found["MANIFOLD"] == (16, 12, True)
P
done
