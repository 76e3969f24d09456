# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Close Parts and Add Pegs in a window, from F3 and the sidebar; Esc in the middle changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from blender.window import REPOSITORY, BlenderWindow, until
from sandbox.process import Sandbox

OpenWindow = Callable[..., BlenderWindow]

BALL = """
import bmesh, numpy as np
for obj in list(bpy.data.objects): bpy.data.objects.remove(obj)
bpy.context.preferences.view.show_splash = False
bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=6, radius=3)
ball = bpy.context.object
points = np.array([vertex.co for vertex in ball.data.vertices])
corners = np.array([polygon.vertices for polygon in ball.data.polygons])
seeds = points[np.random.default_rng(1).choice(len(points), 60, replace=False)]
labels = ((points[corners].mean(axis=1)[:, None] - seeds) ** 2).sum(axis=2).argmin(axis=1)
bpy.data.objects.remove(ball)
collection = bpy.data.collections.new('Ball parts')
collection['hitem3d_task_id'] = 'segmentation_1'
bpy.context.scene.collection.children.link(collection)
for label in np.unique(labels).tolist():
    used, places = np.unique(corners[labels == label], return_inverse=True)
    mesh = bpy.data.meshes.new(f'part {label}')
    mesh.from_pydata(points[used].tolist(), [], places.reshape(-1, 3).tolist())
    part = bpy.data.objects.new(mesh.name, mesh)
    part['hitem3d_part'] = 'segmentation_1'
    collection.objects.link(part)
    part.select_set(True)
bpy.context.view_layer.objects.active = part
bpy.ops.ed.undo_push(message='parts')
bpy.context.scene['marker'] = 1
bpy.ops.ed.undo_push(message='marker')
"""
SIZES = """
result = [(part.name, len(part.data.vertices), len(part.data.polygons), len(part.data.materials), part.select_get())
          for part in bpy.data.collections['Ball parts'].objects]
"""
OPEN = """
result = 0
for part in bpy.data.collections['Ball parts'].objects:
    made = bmesh.new()
    made.from_mesh(part.data)
    result += sum(not edge.is_manifold for edge in made.edges)
    made.free()
"""
BEAM = """
for obj in list(bpy.data.objects): bpy.data.objects.remove(obj)
bpy.context.preferences.view.show_splash = False
bpy.ops.mesh.primitive_cube_add(scale=(3, 0.6, 0.6))
divide = bpy.context.object.modifiers.new('Subdivision', 'SUBSURF')
divide.subdivision_type, divide.levels = 'SIMPLE', 3
bpy.ops.hitem3d.create_task(seg_level='MEDIUM')
bpy.ops.hitem3d.import_result('EXEC_DEFAULT', True, wait=True, hide_source=True)
bpy.context.view_layer.objects.active = bpy.context.selected_objects[0]
bpy.ops.hitem3d.close_parts('EXEC_DEFAULT', True)
"""
PEGS = """
result = 0
for obj in bpy.data.objects:
    if 'hitem3d_part' in obj and 'hitem3d_peg' in obj.data.attributes:
        result += sum(one.value for one in obj.data.attributes['hitem3d_peg'].data)
"""
RUNS = "[operator.bl_idname for operator in window().modal_operators] == ['HITEM3D_OT_close_parts']"
ENDED = "len(window().modal_operators) == 0"


def find(window: BlenderWindow, words: str) -> None:
    """F3, and what is found first by its name."""
    window.move(700, 500)
    window.keys("F3")
    window.type(words)
    time.sleep(0.5)
    window.keys("RET")


def press(window: BlenderWindow) -> None:
    find(window, "close parts")
    window.until(RUNS)


def test_esc_changes_nothing_and_then_it_goes_through(open_window: OpenWindow, blender: str) -> None:
    pictures = REPOSITORY / "build" / "screenshots" / Path(blender).name
    window = open_window()
    window.run(BALL)
    before, materials = window.run(SIZES), window.run("result = len(bpy.data.materials)")
    assert window.run("import bmesh" + OPEN) > 1000

    press(window)
    window.picture(pictures / "closing.png")
    assert window.run(f"result = {RUNS}"), "it was over before Esc was pressed"
    window.keys("ESC")
    window.until(ENDED)
    window.picture(pictures / "closing stopped.png")
    assert window.run(SIZES) == before
    assert window.run("result = len(bpy.data.materials)") == materials
    # Esc has left no step: the one before it is what is undone.
    window.run("bpy.ops.ed.undo()")
    assert window.run("result = bpy.context.scene.get('marker')") is None
    window.run("bpy.ops.ed.redo()")
    assert window.run("result = bpy.context.scene.get('marker')") == 1

    press(window)
    window.until(ENDED, 120)
    time.sleep(1)
    window.picture(pictures / "closing ended.png")
    assert window.run(OPEN) == 0
    window.run("bpy.ops.ed.undo()")
    assert window.run(SIZES) == before
    assert window.run("result = bpy.context.scene.get('marker')") == 1
    assert "Traceback" not in window.log, window.log


def test_pegs_by_their_name_and_undone(open_window: OpenWindow, blender: str, sandbox: Sandbox) -> None:
    window = open_window()
    window.run(BEAM)
    window.until("'hitem3d_cap' in bpy.context.active_object.data.attributes")
    window.run("show_sidebar()")
    time.sleep(1)
    window.run("show_sidebar()")
    find(window, "add pegs")
    until(lambda: window.run(PEGS), "pegs", 60)
    time.sleep(1)
    window.picture(REPOSITORY / "build" / "screenshots" / Path(blender).name / "pegs.png")
    assert window.run("result = bpy.context.window_manager.operators[-1].bl_idname") == "HITEM3D_OT_add_pegs"
    window.run("bpy.ops.ed.undo()")
    assert window.run(PEGS) == 0
    assert window.run("result = 'hitem3d_cap' in bpy.context.active_object.data.attributes")
    assert "Traceback" not in window.log, window.log
