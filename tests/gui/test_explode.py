# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Explode in a window: found by its first word, and dragged by the slider; one undo step each."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from blender.window import REPOSITORY, BlenderWindow
from PIL import Image
from sandbox.process import Sandbox
from tasks_in_a_window import SEGMENTED_ROBOT

OpenWindow = Callable[..., BlenderWindow]
COLLECTION = "bpy.data.collections['Robot parts']"
PLACES = f"result = [list(o.matrix_world.translation) for o in {COLLECTION}.objects]"
VIEW_SELECTED = """
with bpy.context.temp_override(area=area(), region=next(r for r in area().regions if r.type == 'WINDOW')):
    bpy.ops.view3d.view_selected()
"""
SHOWN = """
for obj in bpy.data.collections['Robot parts'].objects: obj.select_set(True)
import mathutils
area().spaces.active.region_3d.view_rotation = mathutils.Euler((1.25, 0, -0.6)).to_quaternion()
area().spaces.active.shading.color_type = 'OBJECT'
area().spaces.active.overlay.show_outline_selected = False
area().spaces.active.overlay.show_object_origins = False
"""


def test_f3_finds_it_and_the_slider_moves_the_parts(open_window: OpenWindow, sandbox: Sandbox, blender: str) -> None:
    pictures = REPOSITORY / "build" / "screenshots" / Path(blender).name
    window = open_window()
    window.run(SEGMENTED_ROBOT + SHOWN + VIEW_SELECTED)
    before = window.run(PLACES)
    window.move(700, 500)
    window.keys("F3")
    window.type("explode")
    time.sleep(0.5)
    window.picture(pictures / "F3 explode.png")
    window.keys("RET")
    window.until(f"{COLLECTION}.hitem3d_explode == 1")
    apart = window.run(PLACES)
    assert apart != before
    window.run("bpy.ops.ed.undo()")
    assert window.run(PLACES) == before

    window.run("bpy.data.objects['Robot'].hide_set(False); bpy.data.objects['Robot'].select_set(True)")
    window.keys("F3")
    window.type("apply parts sel")
    time.sleep(0.5)
    window.picture(pictures / "F3 apply.png")
    window.keys("RET")
    window.until("'hitem3d_part_colour' in bpy.data.objects['Robot'].data.attributes")
    window.run("bpy.ops.ed.undo()")

    window.widen_sidebar(260)
    window.run(f"{COLLECTION}.hitem3d_explode = 0.7\n" + VIEW_SELECTED)
    window.move(700, 200)
    window.picture(pictures / "exploded.png")
    with Image.open(pictures / "exploded.png") as whole:
        whole.crop((60, 100, 1300, 890)).save(pictures / "exploded.png")
    window.run(f"{COLLECTION}.hitem3d_explode = 0.0")
    assert window.run(PLACES) == before
    assert "Traceback" not in window.log, window.log
