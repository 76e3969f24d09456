# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any rotation, with a uniform scale, that lays one surface over another: where no turn about the axes fits.

A service may lay a model down by its own main axes. Rotations all around are tried on a coarse grid of distances; the
best of each neighbourhood are moved until they fit as well as they can. One is taken only if no other that is clearly
different fits nearly as well.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Sequence

import numpy as np
from mathutils.kdtree import KDTree

from ...mesh.arrays import Doubles
from ...mesh.points import sample
from ...mesh.surface import Frame, Surface
from ...mesh.surface_distance import SurfaceDistance
from ...mesh.transform import right_angle_turns

_NODES = 28
"""Along each side of the grid of distances."""
_STEPS = 16
"""Turns about an axis; the whole sphere has about ten times as many directions."""
_POINTS = 300
"""For the grid and for the first rounds."""
_SAMPLES = 1500
_CANDIDATES = 64
_APART = np.radians(14.0)
"""Rotations of the grid that are nearer to each other are one neighbourhood."""
_ROUNDS = (6, 12, 12)
_KEPT = (_CANDIDATES, 32, 24)
"""How many of the best go through each of these rounds."""
_SAME = 0.01
"""Of the radius: two ways whose points are nearer are one."""
_CORRESPONDING = 1e-3
"""Of the radius: vertices that are so near are the same ones."""
_CLOSED = 48
"""At most so many ways are combined, to find those that a nearly symmetric model has."""


class Way:
    """A rotation, a scale and a movement (row vectors: ``points @ turn.T * scale + move``), and how well it fits."""

    def __init__(self, turn: Doubles, scale: float, move: Doubles) -> None:
        self.turn, self.scale, self.move = turn, scale, move
        self.off = np.inf
        """RMS distance of the surfaces, both ways, in parts of the target's diagonal."""

    def of(self, points: Doubles) -> Doubles:
        """Points (n, 3) where this takes them."""
        return points @ self.turn.T * self.scale + self.move

    def back(self, points: Doubles) -> Doubles:
        """Points (n, 3) from there."""
        return ((points - self.move) / self.scale) @ self.turn


