#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# manifold3d 3.5.4 takes a box of volume 1 whose triangles all face inward, and cuts it out of a box of 27.
# Expected: an error as status, or 26 as if it were turned.
# Seen:     NoError, and 28: the cut adds its volume, 24 triangles in two pieces. A union with a box that overlaps it by half
#           is 0.5.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 manifold3d==3.5.4 trimesh==5.2.0 numpy==2.4.6 <<'P'
import numpy as np
import trimesh
from manifold3d import Error, Manifold, Mesh

box = trimesh.creation.box()
inside_out = Manifold(Mesh(box.vertices.astype(np.float32), box.faces[:, ::-1].astype(np.uint32)))
cut = Manifold.cube((3, 3, 3), True) - inside_out
joined = inside_out + Manifold.cube((1, 1, 1), True).translate((0.5, 0, 0))
found = [round(one.volume(), 3) for one in (inside_out, cut, joined)]
print(inside_out.status(), cut.status(), "volumes of box, cut, union:", found, "pieces of the cut:", len(cut.decompose()))
assert inside_out.status() == cut.status() == joined.status() == Error.NoError
assert found == [-1, 28, 0.5] and len(cut.decompose()) == 2
P
