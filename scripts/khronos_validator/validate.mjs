// SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Prints Khronos' report on each GLB given, as one JSON list.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [installed, ...files] = process.argv.slice(2);
const validator = createRequire(installed + "/")("gltf-validator");
const reports = [];
for (const file of files) {
  reports.push(await validator.validateBytes(new Uint8Array(readFileSync(file)), { maxIssues: 100 }));
}
console.log(JSON.stringify(reports));
