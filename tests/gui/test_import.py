# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Importing in a real window, where importers see the user's screen, mode and selection: one undo step, no trace."""

from __future__ import annotations

from collections.abc import Callable

from blender.window import BlenderWindow

OpenWindow = Callable[..., BlenderWindow]

STATE = """
layer = bpy.context.view_layer
result = [
    sorted(obj.name for obj in bpy.data.objects),
    [len(kind) for kind in (bpy.data.meshes, bpy.data.materials, bpy.data.collections, bpy.data.scenes)],
    bpy.context.mode,
    layer.objects.active.name,
    sorted(obj.name for obj in layer.objects.selected),
    window().scene.name,
    list(bpy.context.scene.cursor.location),
    [list(row) for row in area().spaces.active.region_3d.view_matrix],
]
"""


def test_an_import_is_one_undo_step_in_every_mode_and_format(open_window: OpenWindow) -> None:
    window = open_window()
    window.run("bpy.context.scene.cursor.location = (1, 2, 3)")
    for output_format in ("GLB", "OBJ", "STL", "FBX"):
        window.run(f"bpy.ops.hitem3d.create_task(seg_level='HIGH', format={output_format!r})")
        for mode in ("OBJECT", "EDIT", "SCULPT") if output_format == "GLB" else ("EDIT",):
            window.run(f"bpy.ops.object.mode_set('EXEC_DEFAULT', True, mode={mode!r})")
            before = window.run(STATE)
            window.run("bpy.ops.hitem3d.import_result('EXEC_DEFAULT', True, wait=True)")
            after = window.run(STATE)
            parts = sorted(set(after[0]) - set(before[0]))
            assert len(parts) > 1 or (output_format == "STL" and parts)
            assert after[1] == [before[1][0] + len(parts), before[1][1] + len(parts), before[1][2] + 1, before[1][3]]
            assert (after[2:4], after[5:]) == (before[2:4], before[5:])
            assert after[4] == sorted(parts if mode == "OBJECT" else [*before[4], *parts])
            for _ in range(2):
                window.run("bpy.ops.ed.undo()")
                assert window.run(STATE) == before
                window.run("bpy.ops.ed.redo()")
                assert window.run(STATE)[0] == after[0]
            window.run("bpy.ops.ed.undo()")
        window.run("bpy.ops.object.mode_set('EXEC_DEFAULT', True, mode='OBJECT')")
