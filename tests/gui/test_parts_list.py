# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of parts in a window: a click selects, the selection marks, and F3 finds what is done with parts."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from blender.window import REPOSITORY, BlenderWindow
from PIL import Image
from sandbox.process import Sandbox
from tasks_in_a_window import SEGMENTED_ROBOT

OpenWindow = Callable[..., BlenderWindow]
PARTS = "bpy.data.collections['Robot parts'].objects"
COUNT = f"result = len({PARTS})"
SELECTED = f"""
bpy.ops.object.select_all(action='DESELECT')
for number in (1, 3):
    {PARTS}[number].select_set(True)
    bpy.context.view_layer.objects.active = {PARTS}[number]
bpy.ops.ed.undo_push(message='chosen')
"""


def find(window: BlenderWindow, typed: str) -> None:
    """Type it into F3, and take what is found first."""
    window.move(700, 500)
    window.keys("F3")
    window.type(typed)
    time.sleep(0.5)
    window.keys("RET")


def test_the_list_and_what_f3_finds(open_window: OpenWindow, sandbox: Sandbox, blender: str) -> None:
    window = open_window()
    window.run(SEGMENTED_ROBOT + SELECTED)
    count = int(window.run(COUNT))
    window.widen_sidebar(300)
    window.move(700, 200)
    time.sleep(1)
    picture = REPOSITORY / "build" / "screenshots" / Path(blender).name / "parts.png"
    window.picture(picture)
    with Image.open(picture) as whole:
        whole.crop((1022, 570, 1283, 872)).save(picture)

    find(window, "merge parts")
    window.until(f"len({PARTS}) == {count - 1}")
    window.run("bpy.ops.ed.undo()")
    find(window, "solo parts")
    window.until(f"sum(part.visible_get() for part in {PARTS}) == 2")
    window.run("bpy.ops.ed.undo()")
    assert window.run(f"result = sum(part.visible_get() for part in {PARTS})") == count
    find(window, "delete parts")
    window.until("'Robot parts' not in bpy.data.collections")
    assert window.run("result = bpy.context.active_object.visible_get()") is True
    window.run("bpy.ops.ed.undo()")
    assert window.run(COUNT) == count
    assert "Traceback" not in window.log, window.log
