#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# three.js 0.187.0 exports a mesh with scale.x = -1 as STL, OBJ and PLY.
# Expected: the matrix is applied and the faces are turned, so the box faces outward.
# Seen:     the matrix is applied, the faces are not turned: all three are inside out.
. "$(dirname "$(readlink -f "$0")")/common.bash"

node_with three@0.187.0 <<'P'
import * as THREE from "three";
import { OBJExporter } from "three/examples/jsm/exporters/OBJExporter.js";
import { PLYExporter } from "three/examples/jsm/exporters/PLYExporter.js";
import { STLExporter } from "three/examples/jsm/exporters/STLExporter.js";

globalThis.requestAnimationFrame = (then) => setTimeout(then, 0);
const scene = new THREE.Scene();
const box = new THREE.Mesh(new THREE.BoxGeometry(1, 1, 1));
box.scale.x = -1;
scene.add(box);
scene.updateMatrixWorld(true);

function volume(points) {
  let sum = 0;
  for (let i = 0; i < points.length; i += 3) {
    const [a, b, c] = points.slice(i, i + 3).map((one) => new THREE.Vector3(...one));
    sum += a.dot(b.cross(c)) / 6;
  }
  return Math.round(sum * 1000) / 1000;
}

const rows = (text) => text.split("\n").map((line) => line.trim().split(/\s+/));
const stl = rows(new STLExporter().parse(scene)).filter((one) => one[0] === "vertex").map((one) => one.slice(1).map(Number));
const obj = rows(new OBJExporter().parse(scene));
const places = obj.filter((one) => one[0] === "v").map((one) => one.slice(1).map(Number));
const corners = obj.filter((one) => one[0] === "f").flatMap((one) => one.slice(1).map((corner) => places[parseInt(corner) - 1]));
const ply = rows(new PLYExporter().parse(scene, () => {}));
const start = ply.findIndex((one) => one[0] === "end_header") + 1;
const count = Number(ply.find((one) => one[1] === "vertex")[2]);
const vertices = ply.slice(start, start + count).map((one) => one.slice(0, 3).map(Number));
const faces = ply.slice(start + count).filter((one) => one.length === 4).flatMap((one) => one.slice(1).map((corner) => vertices[corner]));
const found = { stl: volume(stl), obj: volume(corners), ply: volume(faces) };
console.log(THREE.REVISION, found);
if (JSON.stringify(found) !== '{"stl":-1,"obj":-1,"ply":-1}') process.exit(1);
P
