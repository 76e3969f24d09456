# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page in Preferences > Add-ons > Hitem3D: keys, connection, data folder, and the settings used last."""

import os
import time

import bpy
from bpy.app.translations import pgettext_iface
from bpy.props import BoolProperty, EnumProperty, IntProperty, StringProperty

from .. import ADDON
from ..core import credentials
from ..core.errors import Message
from ..session import connection, settings
from ..session.board import board
from ..session.settings import keep_key, stored_credentials, stored_problem
from .account import (
    HITEM3D_OT_test_connection,
    HITEM3D_OT_use_local_service,
    HITEM3D_OT_use_online_service,
    is_local,
)
from .tasks import HITEM3D_OT_clear_finished_tasks
from .wording import draw_text, translated

_OUTDATED = 10.0
"""Seconds after which the size of the data folder is measured again, while the page is shown."""

_size = -1
_measured = 0.0


def _key_property(name: str, label: str, description: str) -> object:
    return StringProperty(
        name=label,
        description=description,
        subtype="PASSWORD",
        get=lambda _preferences: str(getattr(stored_credentials(), name)),
        set=lambda _preferences, value: keep_key(name, value),
        options={"SKIP_SAVE"},
    )


class Preferences(bpy.types.AddonPreferences):
    bl_idname = ADDON

    access_key: _key_property("access_key", "Access Key", "The access key of your Hitem3D API key (ak_…)")
    secret_key: _key_property("secret_key", "Secret Key", "The secret key, which the website shows once (sk_…)")
    token: _key_property("token", "Token", "A token to use instead of the two keys")
    api_url: StringProperty(name="Address", description="The address of the service", default=settings.DEFAULT_API_URL)
    ca_file: StringProperty(
        name="CA File",
        description="Certificates to trust in place of the usual ones, for a network that inspects traffic",
        subtype="FILE_PATH",
    )

    seg_level: EnumProperty(
        name="Level", description="How finely the model is cut", items=settings.SEG_LEVEL_ITEMS, default="MEDIUM"
    )
    format: EnumProperty(
        name="Format",
        description="The kind of file that the service sends back",
        items=settings.FORMAT_ITEMS,
        default="GLB",
    )
    include_materials: BoolProperty(
        name="Include Materials", description="Send materials and textures too, which takes longer", default=False
    )
    include_children: BoolProperty(
        name="Include Children",
        description="Send the objects that are parented to it as one model with it",
        default=False,
    )
    callback_url: StringProperty(
        name="Callback URL", description="A web address of yours that the service tells when the task is done"
    )

    auto_import: BoolProperty(
        name="Import When Ready",
        description="Import the parts as soon as they arrive, unless you are in the middle of something",
        default=False,
    )

    unfinished_tasks: IntProperty(
        name="Tasks at a Time",
        description="How many tasks may be at the service at a time; 0: as many as it takes, beginning with 10",
        min=0,
        max=100,
        default=0,
    )

    def draw(self, context: bpy.types.Context) -> None:
        _draw_page(self, context)


