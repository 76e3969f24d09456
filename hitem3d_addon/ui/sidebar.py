# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel in the 3D View's sidebar from which a model is sent: what is missing, what would go, and the button.

Drawing reads plain values that others keep up to date; it never reads the disk or the network.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import bpy
from bpy.app.translations import contexts, pgettext_iface

from .. import ADDON
from ..core.errors import Hitem3DError, InputError, Message, Value
from ..send import preflight, selection
from ..send.preflight import Models, Preflight, decimate_ratio
from ..send.selection import Source
from ..session import connection, settings
from ..session.board import board
from ..session.connection import Connection
from .segment import HITEM3D_OT_add_decimate, HITEM3D_OT_create_task
from .tasks import HITEM3D_OT_use_local_service
from .wording import STL_WARNING, draw_text, translated

if TYPE_CHECKING:
    from ..send.export import Estimate


class SidebarPanel:
    """Where the add-on's panels are."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Hitem3D"


class HITEM3D_PT_segment(SidebarPanel, bpy.types.Panel):
    bl_label = "Hitem3D"

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        current = connection.current()
        if current.site.file:
            _draw_studio(context, layout, current)
        if not current.credentials.present:
            _draw_no_keys(context, layout)
            return
        if reason := current.refusal():
            draw_text(context, layout, translated(reason), icon="ERROR")
            if connection.offline_reason(current.api_url) and not bpy.app.online_access_override:
                layout.operator("extensions.userpref_show_online", text="Allow Access…", icon="PREFERENCES")
            return
        preferences = settings.get()
        if preferences:
            layout.row().prop(preferences, "seg_level", expand=True)
        for source, text in _choices(context):
            _draw_choice(context, layout.column(align=True), current, preferences, source, text)
        if credits := board.credits_left():
            draw_text(context, layout, translated(credits), icon="BLANK1")
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


def _choices(context: bpy.types.Context) -> list[tuple[Source, str]]:
    """What the selection can be sent as: its source, and what the button says."""
    selected = context.selected_objects
    if len(selected) > 1:
        return [
            ("EACH", pgettext_iface("Segment Each", contexts.operator_default)),
            ("TOGETHER", pgettext_iface("Segment as One", contexts.operator_default)),
        ]
    one = pgettext_iface("Segment", contexts.operator_default)
    if selected and selected[0] != context.view_layer.objects.active:  # box select leaves the active one as it was
        return [("EACH", one)]
    return [("ACTIVE", one)]


def _draw_choice(
    context: bpy.types.Context,
    layout: bpy.types.UILayout,
    current: Connection,
    preferences: settings.Settings | None,
    source: Source,
    text: str,
) -> None:
    """What would be sent, whether it can be, and the button for it."""
    include_children = bool(preferences and preferences.include_children)
    limit = current.site.upload_limit
    sendable = True
    try:
        models = selection.models(context, source, include_children=include_children)
        materials = bool(preferences and preferences.include_materials)
        found = preflight.of(context, models, include_materials=materials)
        if found is None and source != "TOGETHER":
            counting = Message("{name}: counting…", {"name": models[0][0].name})
            draw_text(context, layout, translated(counting), icon="MESH_DATA")
        if found and found.problem:
            raise InputError(found.problem.template, **found.problem.values)
        if found and source != "TOGETHER":  # of the same objects as one model there is nothing new to say
            _draw_numbers(context, layout, limit, models, found)
        if found and (too_large := found.too_large(limit)):
            _draw_too_large(context, layout, limit, too_large)
            sendable = False
    except Hitem3DError as error:
        draw_text(context, layout, translated(error.message), icon="ERROR")
        sendable = False
    row = layout.row()
    row.scale_y = 1.4
    row.enabled = sendable
    button = row.operator(HITEM3D_OT_create_task.bl_idname, text=text, translate=False, icon="MOD_EXPLODE")
    button.source = source
    button.without_dialog = True


def _draw_numbers(
    context: bpy.types.Context, layout: bpy.types.UILayout, limit: int, models: Models, found: Preflight
) -> None:
    """What would be sent, against the limit in bytes, and what would not."""
    values: dict[str, Value] = {
        "name": models[0][0].name,
        "tasks": len(models),
        "objects": sum(map(len, models)),
        "triangles": f"{found.triangles:,}",
        "size": ("≈ " if found.converted else "") + _megabytes(found.size),
        "limit": _megabytes(limit),
    }
    if len(models) > 1:
        said = Message("{tasks} objects: {triangles} triangles, {size} MB, at most {limit} MB each", values)
    elif len(models[0]) > 1:
        said = Message("{objects} objects: {triangles} triangles, {size} of {limit} MB", values)
    else:
        said = Message("{name}: {triangles} triangles, {size} of {limit} MB", values)
    draw_text(context, layout, translated(said), icon="MESH_DATA")
    pictures = {"size": _megabytes(found.pictures)}
    if found.converted:
        said = Message("Pictures: about {size} MB; some have to be converted", pictures)
        draw_text(context, layout, translated(said), icon="BLANK1")
    elif found.pictures:
        draw_text(context, layout, translated(Message("Pictures: {size} MB of it", pictures)), icon="BLANK1")
    if found.loose:
        left_out = Message("Left out: {count} loose vertices", {"count": f"{found.loose:,}"})
        draw_text(context, layout, translated(left_out), icon="BLANK1")


def _draw_too_large(context: bpy.types.Context, layout: bpy.types.UILayout, limit: int, model: Estimate) -> None:
    """The way out: a Decimate modifier with the ratio that fits, or smaller pictures."""
    ratio = decimate_ratio(model.size, limit, model.pictures)
    values: dict[str, Value] = {
        "limit": _megabytes(limit),
        "percent": 100 * ratio,
        "pictures": _megabytes(model.pictures),
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


def _megabytes(size: int) -> str:
    """In decimal megabytes, rounded up to the last digit that is shown."""
    tenths = math.ceil(size / 1e5)
    return f"{tenths / 10:.1f}" if tenths < 1000 and tenths % 10 else f"{math.ceil(tenths / 10)}"


def _draw_no_keys(context: bpy.types.Context, layout: bpy.types.UILayout) -> None:
    """The first minute: where the keys go, and how to do without."""
    draw_text(context, layout, translated(Message("Hitem3D needs the keys of your account.")), icon="KEYINGSET")
    layout.operator("preferences.addon_show", text="Enter Keys…", icon="PREFERENCES").module = ADDON
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
