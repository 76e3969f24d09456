# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts joined into one, and a part cut into its pieces again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import bpy
import numpy as np
from bpy.types import Context, Mesh, Object

from ..apply.separate import separate
from ..core.errors import InputError
from ..mesh.arrays import Ints
from ..mesh.attributes import read_numbers, store_numbers
from ..mesh.colours import part_colour, part_materials, recolour
from ..mesh.shells import Faces, joined_by_vertices, same_place
from ..mesh.triangles import corner_values, polygon_starts
from ..session.exploded import in_place
from ..session.record import PART

PIECE = "hitem3d_piece"
"""A number per face of a part that was merged: which of the parts it was."""
PIECES = "hitem3d_pieces"
"""A custom property of such a part: the names that they had."""
_MOST_PIECES = 1000


def merge(context: Context, parts: Sequence[Object]) -> Object:
    """Join parts into the first of them, which keeps its name, and give it. Nothing is welded: `split` undoes it.

    Each vertex stays where it is, with its normals, UVs and materials; materials that the import has made for the
    others become that of the first. Raises InputError where there is nothing to join, or it can't be changed.
    """
    if len(parts) < 2:
        raise InputError("Select two parts or more that are to become one.")
    _check(context, parts)
    first = parts[0]
    own = next(iter(part_materials(first.data.materials).values()), None)
    names: list[str] = []
    for part in parts:
        mesh = _own_mesh(part)
        numbers = read_numbers(mesh, PIECE, "FACE")
        if numbers is None:
            numbers = np.zeros(len(mesh.polygons), np.int32)
        store_numbers(mesh, PIECE, "FACE", numbers + np.int32(len(names)))
        names += part.get(PIECES) or [part.name]
        for slot, material in enumerate(mesh.materials):
            if own and material in part_materials([material]).values():
                mesh.materials[slot] = own
    with (
        in_place(context),
        context.temp_override(
            active_object=first, object=first, selected_objects=parts, selected_editable_objects=parts
        ),
    ):
        bpy.ops.object.join()
    first[PIECES] = names
    return first


def split(context: Context, part: Object, known: Sequence[Object]) -> list[Object]:
    """Cut a part into the parts that it was merged from, or else into what hangs together, and give the pieces.

    Faces hang together that share a vertex or two vertices at the same place. The part itself becomes the first piece
    and the others lie beside it, in the same collections; ``known`` are the parts of the import, whose colours the
    pieces don't get. Raises InputError for a part in one piece.
    """
    _check(context, [part])
    mesh = _own_mesh(part)
    merged = read_numbers(mesh, PIECE, "FACE")
    was = list(part.get(PIECES, ()))
    several = merged is not None and len(np.unique(merged)) > 1 and int(merged.max()) < len(was)
    labels = merged if several and merged is not None else _islands(mesh)
    found, numbers = np.unique(labels, return_inverse=True)
    if len(found) < 2:
        raise InputError("“{name}” is in one piece, so there is nothing to cut off.", name=part.name)
    if len(found) > _MOST_PIECES:
        raise InputError(
            "“{name}” is in {count} pieces, which are too many for parts. Merge its vertices by distance first.",
            name=part.name,
            count=len(found),
        )
    numbers = numbers.ravel()
    # The largest is the part itself, and comes first.
    order = np.arange(len(found)) if several else np.argsort(-np.bincount(numbers), kind="stable")
    labels = np.argsort(order).astype(np.int32)[numbers]
    names = [was[number] for number in found] if several else _numbered(part.name, len(found))
    used = np.array([other.color for other in known])
    free = (colour for colour in map(part_colour, count()) if not np.isclose(used, colour).all(axis=1).any())
    pieces = separate(part, labels, names)
    for number, piece in enumerate(pieces):
        if PIECE in piece.data.attributes:
            piece.data.attributes.remove(piece.data.attributes[PIECE])
        if PIECES in piece:
            del piece[PIECES]
        if number:
            recolour(piece, next(free))
    return pieces


def _check(context: Context, parts: Sequence[Object]) -> None:
    if context.mode != "OBJECT":
        raise InputError("Leave the mode in which the active object is edited, and try again.")
    for part in parts:
        if PART not in part or part.type != "MESH":
            raise InputError("“{name}” is no imported part.", name=part.name)
        if part.library or not part.is_editable or part.name not in context.view_layer.objects:
            raise InputError(
                "“{name}” can't be changed here: it is in another scene, view layer or file.", name=part.name
            )


def _own_mesh(part: Object) -> Mesh:
    mesh = part.data
    assert isinstance(mesh, Mesh)
    if mesh.users - mesh.use_fake_user > 1:
        part.data = mesh = mesh.copy()
    return mesh


def _islands(mesh: Mesh) -> Ints:
    """For each face the first one that it hangs together with."""
    positions = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.attributes["position"].data.foreach_get("vector", positions)
    faces = Faces(positions.reshape(-1, 3), corner_values(mesh, ".corner_vert"), polygon_starts(mesh))
    return joined_by_vertices(faces, same_place(faces.positions))


def _numbered(name: str, count: int) -> list[str]:
    return [name, *(f"{name} {number}" for number in range(2, count + 1))]
