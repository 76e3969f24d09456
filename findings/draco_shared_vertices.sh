#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# glTF Transform 4.5.1 with draco3dgltf 1.5.7, as it is set without options, compresses three closed boxes in a row with one
# set of 16 vertices; and a triangle, the same from behind, and one with a corner twice.
# Expected: positions are rounded, the rest stays: 16 vertices; 3 vertices and 9 indices.
# Seen:     24 vertices: where edges have four triangles the surface is cut apart. 6 vertices and 6 indices: the triangles no
#           longer share vertices, and the third is gone. With method "sequential" both stay.
. "$(dirname "$(readlink -f "$0")")/common.bash"

node_with @gltf-transform/core@4.5.1 @gltf-transform/extensions@4.5.1 @gltf-transform/functions@4.5.1 draco3dgltf@1.5.7 <<'P'
import { Document, NodeIO } from "@gltf-transform/core";
import { KHRDracoMeshCompression } from "@gltf-transform/extensions";
import { draco } from "@gltf-transform/functions";
import draco3d from "draco3dgltf";

const io = new NodeIO().registerExtensions([KHRDracoMeshCompression]).registerDependencies({
  "draco3d.decoder": await draco3d.createDecoderModule(),
  "draco3d.encoder": await draco3d.createEncoderModule(),
});

async function counts(points, indices, method) {
  const document = new Document();
  const buffer = document.createBuffer();
  const primitive = document.createPrimitive()
    .setAttribute("POSITION", document.createAccessor().setType("VEC3").setArray(new Float32Array(points)).setBuffer(buffer))
    .setIndices(document.createAccessor().setArray(new Uint16Array(indices)).setBuffer(buffer));
  document.createScene().addChild(document.createNode().setMesh(document.createMesh().addPrimitive(primitive)));
  await document.transform(draco(method ? { method } : {}));
  const read = (await io.readBinary(await io.writeBinary(document))).getRoot().listMeshes()[0].listPrimitives()[0];
  return [read.getAttribute("POSITION").getCount(), read.getIndices().getCount()];
}

const points = [];
for (let x = 0; x < 4; x++) points.push(x, 0, 0, x, 1, 0, x, 0, 1, x, 1, 1);
const sides = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3]];
const indices = [];
for (let k = 0; k < 3; k++) {
  for (const [a, b, c, d] of sides) indices.push(...[a, b, c, a, c, d].map((corner) => corner + 4 * k));
}
const few = [0, 0, 0, 1, 0, 0, 0, 1, 0];
const odd = [0, 1, 2, 2, 1, 0, 0, 1, 1];
const found = [];
for (const [places, corners] of [[points, indices], [few, odd]]) {
  for (const method of [undefined, "sequential"]) found.push(await counts(places, corners, method));
}
console.log("vertices, indices of boxes, boxes sequential, triangles, triangles sequential:", JSON.stringify(found));
if (JSON.stringify(found) !== "[[24,108],[16,108],[6,6],[3,9]]") process.exit(1);
P
