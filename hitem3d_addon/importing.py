# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Importing as a user asked for it, and finding again what was imported for an object."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import bpy

from .core.errors import MissingError
from .record import TASK_ID, read_record, task_id_of

if TYPE_CHECKING:
    from .core.model import Task
    from .parts import PartsChoice
    from .scene_import import Imported, Placement


class ImportOptions(NamedTuple):
    """The properties of the import that say how."""

    parts: "PartsChoice" = "AUTO"
    placement: "Placement" = "AUTO"
    hide_source: bool = False
    parent: bool = False


def import_parts(
    context: bpy.types.Context, file: Path, task: "Task", source: bpy.types.Object | None, options: ImportOptions
) -> "Imported":
    """Import the result of a task for the object that was sent, and note on the collection which task it is of.

    Without an object, as with a task of another file, the parts stand around the world's origin. Raises ResultError or
    MissingError; then nothing has changed.
    """
    try:
        from .scene_import import import_result
    except ModuleNotFoundError as error:
        if error.name != "numpy":
            raise
        raise MissingError(
            "This build of Blender has no NumPy, which the import needs. "
            "Install your system's NumPy package for Blender's Python, or use Blender from blender.org."
        ) from error
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
    return imported


def parts_of(obj: bpy.types.Object) -> list[bpy.types.Object]:
    """The parts that were imported last for the object's task and still are in this file."""
    task_id = task_id_of(obj)
    if not task_id:
        return []
    found = [c for c in bpy.data.collections if c.get(TASK_ID) == task_id and c.objects]
    newest = max(found, key=lambda collection: collection.session_uid, default=None)
    return [part for part in newest.objects if part.type == "MESH"] if newest else []
