# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the objects that are chosen to tasks at the service: the exported file, the record on each object."""

from __future__ import annotations

import contextlib
import time
from array import array
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import urlsplit

import bpy

from ..core.data_folder import job_folder, make_folder, new_uid, remove_folder
from ..core.errors import StoreError
from ..core.task import SegmentationRequest, Task
from ..core.tasks import workflow
from ..core.tasks.store import TaskStore
from ..core.tasks.workflow import Progress, Worker
from ..core.values import TaskState, check_upload_size
from ..mesh.evaluated import world_matrix
from ..session.board import board
from ..session.connection import Connection, worker
from ..session.exploded import in_place
from ..session.record import (
    Record,
    matrix_values,
    read_earlier,
    read_newest_record,
    remove_record,
    stamp_task_id,
    task_id_of,
    write_record,
)
from .export import SentGeometry, export_glb
from .selection import Source, check_editable, find_models


class Submission(NamedTuple):
    """One task before it is sent: the objects that it is about, and what create-task is asked."""

    uid: str
    name: str
    objects: Sequence[bpy.types.Object]
    request: SegmentationRequest
    sent: SentGeometry | None
    """None with a mesh_url: what the service then cuts is unknown here."""
    made_here: bool = False
    """The object is a new empty that only carries the id: without a task it is removed."""
    content: str = ""
    """The digest that tells whether the same model was sent before."""

    def record_for(self, obj: bpy.types.Object) -> Record:
        """What an import needs later, on any machine, to place the parts where this object is."""
        with in_place(bpy.context):
            matrix = world_matrix(obj, bpy.context.evaluated_depsgraph_get())
        record = Record(
            uid=self.uid,
            matrix=matrix_values(matrix),
            format=self.request.format,
            time=int(time.time()),
        )
        if self.sent is None:
            return record
        return record._replace(
            centre=self.sent.centre,
            scale=self.sent.scale,
            bounds=self.sent.bounds,
            triangles=self.sent.triangles,
            points=array("f", self.sent.points.tobytes()),
            vertices=self.sent.vertices,
            anchors=array("f", self.sent.anchors.tobytes()),
            mean=self.sent.mean,
            shape_key=_edited_shape_key(obj),
        )

    def enlist(self, store: TaskStore, *, api_url: str, again: bool, owner: str = "") -> Task:
        """Put it in the task list and its record on its objects: the last step before anything is sent.

        Without an owner the task waits for an agent. Without ``again``, the same model with the same options is not put
        there twice: its objects are given the task that is there, and its file is removed.
        """
        task = workflow.record(
            store,
            self.request,
            uid=self.uid,
            name=self.name,
            api_url=api_url,
            owner=owner,
            source=bpy.data.filepath,
            content=self.content,
            again=again,
        )
        if task.uid != self.uid:
            remove_folder(job_folder(store.home, self.uid))
        mark(self, task)
        return task


def prepare(
    context: bpy.types.Context,
    connection: Connection,
    asked: SegmentationRequest,
    *,
    source: Source | list[list[bpy.types.Object]],
    include_materials: bool,
    include_children: bool = False,
) -> list[Submission]:
    """Everything up to the first request: the checks, then one file for each task in its folder of the data folder.

    ``asked`` has the options; its ``mesh`` is filled in here unless it has a ``mesh_url``. ``source`` may be the
    objects of each task themselves. Raises a Hitem3DError for whatever can't work; then nothing has changed, in Blender
    or on the disk.
    """
    connection.check_upload()
    if asked.mesh_url:
        asked.check()
        return [_of_address(context, asked)]
    groups = source if isinstance(source, list) else find_models(context, source, include_children=include_children)
    for obj in {obj for group in groups for obj in group}:
        check_editable(obj)
    jobs = make_folder(make_folder(connection.home) / "jobs")
    submissions: list[Submission] = []
    folders = []
    with in_place(context):
        depsgraph = context.evaluated_depsgraph_get()
        try:
            for group in groups:
                uid = new_uid()
                folders.append(make_folder(jobs / uid))
                file = folders[-1] / "mesh.glb"
                sent = export_glb(
                    group, depsgraph, file, output_format=asked.format, include_materials=include_materials
                )
                check_upload_size(sent.size, connection.site.upload_limit)
                request = asked._replace(mesh=file)
                submissions.append(Submission(uid, group[0].name, group, request, sent, content=request.content()))
        except BaseException:
            for folder in folders:
                remove_folder(folder)
            raise
    return submissions


