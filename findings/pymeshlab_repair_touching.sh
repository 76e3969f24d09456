#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# PyMeshLab 2025.7 repairs the non-manifold edges of three closed boxes in a row with one set of 16 vertices.
# Expected: three closed boxes; the vertices at the contacts are doubled, as each edge there has two pairs of triangles.
# Seen:     "by removing faces" (what it does unless told otherwise) leaves 22 of 36 triangles and 12 open edges;
#           "by splitting vertices" gives 76 vertices and 32 open edges, in seven pieces.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 pymeshlab==2025.7.post1 trimesh==5.2.0 numpy==2.4.6 networkx==3.6.1 scipy==1.17.1 <<'P'
import pymeshlab
import trimesh

boxes = trimesh.util.concatenate([trimesh.creation.box(bounds=[[k, 0, 0], [k + 1, 1, 1]]) for k in range(3)])
boxes.merge_vertices()
found = {}
for method in ("before", 0, 1):
    layers = pymeshlab.MeshSet()
    layers.add_mesh(pymeshlab.Mesh(boxes.vertices, boxes.faces))
    if method != "before":
        layers.meshing_repair_non_manifold_edges(method=method)
    measures = layers.get_topological_measures()
    mesh = layers.current_mesh()
    found[method] = (mesh.vertex_number(), mesh.face_number(), measures["boundary_edges"], measures["connected_components_number"])
print("vertices, triangles, open edges, pieces:", found)
assert found == {"before": (16, 36, 0, 1), 0: (16, 22, 12, 3), 1: (76, 36, 32, 7)}
P
