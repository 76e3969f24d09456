#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# trimesh 5.2.0 closes a cylinder of five sides whose lid is missing, with fill_holes.
# Expected: True, and a closed mesh: the hole is flat and convex.
# Seen:     False, and the hole stays: only holes of three or four edges are filled.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 trimesh==5.2.0 numpy==2.4.6 networkx==3.6.1 scipy==1.17.1 <<'P'
import numpy as np
import trimesh

found = {}
for sides in (4, 5):
    angles = np.arange(sides) * 2 * np.pi / sides
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points = np.concatenate([np.insert(ring, 2, 0, axis=1), np.insert(ring, 2, 1, axis=1)])
    faces = [(0, i + 1, i) for i in range(1, sides - 1)]
    for i in range(sides):
        j = (i + 1) % sides
        faces += [(i, j, sides + j), (i, sides + j, sides + i)]
    mesh = trimesh.Trimesh(points, faces)
    found[sides] = (bool(mesh.fill_holes()), bool(mesh.is_watertight))
print("sides: (filled, closed)", found)
assert found == {4: (True, True), 5: (False, False)}
P
