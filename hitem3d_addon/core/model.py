# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values that the other modules exchange: what is asked of the service, and what is known of a task."""

import re
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from .errors import InputError, Message, TooLargeError

UPLOAD_LIMIT = 200_000_000
"""Bytes: the page of create-task says "up to 200 MB"; the smaller reading of it is safe either way."""

TRANSFERS = 4
"""Uploads and downloads at a time; more would only share the same line."""

UNFINISHED = 10
"""Tasks at the service at a time: its default limit for an account (FAQ)."""


class SegLevel(StrEnum):
    """How finely the service cuts: ``seg_level`` of create-task."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


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


class ServiceState(StrEnum):
    """``data.state`` of query-task. Others may come: they mean "keep waiting"."""

    CREATED = "created"
    QUEUEING = "queueing"
    PROCESSING = "processing"
    SUCCESS = "success"
    FAILED = "failed"


class SegmentationRequest(NamedTuple):
    """The parameters of create-task: a mesh file on this disk or the address of one, never both."""

    seg_level: SegLevel = SegLevel.MEDIUM
    format: OutputFormat = OutputFormat.GLB
    mesh: Path | None = None
    mesh_url: str = ""
    callback_url: str = ""

    def check(self, limit: int = UPLOAD_LIMIT) -> None:
        """Raise InputError or TooLargeError for what the service or the studio would refuse; nothing is sent."""
        if bool(self.mesh) == bool(self.mesh_url):
            raise InputError("A task needs either a mesh or the address of one (mesh_url). Give one of them, not both.")
        for name, address in (("mesh_url", self.mesh_url), ("callback_url", self.callback_url)):
            if address and not is_web_address(address):
                raise InputError(
                    "{name} is not a web address: {address}. It has to begin with http:// or https://.",
                    name=name,
                    address=address[:200],
                )
        if self.mesh:
            try:
                size = self.mesh.stat().st_size
            except OSError as error:
                raise InputError(
                    "The model file can't be read: {reason}. Export it again.", reason=error.strerror or ""
                ) from error
            check_upload_size(size, limit)


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


class TaskStatus(NamedTuple):
    """An answer of query-task. ``state`` is the service's own word, which may be none of ServiceState."""

    state: str
    url: str = ""
    """Signed and good for one hour: never logged, never stored."""
    error: Message | None = None
    """Why it failed, where the service says so."""
    retry_after: float | None = None
    """Seconds until the next question, where the service says so."""

    def __repr__(self) -> str:
        """Without the link: a repr ends up in logs and in reports of bugs."""
        return f"<TaskStatus: {self.state}>"


class Task(NamedTuple):
    """One row of the store: everything this machine knows of one task."""

    uid: str
    """Made here, at the press; random; names the job's folder and is stamped on the object."""
    name: str
    """What the task list shows, usually the object's name. Never sent."""
    api_url: str
    """The service that it went to; another address is never asked for it."""
    request: SegmentationRequest
    state: TaskState
    created: int
    """Whole seconds since 1970, like ``submitted`` and ``finished``; 0 where it has not happened."""
    task_id: str = ""
    service_state: str = ""
    submitted: int = 0
    finished: int = 0
    result: str = ""
    """The file's name in the job's folder, once DONE."""
    error: Message | None = None
    error_kind: str = ""
    """The class of the error, by name: what an exit code or an icon is chosen by."""
    owner: str = ""
    revision: int = 0
    content: str = ""
    """A digest of what is cut, where it was sent such that the same model is not paid for twice; see `content`."""
