# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run in Blender with the extension enabled: disable it, enable it and disable it, as in the preferences.

Says what is registered each time, and leaves it enabled.
"""

from __future__ import annotations

import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))

from answer import answer

MODULE = "bl_ext.user_default.hitem3d"


def registered() -> dict[str, list[str] | int]:
    """Everything that an add-on may leave behind in a running Blender."""
    handlers = bpy.app.handlers
    lists = {name: getattr(handlers, name) for name in dir(handlers) if isinstance(getattr(handlers, name), list)}
    kinds = (bpy.types.Object, bpy.types.Scene, bpy.types.WindowManager, bpy.types.Collection)
    menus = [getattr(bpy.types, name) for name in dir(bpy.types) if "_MT_" in name or "_PT_" in name]
    return {
        "types": [name for name in dir(bpy.types) if "hitem3d" in name.lower()],
        "operators": dir(bpy.ops.hitem3d),
        "properties": [p for kind in kinds for p in kind.bl_rna.properties.keys() if "hitem3d" in p],  # noqa: SIM118
        "handlers": sum(map(len, lists.values())),
        "menu_entries": sum(len(getattr(menu.draw, "_draw_funcs", ())) for menu in menus if hasattr(menu, "draw")),
        "enabled": [name for name in bpy.context.preferences.addons.keys() if "hitem3d" in name],  # noqa: SIM118
    }


states = [registered()]
for operator in (bpy.ops.preferences.addon_disable, bpy.ops.preferences.addon_enable) * 2:
    operator(module=MODULE)
    states.append(registered())
answer(states=states)
