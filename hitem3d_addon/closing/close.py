# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Closes the parts of an import, and judges what came of it."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
from bpy.types import Depsgraph, Object

from ..core.errors import InputError, Message, Value
from ..mesh.arrays import Doubles, Flags, Ints
from .body import Body, State
from .clearance import least_share, move_back, reaching_over
from .crossings import crossing_faces, find_crossings, find_walls
from .loops import directed_edges, net_edges, open_edges, volume
from .peeling import peel
from .reading import Places, read_parts
from .sheet import FINE_WAYS, WAYS, Way
from .shells import leave_out_open_sheets, thicken_cavities
from .smoothing import smooth_caps
from .writing import add_caps

Result = TypeVar("Result")

_MOST_NAMES = 8
"""In one sentence."""
_ENOUGH = 0.9
"""Of the clearance: from here on nothing is said."""


@dataclass(frozen=True, slots=True)
class Closed:
    """What became of a part."""

    name: str
    faces: int
    """How many were added."""
    open_edges: int
    """Edges of its surface that have no other side now."""
    own_openings: int
    """Of these, the ones at openings of the surface of all parts together, as it was before anything was closed."""
    volume: float
    """In the scene's units."""
    crossings: int
    """How many faces of its caps cross one another or its surface."""
    gap: float
    """How much of the clearance that was asked for there is at the narrowest place; 0 where it could not be made."""


class Shape(NamedTuple):
    """A part as it is going to be."""

    caps: Ints
    """(triangles, 3), as it sees them."""
    lids: Ints
    """(triangles, 3), over openings of the original, where these are to be closed."""
    points: Doubles
    """(points, 3): the body's, with this part's clearance."""
    moved: Flags
    """(points,): which of them have moved for it."""
    crossings: int
    gap: float
    """How far the caps moved back where they did least, of what was asked for."""


class Try(NamedTuple):
    """All caps, made in one way."""

    overlapping: int
    """How many pairs of parts may have some volume in common."""
    crossing: int
    """How many triangles cross, in all parts."""
    state: State
    crossings: dict[int, Ints]
    """By part, its triangles (n, 3) that cross."""


@dataclass(slots=True)
class Closing:
    """What became of all parts."""

    parts: list[Closed]
    crossing: list[str]
    """The names of the parts whose surface crosses itself, or another part's, before anything was closed."""
    overlapping: list[tuple[str, str]]
    """The names of two parts whose surfaces cross at a cap."""

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
        if self.crossing:
            names = ", ".join(f"“{name}”" for name in self.crossing[:_MOST_NAMES])
            more = max(len(self.crossing) - _MOST_NAMES, 0)
            found.append(
                Message(
                    "The original crosses itself in {names} and {count} more parts, so these overlap"
                    if more
                    else "The original crosses itself in {names}, so these parts overlap",
                    {"names": names, "count": more},
                )
            )
        for part in self.parts:
            values: dict[str, Value] = {"name": part.name, "count": part.open_edges, "crossing": part.crossings}
            values["percent"] = int(100 * part.gap)
            if part.open_edges and part.open_edges == part.own_openings:
                # Which of these it is, the parts alone do not show.
                found.append(
                    Message(
                        "“{name}” stays open at {count} edges that no other part touches: the original is open there, "
                        "or a part was moved, scaled, edited or deleted",
                        values,
                    )
                )
            elif part.open_edges:
                found.append(Message("“{name}” stays open at {count} edges that have no counterpart", values))
            elif part.volume <= 0:
                found.append(Message("“{name}” is closed but encloses no volume", values))
            if part.crossings:
                found.append(Message("“{name}”: {crossing} faces of its caps cross other faces of it", values))
            if not part.gap:
                found.append(
                    Message("“{name}” has no clearance: it is too thin, or its triangles are too small", values)
                )
            elif part.gap < _ENOUGH:
                found.append(Message("“{name}” has {percent} % of its clearance at the narrowest place", values))
        for one, other in self.overlapping:
            found.append(
                Message("“{name}” and “{other}” may overlap: a cap crosses both", {"name": one, "other": other})
            )
        return found


