# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The original of a task and its parts, in this file: which objects they are, and which of them are seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import bpy
from bpy.types import Collection, Context, Material, Object
from idprop.types import IDPropertyGroup

from .exploded import EXPLODED
from .record import (
    ORIGINAL,
    PART,
    PIECE_MATERIALS,
    TASK_ID,
    collections_in,
    imports_of,
    imports_of_task,
    is_orphaned,
    parts_in,
    parts_of,
    read_text,
    task_id_of,
    task_id_of_part,
)


def task_id_in(context: Context) -> str:
    """The id of the task whose parts are selected; "" where anything else is selected too, or nothing."""
    selected = context.selected_objects
    task_id = task_id_of_part(selected[0]) if selected else ""
    if not task_id:
        return ""
    if not all(PART in obj for obj in selected):
        return ""
    # This is asked while something is drawn, and to read the id of each of thousands takes a millisecond.
    own = next((one for one in selected[0].users_collection if one.get(TASK_ID) == task_id), None)
    others = set(selected).difference(own.objects if own else ())
    return task_id if all(task_id_of_part(obj) == task_id for obj in others) else ""


def find_originals(task_id: str) -> list[Object]:
    """The objects of this file that were sent for a task."""
    if not task_id:
        return []
    return list(_originals(task_id))


def has_original(task_id: str) -> bool:
    """Whether there is a mesh in this file that was sent for a task, so that parts can be applied to it.

    For drawing: it looks no further than that.
    """
    return bool(task_id) and any(obj.type == "MESH" for obj in _originals(task_id))


def _originals(task_id: str) -> Iterator[Object]:
    return (obj for obj in bpy.data.objects if TASK_ID in obj and PART not in obj and task_id_of(obj) == task_id)


def find_original(context: Context) -> Object | None:
    """What parts would be applied to: the active object, if it has parts, else the original of those selected."""
    active = context.view_layer.objects.active
    if active and active.type == "MESH" and parts_of(active):
        return active
    originals = [obj for obj in find_originals(task_id_in(context)) if obj.type == "MESH"]
    of_part = (obj for obj in originals if context.selected_objects[0] in parts_of(obj))
    return next(of_part, None) or next(iter(originals), None)


def has_chosen_original(context: Context) -> bool:
    """Whether `find_original` finds one. For drawing: where parts are selected, not all of them are looked up."""
    active = context.view_layer.objects.active
    if active and active.type == "MESH" and parts_of(active):
        return True
    return has_original(task_id_in(context))


def find_parts(context: Context) -> list[Object]:
    """All parts of the import that the active object, or one that is selected, is the original or a part of."""
    active = context.view_layer.objects.active
    chosen = [active, *context.selected_objects] if active else context.selected_objects
    for obj in chosen:
        if parts := parts_of(obj):
            return parts
        if task_id := task_id_of_part(obj):
            alone = [obj for obj in chosen if task_id_of_part(obj) == task_id]
            collection = import_of_part(obj)
            parts = parts_in(collection) if collection else []
            return parts if obj in parts else list(dict.fromkeys([*parts, *alone]))
    return []


def has_parts(context: Context) -> bool:
    """Whether `find_parts` finds any. For drawing: of thousands of parts it looks at a few."""
    if find_import(context):
        return True
    return any(obj and PART in obj for obj in (context.view_layer.objects.active, *context.selected_objects))


def find_import(context: Context) -> Collection | None:
    """The collection of the import that the active object, or one that is selected, is the original or a part of.

    For drawing: what is in the collection is not looked at.
    """
    if not any(TASK_ID in one for one in bpy.data.collections):
        return None
    active = context.view_layer.objects.active
    if active and (found := _import_of(active)):
        return found
    return next((found for obj in context.selected_objects if (found := _import_of(obj))), None)


def _import_of(obj: Object) -> Collection | None:
    if TASK_ID not in obj and PART not in obj:  # nearly all of thousands that are selected
        return None
    task_id = task_id_of(obj)
    own = [one for one in bpy.data.collections if task_id and one.get(TASK_ID) == task_id]
    own = [one for one in own if any(len(some.objects) for some in collections_in(one))]
    own = [one for one in own if one.get(ORIGINAL) == obj.name] or [*filter(is_orphaned, own)]
    if own:
        return max(own, key=lambda one: one.session_uid)
    return import_of_part(obj)


def import_of_part(part: Object) -> Collection | None:
    """The collection of the import that a part is of.

    A part that the user has moved out of it is still of the import of its task, if there is only one.
    """
    task_id = task_id_of_part(part)
    found = [one for one in bpy.data.collections if task_id and one.get(TASK_ID) == task_id]
    own = (one for one in found if any(part.name in some.objects for some in collections_in(one)))
    return next(own, found[0] if len(found) == 1 else None)