def _draw_page(preferences: bpy.types.AddonPreferences, context: bpy.types.Context) -> None:
    """Draw the page. The size of the data folder is measured in a timer, never here."""
    layout = preferences.layout
    layout.use_property_split = True
    layout.use_property_decorate = False
    current = connection.current()
    if current.site.file:
        _draw_studio(context, layout, current)
    layout.label(text="API Keys")
    keys = layout.column()
    for name in ("access_key", "secret_key", "token"):
        keys.prop(preferences, name)
    problem = stored_problem()
    kept = Message("Kept in {file}, which only you can read", {"file": str(current.home / credentials.FILE_NAME)})
    _line(context, layout, problem or kept, icon="ERROR" if problem else "BLANK1")
    given = [name for name in ("HITEM3D_TOKEN", "HITEM3D_ACCESS_KEY", "HITEM3D_SECRET_KEY") if os.environ.get(name)]
    if given:
        _line(context, layout, Message("The environment has keys, which count: {names}", {"names": ", ".join(given)}))

    layout.separator()
    layout.label(text="Connection")
    column = layout.column()
    _draw_setting(column, preferences, "api_url", "HITEM3D_API_URL", current.site.api_url)
    _draw_setting(column, preferences, "ca_file", "HITEM3D_CA_FILE", current.site.ca_file)
    row = column.row()
    row.operator(HITEM3D_OT_test_connection.bl_idname, icon="URL")
    if is_local():
        row.operator(HITEM3D_OT_use_online_service.bl_idname, icon="LOOP_BACK")
    else:
        row.operator(HITEM3D_OT_use_local_service.bl_idname, icon="HOME")
    if board.account:
        _line(context, layout, board.account, icon="CHECKMARK")
    if board.problem:
        _line(context, layout, board.problem, icon="ERROR")

    layout.separator()
    layout.label(text="Tasks")
    layout.prop(preferences, "auto_import")
    row = layout.row()
    row.active = not current.site.unfinished_tasks
    row.prop(preferences, "unfinished_tasks")
    _measure_soon()
    size = pgettext_iface("{:.1f} MB").format(_size / 1e6) if _size >= 0 else "…"
    where = Message("Data folder: {folder}, {size}", {"folder": str(current.home), "size": size})
    _line(context, layout, where, icon="FILE_FOLDER")
    row = layout.row()
    row.operator("wm.path_open", text="Open Data Folder", icon="FILEBROWSER").filepath = str(current.home)
    row.operator("wm.path_open", text="Open Log", icon="TEXT").filepath = str(current.home / "agent.log")
    row.operator(HITEM3D_OT_clear_finished_tasks.bl_idname, icon="TRASH")


def _draw_studio(context: bpy.types.Context, layout: bpy.types.UILayout, current: connection.Connection) -> None:
    box = layout.box()
    _line(context, box, Message("Set by your studio: {file}", {"file": str(current.site.file)}), icon="COMMUNITY")
    if current.site.problem:
        _line(context, box, current.site.problem, icon="ERROR")
    elif not current.site.uploads:
        _line(context, box, Message("Models may not be sent to Hitem3D"))
    if current.site.note:
        draw_text(context, box, current.site.note, icon="BLANK1")


def _draw_setting(
    layout: bpy.types.UILayout, preferences: bpy.types.AddonPreferences, name: str, variable: str, by_studio: str
) -> None:
    """A setting; where something else decides, greyed out, with what counts beside it."""
    row = layout.row()
    value, source = os.environ.get(variable), variable
    if not value:
        value, source = by_studio, pgettext_iface("your studio")
    row.active = not value
    row.prop(preferences, name)
    if value:
        text = pgettext_iface("{value}, set by {source}").format(value=value, source=source)
        layout.label(text=text, icon="LOCKED", translate=False)


def _line(context: bpy.types.Context, layout: bpy.types.UILayout, message: Message, *, icon: str = "BLANK1") -> None:
    draw_text(context, layout, translated(message), icon=icon)


def _measure_soon() -> None:
    if time.monotonic() - _measured > _OUTDATED and not bpy.app.timers.is_registered(_measure):
        bpy.app.timers.register(_measure, first_interval=0.05)


def _measure() -> None:
    global _size, _measured
    _size, _measured = _size_of(str(connection.current().home)), time.monotonic()
    board.redraw()


def _size_of(folder: str) -> int:
    """Bytes of the files below; what goes away meanwhile counts as nothing."""
    total = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    total += _size_of(entry.path)
                else:
                    total += entry.stat(follow_symlinks=False).st_size
    except OSError:
        return total
    return total


_register_classes, _unregister_classes = bpy.utils.register_classes_factory((Preferences,))


def register() -> None:
    _register_classes()


def unregister() -> None:
    global _size, _measured
    _unregister_classes()
    if bpy.app.timers.is_registered(_measure):
        bpy.app.timers.unregister(_measure)
    _size, _measured = -1, 0.0
