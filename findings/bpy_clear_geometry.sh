#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bpy 4.2.23 and 5.0.1: Mesh.clear_geometry on the mesh of an object with a vertex group, a material, a custom property and two shape keys, to give it other vertices.
# Expected: the object keeps its vertex group, now without weights, as it keeps the rest: the documentation names shape keys and materials as not freed.
# Seen:     the group is gone from the object. Material and property stay, and so do the shape keys, with the three points of before for a mesh of none.
. "$(dirname "$(readlink -f "$0")")/common.bash"

for version in 4.2.23 5.0.1; do
  python_with 3.11 "bpy==$version" <<'P'
import bpy

bpy.ops.wm.read_factory_settings(use_empty=True)
mesh = bpy.data.meshes.new("triangle")
mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
obj = bpy.data.objects.new("triangle", mesh)
bpy.context.scene.collection.objects.link(obj)
obj.vertex_groups.new(name="group").add([0], 1.0, "REPLACE")
mesh.materials.append(bpy.data.materials.new("material"))
mesh["property"] = 1
obj.shape_key_add(name="Basis")
obj.shape_key_add(name="key")
mesh.clear_geometry()
points = [len(key.data) for key in mesh.shape_keys.key_blocks]
print(bpy.app.version_string, obj.vertex_groups.keys(), mesh.materials.keys(), mesh["property"], points)
assert obj.vertex_groups.keys() == []
assert mesh.materials.keys() == ["material"] and mesh["property"] == 1
assert len(mesh.vertices) == 0 and points == [3, 3]
P
done
