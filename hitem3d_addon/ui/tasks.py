# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The buttons of a task in the list: check, stop, send again, give an id, forget.

None of them is UNDO: what happens at the service can't be undone, and must not be repeated by a key. They import what
does the work when they run.
"""

from typing import TYPE_CHECKING

import bpy
from bpy.props import StringProperty

from ..core.errors import InputError, Message
from ..core.values import UNDER_WAY
from ..session import connection, stamps
from ..session.board import board
from ..session.record import clean_task_id, read_record, stamp_task_id
from .base import AgentOperator, Hitem3DOperator
from .wording import state_message, translated

if TYPE_CHECKING:
    from ..core.tasks.workflow import Worker


class TaskOperator(AgentOperator):
    """A button for one task of the list."""

    uid: StringProperty(name="Task", description="The task's uid in the list", options={"HIDDEN", "SKIP_SAVE"})


class ConfirmedTaskOperator(TaskOperator):
    """A button for one task that asks first."""

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_confirm(self, event)


class HITEM3D_OT_query_task(TaskOperator):
    """Ask Hitem3D how far the active object's task is"""

    bl_idname = "hitem3d.query_task"
    bl_label = "Check Task"
    bl_options = {"REGISTER"}

    def command(self, context: bpy.types.Context) -> dict[str, str]:
        from ..core.tasks.store import TaskStore
        from ..session.lookup import find_task

        current = connection.current()
        current.check()
        with TaskStore(current.home) as store:
            task, _ = find_task(context, store, current.api_url, self.uid)
        return {"do": "watch", "uid": task.uid}

    def do_now(self, worker: "Worker", command: dict[str, str]) -> Message:
        from ..core.tasks import workflow

        task, _ = workflow.refresh(worker, command["uid"])
        board.take_over(task)
        return task.error or state_message(task)


class HITEM3D_OT_cancel_task(TaskOperator):
    """Stop sending the model, or stop waiting for its parts; the service can't be told to stop"""

    bl_idname = "hitem3d.cancel_task"
    bl_label = "Stop"
    begun = Message("Stopping…")
    asks_nothing = True

    def command(self, context: bpy.types.Context) -> dict[str, str]:
        return {"do": "cancel", "uid": self.uid}

    def do_now(self, worker: "Worker", command: dict[str, str]) -> Message:
        from ..core.tasks import workflow

        task = workflow.cancel(worker, self.uid)
        board.take_over(task)
        return task.error or Message("This task has ended already")


class HITEM3D_OT_cancel_all(Hitem3DOperator):
    """Stop all tasks that are being sent or waited for. What the service has begun stays paid"""

    bl_idname = "hitem3d.cancel_all"
    bl_label = "Stop All"
    bl_options = {"INTERNAL"}

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_confirm(self, event)

    def run(self, context: bpy.types.Context) -> Message:
        from ..background import sync
        from ..core.tasks import workflow

        uids, current = running_tasks(), connection.current()
        if self.is_window_control and not current.is_unreachable:
            for uid in uids:
                sync.tell_agent(do="cancel", uid=uid)
            return Message("Stopping…")
        with connection.worker(current) as worker:
            for uid in uids:
                board.take_over(workflow.cancel(worker, uid))
        return Message("Stopped: 1 task" if len(uids) == 1 else "Stopped: {count} tasks", {"count": len(uids)})


class HITEM3D_OT_retry_task(ConfirmedTaskOperator):
    """Send the model again, as it was exported. If the first try reached the service after all, both are charged"""

    bl_idname = "hitem3d.retry_task"
    bl_label = "Send Again"
    begun = Message("Sending again…")

    def command(self, context: bpy.types.Context) -> dict[str, str]:
        connection.current().check_upload()
        return {"do": "retry", "uid": self.uid}

    def do_now(self, worker: "Worker", command: dict[str, str]) -> Message:
        from ..core.tasks import workflow

        workflow.retry(worker, self.uid)
        return _submit(worker, self.uid)


class HITEM3D_OT_move_task(ConfirmedTaskOperator):
    """Send the model to the service that is set now; for a task whose address was wrong, and which was never sent"""

    bl_idname = "hitem3d.move_task"
    bl_label = "Send to This Service"
    begun = Message("Sending…")

    def command(self, context: bpy.types.Context) -> dict[str, str]:
        connection.current().check_upload()
        return {"do": "move", "uid": self.uid}

    def do_now(self, worker: "Worker", command: dict[str, str]) -> Message:
        from ..core.tasks import workflow

        workflow.move(worker, self.uid)
        return _submit(worker, self.uid)