def close_parts(
    parts: Sequence[Object], depsgraph: Depsgraph, clearance: float = 0.0, *, close_openings: bool = False
) -> Generator[tuple[int, int], None, Closing]:
    """Read the parts as they stand in the depsgraph, and give the steps that close them where they were cut.

    Nothing is changed before the last step. With a clearance, a length in the world, neighbours are so far apart
    afterwards. With ``close_openings`` openings of the original are closed as well. Each step yields how many are done,
    and of how many. Raises InputError, here and in the steps.
    """
    if len(parts) < 2:
        raise InputError("There is only one part, which has no neighbours. Import more parts, and try again.")
    return _close(parts, *read_parts(parts, depsgraph), clearance, close_openings)


def _close(
    parts: Sequence[Object], body: Body, places: Places, clearance: float, close_openings: bool
) -> Generator[tuple[int, int], None, Closing]:
    border = net_edges(np.concatenate([np.empty((0, 2), np.int32), *body.borders]))
    total = sum(len(border) > 0 for border in body.borders)
    yield 0, total
    crossing = [parts[label].name for label in find_crossing_parts(body)]
    yield 0, total
    leave_out_open_sheets(body)
    crossings: dict[int, Ints] = {}
    done = 0
    for left in make_caps(body, crossings, smooth=clearance > 0, again=not crossing):
        done = max(done, total - left)
        yield done, total
    own = _keys([border, *(directed_edges(seal) for _, seal in body.seals)])
    shapes = []
    for label in range(len(parts)):
        lids = [seal for of, seal in body.seals if of == label and close_openings]
        shapes.append(_shape(body, label, clearance, len(crossings[label]), lids))
        yield total, total
    if clearance:
        _keep_apart(body, shapes)
    found = []
    for label, (part, shape) in enumerate(zip(parts, shapes, strict=True)):
        found.append(_judge(body, label, part.name, own, shape))
        yield total, total
    overlapping = [(parts[one].name, parts[other].name) for one, other in sorted(find_overlapping(body))]
    yield total, total
    for label, shape in enumerate(shapes):
        if len(shape.caps) + len(shape.lids):
            caps, points = in_own_frame(shape, places, label)
            add_caps(parts[label], caps, points, places.numbers[label], shape.moved)
    return Closing(found, crossing, overlapping)


def make_caps(body: Body, crossings: dict[int, Ints], *, smooth: bool, again: bool) -> Iterator[int]:
    """Make all caps of a body; says how many parts are left, and gives each part's triangles (n, 3) that cross.

    They are smoothed where something crosses; all of them if that is asked for. While anything crosses even so and
    ``again`` is true, all of them are made anew: with the parts whose caps crossed first, then last, and then with
    finer caps in the same ways. The best of it stays. Where the source crosses itself, none of this helps much.
    """
    thicken_cavities(body)
    before = body.state()
    wrong: set[int] = set()
    tries = []
    for ways, place in itertools.product((WAYS, FINE_WAYS), (0, -1, 1)):
        body.go_back(before)
        made = yield from _try(body, dict.fromkeys(wrong, place), ways, smooth=smooth)
        tries.append(made)
        if place == 0:
            wrong = {cap.part for cap in body.caps if cap.crossings}
        if not (again and wrong and any(made[:2])):
            break
    best = min(tries, key=lambda made: made[:2])
    body.go_back(best.state)
    crossings.update(best.crossings)


def _try(body: Body, places: dict[int, int], ways: Sequence[Way], *, smooth: bool) -> Generator[int, None, Try]:
    yield from peel(body, places, ways)
    crossings = {}
    for label, source in enumerate(body.source):
        crossings[label] = crossing_faces(body.points, body.result(label), source)
        yield 0
    for _ in smooth_caps(body, crossings, everywhere=smooth):
        yield 0
    return Try(len(find_overlapping(body)), sum(map(len, crossings.values())), body.state(), crossings)


