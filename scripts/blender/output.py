# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Blender itself prints: its reports, the importers' logs, the renderer's progress."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def silenced() -> Iterator[None]:
    """Keep it off the standard output. An operator that fails still raises what it has to say."""
    sys.stdout.flush()
    shown = os.dup(1)  # below Python, since most of it comes from C
    try:
        with open(os.devnull, "wb") as nothing:  # noqa: PTH123 - there is no Path in it
            os.dup2(nothing.fileno(), 1)
        yield
    finally:
        sys.stdout.flush()
        os.dup2(shown, 1)
        os.close(shown)
