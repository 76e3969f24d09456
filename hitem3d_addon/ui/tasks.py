# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The buttons of a task in the list: stop, send again, give an id, forget; and those of the account and the address.

None of them is REGISTER or UNDO: what happens at the service can't be undone, and must not be repeated by a key.
They import what does the work when they run.
"""

import bpy
from bpy.props import StringProperty

from ..core.errors import InputError, Message
from ..core.values import OutputFormat
from ..session import board, connection, settings, stamps
from ..session.record import clean_task_id, read_record, stamp_task_id
from .base import Hitem3DOperator
from .wording import translated


class TaskOperator(Hitem3DOperator):
    """An operator on one task of the list. A window control leaves it to the agent; a script does it here and now."""

    bl_options = {"INTERNAL"}
    uid: StringProperty(name="Task", description="The task's uid in the list", options={"HIDDEN", "SKIP_SAVE"})


class HITEM3D_OT_cancel_task(TaskOperator):
    """Stop sending the model, or stop waiting for its parts; the service can't be told to stop"""

    bl_idname = "hitem3d.cancel_task"
    bl_label = "Stop"

    def run(self, context: bpy.types.Context) -> Message:
        from ..background import sync
        from ..core.tasks import workflow

        if self.is_window_control:
            sync.tell_agent(do="cancel", uid=self.uid)
            return Message("Stopping…")
        with connection.worker(connection.current()) as worker:
            task = workflow.cancel(worker, self.uid)
        board.saw(task)
        return task.error or Message("This task has ended already")


class HITEM3D_OT_retry_task(TaskOperator):
    """Send the model again, as it was exported. If the first try reached the service after all, both are charged"""

    bl_idname = "hitem3d.retry_task"
    bl_label = "Send Again"

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_confirm(self, event)

    def run(self, context: bpy.types.Context) -> Message:
        from ..background import sync
        from ..core.tasks import workflow

        current = connection.current()
        current.check_upload()
        if self.is_window_control:
            sync.tell_agent(do="retry", uid=self.uid)
            return Message("Sending again…")
        with connection.worker(current) as worker:
            workflow.retry(worker, self.uid)
            task = workflow.submit(worker, self.uid)
        board.saw(task)
        stamps.stamp()
        return Message("Sent to Hitem3D: {task_ids}", {"task_ids": task.task_id})


class HITEM3D_OT_give_task_id(TaskOperator):
    """Tell the task's id, as the Hitem3D website shows it, so that it need not be sent again"""

    bl_idname = "hitem3d.give_task_id"
    bl_label = "Give Task Id"

    task_id: StringProperty(name="Task Id", options={"SKIP_SAVE"})

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_props_dialog(self)

    def run(self, context: bpy.types.Context) -> Message:
        from ..background import sync
        from ..core.tasks import workflow

        task_id = _checked(self.task_id)
        if self.is_window_control:
            sync.tell_agent(do="adopt", uid=self.uid, task_id=task_id)
            return Message("Asking Hitem3D…")
        with connection.worker(connection.current()) as worker:
            task = workflow.give_task_id(worker, self.uid, task_id)
        board.saw(task)
        stamps.stamp()
        return Message("The task has its id now")


