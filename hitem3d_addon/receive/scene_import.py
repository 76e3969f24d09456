# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A result file -> one object per part, in a collection of their own, where the object that was sent is now.

The file is imported into a scene of its own. So the user's selection, mode, cursor and view are never touched on the
way, and the scene's unit scale, which the importers obey, plays no part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
from bpy.types import Collection, Context, Mesh, Object

from ..core.choices import PartsChoice, Placement
from ..core.errors import InputError, Message
from ..mesh.colours import colour_part
from ..mesh.evaluated import showing, world_matrices, world_matrix
from ..mesh.new_data import NewData
from ..mesh.scratch import ScratchScene
from ..mesh.surface import Doubles, Surface, gather
from ..session.record import Record
from . import placement
from .build import turn_normals
from .loading import load
from .names import collection_name, part_names
from .placement import Fit, Verdict
from .report import import_report
from .split import Part
from .told_report import told_notes


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import."""

    collection: Collection
    objects: Sequence[Object]
    report: Message
    doubtful: bool
    """The parts may not be where they belong, and the report says why: it is a warning."""
    notes: Sequence[Message] = ()
    """How the parts were told apart, and what was left out."""
    warnings: Sequence[Message] = ()


def import_result(
    context: Context,
    file: Path,
    source: Object | None,
    record: Record | None,
    *,
    name: str,
    parts: PartsChoice = "AUTO",
    placement: Placement = "AUTO",
    hide_source: bool = False,
    parent: bool = False,
) -> Imported:
    """Import a result where the source, the object that was sent, is now; without a source where it was at the press.

    ``name`` is what the parts and their collection are called after. With ``parent`` the parts become children of the
    source and stay where they are. The new parts are selected; mode and active object stay. Raises ResultError or
    MissingError; then Blender's data is as before. One undo step with the operator that calls.
    """
    if context.mode == "SCULPT":
        # The last undo step is one of Sculpt Mode, which knows only what was sculpted: undo would leave the parts.
        bpy.ops.ed.undo_push(message="Sculpt Mode")
    context.view_layer.update()
    with NewData() as new:
        collection = bpy.data.collections.new(collection_name(name))
        with ScratchScene() as scratch:
            loaded = load(context, file, collection, scratch, new, parts)
            place = _place(context, loaded.surfaces, source, record, search=placement == "AUTO")
        objects = _make_parts(loaded.parts, place, name, collection)
        new.keep_only([collection, *objects])
        for number, part in enumerate(objects):
            colour_part(part, number)
        _home(context, source).children.link(collection)
        if source and parent:
            _make_children(context, objects, source)
    if source and hide_source:
        source.hide_render = True
        if source.name in context.view_layer.objects:
            source.hide_set(True)
    _select(context, objects)
    report = import_report(place.fit, count=len(objects), name=name, lost_movement=place.lost_movement)
    doubtful = place.lost_movement or place.fit.verdict in (Verdict.AMBIGUOUS, Verdict.NO_MATCH)
    notes = [*loaded.notes, *told_notes(loaded.told)]
    return Imported(collection, objects, report, doubtful, notes, loaded.warnings)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the parts go, and what is known of it."""

    matrix: Doubles
    """(4, 4), from the file's frame to the world as it is now."""
    turned: bool
    """The faces have to be turned round, because they would show their insides."""
    fit: Fit
    lost_movement: bool


def _place(
    context: Context, surfaces: Sequence[Surface], source: Object | None, record: Record | None, *, search: bool
) -> _Place:
    moved: Doubles | None = np.eye(4)
    if source and record:
        before = np.array(record.matrix, np.float64).reshape(4, 4)
        moved = placement.movement(before, _matrix_of(context, source))
    movement = np.eye(4) if moved is None else moved
    now = _shown(context, source) if search and not record else []
    frame = placement.sent_frame(record, now)
    fit = placement.UNKNOWN
    if search and (reference := placement.reference_for(record, frame, now, movement)):
        fit = placement.find_pose(surfaces, reference)
        if fit.verdict is Verdict.AMBIGUOUS and (now := _shown(context, source)):
            reference = placement.reference_for(record, frame, now, movement)
            fit = placement.find_pose(surfaces, reference) if reference else fit
    turned = np.linalg.det(movement[:3, :3]) < 0
    if fit.pose.mirrored and placement.signed_volume(surfaces) > 0:
        turned = not turned
    return _Place(movement @ placement.as_sent(frame) @ fit.pose.matrix(), bool(turned), fit, moved is None)


