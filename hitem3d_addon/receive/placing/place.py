# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the parts go: on the object as it stands now, and how well that is known.

Two steps are undone. What the service did: from the frame of the file to what was sent (placement). And what the user
did since: from the world at the press to the world now (movement). Where the object still shows what was sent, the
parts are laid over what it shows; where it doesn't, whichever movement brings them nearest to it is taken.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

import numpy as np
from bpy.types import Context, Depsgraph, Object

from ...core.errors import InputError
from ...mesh.arrays import Doubles
from ...mesh.evaluated import showing, world_matrix
from ...mesh.points import anchor_numbers, sample, vertices_at
from ...mesh.surface import Frame, Surface, bounds, gather
from ...mesh.surface_distance import SurfaceDistance
from ...session.record import Record
from . import placement
from .comparison import Comparison
from .movement import Movement, is_flat, movements, undone
from .placement import EXACT, POINTS, Fit, Pose, Reference, Verdict, triangle_count

_CLEARLY = 4.0
"""So much nearer another movement has to bring the parts than the object's own, where neither brings them to it."""
_ALIKE = 2.0
"""So much farther from what is shown than from what was sent the parts may be, and it still shows what was sent."""
_ROUNDED = 1e-4
"""Of the diagonal: so far rounding may move a vertex, as that to the 14 bits of a compressed GLB; it is told."""
_MOST = 0.5
"""The share of the vertices that came back as they are shown, from which on the rest is an edit."""
_LAID = (Verdict.AS_DELIVERED, Verdict.CORRECTED)


class Seen(Enum):
    """What comparing the parts with the object that the user sees has shown."""

    ON_IT = auto()
    """They lie on it."""
    ON_ITS_SURFACE = auto()
    """They lie on it, though its own matrix says otherwise."""
    EDITED = auto()
    """They lie on it, but for vertices of it that were moved on their own."""
    CHANGED = auto()
    """They don't lie on it, wherever they are moved: it looks different from what was sent."""
    NOTHING = auto()
    """It shows no surface that they could be compared with."""
    FLATTENED = auto()
    """It had a scale of 0 when it was sent, so how it was turned or scaled since can't be told."""
    GONE = auto()
    """There is no object."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the parts go, and what is known of it."""

    matrix: Doubles
    """(4, 4), from the file's frame to the world as it is now."""
    turned: bool
    """The faces have to be turned round, because they would show their insides."""
    fit: Fit
    """How what came was laid over what was sent."""
    seen: Seen
    off: float
    """How far the parts and what the object shows are apart at most, in parts of its diagonal, where it was compared:
    all vertices of both. Where one of the two holds more than the other, those of the other."""
    beside: int = 0
    """How many vertices of the object the parts have elsewhere, because it was edited."""
    parts_hold_more: float = 0.0
    """How far what only the parts have is from the object, in parts of its diagonal."""
    shows_more: float = 0.0
    """How far what only the object shows is from the parts."""

    @property
    def doubtful(self) -> bool:
        """The parts may not be where they belong."""
        if self.fit.verdict is Verdict.UNKNOWN:
            return self.seen is Seen.FLATTENED
        poor = self.fit.verdict in (Verdict.AMBIGUOUS, Verdict.NO_MATCH)
        return poor or self.seen in (Seen.EDITED, Seen.CHANGED, Seen.NOTHING, Seen.FLATTENED)


def find_place(
    context: Context, surfaces: Sequence[Surface], source: Object | None, record: Record | None, *, search: bool
) -> Place:
    """Where the result, whose surfaces are in its file's frame, goes for the object that was sent, as it stands now.

    Without ``search`` it is taken as delivered, and only moved along with the object.
    """
    if source is None:
        if record is None:
            return _laid_over(surfaces, None)
        return _AsSent(surfaces, record, search=search).place(Movement(np.eye(4), own=True), Seen.GONE)
    graph = context.evaluated_depsgraph_get()
    matrix = np.array(world_matrix(source, graph), np.float64)
    with showing(source, graph) as its_graph:
        shown = _Shown(source, its_graph)
        if record is None:
            return _laid_over(surfaces, shown if search else None)
        return _follow(_AsSent(surfaces, record, search=search), shown, movements(record, matrix, shown.vertices))


def _follow(as_sent: _AsSent, shown: _Shown, moves: Sequence[Movement]) -> Place:
    """The place to which the object has moved: the first that brings the result to what is shown, else the nearest."""
    flattened = not any(move.own or move.told for move in moves)
    if not shown.vertices or as_sent.reference is None:
        return as_sent.place(moves[0], Seen.FLATTENED if flattened else Seen.NOTHING)
    places: list[Place] = []
    for move in moves:
        places.append(as_sent.place_on(shown, move))
        if places[-1].off < EXACT:
            return as_sent.checked(places[-1], shown, move)
    best = min(range(len(places)), key=lambda number: places[number].off)
    if places[best].seen is Seen.CHANGED and places[0].off < _CLEARLY * places[best].off:
        best = 0
    place = as_sent.checked(places[best], shown, moves[best])
    return replace(place, seen=Seen.FLATTENED) if flattened and place.seen is Seen.CHANGED else place


