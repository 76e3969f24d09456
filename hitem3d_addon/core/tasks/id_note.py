# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task id in a file beside the job's model, in case the task list can't be written when the service's answer comes.

The file gets its size before anything is sent, so that a full disk can't keep the id from being written.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from ..data_folder import job_folder, make_folder, private_file
from ..errors import StoreError

_NAME = "task_id"
_BYTES = 1024
"""The size of the file; the ids that are known have 35 bytes."""


def reserve_note(home: Path, uid: str) -> None:
    """Make the file, before anything is sent. Raises OSError or StoreError, also where the disk has no room."""
    make_folder(home / "jobs")
    with private_file(make_folder(job_folder(home, uid)) / _NAME) as note:
        note.write(b" " * _BYTES)
        note.flush()
        os.fsync(note.fileno())


def write_note(home: Path, uid: str, task_id: str) -> None:
    """Write the id, at once and without the task list, which may be locked or on a full disk. Raises nothing."""
    with contextlib.suppress(OSError, StoreError):
        make_folder(home / "jobs")
        file = make_folder(job_folder(home, uid)) / _NAME
        with file.open("r+b") if file.is_file() else private_file(file) as note:
            note.write(task_id.encode("utf-8", "surrogatepass").ljust(_BYTES))
            note.flush()
            os.fsync(note.fileno())


def read_note(home: Path, uid: str) -> str:
    """The id that was written; "" where none was, or none can be read."""
    with contextlib.suppress(OSError, ValueError):
        return (job_folder(home, uid) / _NAME).read_bytes().decode("utf-8", "surrogatepass").strip()
    return ""
