# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""These tests run in the bpy wheel."""

import sys
from pathlib import Path

from on_wheel import addon, empty_scene

sys.path.insert(0, str(Path(__file__).parents[1] / "closing"))  # for closed.py

__all__ = ["addon", "empty_scene"]
