# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which objects are sent: from what is selected to the objects of each task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import bpy

from ..core.errors import InputError

Source = Literal["ACTIVE", "EACH", "TOGETHER"]

SHOWN_AS_MESH = frozenset({"MESH", "CURVE", "SURFACE", "FONT", "META"})


def find_models(context: bpy.types.Context, source: Source, *, include_children: bool) -> list[list[bpy.types.Object]]:
    """The objects of each task, the one that names it first. Raises InputError."""
    active = context.view_layer.objects.active
    if source == "ACTIVE":
        if active is None:
            raise InputError("No object is active. Click the object to cut into parts, and try again.")
        chosen = [active]
    else:
        chosen = sorted(context.selected_objects, key=lambda obj: (obj != active, obj.name))
    groups = [_family(obj) if include_children else [obj] for obj in chosen]
    if source == "ACTIVE":
        _check_surface(groups[0])
    groups = [group for group in groups if any(map(_shows_surface, group))]
    if include_children and source == "EACH":  # a child that goes with its parent is no task of its own
        inside = {obj for group in groups for obj in group[1:]}
        groups = [group for group in groups if group[0] not in inside]
    if not groups:
        raise InputError("No object with a surface is selected. Select the objects to cut into parts, and try again.")
    if source == "TOGETHER":
        groups = [list(dict.fromkeys(obj for group in groups for obj in group))]
    for group in groups:
        for obj in group:
            check_editable(obj)
    return groups


def _family(obj: bpy.types.Object) -> list[bpy.types.Object]:
    """The object, and those of its children, and of theirs, that have a surface that can be seen."""
    return [obj, *(child for child in obj.children_recursive if _shows_surface(child) and child.visible_get())]


def _shows_surface(obj: bpy.types.Object) -> bool:
    """Whether it can have a surface; hair, points and volumes can, where Geometry Nodes make one."""
    return (
        obj.type in SHOWN_AS_MESH
        or obj.instance_type == "COLLECTION"
        or any(modifier.type == "NODES" for modifier in obj.modifiers)
    )


def _check_surface(group: Sequence[bpy.types.Object]) -> None:
    """Raise InputError where none of a model's objects can have a surface, and say what to do."""
    if any(map(_shows_surface, group)):
        return
    if group[0].type != "EMPTY":
        raise InputError("“{name}” has no surface. Choose a mesh, a curve, a text or a metaball.", name=group[0].name)
    if group[0].children_recursive:
        raise InputError(
            "“{name}” is an empty. Turn on Include Children to send what hangs on it, or select these objects.",
            name=group[0].name,
        )
    raise InputError("“{name}” is an empty, which has no surface. Choose a mesh.", name=group[0].name)


def check_editable(obj: bpy.types.Object) -> None:
    """Raise InputError for an object that can't keep a task id."""
    if obj.library:
        raise InputError(
            "“{name}” is linked from another file, so its task can't be kept on it. "
            "Make it local (Object > Relations > Make Local) and try again.",
            name=obj.name,
        )
    if not obj.is_editable:
        raise InputError(
            "“{name}” can't be edited, so its task can't be kept on it. Make it local or choose another object.",
            name=obj.name,
        )
