# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What helps where a model is too large to send: a Decimate modifier with the ratio that fits."""

import bpy
from bpy.props import FloatProperty

from .core.errors import Message
from .operator_base import Hitem3DOperator
from .wording import translated


class HITEM3D_OT_add_decimate(Hitem3DOperator):
    """Add a Decimate modifier that makes the model small enough to be sent; remove it again after the upload"""

    bl_idname = "hitem3d.add_decimate"
    bl_label = "Add Decimate"
    bl_options = {"REGISTER", "UNDO"}

    ratio: FloatProperty(
        name="Ratio", description="The share of the triangles that stays", default=0.5, min=0.0, max=1.0
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        obj = context.view_layer.objects.active
        if obj and obj.type == "MESH" and obj.is_editable:
            return True
        cls.poll_message_set(translated(Message("Click the mesh to reduce; it has to belong to this file")))
        return False

    def run(self, context: bpy.types.Context) -> Message:
        obj = context.view_layer.objects.active
        modifier = obj.modifiers.new("Decimate", "DECIMATE")
        modifier.ratio = self.ratio
        return Message("“{name}” is reduced to {percent:.0f} %", {"name": obj.name, "percent": 100 * self.ratio})


register, unregister = bpy.utils.register_classes_factory((HITEM3D_OT_add_decimate,))
