#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# trimesh 5.2.0, Open3D 0.20.0 and glTF Transform 4.5.1 read a GLB that requires EXT_mesh_gpu_instancing: one square, twice.
# Expected: two squares, or a refusal: a reader must not load a file whose extensionsRequired it doesn't know.
# Seen:     glTF Transform, without that extension, refuses; trimesh and Open3D give one square and say nothing.
. "$(dirname "$(readlink -f "$0")")/common.bash"

node_with @gltf-transform/core@4.5.1 @gltf-transform/extensions@4.5.1 <<'P'
import { Document, NodeIO } from "@gltf-transform/core";
import { EXTMeshGPUInstancing } from "@gltf-transform/extensions";

const document = new Document();
const buffer = document.createBuffer();
const array = (type, values) => document.createAccessor().setType(type).setArray(values).setBuffer(buffer);
const primitive = document.createPrimitive()
  .setAttribute("POSITION", array("VEC3", new Float32Array([0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0])))
  .setIndices(array("SCALAR", new Uint16Array([0, 1, 2, 0, 2, 3])));
const extension = document.createExtension(EXTMeshGPUInstancing).setRequired(true);
const copies = extension.createInstancedMesh().setAttribute("TRANSLATION", array("VEC3", new Float32Array([0, 0, 0, 5, 0, 0])));
const node = document.createNode("squares").setMesh(document.createMesh().addPrimitive(primitive));
document.createScene().addChild(node.setExtension("EXT_mesh_gpu_instancing", copies));
await new NodeIO().registerExtensions([EXTMeshGPUInstancing]).write("squares.glb", document);
const answer = await new NodeIO().read("squares.glb").then(() => "read", (error) => error.message);
console.log("glTF Transform:", answer);
if (!answer.startsWith("Missing required extension")) process.exit(1);
P
python_with 3.11 open3d==0.20.0 trimesh==5.2.0 numpy==2.4.6 <<'P'
import open3d
import trimesh

scene = trimesh.load_scene("squares.glb")
mesh = open3d.io.read_triangle_mesh("squares.glb")
found = {
    "trimesh": (len(scene.to_mesh().faces), scene.bounds[1][0].item()),
    "open3d": (len(mesh.triangles), mesh.get_max_bound()[0].item()),
}
print("triangles, largest x:", found)
assert found == {"trimesh": (2, 1.0), "open3d": (2, 1.0)}
P
