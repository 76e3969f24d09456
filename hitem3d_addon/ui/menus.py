# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The menu in Object, through which F3 finds the operators, and in the 3D View's right-click menu."""

from __future__ import annotations

import bpy

from .account import HITEM3D_OT_test_connection
from .closing import HITEM3D_OT_close_parts
from .explode import HITEM3D_OT_explode_parts
from .export import HITEM3D_OT_export_parts
from .part_tools import (
    HITEM3D_OT_delete_parts,
    HITEM3D_OT_merge_parts,
    HITEM3D_OT_next_part,
    HITEM3D_OT_rename_part,
    HITEM3D_OT_solo_parts,
    HITEM3D_OT_split_parts,
)
from .parts import HITEM3D_OT_apply_parts, HITEM3D_OT_apply_parts_to_selected, HITEM3D_OT_import_result
from .pegs import HITEM3D_OT_add_pegs
from .segment import HITEM3D_OT_create_task
from .tasks import HITEM3D_OT_adopt_task, HITEM3D_OT_query_task


class HITEM3D_MT_parts(bpy.types.Menu):
    bl_label = "Parts"

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        layout.operator_context = "INVOKE_DEFAULT"
        layout.operator(HITEM3D_OT_solo_parts.bl_idname)
        layout.operator(HITEM3D_OT_next_part.bl_idname)
        layout.separator()
        layout.operator(HITEM3D_OT_merge_parts.bl_idname)
        layout.operator(HITEM3D_OT_split_parts.bl_idname)
        layout.operator(HITEM3D_OT_rename_part.bl_idname)
        layout.separator()
        layout.operator(HITEM3D_OT_close_parts.bl_idname)
        layout.operator(HITEM3D_OT_add_pegs.bl_idname)
        layout.operator(HITEM3D_OT_export_parts.bl_idname, icon="EXPORT")
        layout.operator(HITEM3D_OT_delete_parts.bl_idname, icon="TRASH")


class HITEM3D_MT_object(bpy.types.Menu):
    bl_label = "Hitem3D"

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        layout.operator_context = "INVOKE_DEFAULT"
        layout.operator(HITEM3D_OT_create_task.bl_idname, text="Segment into Parts…", icon="MOD_EXPLODE")
        layout.operator(HITEM3D_OT_query_task.bl_idname)
        layout.operator(HITEM3D_OT_import_result.bl_idname, icon="IMPORT")
        layout.operator_menu_enum(HITEM3D_OT_apply_parts.bl_idname, "target", text="Apply Parts to Original")
        layout.operator_menu_enum(
            HITEM3D_OT_apply_parts_to_selected.bl_idname, "target", text="Apply Parts to Selected"
        )
        # Deeper in the menus, F3 would offer Blender's Quick Explode first.
        layout.operator(HITEM3D_OT_explode_parts.bl_idname)
        layout.menu(HITEM3D_MT_parts.__name__)
        layout.separator()
        layout.operator(HITEM3D_OT_adopt_task.bl_idname, text="Add Task by Id…")
        layout.operator(HITEM3D_OT_test_connection.bl_idname)


def _draw_menu(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    self.layout.separator()
    self.layout.menu(HITEM3D_MT_object.__name__)


_register_classes, _unregister_classes = bpy.utils.register_classes_factory((HITEM3D_MT_parts, HITEM3D_MT_object))
_MENUS = ("VIEW3D_MT_object", "VIEW3D_MT_object_context_menu")


def register() -> None:
    _register_classes()
    for name in _MENUS:
        getattr(bpy.types, name).append(_draw_menu)


def unregister() -> None:
    for name in _MENUS:
        getattr(bpy.types, name).remove(_draw_menu)
    _unregister_classes()
