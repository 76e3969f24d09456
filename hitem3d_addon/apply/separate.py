# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mesh object cut into one object per label, with all that belongs to it.

The elements of a piece keep their old numbers, with which the rest is restored that the cut loses.
"""

from __future__ import annotations

from collections.abc import Sequence

import bpy
import numpy as np
from bpy.types import Mesh, Object

from ..core.errors import InputError
from ..mesh.arrays import Flags, Ints
from ..mesh.cut import ELEMENTS, cut
from .shape_keys import copy_animation, copy_custom_properties, copy_keys, freeing_keys, read_shapes


def separate(source: Object, labels: Ints, names: Sequence[str]) -> list[Object]:
    """Cut the object into one per label that occurs, in the order of the labels; the names are by label.

    As with Blender's own Separate the object itself becomes the first of them, and the others are copies of it in the
    same collections, with the same modifiers, constraints, drivers and parent. Edges and vertices without a face become
    one more object at the end, named after the source. The source's mesh is removed unless something else uses it.
    Raises InputError for sculpted detail that can't be cut.
    """
    check_separable(source)
    mesh = source.data
    assert isinstance(mesh, Mesh)
    marks = _freestyle_marks(mesh)
    shapes = read_shapes(mesh.shape_keys) if mesh.shape_keys else []
    names = [*names, f"{source.name} loose"]
    active_key = source.active_shape_key_index
    objects: list[Object] = []
    pieces = cut(_copy_without_keys(mesh), labels, numbered=ELEMENTS, loose=len(names) - 1)
    for label, (piece, numbers) in pieces.items():
        obj = source
        if objects:
            obj = source.copy()
            for collection in source.users_collection:
                collection.objects.link(obj)
        obj.data = piece
        obj.name = piece.name = names[label]
        _restore_lost(piece, mesh, numbers)
        for domain, marked in marks.items():
            getattr(piece, ELEMENTS[domain]).foreach_set("use_freestyle_mark", marked[numbers[domain]])
        if mesh.shape_keys:
            copy_keys(mesh.shape_keys, shapes, obj, numbers["POINT"])
            obj.active_shape_key_index = active_key
        objects.append(obj)
    if not mesh.users:
        with freeing_keys(mesh):
            bpy.data.meshes.remove(mesh)
    return objects


def check_separable(source: Object) -> None:
    """Raise InputError for sculpted detail that can't be cut."""
    if any(isinstance(some, bpy.types.MultiresModifier) and some.total_levels for some in source.modifiers):
        raise InputError(
            "“{name}” has detail in a Multiresolution modifier, which a cut would lose. Apply it and try again.",
            name=source.name,
        )


def _copy_without_keys(mesh: Mesh) -> Mesh:
    copied = mesh.copy()
    if copied.shape_keys:
        holder = bpy.data.objects.new(mesh.name, copied)
        with freeing_keys(copied):
            holder.shape_key_clear()
        bpy.data.objects.remove(holder)
    return copied


def _restore_lost(piece: Mesh, mesh: Mesh, numbers: dict[str, Ints]) -> None:
    """What the nodes lose (4.2 to 5.2): custom properties, which layers are active, texts."""
    copy_custom_properties(mesh, piece)
    copy_animation(mesh, piece)
    for old, new in zip(mesh.uv_layers, piece.uv_layers, strict=True):
        new.active, new.active_render, new.active_clone = old.active, old.active_render, old.active_clone
    piece.attributes.active_color_name = mesh.attributes.active_color_name
    piece.attributes.default_color_name = mesh.attributes.default_color_name
    for old in mesh.attributes:
        if old.data_type == "STRING":
            new = piece.attributes.new(old.name, "STRING", old.domain)
            for number, value in zip(numbers[old.domain].tolist(), new.data, strict=True):
                value.value = old.data[number].value


def _freestyle_marks(mesh: Mesh) -> dict[str, Flags]:
    """Marked edges and faces; before 5.0 they are no attributes."""
    marks = {}
    for domain in ("EDGE", "FACE"):
        elements = getattr(mesh, ELEMENTS[domain])
        if len(elements) and hasattr(elements[0], "use_freestyle_mark"):
            marked = np.empty(len(elements), np.bool_)
            elements.foreach_get("use_freestyle_mark", marked)
            if marked.any():
                marks[domain] = marked
    return marks
