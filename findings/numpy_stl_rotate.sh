#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# numpy-stl 4.1.1 turns the point (1, 0, 0) by 90 degrees about z, with Mesh.rotate and with Mesh.transform.
# Expected: (0, 1, 0) from both: angles are positive anticlockwise.
# Seen:     (0, -1, 0) from rotate, (0, 1, 0) from transform with the usual matrix.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 numpy-stl==4.1.1 numpy==2.4.6 <<'P'
import numpy as np
import stl


def turned(way):
    mesh = stl.mesh.Mesh(np.zeros(1, stl.mesh.Mesh.dtype))
    mesh.vectors[0] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    way(mesh)
    return (np.round(mesh.vectors[0][0], 3) + 0.0).tolist()


matrix = np.eye(4)
matrix[:2, :2] = [[0, -1], [1, 0]]
found = [turned(lambda mesh: mesh.rotate([0, 0, 1], np.pi / 2)), turned(lambda mesh: mesh.transform(matrix))]
print("rotate, transform:", found)
assert found == [[0, -1, 0], [0, 1, 0]]
P
