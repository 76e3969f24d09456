#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Five readers and a binary PLY with one quad and two triangles, whose lists have other types: "uchar int" as most write,
# "uint int", "uchar short", "uchar uchar". All are types of the format.
# Expected: all read all; the header says what is there.
# Seen:     VTK 9.7.2, Open3D 0.20.0 and plyfile 1.1.5 do. trimesh 5.2.0 reads none of the four: triangles and quads together are
#           "unexpected length" in binary, the same in text is read. meshio 5.3.5 refuses "uchar short".
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 meshio==5.3.5 open3d==0.20.0 plyfile==1.1.5 vtk==9.7.2 pyvista==0.49.1 trimesh==5.2.0 numpy==2.4.6 <<'P'
import struct

import meshio
import open3d
import plyfile
import pyvista
import trimesh

POINTS = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0.5, 0.5, 1)]
FACES = [(0, 1, 2, 3), (0, 1, 4), (1, 2, 4)]
CODES = {"uchar": "B", "short": "h", "int": "i", "uint": "I"}


def write(path, count, index, text=False):
    head = f"ply\nformat {'ascii' if text else 'binary_little_endian'} 1.0\nelement vertex {len(POINTS)}\n"
    head += "property float x\nproperty float y\nproperty float z\n"
    head += f"element face {len(FACES)}\nproperty list {count} {index} vertex_indices\nend_header\n"
    if text:
        body = "".join("%g %g %g\n" % point for point in POINTS)
        body += "".join(" ".join(map(str, (len(face), *face))) + "\n" for face in FACES)
        body = body.encode()
    else:
        body = b"".join(struct.pack("<3f", *point) for point in POINTS)
        body += b"".join(struct.pack(f"<{CODES[count]}{len(face)}{CODES[index]}", len(face), *face) for face in FACES)
    open(path, "wb").write(head.encode() + body)


READERS = {
    "trimesh": lambda path: len(trimesh.load(path).faces),
    "meshio": lambda path: sum(len(cells.data) * (len(cells.data[0]) - 2) for cells in meshio.read(path).cells),
    "vtk": lambda path: pyvista.read(path).triangulate().n_cells,
    "open3d": lambda path: len(open3d.io.read_triangle_mesh(path).triangles),
    "plyfile": lambda path: sum(len(face[0]) - 2 for face in plyfile.PlyData.read(path)["face"].data),
}
refused = {}
for name in READERS:
    refused[name] = []
    for types in ("uchar int", "uint int", "uchar short", "uchar uchar", "uchar int text"):
        write("mixed.ply", *types.split())
        try:
            triangles = READERS[name]("mixed.ply")
        except Exception:
            refused[name].append(types)
        else:
            assert triangles == 4, (name, types)
print("refused:", refused)
assert refused == {
    "trimesh": ["uchar int", "uint int", "uchar short", "uchar uchar"],
    "meshio": ["uchar short"],
    "vtk": [],
    "open3d": [],
    "plyfile": [],
}
P
