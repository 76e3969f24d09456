#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bpy 4.2.23, 5.0.1 and 5.2.3: Apply Scale with (4, 1, 1) and (-1, 1, 1) on a triangle whose custom normals, as
# normals_split_custom_set writes them, are (1, 0, 1).
# Expected: the normals go with the surface: (0.24, 0, 0.97) and (-0.71, 0, 0.71), as the renderer shows them before.
# Seen:     (4, 1, 1) leaves them as they were. (-1, 1, 1) gives (-0.71, 0, -0.71) in 4.2 and 5.0, against a face that points
#           down, and (0, 0.71, 0.71) in 5.2. Plain ones, an attribute custom_normal, come out right in 5.0 and 5.2.
. "$(dirname "$(readlink -f "$0")")/common.bash"

for version in 3.11:4.2.23 3.11:5.0.1 3.13:5.2.3; do
  python_with "${version%:*}" "bpy==${version#*:}" <<'P'
import bpy
from mathutils import Vector

NORMAL = Vector((1, 0, 1)).normalized()


def applied(scale, plain):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    mesh = bpy.data.meshes.new("triangle")
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    if plain:
        attribute = mesh.attributes.new("custom_normal", "FLOAT_VECTOR", "CORNER")
        attribute.data.foreach_set("vector", list(NORMAL) * 3)
    else:
        mesh.normals_split_custom_set([NORMAL] * 3)
    obj = bpy.data.objects.new("triangle", mesh)
    obj.scale = scale
    bpy.context.collection.objects.link(obj)
    obj.select_set(True)
    bpy.context.view_layer.objects.active = obj
    bpy.ops.object.transform_apply(location=False, rotation=False, scale=True)
    return tuple(round(value, 2) + 0.0 for value in mesh.corner_normals[0].vector)


found = [applied(scale, False) for scale in ((4, 1, 1), (-1, 1, 1))]
print(bpy.app.version_string, "by normals_split_custom_set:", found)
assert found[0] == (0.71, 0, 0.71)
assert found[1] == ((-0.71, 0, -0.71) if bpy.app.version < (5, 1) else (0, 0.71, 0.71))
if bpy.app.version >= (5, 0):
    found = [applied(scale, True) for scale in ((4, 1, 1), (-1, 1, 1))]
    print(bpy.app.version_string, "plain:", found)
    assert found == [(0.24, 0, 0.97), (-0.71, 0, 0.71)]
P
done
