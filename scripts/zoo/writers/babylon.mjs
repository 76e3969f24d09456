// SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
// SPDX-License-Identifier: GPL-3.0-or-later
// node babylon.mjs MODELS JOBS: each job is [model, exporter, path].
import { readFileSync, writeFileSync } from "node:fs";
import { NullEngine, Scene, Mesh, VertexData, PBRMaterial, Color3, Matrix, Quaternion, Vector3 } from "@babylonjs/core";
import { GLTF2Export } from "@babylonjs/serializers/glTF/index.js";
import { OBJExport } from "@babylonjs/serializers/OBJ/index.js";
import { STLExport } from "@babylonjs/serializers/stl/index.js";

function sceneOf(model) {
  const scene = new Scene(new NullEngine());
  scene.useRightHandedSystem = true;
  const made = new Map();
  for (const part of model.parts) {
    const key = JSON.stringify(part.vertices);
    let mesh;
    if (made.has(key)) {
      mesh = made.get(key).createInstance(part.name);
    } else {
      mesh = new Mesh(part.name, scene);
      const data = new VertexData();
      data.positions = part.vertices;
      // In a right-handed scene, too, Babylon takes them clockwise.
      data.indices = part.triangles.toReversed();
      data.applyToMesh(mesh);
      made.set(key, mesh);
      mesh.material = new PBRMaterial(part.name + " paint", scene);
      mesh.material.albedoColor = new Color3(...part.colour);
      mesh.material.metallic = 0;
    }
    if (part.matrix) {
      const [scaling, rotation, position] = [new Vector3(), new Quaternion(), new Vector3()];
      Matrix.FromArray(part.matrix).decompose(scaling, rotation, position);
      Object.assign(mesh, { scaling, rotationQuaternion: rotation, position });
    }
    mesh.computeWorldMatrix(true);
  }
  return scene;
}

const write = {
  glb: async (scene) => Object.values((await GLTF2Export.GLBAsync(scene, "model")).files)[0].arrayBuffer(),
  obj: async (scene) => OBJExport.OBJ(scene.meshes, false, undefined, true),
  stl: async (scene) => STLExport.CreateSTL(scene.meshes, false, undefined, true).buffer,
};

const models = JSON.parse(readFileSync(process.argv[2]));
for (const [model, exporter, path] of JSON.parse(process.argv[3])) {
  const data = await write[exporter](sceneOf(models[model]));
  writeFileSync(path, typeof data === "string" ? data : new Uint8Array(data));
}
