# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done with the parts: bring them into the scene, or put them on the original.

The operators import what does the work when they run.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, StringProperty

from ..core import choices
from ..core.errors import Message
from ..session import connection
from ..session.board import board
from ..session.record import parts_of, task_id_of
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
        items=[
            ("AUTO", "Automatic", "By objects, else groups, else materials, else colours, else loose pieces"),
            ("AS_DELIVERED", "As Delivered", "The objects that the file holds"),
            ("BY_GROUP", "By Group", "A part for each group, solid or number that the file gives its faces"),
            ("BY_MATERIAL", "By Material", "A part for each material"),
            ("BY_COLOUR", "By Colour", "A part for each vertex colour"),
            ("LOOSE", "Loose Parts", "A part for each piece that hangs together"),
        ],
        default="AUTO",
    )
    placement: EnumProperty(
        name="Placement",
        description="Where the parts go",
        items=[
            ("AUTO", "Automatic", "Where the object is; turned, moved or scaled if the service changed that"),
            ("AS_DELIVERED", "As Delivered", "Trust the coordinates that the service sent back"),
        ],
        default="AUTO",
    )
    hide_source: BoolProperty(name="Hide Original", description="Hide the object that was segmented", default=False)
    parent: BoolProperty(
        name="Parent to Original", description="Make the parts children of the object that was segmented", default=False
    )

    uid: StringProperty(name="Task", description="The task's uid in the list", options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        obj = context.view_layer.objects.active
        if board.tasks or (obj and task_id_of(obj)):
            return True
        cls.poll_message_set(translated(Message("The active object has no Hitem3D task. Segment it first")))
        return False

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        layout.use_property_split = True
        for name in ("parts", "placement", "hide_source", "parent"):
            layout.prop(self, name)

    def run(self, context: bpy.types.Context) -> Message | None:
        from ..background import sync
        from ..core.choices import ImportOptions
        from ..core.tasks import workflow
        from ..core.tasks.store import TaskStore
        from ..receive.importing import import_parts
        from ..session.lookup import find_task

        current = connection.current()
        options = ImportOptions(self.parts, self.placement, self.hide_source, self.parent)
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


class HITEM3D_OT_apply_parts(Hitem3DOperator):
    """Put the imported parts on the original, which keeps its topology, UVs, materials and modifiers"""

    bl_idname = "hitem3d.apply_parts"
    bl_label = "Apply Parts to Original"
    bl_options = {"REGISTER", "UNDO"}

    target: EnumProperty(
        name="As",
        description="What the parts become on the original",
        items=choices.TARGET_ITEMS,
        default="FACE_ATTRIBUTE",
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        obj = context.view_layer.objects.active
        if obj and obj.type == "MESH" and parts_of(obj):
            return True
        cls.poll_message_set(translated(Message("Import the parts of the active object first")))
        return False

    def run(self, context: bpy.types.Context) -> Message:
        from ..apply.applying import apply_parts

        return apply_parts(context, context.view_layer.objects.active, self.target)


register, unregister = bpy.utils.register_classes_factory((HITEM3D_OT_import_result, HITEM3D_OT_apply_parts))