def moved_elsewhere(collection: Collection) -> list[Object]:
    """The parts of an import that the user has moved to another collection while they were moved apart."""
    parts = set(parts_in(collection))
    task_id = collection.get(TASK_ID)
    away = [obj for obj in bpy.data.objects if EXPLODED in obj and obj not in parts and obj.get(PART) == task_id]
    return [obj for obj in away if obj.type == "MESH" and import_of_part(obj) == collection]


def originals_of(collection: Collection) -> list[Object]:
    """The objects of this file that the parts in a collection were cut from.

    Where that has a new name, those of its task count that have no import of their own.
    """
    task_id = task_id_of(collection)
    found = find_originals(task_id)
    others = {read_text(one, ORIGINAL) for one in bpy.data.collections if one.get(TASK_ID) == task_id}
    named = [obj for obj in found if obj.name == collection.get(ORIGINAL)]
    return named or [obj for obj in found if obj.name not in others]


def remove_imports(collections: Sequence[Collection]) -> None:
    """Remove these collections and their parts, with meshes and materials that nothing else uses.

    What the user has put there beside the parts stays, objects and collections, in the scene's own collection.
    """
    scene = bpy.context.scene.collection
    parts = list(dict.fromkeys(part for one in collections for part in parts_in(one)))
    sorted_by_user = [some for one in collections for some in collections_in(one) if some not in collections]
    emptied = [some for some in sorted_by_user if some.all_objects and set(some.all_objects) <= set(parts)]
    for one in collections:
        for obj in set(one.objects).difference(parts):
            if obj.users_collection == (one,):
                scene.objects.link(obj)
        for child in one.children:
            if child not in [*emptied, *scene.children]:
                scene.children.link(child)
    meshes = dict.fromkeys(obj.data for obj in parts if obj.type == "MESH")
    materials = {slot.material for obj in parts for slot in obj.material_slots if slot.material}
    noted = [kept for part in parts if isinstance(kept := part.get(PIECE_MATERIALS), IDPropertyGroup)]
    materials |= {one for kept in noted for one in kept.values() if isinstance(one, Material)}
    bpy.data.batch_remove([*parts, *emptied, *collections])
    bpy.data.batch_remove([mesh for mesh in meshes if not mesh.users])
    bpy.data.batch_remove([material for material in materials if not material.users])


def find_imports(context: Context) -> list[list[Object]]:
    """The imports that the active object, or one that is selected, is the original or a part of, the last one first."""
    active = context.view_layer.objects.active
    for obj in [active, *context.selected_objects] if active else context.selected_objects:
        if imports := imports_of(obj):
            return imports
        if task_id := task_id_of_part(obj):
            return [parts for parts in imports_of_task(task_id) if obj in parts]
    return []


def has_versions(context: Context) -> bool:
    """Whether `find_imports` and `find_versions` find any. For drawing: what is in an import is not looked at."""
    ids = {read_text(one, TASK_ID) for one in bpy.data.collections if TASK_ID in one} - {""}
    if not ids or all(PART in obj for obj in context.selected_objects):
        return False
    chosen = (context.view_layer.objects.active, *context.selected_objects)
    known = (obj for obj in chosen if obj and (TASK_ID in obj or PART in obj))
    return any(read_text(obj, TASK_ID) in ids or read_text(obj, PART) in ids for obj in known)


def find_versions(context: Context) -> list[Object]:
    """The selected objects that parts can go onto: no parts, and not what was sent, unless it is the only one."""
    selected = [obj for obj in context.selected_objects if not task_id_of_part(obj)]
    imports = [import_of_part(parts[0]) for parts in find_imports(context)]
    originals = {read_text(one, ORIGINAL) for one in imports if one}
    return [obj for obj in selected if obj.name not in originals] or selected


def is_shown(context: Context, objects: Sequence[Object]) -> bool:
    """Whether any of these is seen in the 3D View."""
    return any(not obj.hide_get() and obj.name in context.view_layer.objects for obj in objects)


def show(context: Context, objects: Sequence[Object], shown: bool) -> None:
    """Show objects, or hide them, in the view and in renders."""
    there = set(context.view_layer.objects)  # to look each name up takes longer, of a thousand parts
    for obj in objects:
        obj.hide_render = not shown
        if obj in there:
            if shown:
                obj.hide_viewport = False
            obj.hide_set(not shown)
