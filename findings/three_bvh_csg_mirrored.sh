#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# three-bvh-csg 0.0.18 with three.js 0.187.0 joins a box with the same box at x = 0.5, and cuts it with it; then with
# scale.x = -1 on the second, which is the same box.
# Expected: 1.5 and 0.5 both times: it heeds the matrices of its brushes.
# Seen:     1.167 and 0.833 with the mirrored one, and no warning.
. "$(dirname "$(readlink -f "$0")")/common.bash"

node_with three@0.187.0 three-mesh-bvh@0.9.17 three-bvh-csg@0.0.18 <<'P'
import * as THREE from "three";
import { ADDITION, Brush, Evaluator, SUBTRACTION } from "three-bvh-csg";

console.warn = () => {};

function volume(geometry) {
  const flat = geometry.index ? geometry.toNonIndexed() : geometry;
  const places = flat.getAttribute("position");
  const [a, b, c] = [0, 1, 2].map(() => new THREE.Vector3());
  let sum = 0;
  for (let i = 0; i < places.count; i += 3) {
    [a, b, c].forEach((point, k) => point.fromBufferAttribute(places, i + k));
    sum += a.dot(b.cross(c)) / 6;
  }
  return Math.round(sum * 1000) / 1000;
}

const found = [1, -1].map((scale) => [ADDITION, SUBTRACTION].map((operation) => {
  const [one, two] = [new Brush(new THREE.BoxGeometry()), new Brush(new THREE.BoxGeometry())];
  two.scale.x = scale;
  two.position.x = 0.5;
  [one, two].forEach((brush) => brush.updateMatrixWorld());
  const evaluator = new Evaluator();
  evaluator.useGroups = false;
  return volume(evaluator.evaluate(one, two, operation).geometry);
}));
console.log("union and difference, plain and mirrored:", JSON.stringify(found));
if (JSON.stringify(found) !== "[[1.5,0.5],[1.167,0.833]]") process.exit(1);
P
