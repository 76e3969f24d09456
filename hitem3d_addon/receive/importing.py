# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports parts as the user asked for them, and marks them as parts of their task."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from ..core.choices import ImportOptions
from ..core.errors import InputError, MissingError
from ..session.exploded import in_place
from ..session.record import ORIGINAL, PART, TASK_ID, parts_in, read_record

if TYPE_CHECKING:
    from ..core.task import Task
    from .scene_import import Imported


def import_parts(
    context: bpy.types.Context, file: Path, task: Task, source: bpy.types.Object | None, options: ImportOptions
) -> Imported:
    """Import the result of a task for the object that was sent, and note on the parts which task they are of.

    Without an object, as with a task of another file, the parts stand around the world's origin. Raises ResultError,
    MissingError, and InputError while a part is edited that would be replaced; then nothing has changed.
    """
    try:
        from .brought import find_brought, replacing, seal
        from .scene_import import import_result
    except ModuleNotFoundError as error:
        if error.name != "numpy":
            raise
        raise MissingError(
            "This build of Blender has no NumPy, which the import needs. "
            "Install your system's NumPy package for Blender's Python, or use Blender from blender.org."
        ) from error
    replaced = find_brought(task, source) if options.replace else []
    if any(part.mode != "OBJECT" for one in replaced for part in parts_in(one)):
        raise InputError("Leave the mode in which the active object is edited, and try again.")
    with in_place(context), replacing(replaced):
        imported = import_result(
            context,
            file,
            source,
            read_record(source) if source else None,
            name=source.name if source else task.name,
            parts=options.parts,
            placement=options.placement,
            hide_source=options.hide_source,
            parent=options.parent,
        )
    imported.collection[TASK_ID] = task.task_id
    imported.collection[ORIGINAL] = source.name if source else ""
    for part in imported.objects:
        part[PART] = task.task_id
    seal(imported.collection)
    return imported
