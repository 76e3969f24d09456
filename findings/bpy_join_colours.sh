#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bpy 4.2.23 and 5.0.1 join two cubes that both have a colour attribute "Color", one on points, one on corners.
# Expected: one "Color" with red and green in it, converted where needed.
# Seen:     so in 5.0 (on corners). In 4.2 the mesh has two attributes, both named "Color", each white where the other has its
#           colour.
. "$(dirname "$(readlink -f "$0")")/common.bash"

for version in 4.2.23 5.0.1; do
  python_with 3.11 "bpy==$version" <<'P'
import bpy

bpy.ops.wm.read_factory_settings(use_empty=True)
for x, domain, colour in ((5, "CORNER", (0, 1, 0, 1)), (0, "POINT", (1, 0, 0, 1))):
    bpy.ops.mesh.primitive_cube_add(location=(x, 0, 0))
    attribute = bpy.context.object.data.attributes.new("Color", "FLOAT_COLOR", domain)
    attribute.data.foreach_set("color", colour * len(attribute.data))
for obj in bpy.data.objects:
    obj.select_set(True)
bpy.ops.object.join()
mesh = bpy.context.object.data
found = []
for one in mesh.color_attributes:
    found.append((one.name, one.domain, tuple(one.data[0].color), tuple(one.data[-1].color)))
print(bpy.app.version_string, found)
red, green, white = (1, 0, 0, 1), (0, 1, 0, 1), (1, 1, 1, 1)
old = [("Color", "POINT", red, white), ("Color", "CORNER", white, green)]
assert found == (old if bpy.app.version < (5, 0) else [("Color", "CORNER", red, green)])
P
done
