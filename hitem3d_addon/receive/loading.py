# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A result file -> its meshes, ready to be made parts of, and its surface, both in the file's frame, Z up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import bpy
import numpy as np
from bpy.types import Collection, Context, Object

from ..core.choices import PartsChoice
from ..core.errors import InputError, Message, ResultError
from ..mesh.new_data import NewData
from ..mesh.scratch import ScratchScene
from ..mesh.surface import Surface, gather
from .build import make_parts
from .delivered import Contents
from .importers import Opened, import_files, opened
from .obj_groups import ObjGroups, read_groups
from .split import Part, split
from .stl_reader import read_stl
from .told import Told, split_arrays
from .told_report import stl_warning
from .ways import MOST

_READERS: Mapping[str, Callable[[Path], Contents]] = {"stl": read_stl}
"""By kind: where we read a file ourselves, because Blender's importer loses what tells its parts apart."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a result file holds."""

    parts: Sequence[Part]
    """As the file tells them apart, or as was chosen."""
    surfaces: Sequence[Surface]
    """All of it, to find out where it lies."""
    told: Told
    """How they were told apart."""
    notes: Sequence[Message] = ()
    """For the report: what was left out or taken off, and why."""
    warnings: Sequence[Message] = ()
    """What is not as it should be."""


def load(
    context: Context, file: Path, collection: Collection, scratch: ScratchScene, new: NewData, choice: PartsChoice
) -> Loaded:
    """Read a result file and tell its parts apart.

    All that is made on the way is new data; of it only the meshes of the parts are needed.

    Raises ResultError or MissingError.
    """
    with opened(file) as result:
        if result.kind in _READERS:
            loaded = _built([(one, _READERS[result.kind](one)) for one in result.files], choice)
            return replace(loaded, warnings=stl_warning(result.kind, loaded.told))
        return _imported(context, result, collection, scratch, new, choice)


def _built(found: Sequence[tuple[Path, Contents]], choice: PartsChoice) -> Loaded:
    """What readers of ours have found, told apart before any mesh is made."""
    delivered = [
        replace(one, name=one.name or (file.stem if len(found) > 1 else ""))
        for file, contents in found
        for one in contents.parts
    ]
    if not delivered:
        raise _nothing()
    if not all(np.isfinite(one.positions).all() for one in delivered):
        raise _no_numbers()
    pieces, told = split_arrays(delivered, choice)
    parts, surfaces = make_parts(pieces)
    return Loaded(parts, surfaces, told, [note for _, contents in found for note in contents.notes])


def _imported(
    context: Context,
    result: Opened,
    collection: Collection,
    scratch: ScratchScene,
    new: NewData,
    choice: PartsChoice,
) -> Loaded:
    """What Blender's importers make of the file."""
    groups = _groups(result, choice)
    by_group = groups is not None and groups.runs == groups.number
    scene = scratch.scene
    scene.collection.children.link(collection)
    scratch.evaluate()
    layer = scene.view_layers[0]
    layer.active_layer_collection = layer.layer_collection.children[0]
    # With a screen, importers see the window's scene beside the one given here: its Edit Mode, its selection.
    with context.temp_override(screen=None, scene=scene, view_layer=layer, collection=collection):
        import_files(result, use_split_groups=by_group)
    things = [thing for thing in new.objects() if thing.type == "MESH" and thing.data.polygons]
    if not things:
        raise _nothing()
    for thing in things:
        thing.modifiers.clear()
        thing.hide_viewport = False
    depsgraph = scratch.evaluate()
    try:
        surfaces = gather(things, depsgraph)
    except InputError as error:
        raise _no_numbers() from error
    delivered = _delivered(things)
    bpy.data.batch_remove(things)  # the parts may take their names
    if by_group:
        parts, told = split(delivered, "AUTO")
        return Loaded(parts, surfaces, told._replace(way="GROUPS", word="groups"))
    if groups and len(delivered) == 1 and len(delivered[0].mesh.polygons) == len(groups.groups.values):
        delivered = [replace(delivered[0], groups=[groups.groups])]
    parts, told = split(delivered, choice)
    return Loaded(parts, surfaces, told)


def _groups(result: Opened, choice: PartsChoice) -> ObjGroups | None:
    """The groups of an OBJ, where they are what tells its parts apart."""
    if result.kind != "obj" or choice not in ("AUTO", "BY_GROUP"):
        return None
    if len(result.files) > 1 and choice == "AUTO":
        return None  # its files are its parts
    found = [read_groups(file) for file in result.files]
    if len(found) == 1 and 1 < found[0].number <= MOST and (choice == "BY_GROUP" or found[0].objects == 1):
        return found[0]
    return None


def _nothing() -> ResultError:
    return ResultError(
        "There are no parts in the file that came back: it holds no surface. Ask Hitem3D's support about this task."
    )


def _no_numbers() -> ResultError:
    return ResultError(
        "The parts that came back can't be placed: some of their coordinates are not numbers. "
        "Ask Hitem3D's support about this task."
    )


def _delivered(things: Sequence[Object]) -> list[Part]:
    """A part for each object; objects that share a mesh get one each."""
    known: set[int] = set()
    found: list[Part] = []
    for thing in things:
        if thing.data.shape_keys:
            thing.shape_key_clear()
        mesh = thing.data.copy() if thing.data.session_uid in known else thing.data
        known.add(mesh.session_uid)
        found.append(Part(mesh, thing.name, np.array(thing.matrix_world, np.float64)))
    return found
