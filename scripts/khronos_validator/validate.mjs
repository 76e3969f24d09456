// SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Prints Khronos' report on each GLB whose path comes in a line, as JSON in a line.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const validator = createRequire(process.argv[2] + "/")("gltf-validator");
for await (const file of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await validator.validateBytes(new Uint8Array(readFileSync(file)), { maxIssues: 100 })));
}
