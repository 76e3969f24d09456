# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one folder per user that all Blender versions share: the task list, the jobs' files, the keys.

It does not lie in the extension's folder, because Blender deletes that when the extension is removed, and reinstalling
is what people try first when something is wrong.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from .errors import StoreError

TASK_LIST = "tasks.sqlite3"
"""The file of the task list, see `store`."""
FOLDER_VARIABLES = ("HITEM3D_HOME", "HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_DATA_HOME")
"""The environment variables that decide where the data folder is."""


def data_folder(environ: Mapping[str, str], *, platform: str = sys.platform) -> Path:
    """Where the data folder is: ``HITEM3D_HOME``, else the platform's place for it. Nothing is created."""
    if home := environ.get("HITEM3D_HOME"):
        return Path(home).expanduser().absolute()
    user = Path.home()
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or user / "AppData" / "Local") / "Hitem3D"
    if platform == "darwin":
        return user / "Library" / "Application Support" / "Hitem3D"
    return Path(environ.get("XDG_DATA_HOME") or user / ".local" / "share") / "hitem3d"


def make_folder(folder: Path) -> Path:
    """Create the folder, for this user only (0700 on POSIX), if it is not there. Raises StoreError."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StoreError(
            "The data folder can't be made: {folder} ({reason}). "
            "Choose another with the environment variable HITEM3D_HOME, or correct its permissions.",
            folder=str(folder),
            reason=error.strerror or type(error).__name__,
        ) from error
    return folder


def remove_folder(folder: Path) -> None:
    """Delete a folder with everything in it, as far as possible."""
    import shutil  # not at the top: Blender starts with this module

    shutil.rmtree(folder, ignore_errors=True)


def private_file(path: Path) -> IO[bytes]:
    """Open a file to be written anew; one that is new is for this user only from its first byte (0600 on POSIX)."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def new_uid() -> str:
    """A uid for a new task."""
    return os.urandom(16).hex()


def is_uid(text: str) -> bool:
    """Whether the text is a task's uid as this add-on makes them, and so safe as the name of a folder."""
    return re.fullmatch(r"[0-9a-f]{32}", text) is not None


def job_folder(home: Path, uid: str) -> Path:
    """The folder of one job's files. Raises ValueError for a uid that this add-on did not make."""
    if not is_uid(uid):
        raise ValueError(f"not a uid: {uid[:50]!r}")
    return home / "jobs" / uid
