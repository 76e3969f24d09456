# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may go from the data folder: files of tasks that ended long ago. Rows stay; a result can be fetched again."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from ..data_folder import is_uid, remove_folder
from ..service.download import PARTS
from ..task import Task
from ..values import ENDED
from .owner import Owner
from .results import SEVERAL
from .store import DAMAGED, TaskStore

KEPT_DAYS = 30
KEPT_BYTES = 5_000_000_000
_BROKEN_OFF = 3600.0
"""Seconds without a byte after which nobody is downloading a file any more."""


def clear_away(store: TaskStore, owner: Owner, *, now: float | None = None) -> None:
    """Remove the files of tasks that ended over KEPT_DAYS ago, and the oldest of them while all are over KEPT_BYTES.

    A task that is under way, uncertain or somebody's keeps its files, but for what a download left that was broken off:
    a process that ends does not wait for it. A folder without a row goes after a day: its row may be about to be
    written. ``now`` is in seconds since 1970.
    """
    now = time.time() if now is None else now
    for part in (store.home / "jobs").glob(f"*/{PARTS}"):
        with contextlib.suppress(OSError):
            if now - part.stat().st_mtime > _BROKEN_OFF:
                part.unlink()
    for several in (store.home / "jobs").glob(f"*/{SEVERAL}"):
        with contextlib.suppress(OSError):
            if now - max(path.stat().st_mtime for path in (several, *several.rglob("*"))) > _BROKEN_OFF:
                remove_folder(several)
    tasks = {task.uid: task for task in store.tasks()}
    folders = [folder for folder in (store.home / "jobs").glob("*") if is_uid(folder.name) and folder.is_dir()]
    ages = {folder: now - _ended(folder, tasks.get(folder.name)) for folder in folders}
    sizes = {folder: _size(folder) for folder in folders}
    # Of a list that was damaged the rows are gone, and the files may be all that is left of a task.
    rows_lost = any(store.home.glob(f"{DAMAGED}*"))
    total = sum(sizes.values())
    for folder in sorted(folders, key=lambda folder: -ages[folder]):
        task = tasks.get(folder.name)
        if task and (task.state not in ENDED or (task.owner and not owner.is_gone(task.owner))):
            continue
        if not task and rows_lost:
            continue
        limit = KEPT_DAYS * 86400 if task else 86400
        if ages[folder] > limit or (task and total > KEPT_BYTES):
            remove_folder(folder)
            total -= sizes[folder]
    for file in (store.home / "owners").glob("*"):
        owner.is_gone(file.name)  # removes the file of an owner that is gone


def _size(folder: Path) -> int:
    with contextlib.suppress(OSError):
        return sum(file.stat().st_size for file in folder.glob("*"))
    return 0


def _ended(folder: Path, task: Task | None) -> float:
    """When the task ended, in seconds since 1970; for a folder without a row, when it was last written to."""
    if task:
        return task.finished or task.created
    with contextlib.suppress(OSError):
        return folder.stat().st_mtime
    return time.time()
