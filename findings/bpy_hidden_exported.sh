#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bpy 5.0.1 and 5.2.3 export two cubes, of which one is switched off for the viewport (hide_viewport) or for renders (hide_render).
# Expected: what can't be seen in the viewport is left out, by each exporter and version.
# Seen:     switched off for the viewport: GLB and USD have both cubes, OBJ and FBX one; STL and PLY one in 5.0, both in 5.2.
#           Switched off for renders: USD has one; STL and PLY both in 5.0, one in 5.2; the others both.
. "$(dirname "$(readlink -f "$0")")/common.bash"

for version in 3.11:5.0.1 3.13:5.2.3; do
  python_with "${version%:*}" "bpy==${version#*:}" <<'P'
import bpy

WAYS = {
    "stl": (bpy.ops.wm.stl_export, bpy.ops.wm.stl_import),
    "ply": (bpy.ops.wm.ply_export, bpy.ops.wm.ply_import),
    "obj": (bpy.ops.wm.obj_export, bpy.ops.wm.obj_import),
    "usd": (bpy.ops.wm.usd_export, bpy.ops.wm.usd_import),
    "fbx": (bpy.ops.export_scene.fbx, bpy.ops.import_scene.fbx),
    "glb": (bpy.ops.export_scene.gltf, bpy.ops.import_scene.gltf),
}


def exported(switch):
    found = {}
    for name, (write, read) in WAYS.items():
        bpy.ops.wm.read_factory_settings(use_empty=True)
        for x in (0, 5):
            bpy.ops.mesh.primitive_cube_add(location=(x, 0, 0))
        setattr(bpy.context.object, switch, True)
        write(filepath="cubes." + name)
        bpy.ops.wm.read_factory_settings(use_empty=True)
        read(filepath="cubes." + name)
        bpy.context.view_layer.update()
        right = [obj.matrix_world @ vertex.co for obj in bpy.data.objects if obj.type == "MESH" for vertex in obj.data.vertices]
        found[name] = 1 + any(point.x > 3 for point in right)
    return found


viewport, render = exported("hide_viewport"), exported("hide_render")
print(bpy.app.version_string, "off in the viewport:", viewport, "off in renders:", render)
new = bpy.app.version >= (5, 2)
assert viewport == {"stl": 1 + new, "ply": 1 + new, "obj": 1, "usd": 2, "fbx": 1, "glb": 2}
assert render == {"stl": 2 - new, "ply": 2 - new, "obj": 2, "usd": 1, "fbx": 2, "glb": 2}
P
done
