# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""These tests run in the bpy wheel."""

from on_wheel import addon, empty_scene
from operated import segmented

__all__ = ["addon", "empty_scene", "segmented"]
