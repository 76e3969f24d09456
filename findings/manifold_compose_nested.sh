#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Manifold.compose of manifold3d 3.5.4, of a cube of 2 and one of 1 inside it.
# Expected: two pieces, as it joins nothing: volume 9, 24 triangles.
# Seen:     the union: one piece, volume 8, 12 triangles; the inner one is gone.
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 manifold3d==3.5.4 numpy==2.4.6 <<'P'
from manifold3d import Manifold

both = Manifold.compose([Manifold.cube((2, 2, 2), True), Manifold.cube((1, 1, 1), True)])
found = (round(both.volume(), 6), both.num_tri(), len(both.decompose()))
print("volume, triangles, pieces:", found)
assert found == (8.0, 12, 1)
P
