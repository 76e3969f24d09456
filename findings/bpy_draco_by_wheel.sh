#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bpy 5.0.1 and 5.2.3 from the package index export a cube as GLB with Draco switched on.
# Expected: compressed in both, or an error.
# Seen:     5.0.1 compresses; 5.2.3 writes the file uncompressed and reports FINISHED.
. "$(dirname "$(readlink -f "$0")")/common.bash"

for version in 3.11:5.0.1 3.13:5.2.3; do
  python_with "${version%:*}" "bpy==${version#*:}" <<'P'
import bpy

bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.mesh.primitive_cube_add()
answer = bpy.ops.export_scene.gltf(filepath="cube.glb", export_draco_mesh_compression_enable=True)
compressed = b"KHR_draco_mesh_compression" in open("cube.glb", "rb").read()
print(bpy.app.version_string, answer, "compressed:", compressed)
assert answer == {"FINISHED"}
assert compressed == (bpy.app.version < (5, 2))
P
done
