# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One part of an import becomes several: those that it was joined of, or its loose pieces."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count, islice

import bpy
import numpy as np
from bpy.types import Collection, Context, Material, Mesh, Object

from ..apply.separate import separate
from ..core.errors import InputError
from ..mesh.arrays import Ints
from ..mesh.colours import Colour, part_colour, part_material, recolour_material
from ..mesh.shells import Faces, joined_by_vertices, same_place
from ..mesh.triangles import corner_values, local_positions, polygon_starts
from ..session.parts import show
from ..session.record import PART, parts_in
from .naming import check_changeable, own_materials, shows_alone
from .pieces import Pieces, forget_pieces, read_pieces

_MOST = 1000
"""More loose pieces than this are crumbs, not parts."""
_LONGEST = 58
"""Bytes of a name, so that Blender cuts nothing off its end."""


def split_part(context: Context, collection: Collection, part: Object) -> list[Object]:
    """Split a part, and give all that it has become: the part itself, then new ones, the last of the collection.

    A part that was joined becomes the parts that it was joined of, with their names and colours. Any other is cut
    between its loose pieces: those that no vertex connects, and none that lies in the same place. Each piece keeps
    what the part had; edges and vertices without a face become an object that is no part. Raises InputError for a part
    in one piece.
    """
    check_changeable(context, [part])
    pieces = read_pieces(part)
    present = np.unique(pieces.numbers)
    joined = len(present) > 1
    if not joined:
        pieces = _loose_pieces(part, parts_in(collection))
    names, colour, mesh_name = list(pieces.names), tuple(part.color), part.data.name
    if joined:  # its name may have changed since
        names[present[0]] = part.name
    found = _separate(part, pieces.numbers, names)
    colours = [pieces.colours[number] for number in present] if joined else pieces.colours
    for piece in found:
        forget_pieces(piece)
    if not found[-1].data.polygons:  # edges and vertices without a face, which no file can hold as a part
        del found.pop()[PART]
    for piece in found:
        if joined:
            _drop_unused_slots(piece)
    for piece, its_colour in zip(found, colours, strict=True):
        _give_colour(piece, its_colour, colour)
    if joined:
        for piece, number in zip(found, present, strict=True):
            _give_back(piece, pieces.materials[number], mesh_name if piece == part else pieces.meshes[number])
    show(context, found, True)
    return found


def _separate(part: Object, numbers: Ints, names: Sequence[str]) -> list[Object]:
    """Cut the part by numbers on its faces; its own name and that of its mesh are free for the pieces."""
    mesh, before = part.data, (part.name, part.data.name)
    own = mesh.users - mesh.use_fake_user == 1
    part.name = f"{part.name[:20]} …"
    if own:
        mesh.name = part.name
    try:
        return separate(part, numbers, names)
    except InputError:
        part.name, mesh.name = before
        raise


def _loose_pieces(part: Object, parts: Sequence[Object]) -> Pieces:
    """The loose pieces, the largest first; the others get colours that none of these parts has."""
    mesh = part.data
    assert isinstance(mesh, Mesh)
    shells = _shells(mesh)
    found, numbers, sizes = np.unique(shells, return_inverse=True, return_counts=True)
    if len(found) < 2:
        raise InputError(
            "“{name}” is in one piece, so there is nothing to cut off. Select a part with loose pieces, or a merged "
            "one.",
            name=part.name,
        )
    if len(found) > _MOST:
        raise InputError(
            "“{name}” is in {count} pieces, which are too many for parts. Merge its vertices by distance first.",
            name=part.name,
            count=len(found),
        )
    largest = int(np.argmax(sizes))
    rank = np.arange(len(found), dtype=np.int32)
    rank[:largest] += 1
    rank[largest] = 0
    red, green, blue, alpha = part.color
    names = [part.name, *_numbered(part.name, len(found))]
    used = np.array([one.color for one in parts])
    free = (colour for colour in map(part_colour, count()) if not np.isclose(used, colour).all(axis=1).any())
    colours = [(red, green, blue, alpha), *islice(free, len(found) - 1)]
    return Pieces(rank[numbers.reshape(-1)], names, colours)


def _numbered(name: str, many: int) -> list[str]:
    """Names for all pieces but the first: "wing 2", "wing 3"."""
    taken = {obj.name for obj in bpy.data.objects}
    names: list[str] = []
    number = 2
    while len(names) < many - 1:
        ending = f" {number}"
        made = name.encode()[: _LONGEST - len(ending)].decode(errors="ignore").rstrip() + ending
        if made not in taken:
            names.append(made)
        number += 1
    return names


def _shells(mesh: Mesh) -> Ints:
    """A number for each face, the same for all that vertices connect, or others in the same place."""
    positions = np.ascontiguousarray(local_positions(mesh).T)
    faces = Faces(positions, corner_values(mesh, ".corner_vert"), polygon_starts(mesh))
    return joined_by_vertices(faces, same_place(positions))


def _drop_unused_slots(piece: Object) -> None:
    """Take away the slots whose material is that of other pieces."""
    mesh = piece.data
    assert isinstance(mesh, Mesh)
    if len(mesh.materials) < 2 or any(slot.link == "OBJECT" for slot in piece.material_slots):
        return
    used = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("material_index", used)
    kept = np.unique(np.clip(used, 0, len(mesh.materials) - 1))
    for slot in reversed(range(len(mesh.materials))):
        if slot not in kept:
            mesh.materials.pop(index=slot)
    mesh.polygons.foreach_set("material_index", np.searchsorted(kept, used).astype(np.int32))
    mesh.update()


def _give_colour(piece: Object, colour: Colour, before: Sequence[float]) -> None:
    """Give a piece its colour, and where a material showed that of the whole, one of its own."""
    piece.color = colour
    own = own_materials(piece)
    for slot, material in enumerate(piece.data.materials):
        if material in own and colour != tuple(before):
            piece.data.materials[slot] = part_material(piece.name, colour)
        elif material and shows_alone(material, before):
            recolour_material(material, colour, own=False)


def _give_back(piece: Object, material: Material | None, mesh_name: str) -> None:
    """Give a piece the material that was made for it, as the user has left it, and the name that its mesh had."""
    own = own_materials(piece)
    if material and len(own) == 1 and own[0] != material:
        unused = own[0]
        piece.data.materials[list(piece.data.materials).index(unused)] = material
        if not unused.users:
            bpy.data.materials.remove(unused)
    if piece.data.name != mesh_name and mesh_name not in bpy.data.meshes:
        piece.data.name = mesh_name
