#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Seven writers save a box with edges of 0.25 at x = 1,000,000 as text; single precision holds its corners exactly.
# Expected: all keep 0.25, as a text file can be as exact as one likes.
# Seen:     Open3D 0.20.0 in OBJ, OFF and PLY, PyMeshLab 2025.7 in STL and libigl 2.6.3 in PLY write six digits, so that the box
#           is flat; PyMeshLab and libigl in OBJ and OFF, meshio 5.3.5, trimesh 5.2.0, VTK 9.7.2 and numpy-stl 4.1.1 are right.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 libigl==2.6.3 meshio==5.3.5 numpy-stl==4.1.1 open3d==0.20.0 pymeshlab==2025.7.post1 vtk==9.7.2 pyvista==0.49.1 \
  trimesh==5.2.0 numpy==2.4.6 <<'P'
import igl
import meshio
import numpy as np
import open3d
import pymeshlab
import pyvista
import stl
import trimesh

box = trimesh.creation.box(bounds=[[1e6, 0, 0], [1e6 + 0.25, 0.25, 0.25]])
points, faces = np.array(box.vertices), np.array(box.faces)


def by_open3d(path):
    mesh = open3d.geometry.TriangleMesh(open3d.utility.Vector3dVector(points), open3d.utility.Vector3iVector(faces))
    open3d.io.write_triangle_mesh(path, mesh, write_ascii=True)


def by_pymeshlab(path):
    layers = pymeshlab.MeshSet()
    layers.add_mesh(pymeshlab.Mesh(points, faces))
    layers.save_current_mesh(path, **({"binary": False} if path[-3:] in ("stl", "ply") else {}))


def by_meshio(path):
    meshio.Mesh(points, [("triangle", faces)]).write(path, **({"binary": False} if path[-3:] in ("stl", "ply") else {}))


def by_trimesh(path):
    box.export(path, **({"encoding": "ascii"} if path.endswith("ply") else {}))


def by_numpy_stl(path):
    mesh = stl.mesh.Mesh(np.zeros(12, stl.mesh.Mesh.dtype))
    mesh.vectors[:] = points[faces]
    mesh.save(path, mode=stl.Mode.ASCII)


def width(path):
    """The range of x in the lines that hold vertices."""
    rows = [line.split() for line in open(path)]
    if path.endswith("obj"):
        places = [float(row[1]) for row in rows if row and row[0] == "v"]
    elif path.endswith("stl"):
        places = [float(row[1]) for row in rows if row and row[0] == "vertex"]
    else:
        places = [float(row[0]) for row in rows if row and row[0].startswith("1") and float(row[0]) > 1e5]
    assert len(places) >= 8
    return max(places) - min(places)


writers = {
    "open3d": (by_open3d, "obj off ply"),
    "pymeshlab": (by_pymeshlab, "obj off ply stl"),
    "libigl": (lambda path: igl.write_triangle_mesh(path, points, faces), "obj off ply"),
    "meshio": (by_meshio, "obj off ply stl"),
    "trimesh": (by_trimesh, "obj off ply"),
    "vtk": (lambda path: pyvista.PolyData.from_regular_faces(points, faces).save(path, binary=False), "obj ply stl"),
    "numpy-stl": (by_numpy_stl, "stl"),
}
flat, kept = [], []
for name, (write, formats) in writers.items():
    for kind in formats.split():
        write("box." + kind)
        (flat if width("box." + kind) == 0 else kept).append(f"{name} {kind}")
print("flat:", flat, "kept:", kept)
assert flat == ["open3d obj", "open3d off", "open3d ply", "pymeshlab stl", "libigl ply"] and len(kept) == 16
P
