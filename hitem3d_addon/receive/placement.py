# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the parts belong: (4, 4) matrices, in float64, from the frame of a result to the world.

What was sent is ``(world - centre) * scale`` (the record). A service may give it back turned, moved or resized, so a
result that does not lie where it was sent is laid over it: bounds tell what is possible, points on the surface which
of that is right.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from ..mesh.points import sample
from ..mesh.surface import Doubles, Frame, Surface, bounds, moved
from ..session.record import Record
from .surface_distance import SurfaceDistance, near_points

_FLAT = 1e6
"""Condition number of a matrix that squeezes the object flat, as far as float32 can tell."""
_BOUNDS = 0.02
"""Of the diagonal: how far bounds may be off."""
_ACCEPTED = 0.01
"""Of the diagonal: RMS distance of the surfaces that is taken for a match."""
_EXACT = 2e-5
"""Of the diagonal: what lies closer is equally close; the six decimals of an OBJ come to 1e-5."""
_TIE = 2.0
"""Two poses with distances within this factor can't be told apart."""
_MIRRORED = 10.0
"""So much better a mirrored pose has to be."""
_MOVED = 4.0
"""So much better a pose that is moved or resized has to be than one of the same turn that is not."""
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
    """(3, 3): one of the 48 signed permutations of the axes."""
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


@dataclass(frozen=True, slots=True)
class Reference:
    """What was sent, to lay the result over. All of it in sent coordinates."""

    frame: Frame
    low: Doubles
    high: Doubles
    """(3,) each: its bounds."""
    points: Doubles
    """(n, 3), on its surface."""
    surfaces: Sequence[Surface] = ()
    """All of it, where the object is still as it was sent; in sent coordinates through ``frame``."""

    @property
    def diagonal(self) -> float:
        return float(np.linalg.norm(self.high - self.low))


AS_DELIVERED = Pose(np.eye(3))
UNKNOWN = Fit(Verdict.UNKNOWN, AS_DELIVERED, 0.0)


def sent_frame(record: Record | None, now: Sequence[Surface]) -> Frame:
    """What was done to world coordinates before they were sent.

    ``now`` is what the object shows today. Without a record it is taken for what was sent, centred as ever.
    """
    if record:
        return Frame(np.array(record.centre, np.float64), record.scale)
    if now:
        low, high = bounds(now)
        return Frame((low + high) / 2, 1.0)
    return Frame(np.zeros(3), 1.0)


def as_sent(frame: Frame) -> Doubles:
    """From the frame of what was sent to the world at the press."""
    matrix = np.diag([1 / frame.scale] * 3 + [1.0])
    matrix[:3, 3] = frame.centre
    return matrix


def is_flat(matrix: Doubles) -> bool:
    """Whether a matrix has a scale of 0 in some direction, as far as float32 can tell: it can't be undone then."""
    return not np.linalg.cond(matrix[:3, :3]) < _FLAT


def movement(before: Doubles, now: Doubles) -> Doubles | None:
    """What takes the object from one matrix_world to the other; None where that can't be told.

    That is so where the object was flat at first, with a scale of 0, and is turned or scaled now.
    """
    result = np.eye(4)
    if np.array_equal(before[:3, :3], now[:3, :3]):
        result[:3, 3] = now[:3, 3] - before[:3, 3]
        return result
    if is_flat(before):
        return None
    result[:3, :3] = np.linalg.solve(before[:3, :3].T, now[:3, :3].T).T
    result[:3, 3] = now[:3, 3] - result[:3, :3] @ before[:3, 3]
    return result


def reference_for(record: Record | None, frame: Frame, now: Sequence[Surface], movement: Doubles) -> Reference | None:
    """What was sent, as far as it is known; None where that is nothing.

    ``now`` is what the object shows today, ``movement`` its movement since the press.
    """
    then = [Surface(one.local, one.corners, _before(one.matrices, movement)) for one in now]
    ends = [frame.sent(end).astype(np.float64) for end in bounds(then)] if then else []
    if record is None:
        return (
            Reference(frame, ends[0], ends[1], sample(then, frame, POINTS).astype(np.float64), then) if then else None
        )
    if not record.points:
        return None
    box = np.array(record.bounds, np.float64)
    low, high, points = box[:3], box[3:], np.array(record.points, np.float64).reshape(-1, 3)
    same = (
        bool(then)
        and sum(len(one.corners) * len(one.matrices) for one in then) == record.triangles
        and np.allclose(ends, [low, high], rtol=0, atol=1e-4 * np.linalg.norm(high - low))
    )
    return Reference(frame, low, high, points, then if same else ())


