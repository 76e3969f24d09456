# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All parts of an import as one body, whose triangles have the part as their label, and the caps that divide it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ..mesh.arrays import Doubles, Flags, Ints
from .loops import directed_edges, net_edges, open_edges


@dataclass(frozen=True, slots=True)
class Piece:
    """Triangles of the body's surface that have one label."""

    corners: Ints
    """(triangles, 3), indices into the body's points, wound so that the body lies below."""
    low: Doubles
    """(triangles, 3): the lowest corner of each one's bounds, and the highest."""
    high: Doubles


@dataclass(frozen=True, slots=True)
class Cap:
    """A surface between a part and others, made once for both sides."""

    corners: Ints
    """(triangles, 3), wound as the others see it: seen from them it looks out. For the part it is turned round."""
    part: int
    others: Ints
    """(triangles,): the part on the other side of each triangle."""
    crossings: int = 0
    """How many of its triangles crossed something when it was put on: no way was found that crosses nothing."""


class State(NamedTuple):
    """What dividing a body changes."""

    points: Doubles
    pieces: list[list[Piece]]
    borders: list[Ints]
    caps: list[Cap]


@dataclass(slots=True)
class Body:
    """A surface that is cut into parts, one after another."""

    points: Doubles
    """(points, 3), in a frame near the origin; all on a grid of steps that float32 holds."""
    step: float
    """Of the grid for new points."""
    source: list[Ints]
    """The triangles (n, 3) that each part came with."""
    pieces: list[list[Piece]] = field(default_factory=list)
    """By label, what the surface of the rest of the body has of it now."""
    borders: list[Ints] = field(default_factory=list)
    """By label, the open edges (n, 2) of that."""
    caps: list[Cap] = field(default_factory=list)
    seals: list[tuple[int, Ints]] = field(default_factory=list)
    """Triangles (n, 3) over openings of the source, with their label, which close the body while it is divided."""

    def __post_init__(self) -> None:
        self.pieces = [[self.make_piece(corners)] if len(corners) else [] for corners in self.source]
        self.borders = [open_edges(corners) for corners in self.source]

    def make_piece(self, corners: Ints) -> Piece:
        first, second, third = (self.points[corners[:, k]] for k in range(3))
        low = np.minimum(np.minimum(first, second), third)
        return Piece(corners, low, np.maximum(np.maximum(first, second), third))

    def state(self) -> State:
        """How it stands, to go back to."""
        return State(self.points, [list(pieces) for pieces in self.pieces], list(self.borders), list(self.caps))

    def go_back(self, state: State) -> None:
        """Be as it was then; a state serves any number of times."""
        self.points, self.borders, self.caps = state.points, list(state.borders), list(state.caps)
        self.pieces = [list(pieces) for pieces in state.pieces]

    def add_points(self, points: Doubles) -> Ints:
        """Their numbers; they are put on the grid."""
        first = len(self.points)
        self.points = np.concatenate([self.points, np.rint(points / self.step) * self.step])
        return np.arange(first, len(self.points), dtype=np.int32)

    def add_surface(self, label: int, corners: Ints) -> None:
        """More surface of a part; its border changes by it."""
        if len(corners):
            self.pieces[label].append(self.make_piece(corners))
            self.borders[label] = net_edges(np.concatenate([self.borders[label], directed_edges(corners)]))

    def take_off(self, label: int) -> None:
        """The part is closed and is no longer there."""
        self.pieces[label] = []
        self.borders[label] = np.empty((0, 2), np.int32)

    def around(self, low: Doubles, high: Doubles) -> tuple[Ints, Ints]:
        """The triangles (n, 3) of the surface as it is now that may reach into a box, and their labels (n,)."""
        corners, labels = [np.empty((0, 3), np.int32)], [np.empty(0, np.int32)]
        for label, pieces in enumerate(self.pieces):
            for piece in pieces:
                found = piece.corners[_meets(piece, low, high)]
                corners.append(found)
                labels.append(np.full(len(found), label, np.int32))
        return np.concatenate(corners), np.concatenate(labels)

    def result(self, label: int) -> Ints:
        """The caps (n, 3) of a part, wound as it sees them."""
        found = [np.empty((0, 3), np.int32)]
        for cap in self.caps:
            found.append(cap.corners[cap.others == label])
            if cap.part == label:
                found.append(cap.corners[:, ::-1])
        return np.concatenate(found)


def _meets(piece: Piece, low: Doubles, high: Doubles) -> Flags:
    found = (piece.low[:, 0] <= high[0]) & (piece.high[:, 0] >= low[0])
    for axis in (1, 2):
        found &= (piece.low[:, axis] <= high[axis]) & (piece.high[:, axis] >= low[axis])
    return found


def owners(edges: Ints, borders: Sequence[tuple[int, Ints]]) -> Ints:
    """For each directed edge (n, 2) the label of a border that has it in the other direction; -1 where none has."""
    labels = [np.full(len(border), label, np.int32) for label, border in borders]
    several = [border for _, border in borders]
    if not several:
        return np.full(len(edges), -1, np.int32)
    all_edges, all_labels = np.concatenate(several), np.concatenate(labels)
    keys = all_edges[:, 1].astype(np.int64) << 32 | all_edges[:, 0]
    order = np.argsort(keys, kind="stable")
    wanted = edges[:, 0].astype(np.int64) << 32 | edges[:, 1]
    places = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    found = order[places]
    return np.where(keys[found] == wanted, all_labels[found], -1).astype(np.int32)
