# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator that closes parts where they were cut."""

import time
from collections.abc import Generator
from typing import TYPE_CHECKING

import bpy
from bpy.props import BoolProperty, FloatProperty

from ..core.errors import Hitem3DError, InputError, Message
from ..session.exploded import in_place
from ..session.parts import find_parts
from .base import PartsOperator
from .wording import translated

if TYPE_CHECKING:
    from ..closing.close import Closing

_SLICE = 0.1
"""Seconds of work between two looks at the keyboard."""


class HITEM3D_OT_close_parts(PartsOperator):
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

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        try:
            self._steps = self._begin(context)
        except Hitem3DError as error:
            self.report({"ERROR"}, translated(error.message))
            return {"CANCELLED"}
        manager = context.window_manager
        manager.progress_begin(0, 100)
        self._timer = manager.event_timer_add(0.01, window=context.window)
        manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        if event.type == "ESC":
            self._steps.close()
            self._end(context)
            self.report({"INFO"}, translated(Message("Stopped; the parts are as they were")))
            return {"CANCELLED"}
        if event.type != "TIMER":
            return {"RUNNING_MODAL"}
        until, percent = time.monotonic() + _SLICE, 0
        try:
            while time.monotonic() < until:
                done, total = next(self._steps)
                percent = 100 * done // max(total, 1)
                context.window_manager.progress_update(percent)
        except StopIteration as end:
            self._end(context)
            self._tell(end.value)
            return {"FINISHED"}
        except Hitem3DError as error:
            self._end(context)
            self.report({"ERROR"}, translated(error.message))
            return {"CANCELLED"}
        except BaseException:
            self._end(context)
            raise
        status = Message("Closing the parts: {percent} %. Esc stops it", {"percent": percent})
        context.workspace.status_text_set(translated(status))
        return {"RUNNING_MODAL"}

    def run(self, context: bpy.types.Context) -> None:
        from ..closing.close import run_through

        self._tell(run_through(self._begin(context)))

    def _begin(self, context: bpy.types.Context) -> "Generator[tuple[int, int], None, Closing]":
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

    def _end(self, context: bpy.types.Context) -> None:
        context.window_manager.event_timer_remove(self._timer)
        context.window_manager.progress_end()
        context.workspace.status_text_set(None)

    def _tell(self, closing: "Closing") -> None:
        for warning in closing.warnings():
            self.report({"WARNING"}, translated(warning))
        self.report({"INFO"}, translated(closing.sentence()))


register, unregister = bpy.utils.register_classes_factory((HITEM3D_OT_close_parts,))
