# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Closes the parts of an import, and judges what came of it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
from bpy.types import Depsgraph, Object

from ..core.errors import InputError, Message, Value
from ..mesh.arrays import Doubles, Ints
from .body import Body
from .crossings import find_crossings, find_walls
from .loops import net_edges, open_edges, volume
from .peeling import peel
from .reading import Places, read_parts
from .shells import leave_out_open_sheets, thicken_cavities
from .writing import add_caps


@dataclass(frozen=True, slots=True)
class Closed:
    """What became of a part."""

    name: str
    faces: int
    """How many were added."""
    open_edges: int
    """Edges of its surface that have no other side now."""
    own_openings: int
    """Of these, the ones where the original has none either."""
    volume: float
    """In the scene's units."""
    crossings: int
    """How many faces of its caps cross one another or its surface."""
    is_wall: bool
    """It was a cavity's wall, and got a thickness."""

    @property
    def is_right(self) -> bool:
        return not (self.open_edges or self.crossings) and self.volume > 0


@dataclass(slots=True)
class Closing:
    """What became of all parts."""

    parts: list[Closed]

    def sentence(self) -> Message:
        """One sentence."""
        closed = sum(not part.open_edges for part in self.parts)
        values: dict[str, Value] = {"count": len(self.parts), "closed": closed}
        if sum(part.faces for part in self.parts) == 0:
            return Message("No part has a cut that could be closed; {closed} of {count} are closed", values)
        return Message("{closed} of {count} parts are closed", values)

    def warnings(self) -> list[Message]:
        """A sentence for each part that isn't right, and says what isn't."""
        found = []
        for part in self.parts:
            values: dict[str, Value] = {"name": part.name, "count": part.open_edges, "crossing": part.crossings}
            if part.open_edges and part.open_edges == part.own_openings:
                found.append(Message("“{name}” stays open where the original is open, at {count} edges", values))
            elif part.open_edges:
                found.append(Message("“{name}” stays open at {count} edges that have no counterpart", values))
            elif part.volume <= 0:
                found.append(Message("“{name}” is closed but encloses no volume", values))
            if part.crossings:
                found.append(Message("“{name}”: {crossing} faces of its caps cross other faces of it", values))
        return found


def close_parts(parts: Sequence[Object], depsgraph: Depsgraph) -> Generator[tuple[int, int], None, Closing]:
    """Close the parts where they were cut; nothing is changed before the last step.

    Yields how many are done, and of how many. Raises InputError.
    """
    if len(parts) < 2:
        raise InputError("There is only one part, which has no neighbours. Import more parts, and try again.")
    body, places = read_parts(parts, depsgraph)
    own = net_edges(np.concatenate([np.empty((0, 2), np.int32), *body.borders]))
    total = sum(len(border) > 0 for border in body.borders)
    yield 0, total
    leave_out_open_sheets(body)
    walls = thicken_cavities(body)
    for left in peel(body):
        yield total - left, total
    found = [_judge(body, label, part.name, own, label in walls) for label, part in enumerate(parts)]
    for label, part in enumerate(parts):
        caps = body.result(label)
        if len(caps):
            add_caps(part, *in_own_frame(body, places, label, caps))
    return Closing(found)


def in_own_frame(body: Body, places: Places, label: int, caps: Ints) -> tuple[Ints, Doubles, Ints]:
    """A part's caps, the body's points in the frame of its mesh, and the body's point for each of its vertices."""
    matrix = places.matrices[label]
    turned = np.linalg.inv(matrix[:3, :3])
    shift = places.centre - matrix[:3, 3]
    points = body.points + shift
    if not np.array_equal(matrix[:3, :3], np.eye(3)):
        points = points @ turned.T
    return (caps[:, ::-1] if places.is_mirrored(label) else caps), points, places.numbers[label]


def _judge(body: Body, label: int, name: str, own: Ints, is_wall: bool) -> Closed:
    caps = body.result(label)
    whole = np.concatenate([body.source[label], caps])
    left = open_edges(whole)
    keys = {(low, high) for low, high in np.sort(own, axis=1).tolist()}
    of_original = sum(tuple(edge) in keys for edge in np.sort(left, axis=1).tolist())
    crossings = len(
        np.unique(find_crossings(body.points, caps, find_walls(body.points, caps, body.source[label]))[:, 0])
    )
    return Closed(name, len(caps), len(left), of_original, volume(body.points, whole), crossings, is_wall)
