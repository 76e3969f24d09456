#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bpy 4.2.23 and 5.0.1 import a USD file with metersPerUnit = 0.01, and export a scene whose unit scale is 0.001.
# Expected: one way in both: the import is scaled to 0.01, and the export writes metersPerUnit = 0.001.
# Seen:     4.2 leaves the import at 1 and writes 0.001; 5.0 scales the import and writes 1, with the same numbers in the points.
. "$(dirname "$(readlink -f "$0")")/common.bash"

for version in 4.2.23 5.0.1; do
  python_with 3.11 "bpy==$version" <<'P'
import re

import bpy

open("cm.usda", "w").write("""#usda 1.0
(
    defaultPrim = "triangle"
    metersPerUnit = 0.01
    upAxis = "Z"
)
def Mesh "triangle"
{
    int[] faceVertexCounts = [3]
    int[] faceVertexIndices = [0, 1, 2]
    point3f[] points = [(0, 0, 0), (1, 0, 0), (0, 1, 0)]
    uniform token subdivisionScheme = "none"
}
""")
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.wm.usd_import(filepath="cm.usda")
bpy.context.view_layer.update()
obj = next(obj for obj in bpy.data.objects if obj.type == "MESH")
width = round(max((obj.matrix_world @ vertex.co).x for vertex in obj.data.vertices), 6)

bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.context.scene.unit_settings.scale_length = 0.001
bpy.ops.mesh.primitive_cube_add(size=2)
bpy.ops.wm.usd_export(filepath="mm.usda")
text = open("mm.usda").read()
unit = round(float(re.search(r"metersPerUnit = (\S+)", text)[1]), 6)
print(bpy.app.version_string, "imported width:", width, "exported metersPerUnit:", unit)
assert "(-1, -1, -1)" in text and "xformOp:scale" not in text
assert (width, unit) == ((1.0, 0.001) if bpy.app.version < (5, 0) else (0.01, 1.0))
P
done
