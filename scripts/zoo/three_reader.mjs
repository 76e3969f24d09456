// SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
// SPDX-License-Identifier: GPL-3.0-or-later
// node three_reader.mjs GLB JSON: what three.js, glTF Transform and the Khronos validator find in a GLB.
import { readFileSync, writeFileSync } from "node:fs";
import { NodeIO } from "@gltf-transform/core";
import * as THREE from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import validator from "gltf-validator";

globalThis.self = globalThis;
const bytes = readFileSync(process.argv[2]);
const found = {};

function add(to, points, corners) {
  const first = to.points.length / 3;
  for (const value of points) to.points.push(value);
  for (const corner of corners) to.corners.push(first + corner);
}

const { scene } = await new GLTFLoader().parseAsync(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), "");
scene.updateMatrixWorld(true);
found.three = { points: [], corners: [] };
scene.traverse((one) => {
  if (!one.isMesh) return;
  const geometry = one.geometry.clone().applyMatrix4(one.matrixWorld);
  add(found.three, geometry.attributes.position.array, geometry.index.array);
});

const document = await new NodeIO().readBinary(bytes);
found["gltf-transform"] = { points: [], corners: [] };
for (const node of document.getRoot().listNodes()) {
  const matrix = new THREE.Matrix4().fromArray(node.getWorldMatrix());
  for (const primitive of node.getMesh().listPrimitives()) {
    const points = new THREE.BufferAttribute(primitive.getAttribute("POSITION").getArray().slice(), 3).applyMatrix4(matrix);
    add(found["gltf-transform"], points.array, primitive.getIndices().getArray());
  }
}
const report = await validator.validateBytes(new Uint8Array(bytes));
found.validator = report.issues;
writeFileSync(process.argv[3], JSON.stringify(found));
