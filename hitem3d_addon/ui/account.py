# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The buttons of the account and the address: test the connection, and use the local service or the online one."""

from typing import TYPE_CHECKING

import bpy

from ..core.address import shown
from ..core.errors import InputError, Message
from ..session import connection, settings
from ..session.board import board
from .base import AgentOperator, Hitem3DOperator

if TYPE_CHECKING:
    from ..core.tasks.workflow import Worker


class HITEM3D_OT_test_connection(AgentOperator):
    """Ask Hitem3D whether the keys work and how many API credits are left"""

    bl_idname = "hitem3d.test_connection"
    bl_label = "Test Connection"

    def command(self, context: bpy.types.Context) -> dict[str, str]:
        connection.current().check()
        return {"do": "account"}

    def do_now(self, worker: "Worker", command: dict[str, str]) -> Message:
        from ..core.tasks import workflow

        account = workflow.account(worker)
        board.show_account(account)
        return account


class HITEM3D_OT_use_local_service(Hitem3DOperator):
    """Set address and token to those of the local Hitem3D, which runs on this computer: python3 scripts/sandbox"""

    bl_idname = "hitem3d.use_local_service"
    bl_label = "Use Local Hitem3D"
    bl_options = {"INTERNAL"}

    def run(self, context: bpy.types.Context) -> Message:
        preferences = _preferences()
        preferences.api_url, preferences.token = settings.LOCAL_API_URL, settings.LOCAL_TOKEN
        return Message("Set to the local Hitem3D. Start it with: python3 scripts/sandbox")


class HITEM3D_OT_use_online_service(Hitem3DOperator):
    """Set the address back to that of Hitem3D; your keys count again"""

    bl_idname = "hitem3d.use_online_service"
    bl_label = "Back to Hitem3D"
    bl_options = {"INTERNAL"}

    def run(self, context: bpy.types.Context) -> Message:
        preferences = _preferences()
        preferences.property_unset("api_url")
        if preferences.token == settings.LOCAL_TOKEN:
            preferences.token = ""
        return Message("Set to {host}", {"host": shown(connection.current().api_url)})


def is_local() -> bool:
    """Whether the preferences name the local Hitem3D, and nothing else decides on the address."""
    preferences = settings.get()
    return preferences is not None and preferences.api_url == settings.LOCAL_API_URL == connection.current().api_url


def _preferences() -> "settings.Settings":
    """Raises InputError where there are none."""
    if preferences := settings.get():
        return preferences
    raise InputError(
        "The add-on is not enabled in the preferences, so it has none to set. Enable it in Preferences > Add-ons."
    )


register, unregister = bpy.utils.register_classes_factory(
    (HITEM3D_OT_test_connection, HITEM3D_OT_use_local_service, HITEM3D_OT_use_online_service)
)
