# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run in Blender with the extension enabled: say what a preference is and where the add-on runs, then change it.

It is another value from then on, also in the next Blender.
"""

from __future__ import annotations

import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))

from answer import answer

MODULE = "bl_ext.user_default.hitem3d"

preferences = bpy.context.preferences.addons[MODULE].preferences
answer(
    enabled=[name for name in bpy.context.preferences.addons.keys() if "hitem3d" in name],  # noqa: SIM118
    seg_level=preferences.seg_level,
    module=type(preferences).__module__.removeprefix(f"{MODULE}."),
)
preferences.seg_level = "HIGH"
bpy.ops.wm.save_userpref()
