# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads parts from files of each format as arrays, without Blender: what Blender's importers lose, and faster."""

DOORS = (
    "delivered",
    "glb",
    "obj_groups",
    "ply_colours",
    "stl_reader",
    "three_mf_reader",
    "usd_subsets",
    "usd_xforms",
    "words",
)
