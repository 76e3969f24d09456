# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of an import deleted, and the original brought back."""

from __future__ import annotations

from bpy.types import Collection, Context, Object

from ..session.parts import find_originals, remove_imports, show
from ..session.record import ORIGINAL, TASK_ID


def delete_parts(context: Context, collection: Collection) -> list[Object]:
    """Delete the parts of an import with all that only they use; its original is shown and selected. Gives that.

    Its task stays: the parts can be imported again, at no cost.
    """
    originals = find_originals(str(collection.get(TASK_ID, "")))
    own = [obj for obj in originals if obj.name == collection.get(ORIGINAL)]
    remove_imports([collection])
    shown = [obj for obj in own or originals if obj.name in context.view_layer.objects]
    show(context, shown, True)
    for obj in shown:
        obj.select_set(True)
        context.view_layer.objects.active = obj
    return shown
