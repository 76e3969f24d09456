# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The body of create-task: a multipart form that is read from the disk while it is sent."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ..errors import CancelledError, InputError

BLOCK = 1 << 16
"""Bytes. A block has to leave within the socket's timeout of 30 s: 64 KiB pass even at 2 KB a second."""

FILE_NAMES = {".glb": "model.glb", ".stl": "model.stl", ".obj": "model.obj"}
"""What the file is called when it is sent: none of the user's own names is."""


class MultipartBody:
    """A multipart/form-data body (RFC 7578) of text fields and at most one file, the part ``mesh``.

    It is iterated by the HTTP library, block by block, and can be iterated again for a second request; memory does not
    grow with the file. ``len()`` is exact, so the request carries a Content-Length. Per iteration:

    - ``on_send()`` is called once, when the connection stands and right before the first block is handed out;
    - ``progress(sent, total)`` is called when a block has gone out, in bytes of the body;
    - ``cancelled()`` is asked before each block; CancelledError is raised when it says True.

    ``sent`` counts the bytes that went out. ``finished`` is True from the moment the closing delimiter is handed out,
    which is a block of its own: while it is False, the other side can't have a whole form, and nothing can have been
    accepted.

    Raises InputError for a file of another kind than the service takes, for one that can't be read, and for one
    that changed its size: the announced length would be wrong.
    """

    def __init__(
        self,
        fields: Mapping[str, str],
        file: Path | None = None,
        *,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        on_send: Callable[[], object] | None = None,
    ) -> None:
        self.sent = 0
        self.finished = False
        self._file = file
        self._progress = progress
        self._cancelled = cancelled
        self._on_send = on_send
        boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        head = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        self._file_size = 0
        end = f"--{boundary}--\r\n"
        if file:
            head += (
                f'--{boundary}\r\nContent-Disposition: form-data; name="mesh"; filename="{_file_name(file)}"\r\n'
                "Content-Type: application/octet-stream\r\n\r\n"
            )
            end = "\r\n" + end
            try:
                self._file_size = file.stat().st_size
            except OSError as error:
                raise _unreadable(error) from error
        self._head = head.encode()
        self._end = end.encode()

    def __len__(self) -> int:
        return len(self._head) + self._file_size + len(self._end)

    def __iter__(self) -> Iterator[bytes]:
        self.sent = 0
        self.finished = False
        self._check_cancelled()
        if self._on_send:
            self._on_send()
        for block in self._blocks():
            self._check_cancelled()
            yield from self._counted(block)
        self._check_cancelled()
        self.finished = True
        yield from self._counted(self._end)

    def _counted(self, block: bytes) -> Iterator[bytes]:
        yield block
        self.sent += len(block)
        if self._progress:
            self._progress(self.sent, len(self))

    def _blocks(self) -> Iterator[bytes]:
        """All but the closing delimiter. An OSError of the file must not look like one of the socket."""
        yield self._head
        if not self._file:
            return
        left = self._file_size
        try:
            with self._file.open("rb", buffering=0) as stream:
                if os.fstat(stream.fileno()).st_size != left:
                    raise _changed()
                while left:
                    block = stream.read(min(BLOCK, left))
                    if not block:
                        raise _changed()
                    left -= len(block)
                    yield block
                if stream.read(1):
                    raise _changed()
        except OSError as error:
            raise _unreadable(error) from error

    def _check_cancelled(self) -> None:
        if self._cancelled and self._cancelled():
            raise CancelledError("Stopped while the model was being sent. Nothing was charged.")


def _file_name(file: Path) -> str:
    name = FILE_NAMES.get(file.suffix.lower())
    if name is None:
        raise InputError(
            "The service takes no model of this kind: {suffix}. Give a .glb, .stl or .obj file.",
            suffix=file.suffix[:20] or file.name[:50],
        )
    return name


def _unreadable(error: OSError) -> InputError:
    return InputError(
        "The model file can't be read ({reason}). Nothing was charged; export it again.",
        reason=error.strerror or type(error).__name__,
    )


def _changed() -> InputError:
    return InputError("The model file changed while it was being sent. Nothing was charged; send it again.")
