# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the parts belong: (4, 4) matrices, in float64, from the frame of a result to the world.

What was sent is ``(world - centre) * scale`` (the record). A service may give it back turned, moved or resized, so a
result that does not lie where it was sent is laid over it: bounds tell what is possible, points on the surface which
of that is right.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from ...mesh.arrays import Doubles
from ...mesh.points import sample
from ...mesh.surface import Frame, Surface, bounds, moved
from ...mesh.surface_distance import SurfaceDistance, distances_to_vertices, near_points
from ...session.record import Record
from .similarity import Laid, lay_over

_BOUNDS = 0.02
"""Of the diagonal: how far bounds may be off."""
ACCEPTED = 0.01
"""Of the diagonal: RMS distance of the surfaces that is taken for a match."""
EXACT = 2e-5
"""Of the diagonal: what lies closer is equally close; the six decimals of an OBJ come to 1e-5."""
_TIE = 2.0
"""Two poses with distances within this factor can't be told apart."""
_MIRRORED = 10.0
"""So much better a mirrored pose has to be."""
_MOVED = 4.0
"""So much better a pose that is moved or resized has to be than one of the same turn that is not."""
_TURNED = 0.005
"""Of the diagonal: RMS distance that is taken for a match of a model that was turned in any way."""
_CLEARLY = 4.0
"""So much worse every other such turn has to be."""
POINTS = 256
"""Compared at first; as many as a record has."""
_SAMPLES = 2000
"""Compared where those don't decide."""


class Verdict(Enum):
    """What is known of how the result lies."""

    AS_DELIVERED = auto()
    """It lies as it was sent."""
    CORRECTED = auto()
    AMBIGUOUS = auto()
    """Several poses fit; it stays as delivered."""
    NO_MATCH = auto()
    """No pose fits; it stays as delivered."""
    UNKNOWN = auto()
    """There is nothing to compare it with, or nobody asked."""


@dataclass(frozen=True, slots=True)
class Pose:
    """What takes a result to where it was sent: turn (or mirror), then scale, then move."""

    turn: Doubles
    """(3, 3): one of the 48 signed permutations of the axes, or any rotation."""
    scale: float = 1.0
    move: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def mirrored(self) -> bool:
        return bool(np.linalg.det(self.turn) < 0)

    @property
    def as_delivered(self) -> bool:
        return self.rank == 0 and self.scale == 1 and not any(self.move)

    @property
    def rank(self) -> int:
        """How unlikely a turn is: none, a mistaken up axis, any other, a mirror."""
        if self.mirrored:
            return 3
        if np.array_equal(self.turn, np.eye(3)):
            return 0
        return 1 if self.turn[0, 0] == 1 and self.turn[1, 1] == 0 else 2

    def matrix(self) -> Doubles:
        """(4, 4)."""
        result = np.eye(4)
        result[:3, :3] = self.turn * self.scale
        result[:3, 3] = self.move
        return result

    def back(self, points: Doubles) -> Doubles:
        """Points (n, 3) of what was sent, in the frame of the result."""
        return ((points - self.move) / self.scale) @ self.turn


@dataclass(frozen=True, slots=True)
class Fit:
    """The pose that was found, and how well it fits."""

    verdict: Verdict
    pose: Pose
    residual: float
    """RMS distance of the surfaces in parts of the diagonal; that of the pose, or of the best one if none was taken."""


class Reference:
    """What was sent, to lay the result over. All of it in sent coordinates."""

    def __init__(
        self,
        frame: Frame,
        ends: Doubles,
        *,
        vertices: Doubles,
        points: Doubles | None = None,
        surfaces: Callable[[], Sequence[Surface]] = list,
    ) -> None:
        """``surfaces`` gives all of it, in sent coordinates through the frame, if the object still shows it."""
        self.frame = frame
        self.low, self.high = ends
        """(3,) each: its bounds."""
        self.vertices = vertices
        """(n, 3): some of its vertices, or none."""
        self._points = points
        self._surfaces = surfaces

    @classmethod
    def of_record(cls, record: Record) -> Reference | None:
        """What the record tells; None where nothing was sent."""
        if not record.points:
            return None
        points, vertices = (np.array(some, np.float64).reshape(-1, 3) for some in (record.points, record.anchors))
        return cls(sent_frame(record), ends_of(record), vertices=vertices, points=points)

    @property
    def diagonal(self) -> float:
        return float(np.linalg.norm(self.high - self.low))

    @functools.cached_property
    def surfaces(self) -> Sequence[Surface]:
        """All of it; empty where the object shows something else."""
        return self._surfaces()

    @functools.cached_property
    def points(self) -> Doubles:
        """(n, 3): spread evenly over its surface."""
        if self._points is not None:
            return self._points
        return sample(self.surfaces, self.frame, POINTS).astype(np.float64)


