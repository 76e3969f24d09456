# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A result file -> one object per part, in a collection of their own, where the object that was sent is now.

The file is imported into a scene of its own. So the user's selection, mode, cursor and view are never touched on the
way, and the scene's unit scale, which the importers obey, plays no part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import bpy
from bpy.types import Collection, Context, Object

from ..core.choices import PartsChoice, Placement
from ..core.errors import Message
from ..mesh.colours import colour_part
from ..mesh.new_data import NewData
from ..mesh.scratch import ScratchScene
from ..session.record import Record
from .inside_out import turn_inside_out
from .loading import load
from .names import collection_name
from .order import cut_by_order
from .part_objects import home, make_children, make_objects, select_parts
from .placing.place import find_place
from .report import import_report
from .splitting.told import Told
from .splitting.told_report import told_notes


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import."""

    collection: Collection
    objects: Sequence[Object]
    report: Message
    doubtful: bool
    """The parts may not be where they belong, and the report says why: it is a warning."""
    notes: Sequence[Message] = ()
    """How the parts were told apart, and what was left out."""
    warnings: Sequence[Message] = ()


def import_result(
    context: Context,
    file: Path,
    source: Object | None,
    record: Record | None,
    *,
    name: str,
    parts: PartsChoice = "AUTO",
    placement: Placement = "AUTO",
    hide_source: bool = False,
    parent: bool = False,
) -> Imported:
    """Import a result where the source, the object that was sent, is now; without a source where it was at the press.

    ``name`` is what the parts and their collection are called after. With ``parent`` the parts become children of the
    source and stay where they are. The new parts are selected; mode and active object stay. Raises ResultError or
    MissingError; then Blender's data is as before. One undo step with the operator that calls.
    """
    if context.mode == "SCULPT":
        # The last undo step is one of Sculpt Mode, which holds only what was sculpted: undo would leave the parts.
        bpy.ops.ed.undo_push(message="Sculpt Mode")
    context.view_layer.update()
    with NewData() as new:
        collection = bpy.data.collections.new(collection_name(name))
        with ScratchScene() as scratch:
            loaded = load(context, file, collection, scratch, new, parts)
            place = find_place(context, loaded.surfaces, source, record, search=placement == "AUTO")
            loaded = replace(loaded, surfaces=())  # as much memory as the file
        if source and loaded.may_hold_more and (cut_off := cut_by_order(context, loaded.parts[0], place, source)):
            loaded = replace(loaded, parts=cut_off, told=Told("ORDER"), warnings=())
        objects = make_objects(loaded.parts, place, name, collection)
        if source and not place.doubtful:
            turn_inside_out(context, objects, source)
        new.keep_only([collection, *objects])
        for number, part in enumerate(objects):
            colour_part(part, number)
        home(context, source).children.link(collection)
        if source and parent:
            make_children(context, objects, source)
    if source and hide_source and source.mode == "OBJECT":  # what is edited would go on unseen
        source.hide_render = True
        if source.name in context.view_layer.objects:
            source.hide_set(True)
    select_parts(context, objects)
    shape_key = record.shape_key if record else ""
    report = import_report(place, count=len(objects), name=name, shape_key=shape_key)
    notes = [*loaded.notes, *told_notes(loaded.told)]
    return Imported(collection, objects, report, place.doubtful, notes, loaded.warnings)
