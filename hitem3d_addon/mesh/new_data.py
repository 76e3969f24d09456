# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of Blender's data is new: so it is known what an importer made, whatever it selects."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from types import TracebackType
from typing import Self

import bpy
from bpy.types import ID, Object


class NewData:
    """A context manager: what comes to ``bpy.data`` inside it, and all of that removed again on an error."""

    def __enter__(self) -> Self:
        self._before = {block.session_uid for block in _all_data()}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error:
            bpy.data.batch_remove(list(self._new()))

    def objects(self) -> list[Object]:
        """The new objects, in the order in which they were made."""
        found = [obj for obj in bpy.data.objects if obj.session_uid not in self._before]
        return sorted(found, key=lambda obj: obj.session_uid)

    def keep_only(self, kept: Collection[ID]) -> None:
        """Remove what is new and not used by what is kept: empties, cameras, actions, materials of nothing."""
        wanted = {block.session_uid for block in kept}
        bpy.data.batch_remove(
            [
                block
                for block in self._new()
                if block.session_uid not in wanted
                and isinstance(block, bpy.types.Object | bpy.types.Collection | bpy.types.Action | bpy.types.Scene)
            ]
        )
        while unused := [block for block in self._new() if not block.users and block.session_uid not in wanted]:
            bpy.data.batch_remove(unused)

    def _new(self) -> Iterator[ID]:
        return (block for block in _all_data() if block.session_uid not in self._before)


def _all_data() -> Iterator[ID]:
    for prop in bpy.data.bl_rna.properties:
        if prop.type == "COLLECTION" and prop.identifier != "all_ids":  # which lists everything once more (5.2)
            yield from getattr(bpy.data, prop.identifier)
