#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Three closed boxes in a row with one set of vertices, so that edges of contact have four triangles: manifold3d 3.5.4 takes
# them, and trimesh 5.2.0 asks that same engine for a union with them.
# Expected: both refuse, as the mesh is not manifold, or both take it.
# Seen:     manifold3d says NoError, three pieces, volume 3; trimesh raises "Not all meshes are volumes!" without asking the
#           engine, unless check_volume=False.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 manifold3d==3.5.4 trimesh==5.2.0 numpy==2.4.6 networkx==3.6.1 scipy==1.17.1 <<'P'
import numpy as np
import trimesh
from manifold3d import Error, Manifold, Mesh

boxes = trimesh.util.concatenate([trimesh.creation.box(bounds=[[k, 0, 0], [k + 1, 1, 1]]) for k in range(3)])
boxes.merge_vertices()
assert (len(boxes.vertices), len(boxes.faces)) == (16, 36)
solid = Manifold(Mesh(boxes.vertices.astype(np.float32), boxes.faces.astype(np.uint32)))
other = trimesh.creation.box().apply_translation((9, 0, 0))
try:
    answer = trimesh.boolean.union([boxes, other], engine="manifold")
except ValueError as error:
    answer = str(error)
unchecked = trimesh.boolean.union([boxes, other], engine="manifold", check_volume=False)
found = (len(solid.decompose()), round(solid.volume(), 3))
print("manifold3d:", solid.status(), found, "trimesh:", answer, "unchecked:", unchecked.volume)
assert solid.status() == Error.NoError and found == (3, 3)
assert answer == "Not all meshes are volumes!" and round(float(unchecked.volume), 3) == 4
P
