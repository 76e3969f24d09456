#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bpy 4.2.23 and 5.2.3 import two triangles back to back, with the same three vertices, from OBJ, PLY, STL and GLB.
# Expected: two faces; all four formats hold them, and a mesh in Blender can, too.
# Seen:     one, from all four; only STL says so. So of two boxes that share the vertices of a contact face one stays open.
. "$(dirname "$(readlink -f "$0")")/common.bash"

for version in 3.11:4.2.23 3.13:5.2.3; do
  python_with "${version%:*}" "bpy==${version#*:}" <<'P'
import json
import struct

import bpy

points = [(0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)]
faces = [(0, 1, 2), (2, 1, 0)]
text = "".join("v %g %g %g\n" % point for point in points)
text += "".join("f %d %d %d\n" % tuple(i + 1 for i in face) for face in faces)
open("twins.obj", "w").write(text)
text = "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n"
text += "element face 2\nproperty list uchar int vertex_indices\nend_header\n"
text += "".join("%g %g %g\n" % point for point in points) + "".join("3 %d %d %d\n" % face for face in faces)
open("twins.ply", "w").write(text)
text = "solid twins\n"
for face, z in zip(faces, (1, -1)):
    corners = "".join("vertex %g %g %g\n" % points[i] for i in face)
    text += f"facet normal 0 0 {z}\nouter loop\n{corners}endloop\nendfacet\n"
open("twins.stl", "w").write(text + "endsolid twins\n")
data = struct.pack("<9f6H", *sum(points, ()), *sum(faces, ()))
tree = {
    "asset": {"version": "2.0"},
    "scene": 0,
    "scenes": [{"nodes": [0]}],
    "nodes": [{"mesh": 0}],
    "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
    "buffers": [{"byteLength": 48}],
    "bufferViews": [{"buffer": 0, "byteLength": 36}, {"buffer": 0, "byteOffset": 36, "byteLength": 12}],
    "accessors": [
        {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3", "min": [0, 0, 0], "max": [1, 1, 0]},
        {"bufferView": 1, "componentType": 5123, "count": 6, "type": "SCALAR"},
    ],
}
head = json.dumps(tree).encode()
head += b" " * (-len(head) % 4)
chunks = struct.pack("<I4s", len(head), b"JSON") + head + struct.pack("<I4s", len(data), b"BIN\0") + data
open("twins.glb", "wb").write(struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks)

found = {}
readers = {name: getattr(bpy.ops.wm, name + "_import") for name in ("obj", "ply", "stl")}
readers["glb"] = bpy.ops.import_scene.gltf
for name, read in readers.items():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    read(filepath="twins." + name)
    found[name] = sum(len(mesh.polygons) for mesh in bpy.data.meshes)
mesh = bpy.data.meshes.new("made")
mesh.from_pydata(points, [], faces)
print(bpy.app.version_string, found, "made by script:", len(mesh.polygons))
assert found == {"obj": 1, "ply": 1, "stl": 1, "glb": 1} and len(mesh.polygons) == 2
P
done