class HITEM3D_OT_give_task_id(TaskOperator):
    """Tell the task's id, as the Hitem3D website shows it, so that it need not be sent again"""

    bl_idname = "hitem3d.give_task_id"
    bl_label = "Give Task Id"

    task_id: StringProperty(name="Task Id", options={"SKIP_SAVE"})

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_props_dialog(self)

    def command(self, context: bpy.types.Context) -> dict[str, str]:
        return {"do": "adopt", "uid": self.uid, "task_id": _check_id(self.task_id)}

    def do_now(self, worker: "Worker", command: dict[str, str]) -> Message:
        from ..core.tasks import workflow

        task = workflow.give_task_id(worker, self.uid, command["task_id"])
        board.take_over(task)
        stamps.stamp()
        return Message("The task has its id now")


class HITEM3D_OT_forget_task(ConfirmedTaskOperator):
    """Take the task out of the list and delete its files here; at the service nothing changes"""

    bl_idname = "hitem3d.forget_task"
    bl_label = "Forget"
    begun = Message("Forgotten")
    asks_nothing = True

    def command(self, context: bpy.types.Context) -> dict[str, str]:
        return {"do": "forget", "uid": self.uid}

    def do_now(self, worker: "Worker", command: dict[str, str]) -> Message:
        from ..core.tasks import workflow

        workflow.forget(worker, self.uid)
        return self.begun


class HITEM3D_OT_clear_finished_tasks(AgentOperator):
    """Take all tasks that are done, failed or stopped out of the list and delete their files; imported parts stay"""

    bl_idname = "hitem3d.clear_finished_tasks"
    bl_label = "Clear Finished Tasks"
    begun = Message("Clearing…")
    asks_nothing = True

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_confirm(self, event)

    def command(self, context: bpy.types.Context) -> dict[str, str]:
        return {"do": "forget_ended"}

    def do_now(self, worker: "Worker", command: dict[str, str]) -> Message:
        from ..core.tasks import workflow

        count = workflow.forget_ended(worker)
        return Message("Forgotten: 1 task" if count == 1 else "Forgotten: {count} tasks", {"count": count})


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
        task_id = _check_id(self.task_id)
        current = connection.current()
        record = read_record(obj)
        request = SegmentationRequest(format=record.format) if record else SegmentationRequest()
        with TaskStore(current.home) as store:
            task = workflow.adopt(store, task_id, name=obj.name, api_url=current.api_url, request=request)
        stamp_task_id(obj, task_id)
        board.take_over(task)
        if self.is_window_control:
            sync.tell_agent(do="watch", uid=task.uid)
        return Message("The task belongs to “{name}” now", {"name": obj.name})


class HITEM3D_OT_copy_task_id(Hitem3DOperator):
    """Copy the task's id to the clipboard"""

    bl_idname = "hitem3d.copy_task_id"
    bl_label = "Copy Task Id"
    bl_options = {"INTERNAL"}

    uid: StringProperty(name="Task", description="The task's uid in the list", options={"HIDDEN", "SKIP_SAVE"})

    def run(self, context: bpy.types.Context) -> Message:
        task = board.tasks.get(self.uid)
        if task is None or not task.task_id:
            raise InputError("This task has no id yet. Wait until it is sent.")
        context.window_manager.clipboard = task.task_id
        return Message("Copied: {task_id}", {"task_id": task.task_id})


def running_tasks() -> list[str]:
    """The uids of the tasks of the service that is set which are under way: what can be stopped."""
    api_url = connection.current().api_url
    return [task.uid for task in board.tasks.values() if task.state in UNDER_WAY and task.api_url == api_url]


def _submit(worker: "Worker", uid: str) -> Message:
    """Send a task that waits to be sent, while the script waits. Raises Hitem3DError."""
    from ..core.tasks import workflow

    task = workflow.submit(worker, uid)
    board.take_over(task)
    stamps.stamp()
    return Message("Sent to Hitem3D: {task_ids}", {"task_ids": task.task_id})


def _check_id(text: str) -> str:
    """The task id that was typed or pasted. Raises InputError for what is none."""
    task_id = clean_task_id(text)
    if not task_id:
        raise InputError("This is no task id. It looks like segmentation_20260312_8f92ab3e1cde.")
    return task_id


register, unregister = bpy.utils.register_classes_factory(
    (
        HITEM3D_OT_query_task,
        HITEM3D_OT_cancel_task,
        HITEM3D_OT_cancel_all,
        HITEM3D_OT_retry_task,
        HITEM3D_OT_move_task,
        HITEM3D_OT_give_task_id,
        HITEM3D_OT_adopt_task,
        HITEM3D_OT_forget_task,
        HITEM3D_OT_copy_task_id,
        HITEM3D_OT_clear_finished_tasks,
    )
)
