# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator that moves the parts of an import apart, and the slider that does so while it is dragged."""

import bpy
from bpy.props import FloatProperty

from ..core.errors import InputError, Message
from ..session.exploded import FARTHEST, amount_of, note_amount
from ..session.parts import find_parts, import_of_part, moved_elsewhere
from ..session.record import parts_in
from .base import PartsOperator

SLIDER = "hitem3d_explode"
"""The property of each collection that an import has made."""


class HITEM3D_OT_explode_parts(PartsOperator):
    """Move the imported parts apart to look at them. Everything else takes them as if they were in place"""

    bl_idname = "hitem3d.explode_parts"
    bl_label = "Explode Parts"

    amount: FloatProperty(
        name="Explode",
        description="How far the parts are moved apart; with 0 they are where they belong",
        default=1.0,
        min=0.0,
        max=FARTHEST,
        options={"SKIP_SAVE"},
    )

    def run(self, context: bpy.types.Context) -> Message:
        from ..apply.exploding import explode
        from ..mesh.editable import check_own
        from ..parts.naming import check_not_edited

        parts = find_parts(context)
        if not parts:
            raise InputError("There are no parts to move apart. Select imported parts.")
        if collection := import_of_part(parts[0]):
            parts = list(dict.fromkeys([*parts, *moved_elsewhere(collection)]))
        check_not_edited(context, parts)
        check_own(parts)
        explode(context, parts, self.amount)
        if collection:
            note_amount(collection, self.amount)
        if not self.amount:
            return Message("The parts are where they belong")
        return Message("{count} parts moved apart", {"count": len(parts)})


def draw_slider(layout: bpy.types.UILayout, part: bpy.types.Object) -> None:
    """The slider for the import that a part is of."""
    if collection := import_of_part(part):
        row = layout.row()
        row.enabled = bpy.context.mode == "OBJECT" and collection.is_editable
        row.prop(collection, SLIDER, slider=True)


def _slide(collection: bpy.types.Collection, amount: float) -> None:
    from ..apply.exploding import explode
    from ..mesh.editable import check_own
    from ..parts.naming import check_not_edited

    parts = [*parts_in(collection), *moved_elsewhere(collection)]
    try:
        check_not_edited(bpy.context, parts)
        check_own(parts)
    except InputError:  # the amount that was is seen again
        return
    explode(bpy.context, parts, amount)
    note_amount(collection, amount)


_register_classes, _unregister_classes = bpy.utils.register_classes_factory((HITEM3D_OT_explode_parts,))


def register() -> None:
    _register_classes()
    slider = FloatProperty(
        name="Explode",
        description="How far the parts are moved apart; with 0 they are where they belong",
        min=0.0,
        max=FARTHEST,
        get=amount_of,
        set=_slide,
        options=set(),
    )
    setattr(bpy.types.Collection, SLIDER, slider)


def unregister() -> None:
    delattr(bpy.types.Collection, SLIDER)
    _unregister_classes()
