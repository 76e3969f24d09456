# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a model of any kind into Blender, and saves what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import bpy
from blender.output import silenced
from bpy.types import Object

IMPORTERS = {
    ".glb": lambda path: bpy.ops.import_scene.gltf(filepath=path),
    ".obj": lambda path: bpy.ops.wm.obj_import(filepath=path),
    ".stl": lambda path: bpy.ops.wm.stl_import(filepath=path),
}


def load(file: Path) -> list[Object]:
    """Open a model and give the objects that it consists of: in a .blend what was selected, else all that show.

    Raises RuntimeError when it can't be read or shows no surface.
    """
    path = str(file.resolve())
    try:
        with silenced():
            if file.suffix.lower() == ".blend":
                bpy.ops.wm.open_mainfile(filepath=path, load_ui=False, use_scripts=False)
            else:
                bpy.ops.wm.read_factory_settings(use_empty=True)
                IMPORTERS[file.suffix.lower()](path)
    except RuntimeError as error:
        raise RuntimeError(f"{file} can't be read: {_last_line(error)}") from error
    layer = bpy.context.view_layer
    shown = [obj for obj in layer.objects if obj.visible_get() and _triangles(obj)]
    selected = [obj for obj in shown if obj.select_get()]
    if not shown:
        raise RuntimeError(f"{file} shows no surface, so there is nothing to cut into parts. Try another model.")
    chosen = selected or shown
    return sorted(chosen, key=lambda obj: (obj != layer.objects.active, -_triangles(obj)))


def described(objects: Sequence[Object]) -> str:
    """The objects in few words."""
    triangles = sum(map(_triangles, objects))
    more = f" and {len(objects) - 1} more" if len(objects) > 1 else ""
    return f"“{objects[0].name}”{more}, {triangles:,} triangles"


def save(file: Path) -> None:
    """Save the open file as a new .blend, without a backup of the last one. Raises RuntimeError."""
    bpy.context.preferences.filepaths.save_version = 0
    with silenced():
        bpy.ops.wm.save_as_mainfile(filepath=str(file), compress=True)


def _triangles(obj: Object) -> int:
    """How many triangles the object shows, its modifiers applied."""
    if obj.type not in {"MESH", "CURVE", "SURFACE", "FONT", "META"}:
        return 0
    evaluated = obj.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = evaluated.to_mesh()
    if mesh is None:
        return 0
    mesh.calc_loop_triangles()
    count = len(mesh.loop_triangles)
    evaluated.to_mesh_clear()
    return count


def _last_line(error: RuntimeError) -> str:
    """What an operator said last: importers put a traceback before it."""
    return str(error).strip().rpartition("\n")[2].removeprefix("Error: ")
