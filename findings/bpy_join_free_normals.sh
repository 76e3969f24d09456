#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bpy 5.0.1 and 5.2.3 join three objects, turned by 90, 0 and 30 degrees about z, with plain custom normals: a vector
# attribute custom_normal on the corners.
# Expected: in the world every normal points as before, as positions and the older, tangent-space custom normals do.
# Seen:     plain ones end at 0, 0, 0 degrees: each keeps the numbers that it had in its own object, as if none were turned.
. "$(dirname "$(readlink -f "$0")")/common.bash"

for version in 3.11:5.0.1 3.13:5.2.3; do
  python_with "${version%:*}" "bpy==${version#*:}" <<'P'
import math

import bpy
from mathutils import Vector

NORMAL = Vector((1, 0, 1)).normalized()


def in_world(obj):
    found = [obj.matrix_world.to_3x3() @ corner.vector for corner in obj.data.corner_normals]
    return [round(math.degrees(math.atan2(normal.y, normal.x))) for normal in found[::3]]


def joined(plain):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    objects = []
    for degrees in (90, 0, 30):
        mesh = bpy.data.meshes.new("triangle")
        mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
        if plain:
            attribute = mesh.attributes.new("custom_normal", "FLOAT_VECTOR", "CORNER")
            attribute.data.foreach_set("vector", list(NORMAL) * 3)
        else:
            mesh.normals_split_custom_set([NORMAL] * 3)
        obj = bpy.data.objects.new("triangle", mesh)
        obj.rotation_euler.z = math.radians(degrees)
        bpy.context.collection.objects.link(obj)
        obj.select_set(True)
        objects.append(obj)
    bpy.context.view_layer.objects.active = objects[0]
    bpy.context.view_layer.update()
    before = [in_world(obj)[0] for obj in objects]
    bpy.ops.object.join()
    return before, in_world(objects[0])


plain, tangent = joined(True), joined(False)
print(bpy.app.version_string, "before, after: plain", plain, "tangent space", tangent)
assert plain == ([90, 0, 30], [0, 0, 0])
assert tangent == ([90, 0, 30], [90, 0, 30])
P
done
