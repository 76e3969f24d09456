# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of the service, and what is known of a task."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from .errors import InputError, Message
from .values import UPLOAD_LIMIT, OutputFormat, TaskState, check_upload_size, is_web_address


class SegLevel(StrEnum):
    """How finely the service cuts: ``seg_level`` of create-task."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


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

    def content(self) -> str:
        """The digest of what is cut, whatever its name: it tells that the same model was sent before.

        Memory does not grow with the file. A model on the web is not fetched for it: its address counts. Raises
        InputError for a file that can't be read.
        """
        import hashlib  # not at the top: Blender starts with this module

        if not self.mesh:
            return hashlib.sha256(f"address {self.mesh_url}".encode(errors="surrogatepass")).hexdigest()
        try:
            with self.mesh.open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise InputError(
                "The model file can't be read: {file} ({reason}). Check its name and its permissions.",
                file=str(self.mesh),
                reason=error.strerror or type(error).__name__,
            ) from error


class ServiceState(StrEnum):
    """``data.state`` of query-task. Others may come: they mean "keep waiting"."""

    CREATED = "created"
    QUEUEING = "queueing"
    PROCESSING = "processing"
    SUCCESS = "success"
    FAILED = "failed"


class Task(NamedTuple):
    """One row of the store: everything this machine knows of one task."""

    uid: str
    """Made here, at the press; random; names the job's folder and is stamped on the object."""
    name: str
    """What the task list shows, usually the object's name. Never sent."""
    api_url: str
    """The service that it was sent to; no other address is ever asked about it."""
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
    """The class of the error, by name: it decides on the exit code and the icon."""
    owner: str = ""
    revision: int = 0
    content: str = ""
    """What `SegmentationRequest.content` gives, if the same model is not to be paid for twice; else ""."""
