#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bpy 4.2.23, 5.0.1 and 5.2.3 join two cubes of volume 8, one of them with scale (-1, 1, 1).
# Expected: both face outward, volume 16, as in the viewport before; Apply Scale of 5.2 turns the faces too.
# Seen:     volume 0 in all three, whichever of the two is the active one: one of the cubes is inside out.
. "$(dirname "$(readlink -f "$0")")/common.bash"

for version in 3.11:4.2.23 3.11:5.0.1 3.13:5.2.3; do
  python_with "${version%:*}" "bpy==${version#*:}" <<'P'
import bpy


def volume(mesh):
    mesh.calc_loop_triangles()
    total = 0
    for triangle in mesh.loop_triangles:
        a, b, c = (mesh.vertices[number].co for number in triangle.vertices)
        total += a.dot(b.cross(c)) / 6
    return round(total, 3) + 0.0


def joined(active):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    cubes = []
    for x, scale in ((0, 1), (5, -1)):
        bpy.ops.mesh.primitive_cube_add(location=(x, 0, 0))
        cubes.append(bpy.context.object)
        cubes[-1].scale.x = scale
    for cube in cubes:
        cube.select_set(True)
    bpy.context.view_layer.objects.active = cubes[active]
    bpy.ops.object.join()
    return volume(cubes[active].data)


found = [joined(active) for active in (0, 1)]
print(bpy.app.version_string, "volume with the plain, the mirrored one active:", found)
assert found == [0, 0]
P
done
