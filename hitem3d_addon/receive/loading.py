# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A result file -> its meshes, ready to be made parts of, and its surface, both in the file's frame, Z up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
from bpy.types import Collection, Context, Object

from ..core.errors import InputError, Message, ResultError
from ..mesh.new_data import NewData
from ..mesh.scratch import ScratchScene
from ..mesh.surface import Surface, gather
from .build import make_parts
from .importers import import_result_file
from .split import Part


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a result file holds."""

    parts: Sequence[Part]
    """As the file tells them apart."""
    surfaces: Sequence[Surface]
    """All of it, to find out where it lies."""
    notes: Sequence[Message] = ()
    """For the report: what was left out or taken off, and why."""
    for_blender: Sequence[str] = ()
    """Why Blender's importer has read it, which takes longer; empty where a reader of ours has."""


def load(context: Context, file: Path, collection: Collection, scratch: ScratchScene, new: NewData) -> Loaded:
    """Read a result file. All that is made on the way is new data; of it only the meshes of the parts are needed.

    Raises ResultError or MissingError.
    """
    scene = scratch.scene
    scene.collection.children.link(collection)
    scratch.evaluate()
    layer = scene.view_layers[0]
    layer.active_layer_collection = layer.layer_collection.children[0]
    # With a screen, importers see the window's scene beside the one given here: its Edit Mode, its selection.
    with context.temp_override(screen=None, scene=scene, view_layer=layer, collection=collection):
        contents = import_result_file(file)
    things = [thing for thing in new.objects() if thing.type == "MESH" and thing.data.polygons]
    if not things and not contents.parts:
        raise ResultError(
            "There are no parts in the file that came back: it holds no surface. Segment the object again."
        )
    parts, surfaces = make_parts(contents.parts)
    if not all(np.isfinite(surface.local).all() for surface in surfaces):
        raise _no_numbers()
    for thing in things:
        thing.modifiers.clear()
        thing.hide_viewport = False
    try:
        surfaces += gather(things, scratch.evaluate())
    except InputError as error:
        raise _no_numbers() from error
    parts += _delivered(things)
    bpy.data.batch_remove(things)  # the parts may take their names
    return Loaded(parts, surfaces, contents.notes, contents.for_blender)


def _no_numbers() -> ResultError:
    return ResultError(
        "The parts that came back can't be placed: some of their coordinates are not numbers. Segment the object again."
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
