#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# meshoptimizer 1.3.0 packs and unpacks the 36 indices of a box in mode TRIANGLES of EXT_meshopt_compression.
# Expected: the same 36 numbers: that compression is lossless, and the order of vertices and triangles is kept.
# Seen:     some triangles come back with another corner first, as 4 6 0 for 0 4 6. What is kept by corner in that order beside
#           the file, or hung on the first corner (flat shading), moves.
. "$(dirname "$(readlink -f "$0")")/common.bash"

node_with meshoptimizer@1.3.0 <<'P'
import { MeshoptDecoder, MeshoptEncoder } from "meshoptimizer";

await MeshoptEncoder.ready;
await MeshoptDecoder.ready;
const sides = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3]];
const before = new Uint16Array(sides.flatMap(([a, b, c, d]) => [a, b, c, a, c, d]));
const packed = MeshoptEncoder.encodeGltfBuffer(new Uint8Array(before.buffer), 36, 2, "TRIANGLES");
const after = new Uint16Array(36);
MeshoptDecoder.decodeGltfBuffer(new Uint8Array(after.buffer), 36, 2, packed, "TRIANGLES");
let turned = 0;
for (let i = 0; i < 36; i += 3) {
  const [a, b, c] = before.slice(i, i + 3);
  const now = after.slice(i, i + 3).join();
  if (now === [b, c, a].join() || now === [c, a, b].join()) turned += 1;
  else if (now !== [a, b, c].join()) process.exit(1);
}
console.log("before:", before.join(), "after:", after.join(), "triangles turned:", turned);
if (turned === 0) process.exit(1);
P
