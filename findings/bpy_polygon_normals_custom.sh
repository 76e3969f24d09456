#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bpy 4.2.23, 5.0.1 and 5.2.3: Mesh.polygon_normals of a box that faces inward, after custom normals that point outward.
# Expected: the normals of the faces, as MeshPolygon.normal gives them, in all three: custom normals belong to corners.
# Seen:     so in 4.2; in 5.0 and 5.2 polygon_normals are turned round and follow the custom normals, while
#           MeshPolygon.normal stays that of the face.
. "$(dirname "$(readlink -f "$0")")/common.bash"

for version in 3.11:4.2.23 3.11:5.0.1 3.13:5.2.3; do
  python_with "${version%:*}" "bpy==${version#*:}" <<'P'
import bpy

corners = [(x, y, z) for x in (-1.0, 1.0) for y in (-1.0, 1.0) for z in (-1.0, 1.0)]
faces = [(2, 3, 1, 0), (5, 7, 6, 4), (1, 5, 4, 0), (6, 7, 3, 2), (4, 6, 2, 0), (3, 7, 5, 1)]
mesh = bpy.data.meshes.new("box")
mesh.from_pydata(corners, [], faces)


def seen():
    of_faces = [tuple(round(value) for value in face.normal) for face in mesh.polygons]
    of_array = [tuple(round(value) for value in item.vector) for item in mesh.polygon_normals]
    return of_faces == of_array, of_faces == [tuple(-value for value in normal) for normal in of_array]


assert seen() == (True, False)
mesh.normals_split_custom_set([mesh.vertices[loop.vertex_index].co.normalized() for loop in mesh.loops])
same, opposite = seen()
print(bpy.app.version_string, "the same:", same, "opposite:", opposite)
assert (same, opposite) == ((True, False) if bpy.app.version < (5, 0) else (False, True))
P
done
