# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A result file -> the meshes of its parts, and its surface, both in the file's frame, Z up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from bpy.types import Collection, Context, Depsgraph, Object

from ..core.choices import PartsChoice
from ..core.errors import Message, ResultError
from ..mesh.new_data import NewData
from ..mesh.scratch import ScratchScene
from ..mesh.surface import Surface
from ..mesh.triangles import corner_values, local_positions, triangle_loops
from .build import make_parts
from .importers import Opened, import_files, opened
from .readers.delivered import Contents, Delivered, Labels
from .readers.obj_groups import ObjGroups, count_faces, has_groups, materials_as_groups, only_group, read_groups
from .readers.words import WHOLE_LEFT_OUT, plain, says_something
from .splitting.split import Part, split
from .splitting.told import Told, split_arrays, summary
from .splitting.told_report import stl_warning
from .splitting.ways import MOST
from .splitting.whole import left_out, surface_of


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a result file holds."""

    parts: Sequence[Part]
    """As the file tells them apart, or as was chosen."""
    surfaces: Sequence[Surface]
    """All of the surface, to find out where it belongs."""
    told: Told
    """How they were told apart."""
    notes: Sequence[Message] = ()
    """For the report: what was left out or taken off, and why."""
    warnings: Sequence[Message] = ()
    """What is wrong with the result."""
    may_hold_more: bool = False
    """It is one piece of a format that can't keep parts apart which touch."""


def load(
    context: Context, file: Path, collection: Collection, scratch: ScratchScene, new: NewData, choice: PartsChoice
) -> Loaded:
    """Read a result file and tell its parts apart.

    All data that is made on the way is new; only the meshes of the parts are needed of it.

    Raises ResultError or MissingError.
    """
    scene = scratch.scene
    scene.collection.children.link(collection)
    scratch.evaluate()
    layer = scene.view_layers[0]
    layer.active_layer_collection = layer.layer_collection.children[0]
    with opened(file) as result:
        groups = _groups(result, choice)
        by_group = groups is not None and groups.runs == groups.number
        # With a screen, importers also see the scene of the window: its Edit Mode, its selection.
        with context.temp_override(screen=None, scene=scene, view_layer=layer, collection=collection):
            contents = import_files(result, use_split_groups=by_group)
            imported = _imported(scratch, new, contents, result)
            again = None if by_group else _by_material(result, imported, choice)
            if again:
                contents = import_files(again, use_split_groups=True)
                imported = _imported(scratch, new, contents, again)
        if result.kind == "obj" and len(imported) == len(result.files) == 1 and not says_something(imported[0].name):
            imported = [replace(imported[0], name=only_group(result.files[0]))]
    if not imported and not contents.parts:
        raise _nothing()
    read, imported, notes = _without_the_whole(contents.parts, imported, choice)
    if by_group or again:
        choice = "AS_DELIVERED"
    elif groups and len(imported) == 1 and len(imported[0].mesh.polygons) == len(groups.groups.values):
        imported = [replace(imported[0], groups=[groups.groups])]
    objects = len(read) + len(imported)
    of_others = list(map(_surface, imported))  # their meshes may be cut
    pieces, how = split_arrays(read, choice, objects)
    contents, read = contents._replace(parts=[]), []  # only the pieces use them now
    made = make_parts(pieces)
    surfaces = _Surfaces(of_others, made)
    if not all(np.isfinite(surface.local).all() and np.isfinite(surface.matrices).all() for surface in surfaces):
        raise ResultError(
            "The parts that came back can't be placed: some of their coordinates are not numbers. "
            "Ask Hitem3D's support about this task."
        )
    parts, how_others = split(imported, choice, objects)
    told = Told("GROUPS", word="groups") if by_group else summary([*how, *how_others])
    if again:
        told = Told("MATERIALS")
    notes = [*contents.notes, *_why_slow(contents), *notes]
    warnings = stl_warning(result.kind, told)
    may_hold_more = bool(warnings) and choice == "AUTO" and len(made) + len(parts) == 1
    return Loaded([*made, *parts], surfaces, told, notes, warnings, may_hold_more)


class _Surfaces(Sequence[Surface]):
    """Surfaces, and those of parts that we made: each is read from its mesh when it is asked for.

    All of them at once would take half as much memory as the meshes.
    """

    def __init__(self, known: Sequence[Surface], parts: Sequence[Part]) -> None:
        self._known, self._parts = known, parts

    def __len__(self) -> int:
        return len(self._known) + len(self._parts)

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return [self[one] for one in range(len(self))[number]]
        at = range(len(self))[number]
        return self._known[at] if at < len(self._known) else _surface(self._parts[at - len(self._known)])


def _imported(scratch: ScratchScene, new: NewData, contents: Contents, result: Opened) -> list[Part]:
    """What Blender's importers have made, an object each. The objects are gone then: the parts may take their names.

    An object without a name in the file is called after the file, which says nothing of a part.
    """
    objects = list(new.objects())
    things = [obj for obj in objects if obj.type == "MESH" and obj.data.polygons]
    clouds = [obj for obj in objects if obj.type == "POINTCLOUD"]  # whose points are instances
    for obj in things:
        obj.modifiers.clear()
        obj.hide_viewport = False
    depsgraph = scratch.evaluate()
    if clouds:  # what is instanced is there too, out of sight
        shown = {one.object.original for one in depsgraph.object_instances if not one.is_instance}
        things = [obj for obj in things if obj in shown]
    found = [*_delivered(things, contents.labels), *_instances(clouds, depsgraph)]
    if len(result.files) == 1:
        found = [replace(part, name="") if plain(part.name) == result.files[0].stem else part for part in found]
    bpy.data.batch_remove(objects)
    return found


