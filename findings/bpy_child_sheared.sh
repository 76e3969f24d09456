#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bpy 5.0.1 exports a cube as GLB and USD. Its parent is turned by 45 degrees and scaled by (2, 1, 1), and it was parented with
# "Keep Transform", so that it looks as before. trimesh 5.2.0 and usd-core 26.11 read where the cube is.
# Expected: where it is in Blender: USD can hold the sheared matrix, and in a GLB one node more, or moved points, would say it.
# Seen:     both hold rotation and scale only: the cube with edges of 1 is turned and stretched, its corners up to 0.41 off.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 bpy==5.0.1 <<'P'
import math

import bpy

bpy.ops.wm.read_factory_settings(use_empty=True)
parent = bpy.data.objects.new("parent", None)
bpy.context.collection.objects.link(parent)
parent.rotation_euler.z, parent.scale.x = math.radians(45), 2
bpy.ops.mesh.primitive_cube_add(size=1)
cube = bpy.context.object
cube.name = cube.data.name = "cube"
parent.select_set(True)
bpy.context.view_layer.objects.active = parent
bpy.ops.object.parent_set(keep_transform=True)
bpy.context.view_layer.update()
assert all(abs(abs(value) - 0.5) < 1e-6 for vertex in cube.data.vertices for value in cube.matrix_world @ vertex.co)
bpy.ops.export_scene.gltf(filepath="cube.glb")
bpy.ops.wm.usd_export(filepath="cube.usda")
P
python_with 3.11 trimesh==5.2.0 usd-core==26.11 numpy==2.4.6 <<'P'
import itertools

import numpy as np
import trimesh
from pxr import Usd, UsdGeom

corners = np.array(list(itertools.product((-0.5, 0.5), repeat=3)))
read = {"glb": trimesh.load_scene("cube.glb").to_mesh().vertices}
stage = Usd.Stage.Open("cube.usda")
prim = next(prim for prim in stage.Traverse() if prim.IsA(UsdGeom.Mesh))
matrix = np.array(UsdGeom.Xformable(prim).ComputeLocalToWorldTransform(Usd.TimeCode.Default()))
read["usd"] = np.array(UsdGeom.Mesh(prim).GetPointsAttr().Get()) @ matrix[:3, :3] + matrix[3, :3]
found = {}
for name, points in read.items():
    distances = np.linalg.norm(np.asarray(points)[:, None] - corners, axis=2)
    found[name] = round(float(distances.min(axis=0).max()), 2)
print("farthest corner from its place:", found)
assert found == {"glb": 0.41, "usd": 0.41}
P
