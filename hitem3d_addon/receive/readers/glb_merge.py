# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The primitives of a mesh as one, with a label on each face that tells which it came from. No ``bpy``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...mesh.arrays import Floats
from .delivered import Colours, Delivered, Finish, Labels
from .glb_primitive import face_normals

WORD = "primitives"
"""glTF's own word for the pieces of a mesh."""


def merged(pieces: Sequence[Delivered]) -> Delivered:
    """One mesh of several, of triangles; what not all of them have is filled in as Blender's importer does it.

    A material that several share is one slot. Only labels that all of them have are kept.
    """
    if len(pieces) == 1:
        return pieces[0]
    firsts = np.cumsum([0, *(len(piece.positions) for piece in pieces)])
    numbers = np.repeat(np.arange(len(pieces), dtype=np.int32), [piece.polygons for piece in pieces])
    slots, finishes = _slots(pieces)
    names = ["" if (finish := finishes[slot]) is None else finish.name for slot in slots] if finishes else []
    told = names if len(set(names)) == len(names) else []
    return Delivered(
        name="",
        positions=np.concatenate([piece.positions for piece in pieces]),
        corners=np.concatenate([piece.corners + np.int32(first) for piece, first in zip(pieces, firsts, strict=False)]),
        matrix=pieces[0].matrix,
        normals=_normals(pieces),
        uvs=[
            np.concatenate([_either([*piece.uvs], k, piece, (0, 1)) for piece in pieces])
            for k in range(max(len(piece.uvs) for piece in pieces))
        ],
        colours=[
            Colours("", np.concatenate([_either([c.values for c in p.colours], k, p, (1, 1, 1, 1)) for p in pieces]))
            for k in range(max(len(piece.colours) for piece in pieces))
        ],
        labels=[Labels(WORD, numbers, of_faces=True, names=told), *_labels(pieces)],
        materials=finishes,
        slots=np.array(slots, np.int32)[numbers] if len(finishes) > 1 else None,
    )


def _slots(pieces: Sequence[Delivered]) -> tuple[list[int], list[Finish | None]]:
    """The slot of each piece, and what is in the slots; no slots where no piece has a material."""
    own = [piece.materials[0] if piece.materials else None for piece in pieces]
    if not any(own):
        return [0] * len(pieces), []
    found = list({id(finish): finish for finish in own}.values())
    return [next(k for k, one in enumerate(found) if one is finish) for finish in own], found


def _normals(pieces: Sequence[Delivered]) -> Floats | None:
    """Of the vertices; of the corners where some pieces have flat faces and others have not."""
    known = [piece.normals for piece in pieces if piece.normals is not None]
    if not known:
        return None
    if len(known) == len(pieces):
        return np.concatenate(known)
    return np.concatenate([_corner_normals(piece) for piece in pieces])


def _corner_normals(piece: Delivered) -> Floats:
    if piece.normals is not None:
        return piece.normals[piece.corners]
    own = face_normals(piece.positions, piece.corners)
    lengths = np.linalg.norm(own, axis=1, keepdims=True)
    return np.repeat(own / np.maximum(lengths, 1e-30), 3, axis=0).astype(np.float32)


def _either(sets: Sequence[Floats], number: int, piece: Delivered, missing: Sequence[float]) -> Floats:
    if number < len(sets):
        return sets[number]
    return np.tile(np.array(missing, np.float32), (len(piece.positions), 1))


def _labels(pieces: Sequence[Delivered]) -> list[Labels]:
    of_each = [{labels.name: labels for labels in piece.labels} for piece in pieces]
    shared = [name for name in of_each[0] if all(name in known for known in of_each)]
    return [Labels(name, np.concatenate([known[name].values for known in of_each])) for name in shared]