def _without_the_whole(
    read: Sequence[Delivered], imported: Sequence[Part], choice: PartsChoice
) -> tuple[list[Delivered], list[Part], list[Message]]:
    """All but the model that was sent and copies of its parts that stand apart; and notes on those."""
    counts = [len(one.corners) - 2 * one.polygons for one in read]
    counts += [len(part.mesh.loops) - 2 * len(part.mesh.polygons) for part in imported]

    def surface(number: int) -> Surface:
        return _surface(imported[number - len(read)]) if number >= len(read) else surface_of(read[number])

    out = set() if choice == "AS_DELIVERED" else left_out(counts, surface)
    notes = []
    if len(out) == 1:
        notes.append(WHOLE_LEFT_OUT)
    elif out:
        notes.append(Message("Left out: {count} copies of the parts, which stand apart.", {"count": len(out)}))
    kept = [one for number, one in enumerate(read) if number not in out]
    return kept, [one for number, one in enumerate(imported, len(read)) if number not in out], notes


def _surface(part: Part) -> Surface:
    local = local_positions(part.mesh)
    loops, _ = triangle_loops(part.mesh, local)
    return Surface(local, corner_values(part.mesh, ".corner_vert")[loops], part.matrix[None, :3])


def _groups(result: Opened, choice: PartsChoice) -> ObjGroups | None:
    """The groups of an OBJ, where they are what tells its parts apart."""
    if result.kind != "obj" or choice not in ("AUTO", "BY_GROUP"):
        return None
    if len(result.files) > 1 and choice == "AUTO":
        return None  # its files are its parts
    found = [read_groups(file) for file in result.files if has_groups(file)]
    if len(found) == 1 and 1 < found[0].number <= MOST and (choice == "BY_GROUP" or found[0].objects == 1):
        return found[0]
    return None


def _why_slow(contents: Contents) -> list[Message]:
    """Why Blender's importer had to read what a reader of ours reads in a fraction of the time."""
    reasons = {reason.template: reason for reason in contents.for_blender}
    return [
        Message("Read by Blender's own importer, which takes longer: {reason}.", {"reason": reason})
        for reason in reasons.values()
    ]


def _by_material(result: Opened, imported: Sequence[Part], choice: PartsChoice) -> Opened | None:
    """An OBJ to read in place of this one, with a group for each material, where faces of one object were lost.

    They were, if parts touch there that share vertices: Blender keeps one of two faces with the same. What was made of
    it is removed.
    """
    if result.kind != "obj" or choice not in ("AUTO", "BY_MATERIAL") or len(result.files) > 1 or len(imported) != 1:
        return None
    (file,), (part,) = result.files, imported
    if len(part.mesh.materials) < 2 or count_faces(file) == len(part.mesh.polygons):
        return None
    content, number = materials_as_groups(file)
    if not 2 <= number <= MOST:
        return None
    bpy.data.batch_remove([part.mesh, *filter(None, part.mesh.materials)])
    copy = (file.parent if result.folder in file.parents else result.folder) / "by material.obj"
    copy.write_bytes(content)
    return result._replace(files=[copy])


def _nothing() -> ResultError:
    return ResultError(
        "There are no parts in the file that came back: it holds no surface. Ask Hitem3D's support about this task."
    )


def _delivered(objects: Sequence[Object], labels: Mapping[str, Sequence[Labels]]) -> list[Part]:
    """A part for each object; objects that share a mesh get one each."""
    known: set[int] = set()
    found: list[Part] = []
    below = Counter(above for obj in objects for above in _above(obj))
    for obj in objects:
        if obj.data.shape_keys:
            obj.shape_key_clear()
        mesh = obj.data.copy() if obj.data.session_uid in known else obj.data
        known.add(mesh.session_uid)
        mesh.vertices[0].co = mesh.vertices[0].co  # or Blender before 5.2 keeps the bounds that it has computed already
        groups = [*_fitting(labels.get(plain(obj.data.name), ()), len(mesh.polygons))]
        found.append(Part(mesh, _name(obj, below), np.array(obj.matrix_world, np.float64), groups))
    return found


def _above(obj: Object) -> Iterator[Object]:
    while obj.parent:
        obj = obj.parent
        yield obj


def _name(obj: Object, below: Mapping[Object, int]) -> str:
    """The name of the object; where it says nothing, of the nearest one above that has no other mesh below it."""
    above = (one.name for one in _above(obj) if below[one] == 1)
    return next(filter(says_something, (obj.name, *above)), obj.name)


def _fitting(several: Sequence[Labels], polygons: int) -> Iterator[Labels]:
    """The labels that a mesh with so many polygons can have; where they are too few, the last one is repeated."""
    same = [labels for labels in several if len(labels.values) == polygons]
    for labels in same or several:
        missing = polygons - len(labels.values)
        if missing >= 0:
            values = np.concatenate([labels.values, np.full(missing, len(labels.names) - 1, np.int32)])
            yield replace(labels, values=values)


def _instances(clouds: Sequence[Object], depsgraph: Depsgraph) -> list[Part]:
    """A part for each instance on the points of point clouds, with a mesh of its own."""
    if not clouds:
        return []
    return [
        Part(instance.object.original.data.copy(), instance.object.name, np.array(instance.matrix_world, np.float64))
        for instance in depsgraph.object_instances
        if instance.is_instance and instance.object.type == "MESH" and instance.parent.original in clouds
    ]