class Laid:
    """A surface ready to be laid over another, or to have another laid over it; all in its frame."""

    def __init__(self, surfaces: Sequence[Surface], frame: Frame, surface: SurfaceDistance | None = None) -> None:
        self.surface = surface or SurfaceDistance(surfaces, frame)
        self.points: Doubles = sample(surfaces, frame, _SAMPLES).astype(np.float64)
        """(n, 3), evenly over the area."""
        self.area, self.centre = _area(surfaces, frame)
        self.radius = float(np.sqrt(((self.points - self.centre) ** 2).sum(axis=1).mean()))
        self.diagonal = float(np.linalg.norm(np.ptp(self.points, axis=0)))
        self.some = self.points[:: len(self.points) // _POINTS]
        self._surfaces, self._frame = surfaces, frame

    @functools.cached_property
    def vertices(self) -> Doubles:
        """(n, 3), at most as many as the points."""
        blocks = [self._frame.sent(one).reshape(3, -1).T for s in self._surfaces for one in s.world_blocks()]
        found = np.concatenate(blocks).astype(np.float64)
        return found[:: -(-len(found) // _SAMPLES)]


def lay_over(result: Laid, sent: Laid) -> list[Way]:
    """The ways from the result to what was sent that fit best, the best first, each clearly different from the others.

    The scale is that of the areas at first: both surfaces have to be whole. Empty where one of them has no area.
    """
    if not (result.area > 0 and sent.area > 0 and result.radius > 0):
        return []
    scale = float(np.sqrt(sent.area / result.area))
    ways = [_about(result, sent, turn, scale) for turn in _turns(result, sent)]
    for rounds, kept in zip(_ROUNDS, _KEPT, strict=True):
        ways = [_settled(way, result, sent, rounds) for way in _different(ways, sent)[:kept]]
    ways = _different(ways, sent)
    ways = _different([*ways, *_combined(ways, result, sent)], sent)
    for way in ways[:_CLOSED]:
        _correspond(way, result, sent)
        way.off = off_both(way, result, sent)
    return _different(ways, sent)


def off_both(way: Way, result: Laid, sent: Laid) -> float:
    """RMS distance of each surface from the other by samples and vertices, in parts of the diagonal of the sent one."""
    there = result.surface.distances(way.back(np.concatenate([sent.points, sent.vertices]))) * way.scale
    here = sent.surface.distances(way.of(np.concatenate([result.points, result.vertices])))
    return float(np.sqrt((there**2).mean() + (here**2).mean())) / sent.diagonal


def _area(surfaces: Iterable[Surface], frame: Frame) -> tuple[float, Doubles]:
    """The area, and the centre of area (3,), of all of it in the frame."""
    total, centre = 0.0, np.zeros(3)
    for surface in surfaces:
        for matrix in surface.matrices:
            points = (surface.local.T @ matrix[:, :3].T + (matrix[:, 3] - frame.centre)) * frame.scale
            one, two, three = (points[surface.corners[:, k]] for k in range(3))
            areas = np.linalg.norm(np.cross(two - one, three - one), axis=1) / 2
            total += float(areas.sum())
            centre += areas @ (one + two + three) / 3
    return total, centre / max(total, 1e-300)


def _turns(result: Laid, sent: Laid) -> Doubles:
    """Rotations (n, 3, 3) from which to begin, the best first, by a grid of distances around the result."""
    turns = np.concatenate([_of_main_axes(result, sent), _all_around()])
    size = 1.3 * float(np.abs(result.points - result.centre).max())
    axis = np.linspace(-size, size, _NODES)
    nodes = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    tree = _tree(result.points - result.centre)
    distances = np.array([tree.find(node)[2] for node in nodes.tolist()], np.float32)
    points = (sent.some - sent.centre) * float(np.sqrt(result.area / sent.area))
    offs = np.empty(len(turns))
    for start in range(0, len(turns), 256):
        there = np.einsum("pk,nkj->npj", points, turns[start : start + 256])  # back: times the turn
        cell = np.clip(np.rint((there + size) * ((_NODES - 1) / (2 * size))), 0, _NODES - 1).astype(np.intp)
        near = distances[(cell[..., 0] * _NODES + cell[..., 1]) * _NODES + cell[..., 2]]
        offs[start : start + 256] = (near**2).mean(axis=1)
    chosen: list[int] = []
    for number in np.argsort(offs, kind="stable"):
        others = turns[chosen]
        angles = (np.einsum("nij,ij->n", others, turns[number]) - 1) / 2
        if not (np.arccos(np.clip(angles, -1, 1)) < _APART).any():
            chosen.append(int(number))
            if len(chosen) == _CANDIDATES:
                break
    return turns[chosen]


def _of_main_axes(result: Laid, sent: Laid) -> Doubles:
    """The 24 rotations that lay the main axes of the one over those of the other."""
    axes = [np.linalg.eigh(np.cov((one.points - one.centre).T))[1] for one in (result, sent)]
    axes = [one * np.sign(np.linalg.det(one)) for one in axes]
    return np.array([axes[1] @ turn @ axes[0].T for turn in right_angle_turns()])


@functools.cache
def _all_around() -> Doubles:
    """Rotations (n, 3, 3) spread evenly: directions on a spiral, and turns about each of them."""
    count = 10 * _STEPS
    number = np.arange(count) + 0.5
    height, angle = 1 - 2 * number / count, number * np.pi * (3 - np.sqrt(5))
    across = np.sqrt(1 - height**2)
    up = np.stack([across * np.cos(angle), across * np.sin(angle), height], axis=1)
    side = np.cross(up, np.where(np.abs(up[:, [2]]) < 0.9, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]]))
    side /= np.linalg.norm(side, axis=1)[:, None]
    last = np.cross(up, side)
    turns = []
    for step in np.arange(_STEPS) * (2 * np.pi / _STEPS):
        along = np.cos(step) * side + np.sin(step) * last
        turns.append(np.stack([along, np.cross(up, along), up], axis=2))
    return np.concatenate(turns)


def _about(result: Laid, sent: Laid, turn: Doubles, scale: float) -> Way:
    return Way(turn, scale, sent.centre - turn @ result.centre * scale)


def _settled(way: Way, result: Laid, sent: Laid, rounds: int) -> Way:
    """The way moved towards the nearest fit: each round brings points onto the planes that they are nearest to."""
    turn, move, scale = way.turn, way.move, way.scale
    points = sent.some
    off = np.inf
    for _ in range(rounds):
        now = Way(turn, scale, move)
        places, normals, distances, _ = result.surface.nearest(now.back(points))
        off = float(np.sqrt((distances**2).mean())) * scale / sent.diagonal
        target, facing = now.of(places), normals @ turn.T
        arms = points - sent.centre
        gaps = ((target - points) * facing).sum(axis=1)
        # The points stay, and the result makes a small turn, a shift and a growth that close the gaps along normals.
        grows = (facing * arms).sum(axis=1)[:, None]
        rows = np.concatenate([np.cross(facing, arms), -facing, -grows], axis=1)
        weights = 1 / (1 + (distances / max(2 * np.median(distances), 1e-12)) ** 2)
        step = np.linalg.lstsq(rows * weights[:, None], gaps * weights, rcond=1e-6)[0]
        if not np.isfinite(step).all():
            break
        spin, shift, growth = step[:3], step[3:6], float(np.clip(step[6], -0.05, 0.05))
        small = float(np.linalg.norm(spin))
        if small > 0.3:
            spin, shift = spin * (0.3 / small), shift * (0.3 / small)
        turned = _rotation(spin)
        turn = turned @ turn
        move = turned @ (move - sent.centre) * (1 + growth) + sent.centre + shift
        scale *= 1 + growth
        if small < 1e-9 and np.linalg.norm(shift) < 1e-9 * sent.radius:
            break
    found = Way(turn, scale, move)
    found.off = off
    return found


def _rotation(spin: Doubles) -> Doubles:
    """(3, 3), about an axis by its length."""
    angle = float(np.linalg.norm(spin))
    if angle < 1e-300:
        return np.eye(3)
    x, y, z = spin / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def _different(ways: Iterable[Way], sent: Laid) -> list[Way]:
    """The best first, without those that take the model to the same place as a better one."""
    kept: list[Way] = []
    places: list[Doubles] = []
    corners = sent.centre + sent.radius * np.array([*np.eye(3), *-np.eye(3)])
    for way in sorted(ways, key=lambda way: way.off):
        there = way.back(corners)
        near = (np.abs(there - other).max() < _SAME * sent.radius / way.scale for other in places)
        if not np.isfinite(there).all() or any(near):
            continue
        kept.append(way)
        places.append(there)
    return kept


def _combined(ways: Sequence[Way], result: Laid, sent: Laid) -> list[Way]:
    """Ways that follow from those: what maps the model nearly onto itself does so again after another of its kind."""
    if not ways or ways[0].off > 0.05:
        return []
    best = ways[0]
    alike = [way for way in ways if way.off < max(4 * best.off, 0.01)][:8]
    found: list[Way] = []
    for one, other in itertools.product(alike, repeat=2):
        turn = one.turn @ best.turn.T @ other.turn
        found.append(_about(result, sent, turn, best.scale))
    known = _different([*ways, *found], sent)
    return [_settled(way, result, sent, _ROUNDS[-1]) for way in known if way not in ways][:_CLOSED]


def _correspond(way: Way, result: Laid, sent: Laid) -> None:
    """Where the vertices themselves came back, lay them over one another: exact, and with the exact scale."""
    for _ in range(3):
        asked = way.back(sent.vertices)
        corners = result.surface.corners(result.surface.nearest(asked)[3])
        apart = np.linalg.norm(corners - asked[:, None], axis=2)
        which = apart.argmin(axis=1)
        near = apart.min(axis=1) * way.scale < _CORRESPONDING * sent.radius
        if near.mean() < 0.5 or near.sum() < 4:
            return
        ours = corners[np.arange(len(which)), which][near]
        turn, scale, move = _least_squares(ours, sent.vertices[near])
        if not 0.99 < scale / way.scale < 1.01:
            return
        way.turn, way.scale, way.move = turn, scale, move


def _least_squares(ours: Doubles, theirs: Doubles) -> tuple[Doubles, float, Doubles]:
    """The similarity that takes points (n, 3) to others with the least squares (Umeyama 1991)."""
    a, b = ours.mean(axis=0), theirs.mean(axis=0)
    left, sizes, right = np.linalg.svd((theirs - b).T @ (ours - a))
    signs = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    turn = left * signs @ right
    scale = float((sizes * signs).sum() / ((ours - a) ** 2).sum())
    return turn, scale, b - turn @ a * scale


def _tree(points: Doubles) -> KDTree:
    tree = KDTree(len(points))
    for number, point in enumerate(points.tolist()):
        tree.insert(point, number)
    tree.balance()
    return tree
