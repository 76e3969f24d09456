# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a window stands still at a press of Segment, at Import Parts and at Apply Parts, drawing included.

Beside each stands what Blender alone takes in the same window: the least that changes as much of what is seen, by hand.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from blender.window import BlenderWindow, Screen
from sandbox.process import Sandbox

from .row import Row, Skipped
from .window import GAPS, HEARTBEAT, MODULES, blender_with_screen

SETTLED = 2.0
"""Seconds after which all that a press has set off is drawn."""
MODEL = """
for obj in list(bpy.data.objects):
    bpy.data.objects.remove(obj)
for number in range(4):
    at = number, 0.3 * (number % 2), 0
    bpy.ops.mesh.primitive_uv_sphere_add(segments={segments}, ring_count={rings}, radius=0.8, location=at)
bpy.ops.object.select_all(action="SELECT")
bpy.ops.object.join()
thing = bpy.context.object
"""
PRESS = "bpy.ops.hitem3d.{}('INVOKE_DEFAULT', True, **{})"
REDRAW = "area().tag_redraw()"
COPY = """
copies = bpy.data.collections.new("Copies")
for part in parts:
    copy = bpy.data.objects.new(part.name, part.data.copy())
    copy.matrix_world = part.matrix_world
    copies.objects.link(copy)
    part.hide_set(True)
bpy.context.scene.collection.children.link(copies)
bpy.ops.ed.undo_push()
"""
COLOUR = """
thing.hide_set(False)
for copy in copies.objects:
    copy.hide_set(True)
mesh = thing.data
mesh.attributes.new("by hand", "INT", "FACE").data.foreach_set("value", [0] * len(mesh.polygons))
mesh.color_attributes.new("by hand", "BYTE_COLOR", "CORNER")
mesh.update()
bpy.ops.ed.undo_push()
"""


def rows(quick: bool) -> Iterator[Row | Skipped]:
    blender, why_not = blender_with_screen()
    if not blender:
        yield Skipped("Pauses of a window at a press", why_not)
        return
    rings, rounds = (25, 1) if quick else (250, 5)
    found: dict[str, list[float]] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hitem3d-bench-", dir="/tmp")))
        service = stack.enter_context(Sandbox(seconds=0.5))
        environ = {"HITEM3D_API_URL": service.url, "HITEM3D_TOKEN": service.token, "HITEM3D_HOME": f"{folder}/home"}
        screen = stack.enter_context(Screen())
        window = stack.enter_context(BlenderWindow(blender, screen, environ, resources=folder / "resources"))
        window.run("show_sidebar()")
        window.run(MODULES)
        for number in range(rounds):
            for name, seconds in _round(window, 2 * rings, rings + number, number + 1):
                found.setdefault(name, []).append(seconds)
    for what, beside in (("Segment", "a redraw"), ("Import Parts", "the parts copied"), ("Apply Parts", "a colour")):
        ours, blenders = median(found[what]), median(found[beside])
        triangles = 16 * rings * (rings - 1)
        name = f"Longest pause of a window at {what}, {triangles / 1e6:.1g} M triangles"
        yield Row(name, ours, "s", "", None, f"{beside}, by hand", blenders)


def _round(window: BlenderWindow, segments: int, rings: int, count: int) -> Iterator[tuple[str, float]]:
    """The pauses of one model's way; another number of rings makes it one that was not sent before."""
    window.run(MODEL.format(segments=segments, rings=rings))
    time.sleep(SETTLED)
    yield "a redraw", _pause(window, REDRAW)
    yield "Segment", _pause(window, PRESS.format("create_task", {"seg_level": "LOW", "without_dialog": True}))
    window.until(f"sum(task.state == 'done' for task in board.tasks.values()) == {count}", 120)
    time.sleep(SETTLED)
    yield "Import Parts", _pause(window, PRESS.format("import_result", {}))
    window.run("parts = [obj for obj in bpy.data.objects if 'hitem3d_part' in obj]; assert len(parts) > 1")
    yield "Apply Parts", _pause(window, PRESS.format("apply_parts", {"target": "FACE_SETS"}))
    window.run("thing.hide_set(True)")
    time.sleep(SETTLED)
    yield "the parts copied", _pause(window, COPY)
    yield "a colour", _pause(window, COLOUR)


def _pause(window: BlenderWindow, code: str) -> float:
    """The longest time in which the window did nothing else, in seconds."""
    window.run(HEARTBEAT)
    time.sleep(0.5)
    window.run(code)
    time.sleep(SETTLED)
    return float(max(window.run(GAPS)))
