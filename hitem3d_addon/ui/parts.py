# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operators for parts: import them, apply them to the original, show them.

The operators import what does the work when they run.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import bpy
from bpy.app.translations import contexts
from bpy.props import BoolProperty, EnumProperty, FloatProperty, StringProperty

from ..core import choices
from ..core.errors import InputError, Message
from ..session import connection
from ..session.board import board
from ..session.parts import (
    find_imports,
    find_original,
    find_originals,
    find_versions,
    has_chosen_original,
    has_versions,
    show,
)
from ..session.record import parts_of, parts_of_task, task_id_of
from .base import Hitem3DOperator, cursor_progress
from .wording import translated

if TYPE_CHECKING:
    from ..core.task import Task


class HITEM3D_OT_import_result(Hitem3DOperator):
    """Import the parts of the active object's task, where the object is now"""

    bl_idname = "hitem3d.import_result"
    bl_label = "Import Parts"
    bl_options = {"REGISTER", "UNDO"}

    wait: BoolProperty(name="Wait", description="Wait until the service is done", default=False, options={"SKIP_SAVE"})
    timeout: FloatProperty(
        name="Timeout",
        description="How long to wait at most, in seconds",
        default=3600.0,
        min=0.0,
        options={"SKIP_SAVE"},
    )
    parts: EnumProperty(
        name="Parts",
        description="How the parts are told apart in the file that came back",
        items=choices.PARTS_ITEMS,
        default="AUTO",
    )
    placement: EnumProperty(
        name="Placement",
        description="Where the parts go",
        items=choices.PLACEMENT_ITEMS,
        default="AUTO",
    )
    hide_source: BoolProperty(name="Hide Original", description="Hide the object that was segmented", default=False)
    parent: BoolProperty(
        name="Parent to Original", description="Make the parts children of the object that was segmented", default=False
    )

    replace: BoolProperty(
        name="Replace Earlier Parts",
        description="Take away the parts that an earlier import of this task brought",
        default=False,
    )

    uid: StringProperty(name="Task", description="The task's uid in the list", options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        obj = context.view_layer.objects.active
        if board.tasks or (obj and task_id_of(obj)):
            return True
        cls.poll_message_set(translated(Message("The active object has no Hitem3D task. Segment it first")))
        return False

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        # In the same place, both would flicker. Where the user has chosen otherwise, that is kept from import to
        # import.
        for name in ("hide_source", "replace"):
            if not self.properties.is_property_set(name):
                setattr(self, name, True)
        if self.replace and self._is_changed(context):
            return context.window_manager.invoke_confirm(
                self,
                event,
                title="Replace the Parts?",
                message=translated(Message("They were changed since they were imported, and the changes are lost.")),
                confirm_text="Replace",
                text_ctxt=contexts.default,
            )
        return self.execute(context)

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        layout.use_property_split = True
        for name in ("parts", "placement", "hide_source", "parent", "replace"):
            layout.prop(self, name)

    def _is_changed(self, context: bpy.types.Context) -> bool:
        """Whether somebody has worked on the parts that would be replaced."""
        active = context.view_layer.objects.active
        task = board.tasks.get(self.uid) or (board.find_task(active) if active else None)
        if task is None or not parts_of_task(task.task_id):
            return False
        from ..receive.brought import find_brought, is_changed

        objects = board.list_objects().get(task.uid, [])
        source = active if active in objects else next(iter(objects), None)
        return any(map(is_changed, find_brought(task, source)))

    def run(self, context: bpy.types.Context) -> Message | None:
        from ..background import sync
        from ..core.choices import ImportOptions
        from ..core.tasks import workflow
        from ..core.tasks.store import TaskStore
        from ..receive.importing import import_parts
        from ..session.lookup import find_task

        current = connection.current()
        options = ImportOptions(self.parts, self.placement, self.hide_source, self.parent, self.replace)
        with TaskStore(current.home) as store:
            task, obj = find_task(context, store, current.api_url, self.uid)
            file = workflow.result_file(current.home, task)
        if file is None and self.is_window_control:
            current.check()
            sync.import_on_arrival(task.uid, options)
            self.only_queued = True
            return Message("The parts are being fetched, and are imported when they are here")
        if file is None:
            file = self._download(context, current, task)
        imported = import_parts(context, file, task, obj, options)
        if board.news:
            board.show_news(None)
        for note in imported.notes:
            self.report({"INFO"}, translated(note))
        for warning in imported.warnings:
            self.report({"WARNING"}, translated(warning))
        if imported.doubtful:
            self.report({"WARNING"}, translated(imported.report))
            return None
        return imported.report

    def _download(self, context: bpy.types.Context, current: connection.Connection, task: "Task") -> Path:
        from ..core.tasks import workflow

        current.check()
        with connection.worker(current) as worker, cursor_progress(context) as progress:
            try:
                if self.wait:
                    workflow.wait(worker, task.uid, timeout=self.timeout, on_change=board.take_over)
                return workflow.fetch(worker, task.uid, progress=progress)
            finally:
                if latest := worker.store.get(task.uid):
                    board.take_over(latest)


class ApplyOperator(Hitem3DOperator):
    """What puts parts on objects: as what, and whether that is shown."""

    bl_options = {"REGISTER", "UNDO"}

    target: EnumProperty(
        name="As",
        description="What the parts become there",
        items=choices.TARGET_ITEMS,
        default="FACE_ATTRIBUTE",
    )
    in_colour: BoolProperty(
        name="Show Colours",
        description="Show the parts in Solid view, by a colour attribute",
        default=False,
    )

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        # An attribute, face sets and vertex groups are seen in no view of Object Mode.
        if not self.properties.is_property_set("in_colour"):
            self.in_colour = True
        return self.execute(context)

    def show_in_solid_view(self, context: bpy.types.Context) -> None:
        """Have the 3D View, where it is shaded solid, show the colours: of materials, or of a colour attribute."""
        space = context.space_data
        if self.in_colour and space and space.type == "VIEW_3D" and space.shading.type == "SOLID":
            space.shading.color_type = "MATERIAL" if self.target in ("MATERIALS", "SEPARATE") else "VERTEX"


class HITEM3D_OT_apply_parts(ApplyOperator):
    """Put the imported parts on the original, which keeps its topology, UVs, materials and modifiers"""

    bl_idname = "hitem3d.apply_parts"
    bl_label = "Apply Parts to Original"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if has_chosen_original(context):
            return True
        cls.poll_message_set(translated(Message("Import the parts of the active object first")))
        return False

    def run(self, context: bpy.types.Context) -> Message:
        from ..apply.applying import apply_parts

        original = find_original(context)
        if original is None:
            raise InputError("There are no parts to put on this object. Import them first.")
        parts = parts_of(original)
        active = context.view_layer.objects.active
        if active != original and active and active.mode != "OBJECT":
            raise InputError("Leave the mode in which the active object is edited, and try again.")
        if original.name not in context.view_layer.objects:
            raise InputError("“{name}” is in another scene or view layer. Open that one first.", name=original.name)
        # What is hidden is not evaluated, and nobody would see the result.
        show(context, [original], True)
        context.view_layer.objects.active = original
        report = apply_parts(context, original, self.target, in_colour=self.in_colour)
        if self.is_window_control:
            show(context, parts, False)
            if self.target != "SEPARATE":
                original.select_set(True)
            self.show_in_solid_view(context)
        return report


class HITEM3D_OT_apply_parts_to_selected(ApplyOperator):
    """Put the imported parts on each selected object that is a later version of the original, or a sister of it"""

    bl_idname = "hitem3d.apply_parts_to_selected"
    bl_label = "Apply Parts to Selected"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if has_versions(context):
            return True
        cls.poll_message_set(
            translated(Message("Select the versions, and last an imported part or the object that was segmented"))
        )
        return False

    def run(self, context: bpy.types.Context) -> Message:
        from ..apply.versions import apply_to_versions

        versions, imports = find_versions(context), find_imports(context)
        if not versions or not imports:
            raise InputError("There is nothing to put parts on, or there are no parts. Select both.")
        *notes, report = apply_to_versions(context, versions, imports, self.target, in_colour=self.in_colour)
        for note in notes:
            self.report({"WARNING"}, translated(note))
        if self.is_window_control:
            self.show_in_solid_view(context)
        return report


class HITEM3D_OT_show(Hitem3DOperator):
    """Show the original or the parts, and hide the other"""

    bl_idname = "hitem3d.show"
    bl_label = "Show"
    bl_options = {"REGISTER", "UNDO"}

    what: EnumProperty(
        name="Show",
        description="Which of the two is seen",
        items=[
            ("ORIGINAL", "Original Object", "The object that was sent"),
            ("PARTS", "Parts", "What the service cut it into"),
        ],
    )
    uid: StringProperty(name="Task", description="The task's uid in the list", options={"HIDDEN", "SKIP_SAVE"})

    def run(self, context: bpy.types.Context) -> None:
        from ..parts.naming import check_not_edited

        task = board.tasks.get(self.uid)
        if task is None or not task.task_id:
            raise InputError("This task is not in the list, or was not sent. Click the task in the list.")
        originals = find_originals(task.task_id)
        parts = parts_of_task(task.task_id)
        check_not_edited(context, [*originals, *parts])
        show(context, originals, self.what == "ORIGINAL")
        show(context, parts, self.what == "PARTS")


register, unregister = bpy.utils.register_classes_factory(
    (HITEM3D_OT_import_result, HITEM3D_OT_apply_parts, HITEM3D_OT_apply_parts_to_selected, HITEM3D_OT_show)
)
