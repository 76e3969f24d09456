#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bpy 5.0.1 imports a PLY whose faces have red, green, blue.
# Expected: a colour attribute on the faces, or on their corners.
# Seen:     no colours at all, without a warning.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 bpy==5.0.1 <<'P'
import bpy

header = """ply
format ascii 1.0
element vertex 4
property float x
property float y
property float z
element face 2
property list uchar int vertex_indices
property uchar red
property uchar green
property uchar blue
end_header
"""
open("two.ply", "w").write(header + "0 0 0\n1 0 0\n1 1 0\n0 1 0\n3 0 1 2 255 0 0\n3 0 2 3 0 0 255\n")
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.wm.ply_import(filepath="two.ply")
mesh = bpy.context.object.data
colours = [one.name for one in mesh.color_attributes]
named = [one.name for one in mesh.attributes]
print(bpy.app.version_string, "in Blender:", colours, named)
assert not colours and not any("col" in name.lower() or name == "red" for name in named)
P
