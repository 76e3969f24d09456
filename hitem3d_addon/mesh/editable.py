# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether objects are this file's own, so that they may be changed here."""

from __future__ import annotations

from collections.abc import Iterable

from bpy.types import Object

from ..core.errors import InputError


def check_own(objects: Iterable[Object]) -> None:
    """Raise InputError where one of these, or what it shows, comes from another file, overridden here or not.

    Blender 5.2 lets a script add faces to the mesh of another file, and ends later on.
    """
    for obj in objects:
        if any(block and (not block.is_editable or block.override_library) for block in (obj, obj.data)):
            raise InputError(
                "“{name}” comes from another file and can't be changed here. Make it local first (Object > Relations).",
                name=obj.name,
            )