def mark(submission: Submission, task: Task) -> None:
    """Put a task on its objects: the record that an import needs, and the id if there is one already.

    Until there is one, the record keeps the task that the object had before.
    """
    for obj in submission.objects:
        record = submission.record_for(obj)._replace(uid=task.uid)
        if not task.task_id:
            earlier_id, earlier = read_earlier(obj)
            record = record._replace(earlier_id=earlier_id, earlier=earlier)
        board.remember_record(obj, record)
        write_record(obj, record)
        stamp_task_id(obj, task.task_id)


def find_sent(connection: Connection, submissions: Sequence[Submission]) -> dict[str, Task]:
    """The tasks of the same models with the same options, sent before, by the submission's uid. Raises StoreError."""
    with TaskStore(connection.home) as store:
        found = {one.uid: store.find_same(one.content, one.request, connection.api_url) for one in submissions}
    return {uid: task for uid, task in found.items() if task}


def send_now(
    connection: Connection, submissions: list[Submission], *, again: bool, progress: Progress | None = None
) -> Iterator[Task]:
    """Send submissions here and now, one after the other, and give each task. Raises Hitem3DError.

    Each is taken out of the given list before it is sent. Without ``again``, a model that was sent before gets the task
    that is there, which has another uid than the submission.
    """
    with worker(connection) as sender:
        while submissions:
            task = _send(sender, submissions.pop(0), again=again, progress=progress)
            board.take_over(task)
            yield task


def _send(worker: Worker, submission: Submission, *, again: bool, progress: Progress | None = None) -> Task:
    """Record one submission, send it here and now, and stamp its task id on its objects.

    If it certainly was not accepted, the objects get back what they had before. If nobody can know, they keep the
    record, with which the task and its objects find each other once the user has decided.
    """
    before = [(obj, read_newest_record(obj), task_id_of(obj)) for obj in submission.objects]
    task = submission.enlist(worker.store, api_url=worker.client.api_url, again=again, owner=worker.owner.name)
    if task.uid != submission.uid:
        return task
    try:
        task = workflow.submit(worker, submission.uid, progress=progress)
    except BaseException:
        # A script that is interrupted is run again by its user: what it had not sent must not be sent later by others.
        accepted, task_id = True, ""
        with contextlib.suppress(StoreError):
            left = worker.store.get(submission.uid)
            if left and left.state is TaskState.PENDING:
                left = workflow.cancel(worker, submission.uid)
            if left:
                task_id = left.task_id
                accepted = bool(task_id) or left.state in (TaskState.SENDING, TaskState.UNCERTAIN)
        for obj, earlier, earlier_id in before:
            if accepted:
                stamp_task_id(obj, task_id)
                continue
            board.forget_record(obj)
            if earlier:
                write_record(obj, earlier)
            else:
                remove_record(obj)
            stamp_task_id(obj, earlier_id)
        if not accepted:
            _remove_made(submission)
        raise
    for obj in submission.objects:
        stamp_task_id(obj, task.task_id)
    return task


@contextlib.contextmanager
def discarding(connection: Connection, submissions: list[Submission]) -> Iterator[list[Submission]]:
    """At the end, discard the submissions that are left: whoever puts one in the task list takes it out of this one."""
    try:
        yield submissions
    finally:
        discard(connection, submissions)


def discard(connection: Connection, submissions: Sequence[Submission]) -> None:
    """Remove the files of submissions that were prepared and never recorded."""
    for submission in submissions:
        remove_folder(job_folder(connection.home, submission.uid))
        _remove_made(submission)


def _edited_shape_key(obj: bpy.types.Object) -> str:
    """The shape key that Edit Mode shows, and no other mode does; "" where there is none."""
    key = obj.active_shape_key if obj.type == "MESH" and obj.mode == "EDIT" else None
    return key.name if key and key != key.relative_key else ""


def _remove_made(submission: Submission) -> None:
    if submission.made_here:
        bpy.data.batch_remove(list(submission.objects))


def _of_address(context: bpy.types.Context, asked: SegmentationRequest) -> Submission:
    """A task for a model on the web: on the active object, or on a new empty where there is none."""
    obj = context.view_layer.objects.active
    made_here = obj is None
    if obj is None:
        name = PurePosixPath(urlsplit(asked.mesh_url).path).stem or "Hitem3D"
        obj = bpy.data.objects.new(name, None)
        context.collection.objects.link(obj)
        context.view_layer.objects.active = obj
    check_editable(obj)
    return Submission(new_uid(), obj.name, [obj], asked, None, made_here, asked.content())
