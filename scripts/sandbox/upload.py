# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the form of create-task from the socket: the mesh goes to disk as it comes, never into memory."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from aiohttp import web
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from .contract import BAD_FORM, EMPTY_FILE, FIELDS, NEUTRAL_NAME, TEXT_LIMIT, TOO_LARGE, UPLOAD_LIMIT, RefusedError

HARD_LIMIT = 1_000_000_000
"""A body longer than this is not even read to its end."""


@dataclass(slots=True)
class Form:
    """A whole form. ``size`` and ``sha256`` are those of the mesh file at the path that was given to read_form."""

    texts: dict[str, str] = field(default_factory=dict)
    has_mesh: bool = False
    filename: str = ""
    size: int = 0
    sha256: str = ""


class FormReader:
    """The callbacks of the multipart parser. Raises RefusedError from write() for a form that is not right."""

    def __init__(self, boundary: bytes, path: Path) -> None:
        self.form = Form()
        self._path = path
        self._file: IO[bytes] | None = None
        self._hash = hashlib.sha256()
        self._name = ""
        self._text = bytearray()
        self._header_name = bytearray()
        self._header_value = bytearray()
        self._headers: dict[str, bytes] = {}
        self._ended = False
        callbacks: Any = {
            "on_part_begin": self._headers.clear,
            "on_part_data": self._data,
            "on_part_end": self._part_end,
            "on_header_field": lambda data, start, end: self._header_name.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._header_value.extend(data[start:end]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._part_start,
            "on_end": self._end,
        }
        self._parser = MultipartParser(boundary, callbacks)

    def write(self, chunk: bytes) -> None:
        if self._ended and chunk.strip(b"\r\n"):
            raise RefusedError(BAD_FORM, "bytes after the end of the form", 400)
        self._parser.write(chunk)

    def finish(self) -> Form:
        """The form, once the body has ended; RefusedError if its closing boundary did not come."""
        if not self._ended:
            raise RefusedError(BAD_FORM, "the form has no end: wrong boundary or wrong Content-Length", 400)
        self.form.sha256 = self._hash.hexdigest() if self.form.has_mesh else ""
        return self.form

    def close(self) -> None:
        if self._file:
            self._file.close()

    def _header_end(self) -> None:
        self._headers[self._header_name.decode("latin-1").lower()] = bytes(self._header_value)
        self._header_name.clear()
        self._header_value.clear()

    def _part_start(self) -> None:
        kind, options = parse_options_header(self._headers.get("content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        filename = options.get(b"filename")
        if kind != b"form-data" or self._name not in FIELDS:
            raise RefusedError(BAD_FORM, f"unknown field: {self._name[:80]!r}")
        if self._name in self.form.texts or (self._name == "mesh" and self.form.has_mesh):
            raise RefusedError(BAD_FORM, f"{self._name} is given twice")
        if self._name != "mesh":
            if filename is not None:
                raise RefusedError(BAD_FORM, f"{self._name} is a text, not a file")
            self.form.texts[self._name] = ""
            self._text.clear()
            return
        if filename is None:
            raise RefusedError(EMPTY_FILE, "empty file not allowed: mesh has to be a file")
        self.form.filename = filename.decode("utf-8", "replace")
        if not NEUTRAL_NAME.fullmatch(self.form.filename):
            raise RefusedError(BAD_FORM, "the file name has to be neutral and end in .glb, .stl or .obj, like mesh.glb")
        self.form.has_mesh = True
        self._file = self._path.open("wb")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._name != "mesh":
            self._text += data[start:end]
            if len(self._text) > TEXT_LIMIT:
                raise RefusedError(BAD_FORM, f"{self._name} is too long")
            return
        assert self._file
        piece = memoryview(data)[start:end]
        self.form.size += len(piece)
        if self.form.size > UPLOAD_LIMIT:
            raise RefusedError(TOO_LARGE, "Upload file size exceeds limit")
        self._hash.update(piece)
        self._file.write(piece)

    def _part_end(self) -> None:
        if self._name != "mesh":
            try:
                self.form.texts[self._name] = self._text.decode()
            except UnicodeDecodeError:
                raise RefusedError(BAD_FORM, f"{self._name} is not UTF-8") from None
        elif not self.form.size:
            raise RefusedError(EMPTY_FILE, "empty file not allowed")

    def _end(self) -> None:
        self._ended = True


async def read_form(
    request: web.Request,
    path: Path,
    rate: Callable[[], float],
    on_bytes: Callable[[int], Awaitable[None]],
) -> Form:
    """Read the body of a create-task; the mesh is written to ``path``.

    A form that is not right is still read to its end before RefusedError is raised, as a server behind a proxy
    does. ``rate`` gives the bytes a second to read at most (0: no bound); ``on_bytes`` is told how many have come and
    may end the request by raising. A body that breaks off raises what aiohttp raises.
    """
    length = request.content_length
    if length is None:
        raise RefusedError(BAD_FORM, "Content-Length is required", 411)
    if length > HARD_LIMIT:
        raise RefusedError(TOO_LARGE, "Upload file size exceeds limit", 413)
    kind, options = parse_options_header(request.headers.get("Content-Type", ""))
    refusal: RefusedError | None = None
    reader: FormReader | None = None
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        refusal = RefusedError(EMPTY_FILE, "empty file not allowed: the body has to be multipart/form-data")
    else:
        reader = FormReader(options[b"boundary"], path)
    received = 0
    started = asyncio.get_running_loop().time()
    try:
        async for chunk in request.content.iter_any():
            received += len(chunk)
            await on_bytes(received)
            if reader and not refusal:
                try:
                    reader.write(chunk)
                except RefusedError as error:
                    refusal = error
                except MultipartParseError as error:
                    refusal = RefusedError(BAD_FORM, f"the form can't be read: {error}", 400)
            while (pace := rate()) and received / pace > (ahead := asyncio.get_running_loop().time() - started):
                await asyncio.sleep(min(0.05, received / pace - ahead))
        if refusal:
            raise refusal
        assert reader
        return reader.finish()
    finally:
        if reader:
            reader.close()
