# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator that closes parts where they were cut."""

from collections.abc import Generator
from typing import TYPE_CHECKING

import bpy
from bpy.props import BoolProperty, FloatProperty

from ..core.errors import InputError
from ..session.exploded import in_place
from ..session.parts import find_parts
from .stepped import SteppedOperator

if TYPE_CHECKING:
    from ..closing.close import Closing


class HITEM3D_OT_close_parts(SteppedOperator):
    """Close the imported parts where they were cut, so that each has a volume of its own"""

    bl_idname = "hitem3d.close_parts"
    bl_label = "Close Parts"

    clearance: FloatProperty(
        name="Clearance",
        description="How far the cut faces of two neighbours are moved apart, in millimetres; 0 leaves them together",
        default=0.0,
        min=0.0,
        soft_max=2.0,
        precision=3,
        options={"SKIP_SAVE"},
    )
    close_openings: BoolProperty(
        name="Close Openings of the Original",
        description="Close what is open in the original itself as well, such as the rim of a cup. Cloth stays as it is",
        default=False,
        options={"SKIP_SAVE"},
    )

    def begin(self, context: bpy.types.Context) -> "Generator[tuple[int, int], None, Closing]":
        from ..closing.close import close_parts
        from ..export.solids import millimetres

        parts = find_parts(context)
        if not parts:
            raise InputError("There are no parts to close. Import them first.")
        with in_place(context):
            return close_parts(
                parts,
                context.evaluated_depsgraph_get(),
                self.clearance / millimetres(context.scene),
                close_openings=self.close_openings,
            )


register, unregister = bpy.utils.register_classes_factory((HITEM3D_OT_close_parts,))