AS_DELIVERED = Pose(np.eye(3))
UNKNOWN = Fit(Verdict.UNKNOWN, AS_DELIVERED, 0.0)


def sent_frame(record: Record) -> Frame:
    """What was done to world coordinates before they were sent."""
    return Frame(np.array(record.centre, np.float64), record.scale)


def ends_of(record: Record) -> Doubles:
    """The bounds of what was sent, lowest and highest, (2, 3)."""
    return np.array(record.bounds, np.float64).reshape(2, 3)


def as_sent(frame: Frame) -> Doubles:
    """From the frame of what was sent to the world at the press."""
    matrix = np.diag([1 / frame.scale] * 3 + [1.0])
    matrix[:3, 3] = frame.centre
    return matrix


def find_pose(result: Sequence[Surface], reference: Reference) -> Fit:
    """How the result, all of it in its own frame, has to be moved to lie where it was sent.

    As delivered wins where it fits; a turn of 90 degrees about X (a mistaken up axis) is preferred to any other; a
    mirrored pose has to fit ten times better. Where poses that are equally likely fit equally well, or none does, the
    pose is that as delivered and the verdict says so.
    """
    if not reference.diagonal > 0 or not np.isfinite(reference.vertices).all():
        return UNKNOWN  # a movement that nothing can have made, out of a record that was made up
    low, high, off = distances_to_vertices(result, reference.vertices)
    frame = Frame((low + high) / 2, 1.0)
    if _bounds_agree(AS_DELIVERED, low, high, reference):
        # The usual case: vertices came back where they were. Else it may need only what lies at the points.
        residual = rms(off) / reference.diagonal if len(off) else np.inf
        if residual < EXACT:
            return Fit(Verdict.AS_DELIVERED, AS_DELIVERED, residual)
        points = reference.points - frame.centre
        if near := near_points(result, frame, points):
            residual = rms(SurfaceDistance(near, frame).distances(points)) / reference.diagonal
            if residual < EXACT:
                return Fit(Verdict.AS_DELIVERED, AS_DELIVERED, residual)
    surface = SurfaceDistance(result, frame)

    def residuals(poses: Iterable[Pose], points: Doubles) -> list[float]:
        return [
            rms(surface.distances(pose.back(points) - frame.centre)) * pose.scale / reference.diagonal for pose in poses
        ]

    poses = [pose for pose in _poses(low, high, reference) if _bounds_agree(pose, low, high, reference)]
    fit = choose(poses, residuals(poses, reference.points))
    if fit.verdict is Verdict.AMBIGUOUS and reference.surfaces:
        there = residuals(poses, sample(reference.surfaces, reference.frame, _SAMPLES).astype(np.float64))
        back = _residuals_back(poses, frame.centre + sample(result, frame, _SAMPLES), reference)
        fit = choose(poses, [float(np.hypot(one, other)) for one, other in zip(there, back, strict=True)])
    if not reference.surfaces:
        return fit
    if fit.verdict is Verdict.NO_MATCH:
        return _any_turn(result, reference, surface, frame) or fit
    if fit.residual > EXACT and triangle_count(result) == triangle_count(reference.surfaces):
        # Nearly right, but it might be the same triangles, turned: a ball looks alike from all sides.
        turned = _any_turn(result, reference, surface, frame)
        if turned and _CLEARLY * max(turned.residual, EXACT) < fit.residual:
            return turned
    return fit


