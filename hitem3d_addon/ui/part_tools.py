# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operators that change the parts of an import: merge, split, rename, delete, and show one alone."""

from collections.abc import Sequence

import bpy
from bpy.props import BoolProperty, StringProperty

from ..core.errors import InputError, Message
from ..session.parts import find_import, find_parts, is_shown, show
from ..session.record import PART, parts_in
from .base import Hitem3DOperator
from .wording import translated


class PartsOperator(Hitem3DOperator):
    """What they share: they work on the import of the active object, or of what is selected."""

    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if find_import(context):
            return True
        cls.poll_message_set(translated(Message("Select imported parts, or the object that they were cut from")))
        return False


class HITEM3D_OT_merge_parts(PartsOperator):
    """Join the selected parts into one, which gets the name of the active one"""

    bl_idname = "hitem3d.merge_parts"
    bl_label = "Merge Parts"

    def run(self, context: bpy.types.Context) -> Message:
        from ..parts.pieces import merge

        chosen = _selected_parts(context)
        part = merge(context, chosen)
        _select_only(context, [part])
        return Message("{count} parts are “{name}” now", {"count": len(chosen), "name": part.name})


class HITEM3D_OT_split_parts(PartsOperator):
    """Cut each selected part into the parts that it was merged from, or else into its loose pieces"""

    bl_idname = "hitem3d.split_parts"
    bl_label = "Split Parts"

    def run(self, context: bpy.types.Context) -> Message:
        from ..parts.pieces import split

        chosen = _selected_parts(context)
        if not chosen:
            raise InputError("Select the parts that are to be cut into their pieces.")
        pieces: list[bpy.types.Object] = []
        whole: InputError | None = None
        for part in chosen:
            try:
                pieces += split(context, part, find_parts(context))
            except InputError as error:  # another one may fall into pieces
                whole = error
        if not pieces and whole:
            raise whole
        _select_only(context, pieces)
        return Message("{count} pieces", {"count": len(pieces)})


class HITEM3D_OT_rename_part(PartsOperator):
    """Rename the active part and its mesh, and its vertex group and material on the original"""

    bl_idname = "hitem3d.rename_part"
    bl_label = "Rename Part"

    name: StringProperty(name="Name", description="The new name", options={"SKIP_SAVE"})

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        active = context.view_layer.objects.active
        self.name = active.name if active else ""
        return context.window_manager.invoke_props_dialog(self)

    def run(self, context: bpy.types.Context) -> None:
        from ..parts.renaming import rename

        active = context.view_layer.objects.active
        if active is None or PART not in active:
            raise InputError("The active object is no imported part. Click a part.")
        if not self.name.strip():
            raise InputError("A part needs a name. Type one.")
        rename(active, self.name)


class HITEM3D_OT_delete_parts(PartsOperator):
    """Delete all parts of this import and show the original again. They can be imported again at no cost"""

    bl_idname = "hitem3d.delete_parts"
    bl_label = "Delete Parts"

    def run(self, context: bpy.types.Context) -> Message:
        from ..parts.deleting import delete_parts

        collection = find_import(context)
        if collection is None:
            raise InputError("There are no parts to delete. Select imported parts.")
        count = len(parts_in(collection))
        shown = delete_parts(context, collection)
        if not shown:
            return Message("{count} parts deleted. Their original is not in this scene", {"count": count})
        return Message("{count} parts deleted; “{name}” is back", {"count": count, "name": shown[0].name})


class HITEM3D_OT_solo_parts(PartsOperator):
    """Show only the selected parts; if only they are shown, show all parts again"""

    bl_idname = "hitem3d.solo_parts"
    bl_label = "Solo Parts"

    def run(self, context: bpy.types.Context) -> None:
        chosen, others = _selected_parts(context), _all_parts(context)
        if not chosen:
            raise InputError("Select the parts that are to be seen alone.")
        others = [part for part in others if part not in chosen]
        show(context, chosen, True)
        show(context, others, not is_shown(context, others))


class HITEM3D_OT_next_part(PartsOperator):
    """Show only the next part of the list, and select it"""

    bl_idname = "hitem3d.next_part"
    bl_label = "Next Part"

    backwards: BoolProperty(
        name="Backwards", description="The part before this one", default=False, options={"SKIP_SAVE"}
    )

    def run(self, context: bpy.types.Context) -> None:
        parts = _all_parts(context)
        active = context.view_layer.objects.active
        step = -1 if self.backwards else 1
        number = (parts.index(active) + step) % len(parts) if active in parts else min(step, 0)
        chosen = parts[number]
        show(context, [part for part in parts if part != chosen], False)
        show(context, [chosen], True)
        _select_only(context, [chosen])


def _all_parts(context: bpy.types.Context) -> list[bpy.types.Object]:
    """The parts of the import in the order of the list. Raises InputError where there are none in this view layer."""
    collection = find_import(context)
    parts = [part for part in parts_in(collection) if part.name in context.view_layer.objects] if collection else []
    if not parts:
        raise InputError("There are no parts in this view layer. Import them first.")
    return parts


def _selected_parts(context: bpy.types.Context) -> list[bpy.types.Object]:
    """The selected parts of the import, the active one first. What is hidden can't be selected."""
    parts, active = _all_parts(context), context.view_layer.objects.active
    return sorted((part for part in parts if part.select_get()), key=lambda part: part != active)


def _select_only(context: bpy.types.Context, parts: Sequence[bpy.types.Object]) -> None:
    """Select these and nothing else, the first one as the active object."""
    for obj in context.selected_objects:
        obj.select_set(False)
    for part in parts:
        part.select_set(True)
    context.view_layer.objects.active = parts[0]


register, unregister = bpy.utils.register_classes_factory(
    (
        HITEM3D_OT_merge_parts,
        HITEM3D_OT_split_parts,
        HITEM3D_OT_rename_part,
        HITEM3D_OT_delete_parts,
        HITEM3D_OT_solo_parts,
        HITEM3D_OT_next_part,
    )
)
