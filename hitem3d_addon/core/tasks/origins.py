# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which .blend a task was sent from: so the file that a crash took back to its last save finds its tasks again.

Kept on this machine only, beside the tasks; it is never sent.
"""

from __future__ import annotations

from .store import ORIGIN, TaskStore


def note_origin(store: TaskStore, uid: str, file: str) -> None:
    """Keep from which file a task comes; a file that was never saved has no name. Raises StoreError."""
    if file:
        store.remember(f"{ORIGIN} {uid}", file)


def read_origins(store: TaskStore) -> dict[str, str]:
    """The files of all tasks of which one is known, by uid. Raises StoreError."""
    prefix = f"{ORIGIN} "
    return {key.removeprefix(prefix): file for key, file in store.recall_all(prefix).items()}