def _any_turn(result: Sequence[Surface], reference: Reference, surface: SurfaceDistance, frame: Frame) -> Fit | None:
    """The one rotation, with a scale and a movement, that fits clearly better than all others; None where none fits."""
    laid, sent = Laid(result, frame, surface), Laid(reference.surfaces, reference.frame)
    ways = lay_over(laid, sent)
    if not ways or ways[0].off > _TURNED:
        return None
    best = ways[0]
    if len(ways) > 1 and ways[1].off < _CLEARLY * max(best.off, EXACT):
        return Fit(Verdict.AMBIGUOUS, AS_DELIVERED, best.off)
    x, y, z = best.move - best.turn @ frame.centre * best.scale
    return Fit(Verdict.CORRECTED, Pose(best.turn, best.scale, (float(x), float(y), float(z))), best.off)


def choose(poses: Sequence[Pose], residuals: Sequence[float]) -> Fit:
    """The best of the poses by their distances, which are in parts of the diagonal."""
    scores = [
        max(residual, EXACT) * (_MIRRORED if pose.mirrored else 1)
        for pose, residual in zip(poses, residuals, strict=True)
    ]
    best = min(scores, default=np.inf)
    if not best <= ACCEPTED:
        return Fit(Verdict.NO_MATCH, AS_DELIVERED, min(residuals, default=np.inf))
    fitting = [index for index, score in enumerate(scores) if score <= min(best * _TIE, ACCEPTED)]
    chosen = min(fitting, key=lambda index: (poses[index].rank, scores[index]))
    turn, rank = poses[chosen].turn, poses[chosen].rank
    if rank and any(poses[i].rank == rank and not np.array_equal(poses[i].turn, turn) for i in fitting):
        return Fit(Verdict.AMBIGUOUS, AS_DELIVERED, residuals[chosen])
    same = [i for i, pose in enumerate(poses) if np.array_equal(pose.turn, turn) and scores[i] <= ACCEPTED]
    # The poses of one turn stand in order, from none of the rest of a correction to all of it.
    chosen = next(i for i in same if scores[i] <= _MOVED * min(scores[k] for k in same))
    verdict = Verdict.AS_DELIVERED if poses[chosen].as_delivered else Verdict.CORRECTED
    return Fit(verdict, poses[chosen], residuals[chosen])


def _poses(low: Doubles, high: Doubles, reference: Reference) -> Iterator[Pose]:
    """All that a result with these bounds may have gone through: turned only, moved, resized as well."""
    scale = reference.diagonal / max(float(np.linalg.norm(high - low)), 1e-30)
    for order in itertools.permutations(range(3)):
        for signs in itertools.product((1.0, -1.0), repeat=3):
            turn = np.zeros((3, 3))
            turn[range(3), order] = signs
            centre = turn @ (low + high) / 2
            yield Pose(turn)
            for size in (1.0, scale):
                x, y, z = (reference.low + reference.high) / 2 - size * centre
                yield Pose(turn, size, (float(x), float(y), float(z)))


def _bounds_agree(pose: Pose, low: Doubles, high: Doubles, reference: Reference) -> bool:
    ends = np.stack([low, high]) @ pose.turn.T * pose.scale + pose.move
    off = np.abs(np.stack([ends.min(axis=0), ends.max(axis=0)]) - np.stack([reference.low, reference.high]))
    return bool(off.max() <= _BOUNDS * reference.diagonal)


def _residuals_back(poses: Sequence[Pose], points: Doubles, reference: Reference) -> list[float]:
    """RMS distances of points of the result from what was sent, for each pose."""
    surface = SurfaceDistance(reference.surfaces, reference.frame)
    return [
        rms(surface.distances(points @ pose.turn.T * pose.scale + pose.move)) / reference.diagonal for pose in poses
    ]


def signed_volume(surfaces: Sequence[Surface]) -> float:
    """The volume of all of it, around its centre: below 0 where the faces show their insides."""
    low, high = bounds(surfaces)
    centre, total = (low + high) / 2, 0.0
    for surface in surfaces:
        for matrix in surface.matrices:
            points = moved(surface.local, matrix[None])[:, 0].T - centre
            one, two, three = (points[surface.corners[:, k]] for k in range(3))
            volume = float(np.einsum("nk,nk->", one, np.cross(two, three))) / 6
            total += volume if np.linalg.det(matrix[:, :3]) > 0 else -volume
    return total


def triangle_count(surfaces: Sequence[Surface]) -> int:
    """How many triangles there are, in all places."""
    return sum(len(surface.corners) * len(surface.matrices) for surface in surfaces)


def rms(distances: Doubles) -> float:
    """The root of the mean square."""
    return float(np.sqrt(np.mean(distances**2)))
