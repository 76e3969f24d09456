#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bpy 5.0.1: Merge by Distance on a mesh of two closed cubes that touch, in Edit Mode, bmesh, the Weld modifier and Geometry Nodes.
# Expected: 12 vertices and 12 faces, as positions alone are merged; or 10, if it removes what lies inside.
# Seen:     11 faces from all four: one of the two contact faces goes, so that one cube stays closed and the other is open.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 bpy==5.0.1 <<'P'
import bpy
import bmesh


def two_cubes():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    for x in (0, 2):
        bpy.ops.mesh.primitive_cube_add(location=(x, 0, 0))
    for obj in bpy.data.objects:
        obj.select_set(True)
    bpy.ops.object.join()
    return bpy.context.object


def counts(mesh):
    return len(mesh.vertices), len(mesh.polygons)


found = {}
obj = two_cubes()
assert counts(obj.data) == (16, 12)
bpy.ops.object.mode_set(mode="EDIT")
bpy.ops.mesh.select_all(action="SELECT")
bpy.ops.mesh.remove_doubles()
bpy.ops.object.mode_set(mode="OBJECT")
found["edit mode"] = counts(obj.data)

obj = two_cubes()
work = bmesh.new()
work.from_mesh(obj.data)
bmesh.ops.remove_doubles(work, verts=work.verts, dist=1e-4)
found["bmesh"] = (len(work.verts), len(work.faces))
work.free()

obj = two_cubes()
obj.modifiers.new("weld", "WELD")
found["weld"] = counts(obj.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh())

obj = two_cubes()
tree = bpy.data.node_groups.new("merge", "GeometryNodeTree")
for way in ("INPUT", "OUTPUT"):
    tree.interface.new_socket("Geometry", in_out=way, socket_type="NodeSocketGeometry")
start, end = tree.nodes.new("NodeGroupInput"), tree.nodes.new("NodeGroupOutput")
merge = tree.nodes.new("GeometryNodeMergeByDistance")
tree.links.new(start.outputs[0], merge.inputs[0])
tree.links.new(merge.outputs[0], end.inputs[0])
obj.modifiers.new("nodes", "NODES").node_group = tree
found["nodes"] = counts(obj.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh())
print(bpy.app.version_string, "vertices, faces:", found)
assert set(found.values()) == {(12, 11)}
P
