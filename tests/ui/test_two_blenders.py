# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two Blenders send the same model at the same moment: it is paid for once."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import bpy
from sandbox.process import Sandbox

from hitem3d_addon.core.data_folder import new_uid
from hitem3d_addon.core.task import SegmentationRequest, Task
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.values import TaskState
from hitem3d_addon.send import submission
from hitem3d_addon.session import connection
from hitem3d_addon.ui import paying


def test_a_press_while_another_blender_adds_the_same_model(addon: None, home: Path, sandbox: Sandbox) -> None:
    """The other one has begun to write its row when this one looks whether the model was sent before."""
    sandbox.behave(seconds=600)
    bpy.ops.mesh.primitive_cube_add()
    current = connection.current()
    asked = SegmentationRequest()
    (one,) = submissions = submission.prepare(
        bpy.context, current, asked, source=[[bpy.context.object]], include_materials=False
    )
    theirs = Task(
        new_uid(),
        "Theirs",
        current.api_url,
        one.request._replace(mesh=None, mesh_url="https://example.org/cube.glb"),
        TaskState.WORKING,
        int(time.time()),
        task_id="segmentation_theirs",
        content=one.content,
    )
    writing = threading.Event()

    def add() -> None:
        def wait_before_the_commit(statement: str) -> None:
            if statement == "COMMIT":
                writing.set()
                time.sleep(1.0)

        with TaskStore(home) as store:
            store._connection.set_trace_callback(wait_before_the_commit)
            store.add(theirs)

    other = threading.Thread(target=add)
    other.start()
    assert writing.wait(10)
    message = paying.queue(current, submissions, again=False)
    other.join()
    with TaskStore(home) as store:
        assert [task.uid for task in store.tasks()] == [theirs.uid]
    assert str(message).startswith("Nothing is sent")
    assert bpy.context.object["hitem3d_task_id"] == theirs.task_id
    assert not list((home / "jobs").iterdir()), "the file that is not sent is gone"
