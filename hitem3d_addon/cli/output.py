# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command line prints: results on standard output, as text or JSON, and progress on standard error.

Blender's own C and Python code prints on descriptor 1 whenever it likes. So from the command's start descriptor 1 leads
to standard error, and the results go to a copy of what it was.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import sys
import time
from pathlib import Path
from typing import IO, Any, Self

_BAR = 24
_REDRAW = 0.1


class Output:
    """A context manager. A reader that is gone (a closed pipe) stops no paid work: what can't be written is lost."""

    def __init__(self, *, as_json: bool, json_file: Path | None) -> None:
        """Raises OSError for a json_file that can't be written."""
        self._as_json = as_json
        self._file: IO[str] | None = (
            json_file.open("w", encoding="utf-8", errors="backslashreplace") if json_file else None
        )
        self._terminal = sys.stderr.isatty()
        self._bar = ""
        self._drawn = 0.0

    def __enter__(self) -> Self:
        sys.stdout.flush()
        # What Blender's C code has printed so far is still in its buffer, and goes to standard error with the rest.
        self._saved = os.dup(1)
        self._results = os.fdopen(os.dup(self._saved), "w", encoding="utf-8", errors="backslashreplace")
        os.dup2(2, 1)
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()
        flush_all()
        os.dup2(self._saved, 1)
        os.close(self._saved)
        for stream in (self._results, self._file):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()

    def event(self, kind: str, text: str = "", /, **values: Any) -> None:
        """One result: a JSON object for programs, a line of text (if it has one) for people."""
        line = json.dumps({"event": kind, **values}, ensure_ascii=False, default=str)
        if self._as_json:
            _write(self._results, f"{line}\n")
        elif text:
            self._clear()
            _write(self._results, f"{text}\n")
        if self._file:
            _write(self._file, f"{line}\n")

    def note(self, text: str) -> None:
        """A line on standard error."""
        self._clear()
        _write(sys.stderr, f"{text}\n")

    def progress(self, text: str, share: float) -> bool:
        """The bar of a terminal, share from 0 to 1; False elsewhere, where lines have to tell of each step."""
        now = time.monotonic()
        if not self._terminal or now - self._drawn < _REDRAW:
            return self._terminal
        filled = round(_BAR * min(max(share, 0.0), 1.0))
        self._drawn = now
        self._clear()
        self._bar = f"[{'#' * filled}{'.' * (_BAR - filled)}] {text}"[:100]
        _write(sys.stderr, self._bar)
        return True

    def _clear(self) -> None:
        if self._bar:
            _write(sys.stderr, "\r" + " " * len(self._bar) + "\r")
            self._bar = ""


def _write(stream: IO[str], text: str) -> None:
    # A signal's handler may write while the same stream is being written to, which Python does not allow.
    with contextlib.suppress(OSError, RuntimeError):
        stream.write(text)
        stream.flush()


def flush_all() -> None:
    """Have what Python and C keep in their buffers written to where descriptors 1 and 2 lead now."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
        library.fflush(None)