class _Shown:
    """What the source shows now, hidden or not; it may be nothing."""

    def __init__(self, source: Object, depsgraph: Depsgraph) -> None:
        self._source, self._depsgraph = source, depsgraph
        try:
            self.vertices: Sequence[Surface] = gather([source], depsgraph, corners=False)
            """Its surfaces without their triangles: mostly these are enough."""
        except InputError:
            self.vertices = ()

    @functools.cached_property
    def surfaces(self) -> Sequence[Surface]:
        return gather([self._source], self._depsgraph) if self.vertices else ()

    @functools.cached_property
    def distance(self) -> _Distance:
        return _Distance(self.surfaces)

    def as_sent(self, frame: Frame, move: Doubles, ends: Doubles | None = None) -> Reference:
        """What is shown, before this movement (4, 4), as what was sent; with these bounds (2, 3) if they are known."""
        before = undone(self.vertices, move)
        total = sum(surface.local.shape[1] * len(surface.matrices) for surface in before)
        some = frame.sent(vertices_at(before, anchor_numbers(total)).T).T.astype(np.float64)
        if ends is None:
            ends = np.stack([frame.sent(end) for end in bounds(before)]).astype(np.float64)
        return Reference(frame, ends, vertices=some, surfaces=lambda: undone(self.surfaces, move))


def _laid_over(surfaces: Sequence[Surface], shown: _Shown | None) -> Place:
    """Where nothing is known of what was sent: over what is shown, centred as it would be sent."""
    frame, fit, still = Frame(np.zeros(3), 1.0), placement.UNKNOWN, np.eye(4)
    if shown and shown.vertices:
        low, high = bounds(shown.vertices)
        frame = Frame((low + high) / 2, 1.0)
        fit = placement.find_pose(surfaces, shown.as_sent(frame, still))
    place = Place(_matrix(still, frame, fit), _is_turned(still, fit, surfaces), fit, Seen.ON_IT, fit.residual)
    if not shown or fit.verdict not in _LAID:
        return place
    return _checked(place, surfaces, shown, Comparison(surfaces, fit.pose.matrix(), shown.vertices, frame), 0)


def _checked(place: Place, surfaces: Sequence[Surface], shown: _Shown, beside: Comparison, sent: int) -> Place:
    """The place, and how far all vertices of the object and of the parts are apart there.

    The object may show more than was sent, or less: then the vertices of the smaller of the two count. ``sent`` is how
    many triangles were sent: where it shows as many, vertices that are elsewhere were moved.
    """
    theirs, ours = beside.sides(surfaces, place.matrix, lambda: shown.surfaces)
    untouched = place.fit.residual < EXACT
    if untouched:
        limit = _ROUNDED
        on_parts, on_object = (side.largest <= limit for side in (theirs, ours))
    else:  # made anew: then none is exactly on the other, and one that is nearly so is no different from the other
        near = max(EXACT, _ALIKE * place.fit.residual)
        limit = max(near, placement.ACCEPTED) if min(theirs.rms, ours.rms) <= near else near
        on_parts, on_object = (side.rms <= limit for side in (theirs, ours))
    largest = max(theirs.largest, ours.largest)
    if on_parts and on_object:
        return replace(place, off=largest)
    edited = untouched and beside.alone > 0 and triangle_count(shown.vertices) == sent
    if on_parts and not edited:
        return replace(place, off=theirs.largest, parts_hold_more=ours.largest)
    if on_object and not edited:
        return replace(place, off=ours.largest, shows_more=theirs.largest)
    if untouched and beside.common >= _MOST:
        return replace(place, off=largest, seen=Seen.EDITED, beside=beside.alone)
    return replace(place, off=largest, seen=Seen.CHANGED)


