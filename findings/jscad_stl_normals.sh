#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# JSCAD's STL reader 2.1.30 reads a box whose facets all have the normal 0 0 0, as many programs write it, and one with normals.
# Expected: volume 1 from both: the order of corners says what is outside.
# Seen:     1 with normals, -1 without: where the given normal doesn't agree with the corners it turns the facet over, and zero
#           never agrees.
. "$(dirname "$(readlink -f "$0")")/common.bash"

node_with @jscad/modeling@2.13.0 @jscad/stl-deserializer@2.1.30 <<'P'
import modeling from "@jscad/modeling";
import reader from "@jscad/stl-deserializer";

const points = [];
for (const x of [0, 1]) for (const y of [0, 1]) for (const z of [0, 1]) points.push([x, y, z]);
const sides = [
  [0, 1, 3, 2, "-1 0 0"], [4, 6, 7, 5, "1 0 0"], [0, 4, 5, 1, "0 -1 0"],
  [2, 3, 7, 6, "0 1 0"], [0, 2, 6, 4, "0 0 -1"], [1, 5, 7, 3, "0 0 1"],
];

function read(zero) {
  let text = "solid box\n";
  for (const [a, b, c, d, normal] of sides) {
    for (const corners of [[a, b, c], [a, c, d]]) {
      text += "facet normal " + (zero ? "0 0 0" : normal) + "\nouter loop\n";
      text += corners.map((corner) => "vertex " + points[corner].join(" ") + "\n").join("") + "endloop\nendfacet\n";
    }
  }
  const [solid] = [reader.deserialize({ output: "geometry" }, text + "endsolid box\n")].flat();
  return Math.round(modeling.measurements.measureVolume(solid) * 1000) / 1000;
}

const found = [read(false), read(true)];
console.log("volume with normals, without:", found);
if (found.join() !== "1,-1") process.exit(1);
P
