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
from ..send import preflight, selection
from ..session import connection, settings
from .base import Hitem3DOperator, cursor_progress
from .wording import STL_WARNING, cost_message, draw_text, translated

if TYPE_CHECKING:
    from ..core.task import SegmentationRequest, Task
    from ..send.submission import Submission

REMEMBERED = ("seg_level", "format", "include_materials", "include_children", "callback_url")
"""The properties that the preferences keep from one press to the next."""

_DIALOG = 360
"""Pixels that the dialog is wide."""


class HITEM3D_OT_create_task(Hitem3DOperator):
    """Send the model to Hitem3D, which cuts it into parts. Each time costs API credits"""

    bl_idname = "hitem3d.create_task"
    bl_label = "Segment into Parts…"
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
    again: BoolProperty(
        name="Send Again",
        description="Send the model although the same one was sent before with the same options, and pay once more",
        default=False,
        options={"SKIP_SAVE"},
    )
    without_dialog: BoolProperty(options={"HIDDEN", "SKIP_SAVE"})
    advanced: BoolProperty(name="Advanced", options={"HIDDEN", "SKIP_SAVE"})

    _asked: Sequence[Message] = ()
    """What the user has to agree to by pressing the dialog's button; without any, the dialog shows the options."""
    _agrees = False
    """The question is the one that is asked once for each service."""

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        from . import consent

        current = connection.current()
        if refusal := current.refusal():
            self.report({"ERROR"}, translated(refusal))
            return {"CANCELLED"}
        preferences = settings.get()
        if preferences:
            for name in REMEMBERED:
                if not self.properties.is_property_set(name):
                    setattr(self, name, getattr(preferences, name))
        self._agrees = consent.is_needed(current)
        if self._agrees:
            self._asked = consent.question(current)
            return _open_dialog(self, context, "Send Models to Hitem3D?", "Agree")
        if self.without_dialog:
            count = len(self._models(context))
            if count < 2:
                return self.execute(context)
            self._asked = [count_tasks(count)]
        elif models := self._models(context):
            preflight.count_now(context, models, include_materials=self.include_materials)
        return _open_dialog(self, context, "Segment into Parts", "Segment")

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        for number, sentence in enumerate(self._asked):
            draw_text(context, layout, translated(sentence), icon="BLANK1" if number else "QUESTION", width=_DIALOG)
        if self._asked:
            return
        layout.use_property_split = True
        for name in ("source", "include_children", "seg_level", "format", "include_materials"):
            layout.prop(self, name)
            if name == "format" and self.format == "STL":
                draw_text(context, layout, translated(STL_WARNING), icon="ERROR", width=_DIALOG)
        self._draw_cost(context, layout)
        header, body = layout.panel_prop(self, "advanced")
        header.label(text="Advanced")
        if body:
            body.prop(self, "mesh_url")
            body.prop(self, "callback_url")

    def _draw_cost(self, context: bpy.types.Context, layout: bpy.types.UILayout) -> None:
        """What a press would send, and what there is to pay with."""
        try:
            models = selection.find_models(context, self.source, include_children=self.include_children)
        except Hitem3DError as error:
            draw_text(context, layout, translated(error.message), icon="ERROR", width=_DIALOG)
            return
        found = preflight.look_up(context, models, include_materials=self.include_materials)
        numbers = found.problem or found.numbers() if found else Message("counting…")
        draw_text(context, layout, translated(numbers), icon="MESH_DATA", width=_DIALOG)
        if len(models) > 1:
            draw_text(context, layout, translated(count_tasks(len(models))), icon="QUESTION", width=_DIALOG)
        if cost := cost_message(self.seg_level, len(models)):
            draw_text(context, layout, translated(cost), icon="BLANK1", width=_DIALOG)

    def _models(self, context: bpy.types.Context) -> list[list[bpy.types.Object]]:
        """The objects of each task that a press would make; none where it can't make any, which it then says itself."""
        try:
            return selection.find_models(context, self.source, include_children=self.include_children)
        except Hitem3DError:
            return []

    def run(self, context: bpy.types.Context) -> Message | None:
        from ..receive.importers import check_importer
        from ..send import submission
        from . import consent, paying

        current = connection.current()
        if self._agrees:
            consent.give(current)
            # Anew, now that there is nothing to agree to: with the options, or with what else there is to ask.
            given = set(self.properties.bl_rna.properties.keys()) - {"rna_type"}
            bpy.ops.hitem3d.create_task("INVOKE_DEFAULT", **{name: getattr(self, name) for name in given})
            self.only_queued = True
            return None
        preferences = settings.get()
        if preferences and self.is_window_control:
            for name in REMEMBERED:
                setattr(preferences, name, getattr(self, name))
        asked = self._request()
        check_importer(asked.format)  # a result that can't be imported must not be paid for
        submissions = submission.prepare(
            context,
            current,
            asked,
            source=self.source,
            include_materials=self.include_materials,
            include_children=self.include_children,
        )
        self._warn_of_overrides(submissions)
        if self.is_window_control:
            message = paying.queue(current, submissions, again=self.again)
            self.only_queued = message is None
            return message
        with submission.discarding(current, submissions):
            return self._send_now(context, current, submissions)

    def _request(self) -> "SegmentationRequest":
        from ..core.task import SegLevel, SegmentationRequest

        return SegmentationRequest(
            seg_level=SegLevel[self.seg_level],
            format=OutputFormat[self.format],
            mesh_url=self.mesh_url.strip(),
            callback_url=self.callback_url.strip(),
        )

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
    ) -> Message | None:
        """Send them while Blender waits. What was sent before an error is told of, beside the error."""
        from ..send.submission import send_now

        given = {one.uid for one in submissions}
        tasks: list[Task] = []
        try:
            with cursor_progress(context) as progress:
                for task in send_now(current, submissions, again=self.again, progress=progress):
                    tasks.append(task)
        finally:
            sent = [task.task_id for task in tasks if task.uid in given]
            known = [task.task_id or task.uid for task in tasks if task.uid not in given]
            if known:
                used = Message(
                    "The same model was sent before with the same options, so its task is used and nothing is paid: "
                    "{task_ids}. To send it once more, give again=True.",
                    {"task_ids": ", ".join(known)},
                )
                self.report({"WARNING"}, translated(used))
            if sent:
                self.report({"INFO"}, translated(Message("Sent to Hitem3D: {task_ids}", {"task_ids": ", ".join(sent)})))
        return None


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


def _open_dialog(operator: bpy.types.Operator, context: bpy.types.Context, title: str, confirm: str) -> set[str]:
    return context.window_manager.invoke_props_dialog(
        operator,
        width=_DIALOG,
        title=title,
        confirm_text=confirm,
        text_ctxt=contexts.operator_default,  # elsewhere, a segment is one of a curve to Blender
    )


def count_tasks(count: int) -> Message:
    """What pressing costs, where it is more than one task."""
    return Message("Segment {count} objects: {count} tasks will be paid", {"count": count})


register, unregister = bpy.utils.register_classes_factory((HITEM3D_OT_create_task, HITEM3D_OT_add_decimate))
