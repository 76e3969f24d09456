#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# trimesh 5.2.0 and VTK 9.7.2 read a square of 1 x 1 from valid GLBs: as a triangle fan, with sparse positions, with normalized
# 16-bit positions (KHR_mesh_quantization), and skinned to a joint at x = 5 in a node at x = 100, which glTF says to ignore.
# Expected: the square, the last one at x = 5; or an error.
# Seen:     trimesh, without a word: nothing from the fan, a point for the sparse one, 32767 wide, and at x = 100.
#           VTK: right for fan and skin, and nothing but lines of errors for the others.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 vtk==9.7.2 pyvista==0.49.1 trimesh==5.2.0 numpy==2.4.6 <<'P'
import json
import struct

import numpy as np
import pyvista
import trimesh
import vtk

vtk.vtkObject.GlobalWarningDisplayOff()
SQUARE = np.array([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)])
TYPES = {"float32": 5126, "uint16": 5123, "int16": 5122, "uint8": 5121}


class Glb:
    def __init__(self):
        self.data = b""
        self.tree = {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}]}
        self.tree |= {"bufferViews": [], "accessors": []}

    def view(self, array, **more):
        self.tree["bufferViews"].append({"buffer": 0, "byteOffset": len(self.data), "byteLength": array.nbytes, **more})
        self.data += array.tobytes() + bytes(-array.nbytes % 4)
        return len(self.tree["bufferViews"]) - 1

    def accessor(self, array, kind, view=None, **more):
        view = self.view(array) if view is None else view
        entry = {"bufferView": view, "componentType": TYPES[array.dtype.name], "count": len(array), "type": kind, **more}
        self.tree["accessors"].append(entry)
        return len(self.tree["accessors"]) - 1

    def write(self, attributes, **more):
        self.tree["meshes"] = [{"primitives": [{"attributes": attributes, **more}]}]
        self.tree["buffers"] = [{"byteLength": len(self.data)}]
        head = json.dumps(self.tree).encode()
        head += b" " * (-len(head) % 4)
        chunks = struct.pack("<I4s", len(head), b"JSON") + head + struct.pack("<I4s", len(self.data), b"BIN\0") + self.data
        open("square.glb", "wb").write(struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks)


def positions(glb):
    return glb.accessor(SQUARE.astype("float32"), "VEC3", min=[0, 0, 0], max=[1, 1, 0])


def triangles(glb):
    return glb.accessor(np.array([0, 1, 2, 0, 2, 3], "uint16"), "SCALAR")


def fan():
    glb = Glb()
    glb.write({"POSITION": positions(glb)}, mode=6)


def sparse():
    glb = Glb()
    indices = triangles(glb)
    places = {"bufferView": glb.view(np.array([1, 2, 3], "uint16")), "componentType": 5123}
    values = {"bufferView": glb.view(SQUARE[1:].astype("float32"))}
    entry = {"componentType": 5126, "count": 4, "type": "VEC3", "min": [0, 0, 0], "max": [1, 1, 0]}
    glb.tree["accessors"].append(entry | {"sparse": {"count": 3, "indices": places, "values": values}})
    glb.write({"POSITION": 1}, indices=indices)


def normalized():
    glb = Glb()
    glb.tree["extensionsUsed"] = glb.tree["extensionsRequired"] = ["KHR_mesh_quantization"]
    padded = np.zeros((4, 4), "int16")
    padded[:, :3] = SQUARE * 32767
    place = glb.accessor(padded, "VEC3", glb.view(padded, byteStride=8), normalized=True, min=[0, 0, 0], max=[32767, 32767, 0])
    glb.write({"POSITION": place}, indices=triangles(glb))


def skinned():
    glb = Glb()
    glb.tree["scenes"] = [{"nodes": [0, 1]}]
    glb.tree["nodes"] = [{"mesh": 0, "skin": 0, "translation": [100, 0, 0]}, {"translation": [5, 0, 0]}]
    glb.tree["skins"] = [{"joints": [1]}]
    joints = glb.accessor(np.zeros((4, 4), "uint8"), "VEC4")
    weights = glb.accessor(np.tile(np.array([1, 0, 0, 0], "float32"), (4, 1)), "VEC4")
    glb.write({"POSITION": positions(glb), "JOINTS_0": joints, "WEIGHTS_0": weights}, indices=triangles(glb))


def by_trimesh():
    scene = trimesh.load_scene("square.glb")
    return [round(float(value), 3) for value in scene.bounds[:, 0]] if scene.geometry else None


def by_vtk():
    surface = pyvista.read("square.glb").combine().extract_surface(algorithm="dataset_surface")
    return [round(value, 3) for value in surface.bounds[:2]] if surface.n_points else None


found = {}
for make in (fan, sparse, normalized, skinned):
    make()
    found[make.__name__] = (by_trimesh(), by_vtk())
print("from x to x, by trimesh and by VTK:", found)
assert found["fan"] == (None, [0, 1])
assert found["sparse"] == ([0, 0], None)
assert found["normalized"] == ([0, 32767], None)
assert found["skinned"] == ([100, 101], [5, 6])
P
