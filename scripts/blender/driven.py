# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside Blender: executes what `window` writes into a folder, one piece after the other, from a timer."""

import contextlib
import json
import os
import traceback
from pathlib import Path

import bpy

folder = Path(os.environ["GUI_TEST_FOLDER"])
position = [800, 500]
count = 0


def window() -> bpy.types.Window:
    return bpy.context.window_manager.windows[0]


def simulate(**event: object) -> None:
    window().event_simulate(x=position[0], y=position[1], **event)


def move(x: int, y: int) -> None:
    position[:] = x, y
    simulate(type="MOUSEMOVE", value="NOTHING")


def area(kind: str = "VIEW_3D") -> bpy.types.Area:
    return next(area for area in window().screen.areas if area.type == kind)


def show_sidebar(category: str = "Hitem3D") -> None:
    view = area()
    view.spaces.active.show_region_ui = True
    region = next(region for region in view.regions if region.type == "UI")
    with contextlib.suppress(AttributeError, TypeError):  # settable once the sidebar was drawn
        region.active_panel_category = category
    view.tag_redraw()


names = {
    "bpy": bpy,
    "simulate": simulate,
    "move": move,
    "window": window,
    "area": area,
    "show_sidebar": show_sidebar,
}


def step() -> float:
    global count
    code = folder / f"{count + 1}.code"
    if code.exists():
        count += 1
        answer = {"result": None, "error": ""}
        names["result"] = None
        try:
            compiled = compile(code.read_text("utf-8"), f"step {count}", "exec")
            if code.read_text("utf-8").startswith("bpy.ops.wm."):
                exec(compiled, names)  # a file that is loaded takes the overridden window away
            else:
                view = area()
                region = next(region for region in view.regions if region.type == "WINDOW")
                with bpy.context.temp_override(window=window(), area=view, region=region):
                    exec(compiled, names)
            answer["result"] = names["result"]
            text = json.dumps(answer)
        except Exception:
            text = json.dumps({"result": None, "error": traceback.format_exc()})
        part = folder / f"{count}.writing"
        part.write_text(text, "utf-8")
        part.replace(folder / f"{count}.answer")
    return 0.02


def begin() -> None:
    if os.environ["GUI_TEST_ADDON"]:
        bpy.ops.preferences.addon_enable(module=os.environ["GUI_TEST_ADDON"])
    (folder / "ready").touch()


bpy.context.preferences.view.show_splash = False
bpy.context.preferences.system.use_region_overlap = False  # a sidebar that fades in is not in the picture yet
bpy.app.timers.register(begin, first_interval=0.5)
bpy.app.timers.register(step, first_interval=0.6, persistent=True)
