# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies the imported parts to the object that was sent."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

import bpy

from ..core.choices import Target
from ..core.errors import Message, Value
from ..session.exploded import in_place
from ..session.record import imports_of

_DELIVERED = " (delivered)"
"""What is added to the name of a part, so that a piece of the original can have the name."""


def apply_parts(
    context: bpy.types.Context, obj: bpy.types.Object, target: Target, *, in_colour: bool = False
) -> Message:
    """Apply the parts that were imported for the active object to it, and give the report. Raises a Hitem3DError.

    ``in_colour``: a colour attribute shows them, where the target itself can't be seen in Object Mode.
    """
    imports = imports_of(obj)
    # NumPy, which these need, may be missing in some builds of Blender; the import before has said so.
    from ..mesh.colours import part_materials
    from ..mesh.editable import check_own
    from .imports import choose_import
    from .labels import part_labels
    from .targets import apply_labels, show_colours

    check_own([obj])

    name = obj.name  # SEPARATE gives the object the first part's name.
    with in_object_mode(context), in_place(context):
        depsgraph = context.evaluated_depsgraph_get()
        parts = choose_import(obj, imports, depsgraph) if imports else []
        labels = part_labels(obj, parts, depsgraph)
        names = [part.name for part in parts]
        colours = [tuple(part.color) for part in parts]
        materials = part_materials(material for part in parts for material in part.data.materials)
        if target == "SEPARATE":
            _free_names(parts)
        applied = apply_labels(obj, labels.faces, names, colours, target, materials=materials)
        if in_colour and target not in ("MATERIALS", "SEPARATE"):
            show_colours(obj, labels.faces, colours)
    if target == "SEPARATE":
        show_instead(context, applied.objects, parts)
    count = len(parts) - len(applied.absent)
    which = Message("1 part on “{name}”" if count == 1 else "{count} parts on “{name}”", {"count": count, "name": name})
    values: dict[str, Value] = {"parts": which, "exact": 100 * labels.exact, "unmatched": 100 * labels.unmatched}
    if labels.unmatched > 0.001:
        return Message("{parts}. {unmatched:.1f} % of the surface lies on no part and took the nearest", values)
    return Message("{parts}, {exact:.1f} % of the triangles matched exactly", values)


def _free_names(parts: Sequence[bpy.types.Object]) -> None:
    """Rename the parts, so that the pieces of the original get their names without a number."""
    for part in parts:
        name = part.name
        # Blender cuts a name after 63 bytes, and the number that it adds to a name in use needs room as well.
        short = name.encode()[: 58 - len(_DELIVERED)].decode(errors="ignore")
        part.name = f"{short}{_DELIVERED}"
        if part.data.name == name:
            part.data.name = part.name


def show_instead(
    context: bpy.types.Context, pieces: Sequence[bpy.types.Object], parts: Sequence[bpy.types.Object]
) -> None:
    """Show the pieces and select only them; the parts, which lie in the same place, are hidden."""
    for other in context.selected_objects:
        other.select_set(False)
    for part in parts:
        if part.name in context.view_layer.objects:
            part.hide_set(True)
    for piece in pieces:
        if piece.name in context.view_layer.objects:
            piece.hide_set(False)
            piece.select_set(True)


@contextlib.contextmanager
def in_object_mode(context: bpy.types.Context) -> Iterator[None]:
    """Leave the active object's mode and come back to it: mesh data can't be changed from outside in Edit Mode."""
    active = context.view_layer.objects.active
    if active is None or active.mode == "OBJECT":
        yield
        return
    mode = active.mode
    bpy.ops.object.mode_set(mode="OBJECT")
    try:
        yield
    finally:
        context.view_layer.objects.active = active
        bpy.ops.object.mode_set(mode=mode)