def find_overlapping(body: Body) -> set[tuple[int, int]]:
    """Pairs of parts that may have some volume in common: their surfaces cross at a cap that crossed something."""
    pairs = set()
    for cap in body.caps:
        for label, source in enumerate(body.source if cap.crossings else ()):
            surface = np.concatenate([source, body.result(label)])
            found = find_crossings(body.points, cap.corners, find_walls(body.points, cap.corners, surface))
            wrong = found[found[:, 1] >= 0, 0]
            sides = {cap.part, *cap.others[wrong].tolist()} if len(wrong) else set()
            pairs |= {(min(side, label), max(side, label)) for side in sides - {label}}
    return pairs


def find_crossing_parts(body: Body) -> list[int]:
    """The parts whose surface crosses itself or another one as it came."""
    whole = np.concatenate(body.source)
    labels = np.repeat(np.arange(len(body.source)), [len(corners) for corners in body.source])
    found = find_crossings(body.points, whole, find_walls(body.points, whole[:0], whole))
    return list(map(int, np.unique(labels[found[:, 0]])))


def run_through(steps: Generator[tuple[int, int], None, Result]) -> Result:
    """All steps at once, for those who wait; gives what they end with. Raises InputError."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result


def _shape(body: Body, label: int, clearance: float, crossings: int, seals: Sequence[Ints]) -> Shape:
    caps, source = body.result(label), body.source[label]
    lids = np.concatenate([caps[:0], *seals])
    if len(lids):
        crossings = len(crossing_faces(body.points, np.concatenate([caps, lids]), source))
    stays = np.zeros(len(body.points), np.bool_)
    as_it_is = Shape(caps, lids, body.points, stays, crossings, 1.0)
    if not clearance or not len(caps):
        return as_it_is
    back = move_back(body.points, caps, np.concatenate([source, lids]), clearance / 2)
    now = len(crossing_faces(back[0], np.concatenate([caps, lids]), source)) if back else 0
    if not back or now > crossings:
        return as_it_is._replace(gap=0.0)
    return Shape(caps, lids, *back, now, least_share(body.points, back[0], caps, clearance / 2))


def _keep_apart(body: Body, shapes: list[Shape]) -> None:
    """Take back the clearance of parts whose caps, moved, lie in a neighbour: at a tip that is thinner than it."""
    doubtful = [
        label
        for label, shape in enumerate(shapes)
        if shape.moved.any() and len(reaching_over(body.points, shape.points, shape.caps))
    ]
    for label in doubtful:
        caps, after = shapes[label].caps, shapes[label].points
        walls = [
            (points, shape.caps)
            for other, shape in enumerate(shapes)
            if other != label and np.isin(shape.caps, caps).any()
            for points in ([shape.points, body.points] if other in doubtful else [shape.points])
        ]
        if any(len(reaching_over(points, after, caps, its)) for points, its in walls):
            still = np.zeros(len(body.points), np.bool_)
            shapes[label] = shapes[label]._replace(points=body.points, moved=still, gap=0.0)


def in_own_frame(shape: Shape, places: Places, label: int) -> tuple[Ints, Doubles]:
    """A part's caps and lids, and all points, in the frame of its mesh."""
    matrix = places.matrices[label]
    turned = np.linalg.inv(matrix[:3, :3])
    points = shape.points + (places.centre - matrix[:3, 3])
    if not np.array_equal(matrix[:3, :3], np.eye(3)):
        points = points @ turned.T
    faces = np.concatenate([shape.caps, shape.lids])
    return (faces[:, ::-1] if places.is_mirrored(label) else faces), points


def _judge(body: Body, label: int, name: str, own: np.ndarray, shape: Shape) -> Closed:
    faces = np.concatenate([shape.caps, shape.lids])
    whole = np.concatenate([body.source[label], faces])
    left = open_edges(whole)
    of_original = int(np.isin(_keys([left]), own).sum())
    enclosed = volume(shape.points, whole)
    return Closed(name, len(faces), len(left), of_original, enclosed, shape.crossings, shape.gap)


def _keys(edges: Sequence[Ints]) -> np.ndarray:
    """A number for each edge (n, 2), the same in either direction."""
    ends = np.concatenate(list(edges)).astype(np.int64)
    return np.asarray(ends.min(axis=1) << 32 | ends.max(axis=1))
