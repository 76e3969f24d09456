# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a cap may lie: inside the body, and about as far from the part as from the rest.

A soft distance, ``(pi / sum(area / distance ** 4)) ** 0.5``, takes the place of the distance to the nearest point: over
a plane it is the distance itself, and it is smooth, so that a step along its gradient leads to where two such distances
are equal. Where part and rest meet, that surface halves the angle between them, so it begins at their border.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..mesh.arrays import Doubles, Flags

_COARSEST = 12
_LEVELS = 3
_FINER = 3
"""Samples near the border are as fine as the surface is; further away there is one for each cell, of a twelfth of the
size, then of a third of that, and so on."""
_CACHE = 1 << 16
"""Numbers worked on at a time."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Pieces of the body's surface."""

    points: Doubles
    """(n, 3)."""
    normals: Doubles
    """(n, 3), as long as the piece's area, pointing out."""
    of_part: Flags
    """(n,): which of them are of the part that is closed; the others are of the rest."""

    def __len__(self) -> int:
        return len(self.points)


class Room(NamedTuple):
    """What is known of some places."""

    to_part: Doubles
    """(n,): soft distances."""
    to_rest: Doubles
    part_gradient: Doubles
    """(n, 3)."""
    rest_gradient: Doubles
    inside: Doubles
    """(n,): positive inside the body."""


def join(first: Samples, second: Samples) -> Samples:
    return Samples(
        np.concatenate([first.points, second.points]),
        np.concatenate([first.normals, second.normals]),
        np.concatenate([first.of_part, second.of_part]),
    )


def thin_out(samples: Samples, border: Doubles) -> Samples:
    """Fewer samples: all near the border's points (m, 3), one for many where no fine detail of a cap can be."""
    if len(samples) < 500:
        return samples
    size = float(np.ptp(border, axis=0).max())
    found, left = [], samples
    for level in range(_LEVELS):
        cell = size / _COARSEST / _FINER**level
        keys = _cell_keys(left, cell)
        _, first, group = np.unique(keys, return_index=True, return_inverse=True)
        group = group.reshape(-1)
        count = len(first)
        areas = np.linalg.norm(left.normals, axis=1)
        weights = np.bincount(group, areas, count)
        centres = _sums(group, left.points * areas[:, None], count) / np.maximum(weights, 1e-300)[:, None]
        near = _near(centres, border, 1.4 * cell)
        normals = _sums(group, left.normals, count)
        lengths = np.linalg.norm(normals, axis=1)
        # What is curved inside a cell keeps its area.
        normals *= np.where(lengths > 0.05 * weights, weights / np.maximum(lengths, 1e-300), 1.0)[:, None]
        found.append(Samples(centres[~near], normals[~near], left.of_part[first][~near]))
        kept = near[group]
        left = Samples(left.points[kept], left.normals[kept], left.of_part[kept])
        if not len(left):
            break
    for one in found:
        left = join(left, one)
    return left


def _cell_keys(samples: Samples, cell: float) -> np.ndarray:
    low = samples.points.min(axis=0)
    x, y, z = ((samples.points - low) / cell).astype(np.int64).T
    return np.asarray(((x << 40 | y << 20 | z) << 1) | samples.of_part)


def _sums(group: np.ndarray, values: Doubles, count: int) -> Doubles:
    return np.stack([np.bincount(group, values[:, k], count) for k in range(3)], axis=1)


def _near(points: Doubles, others: Doubles, distance: float) -> Flags:
    """Which of the points are about so near to one of the others: by cells of that size."""
    low = others.min(axis=0) - 2 * distance
    high = others.max(axis=0) + 2 * distance
    count = np.minimum(((high - low) / distance).astype(np.intp) + 1, 200)
    cell = (high - low) / count
    taken = np.zeros(count + 2, np.bool_)
    places = ((others - low) / cell).astype(np.intp) + 1
    for step in np.ndindex(3, 3, 3):
        taken[tuple((places + step - 1).T)] = True
    mine = np.clip(np.floor((points - low) / cell) + 1, 0, count + 1).astype(np.intp)
    return np.asarray(taken[tuple(mine.T)])


def look_around(samples: Samples, places: Doubles) -> Room:
    """What is known of places (n, 3)."""
    centre = samples.points.mean(axis=0)
    here, there = places - centre, samples.points - centre
    areas = np.linalg.norm(samples.normals, axis=1)[:, None]
    part, rest = np.where(samples.of_part[:, None], areas, 0.0), np.where(samples.of_part[:, None], 0.0, areas)
    across = (samples.normals * there).sum(axis=1)[:, None]
    factors = np.concatenate([part, part * there, rest, rest * there, samples.normals, across], axis=1)
    sums, moments = np.empty((len(here), 2)), np.empty((len(here), 12))
    for block, inverse in _inverse_squares(here, there):
        powers = inverse * inverse
        sums[block] = powers @ factors[:, [0, 4]]
        powers *= inverse
        moments[block] = powers @ factors
    sums = np.maximum(sums, 1e-300)
    distances = np.sqrt(np.pi / sums)
    gradients = []
    for k in range(2):
        moment = moments[:, 4 * k : 4 * k + 4]
        # d = sqrt(pi / s), so its gradient is -d / (2 s) times that of s.
        pull = 4 * (here * moment[:, :1] - moment[:, 1:])
        gradients.append(pull * (distances[:, k] / (2 * sums[:, k]))[:, None])
    inside = moments[:, 11] - (here * moments[:, 8:11]).sum(axis=1)
    return Room(distances[:, 0], distances[:, 1], gradients[0], gradients[1], inside)


def _inverse_squares(here: Doubles, there: Doubles) -> Iterator[tuple[slice, Doubles]]:
    """In blocks that stay in the processor's cache, 1 / distance ** 2 from each place to each sample."""
    far = np.stack([*(-2 * there).T, np.ones(len(there)), (there * there).sum(axis=1)])
    least = 1e-12 * float(far[4].max(initial=1e-30))
    near = np.concatenate([here, (here * here).sum(axis=1)[:, None], np.ones((len(here), 1))], axis=1)
    rows = max(_CACHE // max(len(there), 1), 4)
    for start in range(0, len(here), rows):
        block = slice(start, start + rows)
        squares = near[block] @ far
        np.maximum(squares, least, out=squares)
        yield block, np.reciprocal(squares, out=squares)


def nearest(samples: Samples, places: Doubles) -> np.ndarray:
    """The number of the sample nearest to each place."""
    centre = places.mean(axis=0)
    here, there = places - centre, samples.points - centre
    return np.asarray(np.argmin((there * there).sum(axis=1)[None] - 2 * (here @ there.T), axis=1))


def ball_radii(samples: Samples, starts: Doubles, inward: Doubles) -> Doubles:
    """(n,): how large a ball may be that touches the surface at each start (n, 3) and lies on its inner side."""
    centre = starts.mean(axis=0)
    here, there = starts - centre, samples.points - centre
    squares = (here * here).sum(axis=1)[:, None] - 2 * (here @ there.T) + (there * there).sum(axis=1)[None]
    ahead = inward @ there.T - (inward * here).sum(axis=1)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        radii = np.where(ahead > 0.2 * np.sqrt(np.maximum(squares, 0)), squares / (2 * ahead), np.inf)
    return np.asarray(radii.min(axis=1, initial=np.inf))
