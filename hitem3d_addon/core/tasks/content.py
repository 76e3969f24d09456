# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a model is, whatever it is called: the digest by which it is known that it was sent before."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ..errors import InputError


def content_of_file(file: Path) -> str:
    """The digest of a model file; memory does not grow with it. Raises InputError."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            "The model file can't be read: {file} ({reason}). Check its name and its permissions.",
            file=str(file),
            reason=error.strerror or type(error).__name__,
        ) from error


def content_of_address(address: str) -> str:
    """The digest that stands for a model in the web, which is not fetched to be looked at."""
    return hashlib.sha256(f"address {address}".encode(errors="surrogatepass")).hexdigest()
