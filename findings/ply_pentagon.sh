#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# three.js 0.187.0, loaders.gl 4.4.5, meshio 5.3.5, trimesh 5.2.0 and VTK 9.7.2 read a PLY with a triangle and a pentagon.
# Expected: the whole surface of area 2.5: all of them cut polygons up, or keep them.
# Seen:     the JavaScript readers have the triangle alone, without a word: they know faces of three and four corners. VTK and
#           meshio keep both faces, trimesh cuts the pentagon up.
. "$(dirname "$(readlink -f "$0")")/common.bash"

cat >two.ply <<'P'
ply
format ascii 1.0
element vertex 7
property float x
property float y
property float z
element face 2
property list uchar int vertex_indices
end_header
0 0 0
1 0 0
1 1 0
0.5 2 0
0 1 0
3 0 0
3 1 0
3 1 5 6
5 0 1 2 3 4
P
node_with three@0.187.0 @loaders.gl/core@4.4.5 @loaders.gl/ply@4.4.5 <<'P'
import { parse } from "@loaders.gl/core";
import { PLYLoader as Other } from "@loaders.gl/ply";
import { readFileSync } from "fs";
import { PLYLoader } from "three/examples/jsm/loaders/PLYLoader.js";

const text = readFileSync("two.ply", "utf8");
const bytes = new TextEncoder().encode(text).buffer;
const other = await parse(bytes, Other, { worker: false });
const found = [new PLYLoader().parse(text).getIndex().count, other.indices.value.length];
console.log("indices of three.js, loaders.gl:", found);
if (found.join() !== "3,3") process.exit(1);
P
python_with 3.11 meshio==5.3.5 vtk==9.7.2 pyvista==0.49.1 trimesh==5.2.0 numpy==2.4.6 mapbox-earcut==2.1.0 <<'P'
import meshio
import pyvista
import trimesh

found = {
    "meshio": [cell.data.shape[1] for cell in meshio.read("two.ply").cells],
    "vtk": round(pyvista.read("two.ply").triangulate().area, 3),
    "trimesh": round(float(trimesh.load("two.ply").area), 3),
}
print(found)
assert found == {"meshio": [3, 5], "vtk": 2.5, "trimesh": 2.5}
P
