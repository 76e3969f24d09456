# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sending a model, and making one small enough to be sent.

Like Blender's own operators, they import what does the work when they run: Blender's start does without.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import bpy
from bpy.app.translations import contexts
from bpy.props import BoolProperty, EnumProperty, FloatProperty, StringProperty

from ..core.errors import Hitem3DError, Message
from ..core.values import OutputFormat
from ..session import connection, settings
from .base import Hitem3DOperator, cursor_progress
from .wording import STL_WARNING, draw_text, translated

if TYPE_CHECKING:
    from ..send.submission import Submission

REMEMBERED = ("seg_level", "format", "include_materials", "include_children", "callback_url")
"""The properties that the preferences keep from one press to the next."""

_DIALOG = 360
"""Pixels that the dialog is wide."""


class HITEM3D_OT_create_task(Hitem3DOperator):
    """Send the model to Hitem3D, which cuts it into parts. Each time costs API credits"""

    bl_idname = "hitem3d.create_task"
    bl_label = "Segment (Split into Parts)"
    # Neither REGISTER nor UNDO: Repeat Last, F9 and redo would pay again, and undo can't take a payment back.
    bl_options = {"PRESET"}

    seg_level: EnumProperty(
        name="Level", description="How finely the model is cut", items=settings.SEG_LEVEL_ITEMS, default="MEDIUM"
    )
    format: EnumProperty(
        name="Format",
        description="The kind of file that the service sends back",
        items=settings.FORMAT_ITEMS,
        default="GLB",
    )
    callback_url: StringProperty(
        name="Callback URL",
        description="A web address of yours that the service tells when the task is done",
        options={"SKIP_SAVE"},
    )
    mesh_url: StringProperty(
        name="Model URL",
        description="The web address of a GLB, STL or OBJ file to cut in place of the object",
        options={"SKIP_SAVE"},
    )
    include_materials: BoolProperty(
        name="Include Materials", description="Send materials and textures too, which takes longer", default=False
    )
    include_children: BoolProperty(
        name="Include Children",
        description="Send the objects that are parented to it as one model with it",
        default=False,
    )
    source: EnumProperty(
        name="Send",
        description="What is sent",
        items=[
            ("ACTIVE", "Active Object", "The active object"),
            ("EACH", "Each Selected Object", "One task for each selected object"),
            ("TOGETHER", "Selection as One Model", "All selected objects as one model, in one task"),
        ],
        default="ACTIVE",
    )
    without_dialog: BoolProperty(options={"HIDDEN", "SKIP_SAVE"})

    _asking: Sequence[Message] = ()
    """What the user has to agree to by pressing the dialog's button."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if reason := connection.current().refusal():
            cls.poll_message_set(translated(reason))
            return False
        return True

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        from . import consent

        preferences = settings.get()
        if preferences:
            for name in REMEMBERED:
                if not self.properties.is_property_set(name):
                    setattr(self, name, getattr(preferences, name))
        current = connection.current()
        self._asking = consent.question(current) if consent.is_needed(current) else ()
        if self.without_dialog and not self._asking:
            return self.execute(context)
        return context.window_manager.invoke_props_dialog(
            self,
            width=_DIALOG,
            title="Segment (Split into Parts)",
            confirm_text="Agree and Segment" if self._asking else "Segment",
            text_ctxt=contexts.operator_default,  # elsewhere, a segment is one of a curve to Blender
        )

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        for number, sentence in enumerate(self._asking):
            icon = "BLANK1" if number else "INTERNET"
            draw_text(context, layout, translated(sentence), icon=icon, width=_DIALOG)
        if self._asking:
            layout.separator()
        layout.use_property_split = True
        for name in ("source", "include_children", "seg_level", "format", "include_materials"):
            layout.prop(self, name)
            if name == "format" and self.format == "STL":
                draw_text(context, layout, translated(STL_WARNING), icon="ERROR", width=_DIALOG)
        layout.prop(self, "mesh_url")
        layout.prop(self, "callback_url")

    def run(self, context: bpy.types.Context) -> Message:
        from ..background import sync
        from ..core.task import SegLevel, SegmentationRequest
        from ..receive.importers import check_importer
        from ..send import submission
        from . import consent

        preferences = settings.get()
        if preferences and self.is_window_control:
            for name in REMEMBERED:
                setattr(preferences, name, getattr(self, name))
        asked = SegmentationRequest(
            seg_level=SegLevel[self.seg_level],
            format=OutputFormat[self.format],
            mesh_url=self.mesh_url.strip(),
            callback_url=self.callback_url.strip(),
        )
        current = connection.current()
        check_importer(asked.format)  # a result that can't come in is not to be paid for
        submissions = submission.prepare(
            context,
            current,
            asked,
            source=self.source,
            include_materials=self.include_materials,
            include_children=self.include_children,
        )
        with submission.discarding(current, submissions):
            self._warn_of_overrides(submissions)
            if not self.is_window_control:
                return self._send_now(context, current, submissions)
            if self._asking:
                consent.give(current)
            tasks = sync.queue(submissions)
        return Message("Sending to Hitem3D in the background: {count} task(s)", {"count": len(tasks)})

    def _warn_of_overrides(self, submissions: "list[Submission]") -> None:
        """Blender (4.2 to 5.2) saves no custom property that an override has of its own."""
        overrides = [obj.name for one in submissions for obj in one.objects if obj.override_library]
        if overrides:
            warning = Message(
                "“{name}” is a library override: its task id is not saved with the file. The task stays in the list.",
                {"name": overrides[0]},
            )
            self.report({"WARNING"}, translated(warning))

    def _send_now(
        self, context: bpy.types.Context, current: connection.Connection, submissions: "list[Submission]"
    ) -> Message:
        """Send them while Blender waits. What was sent before an error is told of, beside the error."""
        from ..send.submission import send_now

        task_ids: list[str] = []
        try:
            with cursor_progress(context) as progress:
                for task in send_now(current, submissions, progress=progress):
                    task_ids.append(task.task_id)
        except Hitem3DError:
            if task_ids:
                self.report({"INFO"}, translated(_sent_message(task_ids)))
            raise
        return _sent_message(task_ids)


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


def _sent_message(task_ids: list[str]) -> Message:
    return Message("Sent to Hitem3D: {task_ids}", {"task_ids": ", ".join(task_ids)})


register, unregister = bpy.utils.register_classes_factory((HITEM3D_OT_create_task, HITEM3D_OT_add_decimate))
