# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one process works on tasks with, against the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sandbox.process import Sandbox

from hitem3d_addon.core.credentials import Credentials
from hitem3d_addon.core.task import Task
from hitem3d_addon.core.tasks import workflow
from hitem3d_addon.core.tasks.owner import Owner
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.tasks.workflow import Worker

NewTask = Callable[[], Task]
"""Records a task, which waits to be sent."""


@contextmanager
def connected(home: Path, sandbox: Sandbox, token: str = "") -> Iterator[Worker]:
    """A process of the command line, as far as the tasks know; ``token`` is that of another account."""
    with TaskStore(home) as store, Owner(home, script=True) as owner:
        keys = Credentials(token=token or sandbox.token)
        client = workflow.connect(store, sandbox.url, keys, user_agent="test", ca_file=None)
        with closing(client):
            yield Worker(store, owner, client)