class HITEM3D_OT_adopt_task(Hitem3DOperator):
    """Take a task from elsewhere to the active object, by its id: a colleague's, or one of the website"""

    bl_idname = "hitem3d.adopt_task"
    bl_label = "Add Task by Id"
    bl_options = {"REGISTER", "UNDO"}

    task_id: StringProperty(name="Task Id", options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        obj = context.view_layer.objects.active
        if obj and obj.is_editable:
            return True
        cls.poll_message_set(translated(Message("Click the object that the task belongs to")))
        return False

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_props_dialog(self)

    def run(self, context: bpy.types.Context) -> Message:
        from ..background import sync
        from ..core.task import SegmentationRequest
        from ..core.tasks import workflow
        from ..core.tasks.store import TaskStore

        obj = context.view_layer.objects.active
        task_id = _checked(self.task_id)
        current = connection.current()
        record = read_record(obj)
        request = SegmentationRequest(format=record.format if record else OutputFormat.GLB)
        with TaskStore(current.home) as store:
            task = workflow.adopt(store, task_id, name=obj.name, api_url=current.api_url, request=request)
        stamp_task_id(obj, task_id)
        board.saw(task)
        if self.is_window_control:
            sync.tell_agent(do="watch", uid=task.uid)
        return Message("The task belongs to “{name}” now", {"name": obj.name})


class HITEM3D_OT_forget_task(TaskOperator):
    """Take the task out of the list and delete its files here; at the service nothing changes"""

    bl_idname = "hitem3d.forget_task"
    bl_label = "Forget"

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_confirm(self, event)

    def run(self, context: bpy.types.Context) -> Message:
        from ..background import sync
        from ..core.tasks import workflow

        if self.is_window_control:
            sync.tell_agent(do="forget", uid=self.uid)
        else:
            with connection.worker(connection.current()) as worker:
                workflow.forget(worker, self.uid)
        return Message("Forgotten")


class HITEM3D_OT_clear_finished_tasks(Hitem3DOperator):
    """Take all tasks that are done, failed or stopped out of the list and delete their files; imported parts stay"""

    bl_idname = "hitem3d.clear_finished_tasks"
    bl_label = "Clear Finished Tasks"
    bl_options = {"INTERNAL"}

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_confirm(self, event)

    def run(self, context: bpy.types.Context) -> Message:
        from ..background import sync
        from ..core.tasks import workflow

        if self.is_window_control:
            sync.tell_agent(do="forget_ended")
            return Message("Clearing…")
        with connection.worker(connection.current()) as worker:
            return Message("Forgotten: {count} task(s)", {"count": workflow.forget_ended(worker)})


class HITEM3D_OT_copy_task_id(TaskOperator):
    """Copy the task's id to the clipboard"""

    bl_idname = "hitem3d.copy_task_id"
    bl_label = "Copy Task Id"

    def run(self, context: bpy.types.Context) -> Message:
        task = board.tasks.get(self.uid)
        if task is None or not task.task_id:
            raise InputError("This task has no id yet. Wait until it is sent.")
        context.window_manager.clipboard = task.task_id
        return Message("Copied: {task_id}", {"task_id": task.task_id})


class HITEM3D_OT_test_connection(Hitem3DOperator):
    """Ask Hitem3D whether the keys work and how many API credits are left"""

    bl_idname = "hitem3d.test_connection"
    bl_label = "Test Connection"
    bl_options = {"INTERNAL"}

    def run(self, context: bpy.types.Context) -> Message:
        from ..background import sync
        from ..core.tasks import workflow

        current = connection.current()
        current.check()
        if self.is_window_control:
            sync.tell_agent(do="account")
            return Message("Asking Hitem3D…")
        with connection.worker(current) as worker:
            board.account = workflow.account(worker)
        return board.account


class HITEM3D_OT_use_local_service(Hitem3DOperator):
    """Set address and token to those of the local Hitem3D, which runs on this computer: python3 scripts/sandbox"""

    bl_idname = "hitem3d.use_local_service"
    bl_label = "Use Local Hitem3D"
    bl_options = {"INTERNAL"}

    def run(self, context: bpy.types.Context) -> Message:
        preferences = settings.get()
        if preferences is None:
            raise InputError(
                "The add-on is not enabled in the preferences, so it has none to set. Enable it in Preferences "
                "> Add-ons."
            )
        preferences.api_url, preferences.token = settings.LOCAL_API_URL, settings.LOCAL_TOKEN
        return Message("Set to the local Hitem3D. Start it with: python3 scripts/sandbox")


def _checked(text: str) -> str:
    task_id = clean_task_id(text)
    if not task_id:
        raise InputError("This is no task id. It looks like segmentation_20260312_8f92ab3e1cde.")
    return task_id


register, unregister = bpy.utils.register_classes_factory(
    (
        HITEM3D_OT_cancel_task,
        HITEM3D_OT_retry_task,
        HITEM3D_OT_give_task_id,
        HITEM3D_OT_adopt_task,
        HITEM3D_OT_forget_task,
        HITEM3D_OT_copy_task_id,
        HITEM3D_OT_clear_finished_tasks,
        HITEM3D_OT_test_connection,
        HITEM3D_OT_use_local_service,
    )
)