def _before(matrices: Doubles, moved: Doubles) -> Doubles:
    """Matrices (n, 3, 4) as they were before the movement (4, 4); as they are where it can't be undone."""
    if is_flat(moved):
        return matrices
    whole = np.zeros((len(matrices), 4, 4))
    whole[:, :3], whole[:, 3, 3] = matrices, 1
    return (np.linalg.inv(moved) @ whole)[:, :3]


def find_pose(result: Sequence[Surface], reference: Reference) -> Fit:
    """How the result, all of it in its own frame, has to be moved to lie where it was sent.

    As delivered wins where it fits; a turn of 90 degrees about X (a mistaken up axis) is preferred to any other; a
    mirrored pose has to fit ten times better. Where poses that are equally likely fit equally well, or none does, the
    pose is that as delivered and the verdict says so.
    """
    if not reference.diagonal > 0:
        return UNKNOWN
    low, high = bounds(result)
    frame = Frame((low + high) / 2, 1.0)
    if _bounds_agree(AS_DELIVERED, low, high, reference):
        # The usual case needs only what lies at the points.
        points = reference.points - frame.centre
        if near := near_points(result, frame, points):
            residual = _rms(SurfaceDistance(near, frame).distances(points)) / reference.diagonal
            if residual < _EXACT:
                return Fit(Verdict.AS_DELIVERED, AS_DELIVERED, residual)
    surface = SurfaceDistance(result, frame)

    def residuals(poses: Iterable[Pose], points: Doubles) -> list[float]:
        return [
            _rms(surface.distances(pose.back(points) - frame.centre)) * pose.scale / reference.diagonal
            for pose in poses
        ]

    poses = [pose for pose in _poses(low, high, reference) if _bounds_agree(pose, low, high, reference)]
    fit = choose(poses, residuals(poses, reference.points))
    if fit.verdict is Verdict.AMBIGUOUS and reference.surfaces:
        there = residuals(poses, sample(reference.surfaces, reference.frame, _SAMPLES).astype(np.float64))
        back = _residuals_back(poses, frame.centre + sample(result, frame, _SAMPLES), reference)
        fit = choose(poses, [float(np.hypot(one, other)) for one, other in zip(there, back, strict=True)])
    return fit


def choose(poses: Sequence[Pose], residuals: Sequence[float]) -> Fit:
    """The best of the poses by their distances, which are in parts of the diagonal."""
    scores = [
        max(residual, _EXACT) * (_MIRRORED if pose.mirrored else 1)
        for pose, residual in zip(poses, residuals, strict=True)
    ]
    best = min(scores, default=np.inf)
    if not best <= _ACCEPTED:
        return Fit(Verdict.NO_MATCH, AS_DELIVERED, min(residuals, default=np.inf))
    fitting = [index for index, score in enumerate(scores) if score <= min(best * _TIE, _ACCEPTED)]
    chosen = min(fitting, key=lambda index: (poses[index].rank, scores[index]))
    turn, rank = poses[chosen].turn, poses[chosen].rank
    if rank and any(poses[i].rank == rank and not np.array_equal(poses[i].turn, turn) for i in fitting):
        return Fit(Verdict.AMBIGUOUS, AS_DELIVERED, residuals[chosen])
    same = [i for i, pose in enumerate(poses) if np.array_equal(pose.turn, turn) and scores[i] <= _ACCEPTED]
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
        _rms(surface.distances(points @ pose.turn.T * pose.scale + pose.move)) / reference.diagonal for pose in poses
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


def _rms(distances: Doubles) -> float:
    return float(np.sqrt(np.mean(distances**2)))
