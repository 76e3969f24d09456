# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an object is this file's own, so that it may be changed here."""

from __future__ import annotations

from bpy.types import Object


def is_linked(obj: Object) -> bool:
    """Whether the object, or what it shows, comes from another file, overridden here or not.

    Blender 5.2 lets a script add faces to the mesh of another file, and ends later on.
    """
    return any(not block.is_editable or bool(block.override_library) for block in (obj, obj.data))
