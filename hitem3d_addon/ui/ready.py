# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells once that parts are ready, where no sidebar shows it: in a corner of the 3D View, and in the status bar.

The status bar is in no list of areas, so Blender draws it when it likes: with the next move of the mouse. What would
draw it sooner is not safe from a timer.
"""

import blf
import bpy

from ..session.board import board
from .wording import translated

_SHOWN = 20.0
"""Seconds."""
_MARGIN = 16
_POINTS = 13

_handler: object = None


def _draw_status(self: bpy.types.Header, context: bpy.types.Context) -> None:
    if board.news:
        self.layout.label(text=translated(board.news), icon="IMPORT", translate=False)
        _forget_later()


def _draw_corner() -> None:
    """In a 3D View whose sidebar does not show the tasks."""
    context = bpy.context
    if not board.news or context.area is None:
        return
    _forget_later()
    sidebar = next((region for region in context.area.regions if region.type == "UI"), None)
    if sidebar and sidebar.width > 1 and getattr(sidebar, "active_panel_category", "") == "Hitem3D":
        return
    scale = context.preferences.system.ui_scale
    tools = next((region for region in context.area.regions if region.type == "TOOLS"), None)
    left = tools.width if tools and context.preferences.system.use_region_overlap else 0
    blf.size(0, _POINTS * scale)
    blf.color(0, 1.0, 1.0, 1.0, 1.0)
    blf.enable(0, blf.SHADOW)
    blf.shadow(0, 5, 0.0, 0.0, 0.0, 0.9)
    blf.position(0, left + _MARGIN * scale, _MARGIN * scale, 0)
    blf.draw(0, translated(board.news))
    blf.disable(0, blf.SHADOW)


def _forget_later() -> None:
    """The time runs from when it is seen."""
    if not bpy.app.timers.is_registered(_forget):
        bpy.app.timers.register(_forget, first_interval=_SHOWN)


def _forget() -> None:
    board.show_news(None)


def register() -> None:
    global _handler
    if not bpy.app.background:
        bpy.types.STATUSBAR_HT_header.append(_draw_status)
        _handler = bpy.types.SpaceView3D.draw_handler_add(_draw_corner, (), "WINDOW", "POST_PIXEL")


def unregister() -> None:
    global _handler
    if _handler:
        bpy.types.STATUSBAR_HT_header.remove(_draw_status)
        bpy.types.SpaceView3D.draw_handler_remove(_handler, "WINDOW")
    if bpy.app.timers.is_registered(_forget):
        bpy.app.timers.unregister(_forget)
    _handler = None
