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

const { scene } = await new GLTFLoader().parseAsync(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), "");
scene.updateMatrixWorld(true);
scene.traverse((one) => {
  if (!one.isMesh) return;
  const geometry = one.geometry.clone().applyMatrix4(one.matrixWorld);
  found.three = { points: [...geometry.attributes.position.array], corners: [...geometry.index.array] };
});

const document = await new NodeIO().readBinary(bytes);
const primitive = document.getRoot().listMeshes()[0].listPrimitives()[0];
found["gltf-transform"] = {
  points: [...primitive.getAttribute("POSITION").getArray()],
  corners: [...primitive.getIndices().getArray()],
};
const report = await validator.validateBytes(new Uint8Array(bytes));
found.validator = report.issues;
writeFileSync(process.argv[3], JSON.stringify(found));
