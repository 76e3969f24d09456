# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel in the 3D View's sidebar from which a model is sent: what is missing, what would go, and the button.

Drawing reads plain values that others keep up to date; it never reads the disk or the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import bpy
from bpy.app.translations import contexts, pgettext_iface

from .. import ADDON
from ..core.errors import Hitem3DError, Message, Value
from ..core.plain import Plain
from ..send import preflight, selection
from ..send.preflight import Preflight, decimate_ratio, megabytes
from ..send.selection import Source
from ..session import connection, settings
from ..session.board import board
from ..session.connection import Connection
from ..session.parts import has_original, task_id_in
from .account import HITEM3D_OT_use_local_service, HITEM3D_OT_use_online_service, is_local
from .closing import HITEM3D_OT_close_parts
from .explode import draw_slider
from .export import HITEM3D_OT_export_parts
from .parts import HITEM3D_OT_apply_parts, HITEM3D_OT_apply_parts_to_selected
from .pegs import HITEM3D_OT_add_pegs
from .segment import HITEM3D_OT_add_decimate, HITEM3D_OT_create_task
from .wording import STL_WARNING, cost_message, draw_text, translated

if TYPE_CHECKING:
    from ..send.export import Estimate


KEYS_PAGE = "https://platform.hi3d.ai/console/apiKey"
"""Where an account makes keys."""


_WIDE = 260
"""Pixels at a scale of 1 from which a row of a list has room for more."""


def is_wide(context: bpy.types.Context) -> bool:
    """Whether the sidebar has been made wider than it is at first: lists say more then."""
    return bool(context.region.width > _WIDE * context.preferences.system.ui_scale)


class SidebarPanel:
    """Where the add-on's panels are."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Hitem3D"


class HITEM3D_PT_segment(SidebarPanel, bpy.types.Panel):
    """The main button is always the first thing, in the same place; all that comes and goes is below it."""

    bl_label = "Hitem3D"

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        current = connection.current()
        preferences = settings.get()
        if not current.credentials.present:
            _draw_no_keys(context, layout)
        elif reason := current.refusal():
            for choice in _choices(context, 1):
                _draw_button(layout, choice, enabled=False)
            draw_text(context, layout, translated(reason), icon="ERROR")
            if connection.offline_reason(current.api_url) and not bpy.app.online_access_override:
                layout.operator("extensions.userpref_show_online", text="Allow Access…", icon="PREFERENCES")
        elif task_id := task_id_in(context):
            _draw_parts(layout, task_id, context.selected_objects)
        else:
            _draw_choices(context, layout, current.site.upload_limit, preferences)
            if len(context.selected_objects) > 1 and HITEM3D_OT_apply_parts_to_selected.poll(context):
                layout.operator_menu_enum(HITEM3D_OT_apply_parts_to_selected.bl_idname, "target", icon="MOD_BOOLEAN")
        if current.site.file:
            _draw_studio(context, layout, current)
        if is_local():
            draw_text(context, layout, translated(Message("This is the local Hitem3D: nothing is paid")), icon="HOME")
            layout.operator(HITEM3D_OT_use_online_service.bl_idname, icon="LOOP_BACK")
        if board.problem:
            draw_text(context, layout, translated(board.problem), icon="ERROR")


class HITEM3D_PT_options(SidebarPanel, bpy.types.Panel):
    bl_label = "Options"
    bl_parent_id = "HITEM3D_PT_segment"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return settings.get() is not None and connection.current().refusal() is None

    def draw(self, context: bpy.types.Context) -> None:
        column = self.layout.column()
        preferences = settings.get()
        column.prop(preferences, "include_materials")
        column.prop(preferences, "include_children")
        column.prop(preferences, "format")
        if preferences and preferences.format == "STL":
            draw_text(context, column, translated(STL_WARNING), icon="ERROR")
        column.label(text="Callback URL")
        column.prop(preferences, "callback_url", text="")


class Choice(Plain):
    """What the selection can be sent as: one button."""

    source: Source
    text: str
    """What the button says, in the user's language."""


def _choices(context: bpy.types.Context, count: int) -> list[Choice]:
    """What the selection can be sent as, where ``count`` objects of it can be sent each for itself."""
    selected = context.selected_objects
    one = pgettext_iface("Segment", contexts.operator_default)
    if len(selected) > 1:
        each = pgettext_iface("Each: {count} Tasks", contexts.operator_default).format(count=count)
        together = pgettext_iface("As One: 1 Task", contexts.operator_default)
        return [Choice("EACH", each if count > 1 else one), Choice("TOGETHER", together)]
    if selected and selected[0] != context.view_layer.objects.active:  # box select leaves the active one as it was
        return [Choice("EACH", one)]
    return [Choice("ACTIVE", one)]


def _draw_button(layout: bpy.types.UILayout, choice: Choice, *, enabled: bool) -> None:
    row = layout.row()
    row.scale_y = 1.4
    row.enabled = enabled
    button = row.operator(HITEM3D_OT_create_task.bl_idname, text=choice.text, translate=False, icon="MOD_EXPLODE")
    button.source = choice.source
    button.without_dialog = True


