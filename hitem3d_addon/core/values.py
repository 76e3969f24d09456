# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words and the limits of the service and of the task list."""

from __future__ import annotations

import re
from enum import IntEnum, StrEnum
from urllib.parse import urlsplit

from .errors import InputError, TooLargeError

UPLOAD_LIMIT = 200_000_000
"""Bytes: the page of create-task says "up to 200 MB"; the smaller reading of that is safe in any case."""

TRANSFERS = 4
"""Uploads and downloads at a time; more would only share the same connection."""

UNFINISHED = 10
"""Tasks at the service at a time, to begin with: the default limit for an account (FAQ page)."""

MOST_UNFINISHED = 30
"""The limit in the vendor's newer catalogue: up to so many are tried if the service takes more than UNFINISHED."""


class OutputFormat(IntEnum):
    """The kind of file that the service answers with: ``format`` of create-task."""

    OBJ = 1
    GLB = 2
    STL = 3
    FBX = 4
    USDZ = 5


class TaskState(StrEnum):
    """Where a task is, as this machine knows it. Only what the store has committed counts."""

    PENDING = "pending"
    """Recorded; nothing was sent, so sending it is safe."""
    SENDING = "sending"
    """Committed before the first byte of the body: found without a living owner, it becomes UNCERTAIN."""
    UNCERTAIN = "uncertain"
    """The request may have been accepted and its answer was lost. The user decides what becomes of it."""
    WORKING = "working"
    """The service gave a task id; its state there is ``service_state``."""
    READY = "ready"
    """The service has the result; it is not on this disk yet."""
    DONE = "done"
    """The result is on this disk."""
    FAILED = "failed"
    """Refused or failed; ``error`` says why."""
    CANCELLED = "cancelled"
    """The user stopped it, or stopped waiting for it."""


UNDER_WAY = frozenset({TaskState.PENDING, TaskState.SENDING, TaskState.WORKING, TaskState.READY})
"""The states in which a task goes on by itself, and can be stopped."""
ENDED = frozenset({TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED})
"""The states in which nothing more happens to a task unless the user wants it."""


def is_web_address(address: str) -> bool:
    """Whether this is a whole http(s) address that can stand in a form field or a request line."""
    if re.search(r"[\x00-\x20\x7f]", address):
        return False
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def check_upload_size(size: int, limit: int = UPLOAD_LIMIT) -> None:
    """Raise TooLargeError for a file of so many bytes if the service would refuse it; InputError for an empty one.

    ``limit`` is the studio's where it has set a lower one.
    """
    if size > limit:
        raise TooLargeError(
            "The model is too large to send: {size:.1f} MB, the limit is {limit:.0f} MB. "
            "Reduce it, for example with a Decimate modifier, and try again.",
            size=size / 1e6,
            limit=limit / 1e6,
        )
    if not size:
        raise InputError("The model file is empty. Export it again.")
