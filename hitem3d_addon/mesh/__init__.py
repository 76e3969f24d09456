# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes as arrays, surfaces in the world's frame, a scratch scene, colours, GLB. Knows nothing of Hitem3D."""

DOORS = (
    "arrays",
    "attributes",
    "colours",
    "components",
    "cut",
    "editable",
    "evaluated",
    "from_arrays",
    "glb",
    "new_data",
    "points",
    "same_places",
    "same_triangles",
    "scratch",
    "shells",
    "surface",
    "surface_distance",
    "transform",
    "triangles",
)
