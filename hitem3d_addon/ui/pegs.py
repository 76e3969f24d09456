# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator that adds pegs and holes to the cuts between closed parts."""

from collections.abc import Generator
from typing import TYPE_CHECKING

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty

from ..core.choices import KEYED, PEG_CLEARANCE, ROUND
from ..core.errors import InputError
from ..session.exploded import in_place
from ..session.parts import find_parts
from .stepped import SteppedOperator

if TYPE_CHECKING:
    from ..pegs.add import Pegging


class HITEM3D_OT_add_pegs(SteppedOperator):
    """Give closed parts pegs and holes, so that they can be put together, where the cut is flat and wide enough"""

    bl_idname = "hitem3d.add_pegs"
    bl_label = "Add Pegs"

    diameter: FloatProperty(
        name="Diameter",
        description="How wide the pegs are, in millimetres; 0 is half as wide as the cut, at each of them",
        default=0.0,
        min=0.0,
        soft_max=20.0,
        precision=2,
        options={"SKIP_SAVE"},
    )
    length: FloatProperty(
        name="Length",
        description="How long the pegs are, in millimetres; 0 is as long as wide. Where a part is thin, they are down "
        "to half as long",
        default=0.0,
        min=0.0,
        soft_max=20.0,
        precision=2,
        options={"SKIP_SAVE"},
    )
    clearance: FloatProperty(
        name="Clearance",
        description="How far a peg is from the walls and the bottom of its hole, in millimetres",
        default=PEG_CLEARANCE,
        min=0.0,
        soft_max=2.0,
        precision=3,
        options={"SKIP_SAVE"},
    )
    shape: EnumProperty(
        name="Shape",
        description="What the pegs are like",
        items=[
            (ROUND, "Round", "Round pegs"),
            (KEYED, "Keyed", "Pegs with a flat side, so that the parts can't turn, and fit in one way only"),
        ],
        default=ROUND,
        options={"SKIP_SAVE"},
    )
    only_selected: BoolProperty(
        name="Selected Only",
        description="Only between the parts that are selected, not between all of their import",
        default=False,
        options={"SKIP_SAVE"},
    )

    def begin(self, context: bpy.types.Context) -> "Generator[tuple[int, int], None, Pegging]":
        from ..export.solids import millimetres
        from ..pegs.add import add_pegs
        from ..pegs.places import Wish

        parts = find_parts(context)
        if self.only_selected:
            parts = [part for part in parts if part in context.selected_objects]
        if not parts:
            raise InputError("There are no parts that pegs could go on. Import them, close them, and select some.")
        millimetre = 1 / millimetres(context.scene)
        lengths = (self.diameter * millimetre, self.length * millimetre, self.clearance * millimetre)
        wish = Wish(*lengths, millimetre)
        with in_place(context):
            return add_pegs(parts, context.evaluated_depsgraph_get(), wish, keyed=self.shape == KEYED)


register, unregister = bpy.utils.register_classes_factory((HITEM3D_OT_add_pegs,))
