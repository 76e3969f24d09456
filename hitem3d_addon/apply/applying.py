# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Putting the imported parts on the object that was sent."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

import bpy

from ..core.choices import Target
from ..core.errors import InputError, Message
from ..session.record import parts_of


def apply_parts(context: bpy.types.Context, obj: bpy.types.Object, target: Target) -> Message:
    """Put the parts that were imported for the active object on it. Gives the report; raises a Hitem3DError."""
    parts = parts_of(obj)
    if obj.library or not obj.is_editable:
        raise InputError(
            "“{name}” comes from another file and can't be changed here. Make it local first (Object > Relations).",
            name=obj.name,
        )
    # NumPy, which these need, may be missing in some builds of Blender; the import before has said so.
    from .labels import part_labels
    from .targets import apply_labels

    name = obj.name  # SEPARATE gives the object the first part's name.
    with _in_object_mode(context):
        labels = part_labels(obj, parts, context.evaluated_depsgraph_get())
        names = [part.name for part in parts]
        applied = apply_labels(obj, labels.faces, names, [tuple(part.color) for part in parts], target)
    if target == "SEPARATE":
        _select(context, applied.objects)
    values = {"count": len(parts) - len(applied.absent), "name": name, "exact": 100 * labels.exact}
    if labels.unmatched > 0.001:
        values["unmatched"] = 100 * labels.unmatched
        return Message(
            "{count} parts on “{name}”. {unmatched:.1f} % of the surface lies on no part and took the nearest",
            values,
        )
    return Message("{count} parts on “{name}”, {exact:.1f} % of the triangles matched exactly", values)


def _select(context: bpy.types.Context, objects: Sequence[bpy.types.Object]) -> None:
    """Show the pieces and select only them."""
    for other in context.selected_objects:
        other.select_set(False)
    for piece in objects:
        if piece.name in context.view_layer.objects:
            piece.hide_set(False)
            piece.select_set(True)


@contextlib.contextmanager
def _in_object_mode(context: bpy.types.Context) -> Iterator[None]:
    """Leave the active object's mode and come back to it: mesh data can't be changed from outside in Edit Mode."""
    active = context.view_layer.objects.active
    mode = active.mode
    if mode == "OBJECT":
        yield
        return
    bpy.ops.object.mode_set(mode="OBJECT")
    try:
        yield
    finally:
        context.view_layer.objects.active = active
        bpy.ops.object.mode_set(mode=mode)
