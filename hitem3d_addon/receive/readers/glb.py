# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A GLB that came back: checked, then read by ourselves, or prepared for Blender's importer. No ``bpy``."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from ..untrusted.glb import check_glb, damage_refused
from .delivered import Delivered
from .glb_arrays import Arrays
from .glb_document import prepare
from .glb_reader import read_parts
from .glb_rewrite import rewritten
from .glb_route import is_draco, is_meshopt, reason_for_blender


class GlbFile:
    """A context manager: the file is open in it. Raises ResultError for one that is damaged, and OSError."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._glb = check_glb(file)
        with damage_refused():
            self._made = prepare(self._glb.document)
            self.for_blender = reason_for_blender(self._made.document, self._made.shown)
            """Why Blender's importer has to read it; None where we can."""
            self.compression = "Draco" if is_draco(self._made.document, self._made.shown) else ""
            if is_meshopt(self._made.document, self._made.shown):
                self.compression = "meshopt"
        self.notes = self._made.notes
        """What was taken off, for the report."""
        self._arrays = Arrays(file, self._glb)

    def __enter__(self) -> Self:
        self._arrays.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._arrays.__exit__(kind, error, trace)

    def parts(self) -> list[Delivered]:
        """What each of its nodes shows."""
        with damage_refused():
            return list(read_parts(self._made, self._arrays))

    def ready_for_blender(self, folder: Path) -> Path:
        """The file, or a copy of it in the folder that Blender's importer can read."""
        with damage_refused():
            return rewritten(self._file, folder, self._glb, self._made, self._arrays)
