# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A result is somebody else's file: Blender opens nothing before the file has been through this room. No ``bpy``."""

DOORS = (
    "archive",
    "fbx_bones",
    "glb",
    "gltf",
    "obj_materials",
    "three_mf",
    "usd_layers",
)
