# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of an import as a list in the sidebar: colour, name, share of the surface, and whether each is seen.

The rows are the collection's own objects, so there is nothing to keep up to date but the shares: a timer measures them.
"""

import contextlib
import time
from collections.abc import Sequence

import bpy
from bpy.app.handlers import persistent
from bpy.props import BoolProperty, FloatVectorProperty, IntProperty, StringProperty

from ..session.board import board
from ..session.parts import find_import, show
from ..session.record import PART
from .part_tools import (
    HITEM3D_OT_delete_parts,
    HITEM3D_OT_merge_parts,
    HITEM3D_OT_next_part,
    HITEM3D_OT_solo_parts,
    HITEM3D_OT_split_parts,
)
from .sidebar import SidebarPanel, is_wide

INDEX = "hitem3d_part_index"
COLOUR = "hitem3d_part_colour"
NAME = "hitem3d_part_name"
SELECTED = "hitem3d_part_selected"
SHOWN = "hitem3d_part_shown"
_BUDGET = 0.02
"""Seconds that the timer measures at a time."""

_areas: dict[int, tuple[tuple[int, ...], float]] = {}
"""By an object's session_uid: what of its mesh was measured, and its area."""
_total = 0.0
_measured: tuple[int, ...] = ()
"""The collection whose areas these are, and how many objects it had."""

_found: tuple[tuple[int, int], int, float] = (0, 0), -1, 0.0
"""The collection and the object whose row was asked for last; the row, -1 for none; when it was found."""


class HITEM3D_UL_parts(bpy.types.UIList):
    """Colour, name, shown; where there is room, share of the surface and selected as well."""

    def draw_item(
        self,
        context: bpy.types.Context,
        layout: bpy.types.UILayout,
        data: bpy.types.Collection,
        item: bpy.types.Object,
        icon: int,
        active_data: bpy.types.Collection,
        active_property: str,
        index: int,
    ) -> None:
        row = layout.row(align=True)
        if PART not in item:  # something that the user has put there
            row.label(text=item.name, icon="OBJECT_DATA", translate=False)
            return
        swatch = row.row()
        swatch.ui_units_x = 0.8
        swatch.prop(item, COLOUR, text="")
        row.separator()
        row.prop(item, NAME, text="", emboss=False)
        if is_wide(context):  # else the names, which differ at their ends, would be cut off
            if (known := _areas.get(item.session_uid)) and _total:
                share = row.row()
                share.alignment = "RIGHT"
                share.ui_units_x = 2.6
                share.label(text=f"{100 * known[1] / _total:.1f} %", translate=False)
            icon_selected = "RESTRICT_SELECT_OFF" if item.select_get() else "RESTRICT_SELECT_ON"
            row.prop(item, SELECTED, text="", icon=icon_selected, emboss=False)
        row.prop(item, SHOWN, text="", icon="HIDE_ON" if item.hide_get() else "HIDE_OFF", emboss=False)


class HITEM3D_PT_parts(SidebarPanel, bpy.types.Panel):
    bl_label = "Parts"
    bl_parent_id = "HITEM3D_PT_segment"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return find_import(context) is not None

    def draw(self, context: bpy.types.Context) -> None:
        collection = find_import(context)
        if collection is None:
            return
        if _is_news(collection) and not bpy.app.timers.is_registered(_measure):
            bpy.app.timers.register(_measure, first_interval=0.0)
        layout = self.layout
        layout.template_list(
            HITEM3D_UL_parts.__name__,
            "",
            collection,
            "objects",
            collection,
            INDEX,
            rows=4,
            maxrows=8,
            item_dyntip_propname="",
        )
        row = layout.row(align=True)
        row.operator(HITEM3D_OT_solo_parts.bl_idname, text="Solo", icon="HIDE_OFF")
        row.operator(HITEM3D_OT_next_part.bl_idname, text="", icon="TRIA_UP").backwards = True
        row.operator(HITEM3D_OT_next_part.bl_idname, text="Next", icon="TRIA_DOWN").backwards = False
        row = layout.row(align=True)
        row.operator(HITEM3D_OT_merge_parts.bl_idname, text="Merge")
        row.operator(HITEM3D_OT_split_parts.bl_idname, text="Split")
        layout.operator(HITEM3D_OT_delete_parts.bl_idname, icon="TRASH")


def _is_news(collection: bpy.types.Collection) -> bool:
    """Whether the shares are those of something else; the active part may have been edited."""
    if _measured != (collection.session_uid, len(collection.objects)):
        return True
    active = bpy.context.view_layer.objects.active
    known = _areas.get(active.session_uid) if active else None
    return known is not None and known[0] != _version(active)


def _version(part: bpy.types.Object) -> tuple[int, ...]:
    return part.data.session_uid, len(part.data.polygons), len(part.data.vertices)


