# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of an import deleted, and the original brought back."""

from __future__ import annotations

from bpy.types import Collection, Context, Object

from ..mesh.editable import check_own
from ..session.parts import originals_of, remove_imports, show
from ..session.record import parts_in
from .naming import check_not_edited


def delete_parts(context: Context, collection: Collection) -> list[Object]:
    """Delete the parts of an import with all that only they use; its original is shown and selected. Gives that.

    Its task stays: the parts can be imported again, at no cost. Raises InputError while one of them is edited, and for
    parts of another file; then nothing has changed.
    """
    parts = parts_in(collection)
    check_not_edited(context, parts)
    check_own(parts)
    originals = originals_of(collection)
    remove_imports([collection])
    shown = [obj for obj in originals if obj.name in context.view_layer.objects]
    show(context, shown, True)
    for obj in context.selected_objects:
        obj.select_set(False)
    for obj in shown:
        obj.select_set(True)
        context.view_layer.objects.active = obj
    return shown
