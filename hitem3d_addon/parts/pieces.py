# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a joined part remembers of the parts that it was made of: a number on each face, and their names and colours.

Attribute and properties travel with the .blend, so what they say is checked before it is believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from bpy.types import Material, Mesh, Object
from idprop.types import IDPropertyArray, IDPropertyGroup

from ..mesh.arrays import Ints
from ..mesh.attributes import PIECE, read_numbers, store_numbers
from ..mesh.colours import Colour
from ..session.record import PIECE_MATERIALS, read_texts
from .naming import own_materials

_NAMES = "hitem3d_piece_names"
_MESHES = "hitem3d_piece_meshes"
_COLOURS = "hitem3d_piece_colours"
"""On the part: 4 numbers for each piece."""


class Pieces(NamedTuple):
    """What a part is made of."""

    numbers: Ints
    """(polygons,): which piece each face is of."""
    names: Sequence[str]
    colours: Sequence[Colour]
    materials: Sequence[Material | None] = ()
    """The one that was made for each piece, as the user has left it."""
    meshes: Sequence[str] = ()
    """The names of their meshes."""


def read_pieces(part: Object) -> Pieces:
    """The pieces that a part was joined of; one, the part itself, where it was not."""
    mesh = part.data
    assert isinstance(mesh, Mesh)
    names, colours = read_texts(part, _NAMES), part.get(_COLOURS)
    numbers = read_numbers(mesh, PIECE, "FACE")
    sound = len(names) > 1 and isinstance(colours, IDPropertyArray) and len(colours) == 4 * len(names)
    if numbers is None or not sound or not len(numbers) or numbers.min() < 0 or numbers.max() >= len(names):
        own = own_materials(part)
        whole = np.zeros(len(mesh.polygons), np.int32)
        return Pieces(whole, [part.name], [_colour(part.color)], [own[0] if len(own) == 1 else None], [mesh.name])
    kept = part.get(PIECE_MATERIALS)
    found = [kept.get(str(k)) if isinstance(kept, IDPropertyGroup) else None for k in range(len(names))]
    materials = [one if isinstance(one, Material) else None for one in found]
    meshes = read_texts(part, _MESHES)
    shown = [_colour(colours[k : k + 4]) for k in range(0, len(colours), 4)]
    return Pieces(numbers, names, shown, materials, meshes if len(meshes) == len(names) else names)


def note_pieces(part: Object, pieces: Pieces) -> None:
    """Have a part remember what it is made of."""
    mesh = part.data
    assert isinstance(mesh, Mesh)
    store_numbers(mesh, PIECE, "FACE", pieces.numbers)
    part[_NAMES] = list(pieces.names)
    part[_COLOURS] = [value for colour in pieces.colours for value in colour]
    part[_MESHES] = list(pieces.meshes)
    part[PIECE_MATERIALS] = {str(number): one for number, one in enumerate(pieces.materials) if one}


def forget_pieces(part: Object) -> None:
    """Have a part remember nothing of this."""
    mesh = part.data
    assert isinstance(mesh, Mesh)
    if PIECE in mesh.attributes:
        mesh.attributes.remove(mesh.attributes[PIECE])
    for name in (_NAMES, _COLOURS, _MESHES, PIECE_MATERIALS):
        if name in part:
            del part[name]


def _colour(values: Sequence[float]) -> Colour:
    red, green, blue, alpha = (float(value) for value in values)
    return red, green, blue, alpha
