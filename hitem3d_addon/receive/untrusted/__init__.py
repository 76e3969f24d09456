# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks results, which are files from a stranger, before any importer of Blender opens them. No ``bpy``."""

DOORS = (
    "archive",
    "fbx_bones",
    "glb",
    "gltf",
    "obj_materials",
    "three_mf",
    "usd_layers",
)