def _measure() -> float | None:
    """Measure the areas of the parts that are not known yet; a timer, which is called again until all are."""
    global _measured, _total
    import numpy as np

    collection = find_import(bpy.context)
    if collection is None:
        return None
    end = time.perf_counter() + _BUDGET
    parts = [part for part in collection.objects if part.type == "MESH" and PART in part]
    for part in parts:
        version = _version(part)
        if part.session_uid in _areas and _areas[part.session_uid][0] == version:
            continue
        if time.perf_counter() > end:
            return 0.0
        areas = np.empty(len(part.data.polygons), np.float32)
        part.data.polygons.foreach_get("area", areas)
        scale = abs(part.matrix_world.determinant()) ** (2 / 3)
        _areas[part.session_uid] = version, float(areas.sum(dtype=np.float64)) * scale
    for gone in _areas.keys() - {part.session_uid for part in parts}:
        del _areas[gone]
    _total = sum(area for _, area in _areas.values())
    _measured = collection.session_uid, len(collection.objects)
    board.redraw()
    return None


def _active_row(collection: bpy.types.Collection) -> int:
    """The row of the active object. Blender asks for each row that it draws, and to look for one of thousands takes a
    tenth of a millisecond: so what was found is only looked at again."""
    global _found
    active = bpy.context.view_layer.objects.active
    if active is None:
        return -1
    asked = collection.session_uid, active.session_uid
    known, row, when = _found
    if asked != known or not _is_still(collection, row, active, when):
        row = int(collection.objects.find(active.name))
        _found = asked, row, time.perf_counter()
    return row


def _is_still(collection: bpy.types.Collection, row: int, active: bpy.types.Object, when: float) -> bool:
    if row < 0:
        return time.perf_counter() - when < _BUDGET
    with contextlib.suppress(IndexError):
        return bool(collection.objects[row] == active)
    return False


def _click_row(collection: bpy.types.Collection, number: int) -> None:
    """Select the object of a row, and only it, as a click in the view does."""
    context = bpy.context
    if context.mode != "OBJECT" or not 0 <= number < len(collection.objects):
        return
    clicked = collection.objects[number]
    if clicked.name not in context.view_layer.objects:
        return
    for obj in context.selected_objects:
        obj.select_set(False)
    clicked.select_set(True)
    context.view_layer.objects.active = clicked


def _rename(part: bpy.types.Object, name: str) -> None:
    from ..core.errors import InputError
    from ..parts.naming import rename_part

    with contextlib.suppress(InputError):  # the name that was is seen again
        rename_part(part, name)


def _recolour(part: bpy.types.Object, colour: Sequence[float]) -> None:
    from ..parts.naming import recolour_part

    red, green, blue, alpha = colour
    recolour_part(part, (red, green, blue, alpha))


def _select(part: bpy.types.Object, is_selected: bool) -> None:
    layer = bpy.context.view_layer
    if bpy.context.mode != "OBJECT" or part.name not in layer.objects:
        return  # what is edited stays active
    part.select_set(is_selected)
    if is_selected:
        layer.objects.active = part


def _show(part: bpy.types.Object, is_shown: bool) -> None:
    if part.mode == "OBJECT":  # what is edited would go on unseen
        show(bpy.context, [part], is_shown)


@persistent
def _note_edits(scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph) -> None:
    """Forget the areas of what has changed. Not while something is edited: it is measured when that is over."""
    global _measured
    if not _areas or not depsgraph.id_type_updated("MESH") or bpy.context.mode != "OBJECT":
        return
    for update in depsgraph.updates:
        if update.is_updated_geometry and _areas.pop(update.id.original.session_uid, None):
            _measured = ()


_register_classes, _unregister_classes = bpy.utils.register_classes_factory((HITEM3D_UL_parts, HITEM3D_PT_parts))


def register() -> None:
    _register_classes()
    setattr(bpy.types.Collection, INDEX, IntProperty(name="Part", get=_active_row, set=_click_row, options=set()))
    properties = {
        NAME: StringProperty(
            name="Name",
            description="The part's name; its mesh, vertex group and material are renamed with it",
            get=lambda part: part.name,
            set=_rename,
            options=set(),
        ),
        COLOUR: FloatVectorProperty(
            name="Colour",
            description="The part's colour in the view, and that of its own material",
            subtype="COLOR",
            size=4,
            min=0.0,
            max=1.0,
            get=lambda part: part.color,
            set=_recolour,
            options=set(),
        ),
        SELECTED: BoolProperty(
            name="Selected",
            description="Select this part too",
            get=lambda part: part.select_get(),
            set=_select,
            options=set(),
        ),
        SHOWN: BoolProperty(
            name="Shown",
            description="Whether the part is seen, in the view and in renders",
            get=lambda part: not part.hide_get(),
            set=_show,
            options=set(),
        ),
    }
    for name, its_property in properties.items():
        setattr(bpy.types.Object, name, its_property)
    bpy.app.handlers.depsgraph_update_post.append(_note_edits)


def unregister() -> None:
    bpy.app.handlers.depsgraph_update_post.remove(_note_edits)
    if bpy.app.timers.is_registered(_measure):
        bpy.app.timers.unregister(_measure)
    for name in (NAME, COLOUR, SELECTED, SHOWN):
        delattr(bpy.types.Object, name)
    delattr(bpy.types.Collection, INDEX)
    _unregister_classes()