def _shown(context: Context, source: Object | None) -> list[Surface]:
    """What the source shows now; hidden or not; nothing where there is none."""
    if source is None:
        return []
    try:
        with showing(source, context.evaluated_depsgraph_get()) as depsgraph:
            return gather([source], depsgraph)
    except InputError:
        return []


def _matrix_of(context: Context, obj: Object) -> Doubles:
    return np.array(world_matrix(obj, context.evaluated_depsgraph_get()), np.float64)


def _make_parts(found: Sequence[Part], place: _Place, name: str, collection: Collection) -> list[Object]:
    parts = []
    for part, its_name in zip(found, part_names([part.name for part in found], name), strict=True):
        matrix = place.matrix @ part.matrix
        thing = bpy.data.objects.new(its_name, part.mesh)
        thing.location = _bake(part.mesh, matrix)
        if place.turned != (np.linalg.det(part.matrix[:3, :3]) < 0):
            part.mesh.flip_normals()
        part.mesh.update()
        part.mesh.name = thing.name
        collection.objects.link(thing)
        parts.append(thing)
    return parts


def _bake(mesh: Mesh, matrix: Doubles) -> Doubles:
    """Move the mesh by a (4, 4) matrix and give the origin that its coordinates are then relative to: its centre.

    The origin is a float32 number from the start, so that nothing is lost far from the world's origin.
    """
    local = np.empty((len(mesh.vertices), 3), np.float32)
    positions = mesh.attributes["position"].data
    positions.foreach_get("vector", local.ravel())
    world = local @ matrix[:3, :3].T + matrix[:3, 3]
    origin = ((world.min(axis=0) + world.max(axis=0)) / 2).astype(np.float32).astype(np.float64)
    positions.foreach_set("vector", (world - origin).astype(np.float32).ravel())
    turn_normals(mesh, matrix)
    return origin


def _make_children(context: Context, parts: Sequence[Object], source: Object) -> None:
    """Parent the parts to the source where they stand, to the last digit.

    Blender multiplies the matrices of parent and child in float32, which far from the origin moves the child by
    millimetres. So the meshes are written once more, relative to where their objects have really come to stand.
    """
    stands = world_matrix(source, context.evaluated_depsgraph_get())
    if placement.is_flat(np.array(stands, np.float64)):
        return  # flattened to a scale of 0: its children would be flat, too
    origins = [np.array(part.location, np.float64) for part in parts]
    for part in parts:
        part.parent = source
        part.matrix_parent_inverse = stands.inverted()
    matrices = world_matrices(parts, context.evaluated_depsgraph_get())
    for part, origin, stands in zip(parts, origins, matrices, strict=True):
        matrix = np.linalg.inv(np.array(stands, np.float64))
        local = np.empty((len(part.data.vertices), 3), np.float32)
        positions = part.data.attributes["position"].data
        positions.foreach_get("vector", local.ravel())
        exact = (local + origin) @ matrix[:3, :3].T + matrix[:3, 3]
        positions.foreach_set("vector", exact.astype(np.float32).ravel())
        part.data.update()


def _home(context: Context, source: Object | None) -> Collection:
    """The collection that the new one goes into: the one that the source is in, else the active one."""
    inside = {context.scene.collection, *context.scene.collection.children_recursive}
    candidates = [*(source.users_collection if source else ()), context.collection]
    return next((one for one in candidates if one in inside and one.is_editable), context.scene.collection)


def _select(context: Context, parts: Sequence[Object]) -> None:
    """Select the parts, and in Object Mode only them. The active object stays: its task is what was imported."""
    layer = context.view_layer
    if context.mode == "OBJECT":
        for thing in context.selected_objects:
            thing.select_set(False)
    layer.update()
    for part in parts:
        if part.name in layer.objects:
            part.select_set(True)
    if layer.objects.active is None and parts[0].name in layer.objects:
        layer.objects.active = parts[0]