class _AsSent:
    """A result, beside what a record tells of what was sent."""

    def __init__(self, surfaces: Sequence[Surface], record: Record, *, search: bool) -> None:
        self._surfaces = surfaces
        self._ends = placement.ends_of(record)
        self._sent = record.triangles
        self._frame = placement.sent_frame(record)
        self.reference = Reference.of_record(record) if search else None
        """None where there is nothing to compare with, or nobody asked."""
        self._known: tuple[Movement, Pose, Comparison] | None = None

    @functools.cached_property
    def _fit(self) -> Fit:
        return placement.find_pose(self._surfaces, self.reference) if self.reference else placement.UNKNOWN

    @functools.cached_property
    def _distance(self) -> _Distance:
        return _Distance(self._surfaces)

    def place(self, move: Movement, seen: Seen, fit: Fit | None = None, off: float = 0.0) -> Place:
        """Where this movement brings it; ``fit`` is how it was laid over what was sent."""
        fit = fit or self._fit
        turned = _is_turned(move.matrix, fit, self._surfaces)
        return Place(_matrix(move.matrix, self._frame, fit), turned, fit, seen, off)

    def place_on(self, shown: _Shown, move: Movement) -> Place:
        """Where this movement brings it, and about how far that is from what is shown."""
        known = (move.whole or move.told) and not is_flat(move.matrix)
        if known and self._beside(shown, move, placement.AS_DELIVERED).common >= _MOST:
            return self.place(move, _seen(move), Fit(Verdict.AS_DELIVERED, placement.AS_DELIVERED, 0.0))
        if move.whole and not is_flat(move.matrix):
            # What is shown is what was sent, so the result is laid over that.
            fit = placement.find_pose(self._surfaces, shown.as_sent(self._frame, move.matrix, self._ends))
            changed = not move.told and fit.residual > EXACT > self._fit.residual
            return self.place(move, Seen.CHANGED if changed else _seen(move), fit, fit.residual)
        off = _apart(self._distance, shown.distance, _matrix(move.matrix, self._frame, self._fit))
        changed = off > max(EXACT, _ALIKE * self._fit.residual)
        return self.place(move, Seen.CHANGED if changed else _seen(move), off=off)

    def checked(self, place: Place, shown: _Shown, move: Movement) -> Place:
        """The place that this movement leads to, with how far all vertices of the object and of the parts are apart."""
        if place.fit.verdict not in _LAID:
            return place
        edited = move.edited and place.fit.residual >= EXACT  # else the comparison tells it
        seen = Seen.EDITED if edited else _seen(move)
        beside = self._beside(shown, move, place.fit.pose)
        return _checked(replace(place, seen=seen), self._surfaces, shown, beside, self._sent)

    def _beside(self, shown: _Shown, move: Movement, pose: Pose) -> Comparison:
        """The object beside the result, which is laid over what was sent by this pose."""
        known = self._known
        if known and known[0] is move and known[1] is pose:
            return known[2]
        if is_flat(move.matrix):  # what can't be undone
            low, high = bounds(shown.vertices)
            middle = (low + high) / 2
            matrix = _matrix(move.matrix, self._frame, Fit(Verdict.CORRECTED, pose, 0.0))
            matrix[:3, 3] -= middle
            found = Comparison(self._surfaces, matrix, shown.vertices, Frame(middle, 1.0))
        else:
            before = undone(shown.vertices, move.matrix)
            found = Comparison(self._surfaces, pose.matrix(), before, self._frame)
        self._known = move, pose, found
        return found


def _seen(move: Movement) -> Seen:
    """What has been seen where this movement brings the parts to the object."""
    return Seen.ON_IT if move.own else Seen.ON_ITS_SURFACE


class _Distance:
    """A surface, ready to be asked how far points are from it, and points on it."""

    def __init__(self, surfaces: Sequence[Surface]) -> None:
        low, high = bounds(surfaces)
        frame = Frame((low + high) / 2, 1.0)
        self._centre, self._diagonal = frame.centre, float(np.linalg.norm(high - low))
        self._surface = SurfaceDistance(surfaces, frame)
        self.points: Doubles = sample(surfaces, frame, POINTS).astype(np.float64) + frame.centre

    def of(self, points: Doubles) -> float:
        """RMS distance of points (n, 3), in parts of its diagonal or theirs, whichever is less."""
        diagonal = min(self._diagonal, float(np.linalg.norm(np.ptp(points, axis=0))))
        return placement.rms(self._surface.distances(points - self._centre)) / max(diagonal, 1e-30)


def _apart(result: _Distance, shown: _Distance, matrix: Doubles) -> float:
    """How far a result that goes through a (4, 4) matrix is from what is shown, in parts of a diagonal.

    The object may show more than was sent, or less: the smaller of the two distances counts.
    """
    there = shown.of(result.points @ matrix[:3, :3].T + matrix[:3, 3])
    if is_flat(matrix):
        return there
    back = np.linalg.inv(matrix)
    return min(there, result.of(shown.points @ back[:3, :3].T + back[:3, 3]))


def _matrix(movement: Doubles, frame: Frame, fit: Fit) -> Doubles:
    """(4, 4), from the file's frame to the world."""
    return movement @ placement.as_sent(frame) @ fit.pose.matrix()


def _is_turned(movement: Doubles, fit: Fit, surfaces: Sequence[Surface]) -> bool:
    turned = bool(np.linalg.det(movement[:3, :3]) < 0)
    return turned != (fit.pose.mirrored and placement.signed_volume(surfaces) > 0)
