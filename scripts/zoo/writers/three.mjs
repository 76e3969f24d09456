// SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
// SPDX-License-Identifier: GPL-3.0-or-later
// node three.mjs MODELS JOBS: each job is [model, exporter, path].
import { readFileSync, writeFileSync } from "node:fs";
import * as THREE from "three";
import { GLTFExporter } from "three/examples/jsm/exporters/GLTFExporter.js";
import { OBJExporter } from "three/examples/jsm/exporters/OBJExporter.js";
import { PLYExporter } from "three/examples/jsm/exporters/PLYExporter.js";
import { STLExporter } from "three/examples/jsm/exporters/STLExporter.js";
import { USDZExporter } from "three/examples/jsm/exporters/USDZExporter.js";

// What a browser has and Node has not.
globalThis.requestAnimationFrame = (then) => setTimeout(then, 0);
globalThis.FileReader = class {
  readAsArrayBuffer(blob) {
    blob.arrayBuffer().then((result) => { this.result = result; this.onloadend(); });
  }
};

function geometryOf({ vertices, triangles, colours }) {
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.Float32BufferAttribute(vertices, 3));
  geometry.setIndex(triangles);
  if (colours) geometry.setAttribute("color", new THREE.Float32BufferAttribute(colours, 3));
  geometry.computeVertexNormals();
  return geometry;
}

function sceneOf(model) {
  const scene = new THREE.Scene();
  if (model.shared) {
    scene.add(new THREE.Mesh(geometryOf(model.together), new THREE.MeshStandardMaterial({ vertexColors: true })));
    return scene;
  }
  const made = new Map();
  for (const part of model.parts) {
    const key = JSON.stringify(part.vertices);
    if (!made.has(key)) made.set(key, geometryOf(part));
    const colour = new THREE.Color().setRGB(...part.colour, THREE.LinearSRGBColorSpace);
    const mesh = new THREE.Mesh(made.get(key), new THREE.MeshStandardMaterial({ color: colour }));
    mesh.name = part.name;
    if (part.matrix) mesh.applyMatrix4(new THREE.Matrix4().fromArray(part.matrix));
    scene.add(mesh);
  }
  scene.updateMatrixWorld(true);
  return scene;
}

const write = {
  glb: (scene) => new GLTFExporter().parseAsync(scene, { binary: true }),
  obj: (scene) => new OBJExporter().parse(scene),
  ply: (scene) => new PLYExporter().parse(scene, () => {}, { binary: true }),
  stl: (scene) => new STLExporter().parse(scene, { binary: true }),
  "stl-ascii": (scene) => new STLExporter().parse(scene),
  usdz: (scene) => new USDZExporter().parseAsync(scene),
};

const models = JSON.parse(readFileSync(process.argv[2]));
for (const [model, exporter, path] of JSON.parse(process.argv[3])) {
  const data = await write[exporter](sceneOf(models[model]));
  writeFileSync(path, typeof data === "string" ? data : new Uint8Array(data.buffer ?? data));
}
