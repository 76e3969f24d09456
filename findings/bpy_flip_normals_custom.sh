#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bpy 5.0.1 and 5.2.3 flip a triangle with custom normals, with Mesh.flip_normals and with Flip in Edit Mode.
# Expected: the custom normals are turned round with the face.
# Seen:     Edit Mode turns those in tangent space round, but leaves plain ones (a vector attribute custom_normal) as they were.
#           Mesh.flip_normals leaves plain ones too, and turns those in tangent space sideways: x becomes y.
. "$(dirname "$(readlink -f "$0")")/common.bash"

for version in 3.11:5.0.1 3.13:5.2.3; do
  python_with "${version%:*}" "bpy==${version#*:}" <<'P'
import bpy
from mathutils import Vector

NORMAL = Vector((1, 0, 1)).normalized()


def flipped(plain, in_edit_mode):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    mesh = bpy.data.meshes.new("triangle")
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    if plain:
        attribute = mesh.attributes.new("custom_normal", "FLOAT_VECTOR", "CORNER")
        attribute.data.foreach_set("vector", list(NORMAL) * 3)
    else:
        mesh.normals_split_custom_set([NORMAL] * 3)
    obj = bpy.data.objects.new("triangle", mesh)
    bpy.context.collection.objects.link(obj)
    bpy.context.view_layer.objects.active = obj
    if in_edit_mode:
        bpy.ops.object.mode_set(mode="EDIT")
        bpy.ops.mesh.select_all(action="SELECT")
        bpy.ops.mesh.flip_normals()
        bpy.ops.object.mode_set(mode="OBJECT")
    else:
        mesh.flip_normals()
    assert mesh.polygons[0].normal.z == -1
    return tuple(round(value, 1) + 0.0 for value in mesh.corner_normals[0].vector)


found = {
    "plain, Edit Mode": flipped(True, True),
    "plain, Mesh.flip_normals": flipped(True, False),
    "tangent space, Edit Mode": flipped(False, True),
    "tangent space, Mesh.flip_normals": flipped(False, False),
}
print(bpy.app.version_string, found)
assert list(found.values()) == [(0.7, 0, 0.7), (0.7, 0, 0.7), (-0.7, 0, -0.7), (0, 0.7, -0.7)]
P
done
