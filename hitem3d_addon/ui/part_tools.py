# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operators that change the parts of an import: merge, split, rename, delete, and show one alone."""

from collections.abc import Sequence

import bpy
from bpy.props import BoolProperty, StringProperty

from ..core.errors import InputError, Message, Value
from ..session.exploded import amount_of
from ..session.parts import find_import, import_of_part, originals_of, show
from ..session.record import PART, parts_in
from .base import PartsOperator
from .wording import translated


class HITEM3D_OT_merge_parts(PartsOperator):
    """Join the selected parts into one, which gets the name of the active one"""

    bl_idname = "hitem3d.merge_parts"
    bl_label = "Merge Parts"

    def run(self, context: bpy.types.Context) -> Message | None:
        from ..parts.merging import merge_parts

        collection = _find_import(context)
        chosen = _selected_parts(context, collection)
        followed = merge_parts(context, collection, chosen, chosen[0])
        _explode_again(context, collection)
        _select_only(context, chosen[:1])
        values: dict[str, Value] = {"count": len(chosen), "name": chosen[0].name}
        if followed:
            return Message("{count} parts are “{name}” now", values)
        again = Message(
            "{count} parts are “{name}” now. Apply the parts again to bring the original up to date", values
        )
        self.report({"WARNING"}, translated(again))
        return None


class HITEM3D_OT_split_parts(PartsOperator):
    """Cut each selected part into the parts that it was merged from, or else into its loose pieces"""

    bl_idname = "hitem3d.split_parts"
    bl_label = "Split Parts"

    def run(self, context: bpy.types.Context) -> Message | None:
        from ..apply.standing import has_labels
        from ..parts.splitting import split_part

        collection = _find_import(context)
        chosen = _selected_parts(context, collection)
        pieces: list[bpy.types.Object] = []
        refused: list[InputError] = []
        for part in chosen:
            try:
                pieces += split_part(context, collection, part)
            except InputError as error:  # another one may fall into pieces
                refused.append(error)
        if not pieces:
            raise refused[0]
        for refusal in refused:
            self.report({"WARNING"}, translated(refusal.message))
        _explode_again(context, collection)
        _select_only(context, pieces)
        values: dict[str, Value] = {"count": len(pieces)}
        if not any(map(has_labels, originals_of(collection))):
            return Message("{count} pieces", values)
        again = Message("{count} pieces. Apply the parts again to bring the original up to date", values)
        self.report({"WARNING"}, translated(again))
        return None


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
        from ..parts.naming import rename_part

        active = context.view_layer.objects.active
        if active is None or PART not in active:
            raise InputError("The active object is no imported part. Click a part.")
        rename_part(active, self.name)


class HITEM3D_OT_delete_parts(PartsOperator):
    """Delete all parts of this import and show the original again. They can be imported again at no cost"""

    bl_idname = "hitem3d.delete_parts"
    bl_label = "Delete Parts"

    def run(self, context: bpy.types.Context) -> Message:
        from ..parts.deleting import delete_parts

        collection = _find_import(context)
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
        from ..parts.isolating import are_alone, isolate

        collection = _find_import(context)
        chosen = _selected_parts(context, collection)
        if are_alone(context, collection, chosen):
            show(context, parts_in(collection), True)
        else:
            isolate(context, collection, chosen)


class HITEM3D_OT_next_part(PartsOperator):
    """Show only the next part of the list, and select it"""

    bl_idname = "hitem3d.next_part"
    bl_label = "Next Part"

    backwards: BoolProperty(
        name="Backwards", description="The part before this one", default=False, options={"SKIP_SAVE"}
    )

    def run(self, context: bpy.types.Context) -> None:
        from ..parts.isolating import find_next, isolate

        collection = _find_import(context)
        chosen = find_next(context, collection, backwards=self.backwards)
        if chosen is None:
            raise InputError("There are no parts in this view layer. Import them first.")
        isolate(context, collection, [chosen])
        _select_only(context, [chosen])


def _find_import(context: bpy.types.Context) -> bpy.types.Collection:
    if collection := find_import(context):
        return collection
    raise InputError("There are no parts in this view layer. Import them first.")


def _selected_parts(context: bpy.types.Context, collection: bpy.types.Collection) -> list[bpy.types.Object]:
    """The selected parts of the import, the active one first. What is hidden can't be selected.

    Raises InputError where none is, or parts of another import are as well.
    """
    chosen, active = set(context.selected_objects), context.view_layer.objects.active
    other = next((obj for obj in context.selected_objects if PART in obj and import_of_part(obj) != collection), None)
    if other and any(part in chosen for part in parts_in(collection)):
        raise InputError("“{name}” is a part of another import. Select the parts of one.", name=other.name)
    found = sorted((part for part in parts_in(collection) if part in chosen), key=lambda part: part != active)
    if not found:
        raise InputError("No part is selected. Select parts in the view, or with the arrows in the list.")
    return found


def _explode_again(context: bpy.types.Context, collection: bpy.types.Collection) -> None:
    """Of parts that are moved apart, those that have come or gone count, too."""
    if amount := amount_of(collection):
        from ..apply.exploding import explode

        explode(context, parts_in(collection), amount)


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