def _draw_parts(layout: bpy.types.UILayout, task_id: str, selected: Sequence[bpy.types.Object]) -> None:
    """Parts are selected: what is done with them next, and only below it how to cut one of them again."""
    row = layout.row()
    row.scale_y = 1.4
    row.enabled = has_original(task_id)
    row.operator_menu_enum(HITEM3D_OT_apply_parts.bl_idname, "target", text="Apply to Original", icon="MOD_BOOLEAN")
    draw_slider(layout, selected[0])
    row = layout.row(align=True)
    row.operator(HITEM3D_OT_close_parts.bl_idname)
    row.operator(HITEM3D_OT_add_pegs.bl_idname)
    layout.operator(HITEM3D_OT_export_parts.bl_idname, icon="EXPORT")
    button = layout.operator(HITEM3D_OT_create_task.bl_idname, text="Segment Part…", icon="MOD_EXPLODE")
    button.source = "EACH" if len(selected) > 1 else "ACTIVE"
    button.without_dialog = False


def _draw_choices(
    context: bpy.types.Context, layout: bpy.types.UILayout, limit: int, preferences: settings.Settings | None
) -> None:
    """The buttons, the level, and what would be sent; whether it can be."""
    include_children = bool(preferences and preferences.include_children)
    materials = bool(preferences and preferences.include_materials)
    found: Preflight | None = None
    refused: Message | None = None
    count = 1
    try:
        source: Source = "EACH" if len(context.selected_objects) > 1 else _choices(context, 1)[0].source
        models = selection.find_models(context, source, include_children=include_children)
        count = len(models)
        found = preflight.look_up(context, models, include_materials=materials)
        refused = found.problem if found else None
    except Hitem3DError as error:
        refused = error.message
    too_large = found.too_large(limit) if found and not refused else None
    for choice in _choices(context, count):
        _draw_button(layout, choice, enabled=not refused and not too_large)
    if preferences:
        layout.row().prop(preferences, "seg_level", expand=True)
    if refused:
        draw_text(context, layout, translated(refused), icon="ERROR")
        return
    # One line, whatever it says: what is below does not jump when a number comes.
    numbers = found.numbers() if found else Message("counting…")
    layout.label(text=translated(numbers), icon="MESH_DATA", translate=False)
    if cost := cost_message(preferences.seg_level if preferences else "MEDIUM", count):
        layout.label(text=translated(cost), icon="BLANK1", translate=False)
    if found:
        _draw_details(context, layout, found)
    if too_large:
        _draw_too_large(context, layout, limit, too_large)


def _draw_details(context: bpy.types.Context, layout: bpy.types.UILayout, found: Preflight) -> None:
    """Of what would be sent: how much is pictures, and what is left out."""
    pictures = {"size": megabytes(found.pictures)}
    if found.converted:
        said = Message("Pictures: about {size} MB; some have to be converted", pictures)
        draw_text(context, layout, translated(said), icon="BLANK1")
    elif found.pictures:
        draw_text(context, layout, translated(Message("Pictures: {size} MB of it", pictures)), icon="BLANK1")
    if found.loose:
        loose = "Left out: 1 loose vertex" if found.loose == 1 else "Left out: {count} loose vertices"
        left_out = Message(loose, {"count": f"{found.loose:,}"})
        draw_text(context, layout, translated(left_out), icon="BLANK1")


def _draw_too_large(context: bpy.types.Context, layout: bpy.types.UILayout, limit: int, model: Estimate) -> None:
    """The way out: a Decimate modifier with the ratio that fits, or smaller pictures."""
    ratio = decimate_ratio(model.size, limit, model.pictures)
    values: dict[str, Value] = {
        "limit": megabytes(limit),
        "percent": 100 * ratio,
        "pictures": megabytes(model.pictures),
    }
    if ratio <= 0:
        too_large = Message(
            "Too large to send: the limit is {limit} MB for each model, and the pictures alone take {pictures} MB. "
            "Make them smaller, or turn off Include Materials in the options below.",
            values,
        )
        draw_text(context, layout, translated(too_large), icon="ERROR")
        return
    too_large = Message(
        "Too large to send: the limit is {limit} MB for each model. Reduce it to {percent:.0f} % or less.", values
    )
    draw_text(context, layout, translated(too_large), icon="ERROR")
    text = pgettext_iface("Decimate to {percent:.0f} %").format(percent=100 * ratio)
    layout.operator(HITEM3D_OT_add_decimate.bl_idname, text=text, translate=False, icon="MOD_DECIM").ratio = ratio


def _draw_no_keys(context: bpy.types.Context, layout: bpy.types.UILayout) -> None:
    """The first minute: where the keys go, and how to do without."""
    row = layout.row()
    row.scale_y = 1.4
    row.operator("preferences.addon_show", text="Enter Keys…", icon="PREFERENCES").module = ADDON
    layout.operator("wm.url_open", text="Get Keys…", icon="URL").url = KEYS_PAGE
    needed = Message("Hitem3D needs the keys of your account. It is also called Hi3D (platform.hi3d.ai).")
    draw_text(context, layout, translated(needed), icon="KEYINGSET")
    box = layout.box()
    draw_text(context, box, translated(Message("Try it without an account")), icon="HOME")
    steps = Message(
        "The add-on's source has a local Hitem3D: run “python3 scripts/sandbox” there, then press this. "
        "Nothing leaves your computer."
    )
    draw_text(context, box, translated(steps))
    box.operator(HITEM3D_OT_use_local_service.bl_idname)


def _draw_studio(context: bpy.types.Context, layout: bpy.types.UILayout, current: Connection) -> None:
    draw_text(context, layout, translated(Message("Settings by your studio")), icon="COMMUNITY")
    if current.site.note:
        draw_text(context, layout, current.site.note, icon="BLANK1")


register, unregister = bpy.utils.register_classes_factory((HITEM3D_PT_segment, HITEM3D_PT_options))
