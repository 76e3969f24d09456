# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recognises the whole model beside its parts, and parts that come twice: a file may hold such copies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ...mesh.surface import Surface
from ..readers.delivered import Delivered

_NEAR = 1e-4
"""Lengths that differ by less than this share of the whole are the same."""
_SOME = 400
"""Triangles that are looked at."""


def left_out(counts: Sequence[int], surface: Callable[[int], Surface]) -> set[int]:
    """Which of a file's objects are no parts of what was sent: all of it once more, or parts that stand apart.

    ``counts`` are their triangles; ``surface`` gives one. An object that has as many triangles as all the others
    together, and lies on them, is the whole. Where each comes twice, those that stand further apart are an exploded
    view of the others.
    """
    if len(counts) < 3:
        return set()
    number = int(np.argmax(counts))
    if 2 * counts[number] == sum(counts):
        others = [surface(k) for k in range(len(counts)) if k != number]
        return {number} if _lies_on(surface(number), others) else set()
    if len(counts) % 2 or any(times % 2 for times in Counter(counts).values()):
        return set()
    return _exploded(counts, [surface(k) for k in range(len(counts))])


def surface_of(part: Delivered) -> Surface:
    """The surface of what a reader of ours has found; of polygons a fan of triangles, which is near enough here."""
    local = np.ascontiguousarray(part.positions.T)
    if part.sizes is None:
        return Surface(local, part.corners.reshape(-1, 3), part.matrix[None, :3])
    pieces = part.sizes - 2
    firsts = np.repeat(np.cumsum(part.sizes) - part.sizes, pieces)
    steps = np.arange(len(firsts)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    fans = np.stack([firsts, firsts + steps + 1, firsts + steps + 2], axis=1)
    return Surface(local, part.corners[fans], part.matrix[None, :3])


def _lies_on(whole: Surface, parts: Sequence[Surface]) -> bool:
    """Whether the triangles of the whole are those of the parts: by their centres."""
    centres = _centres(whole)
    all_of_parts = np.concatenate([_centres(part) for part in parts])
    size = float(np.linalg.norm(np.ptp(centres, axis=0)))
    if not size or not np.allclose(centres.min(0), all_of_parts.min(0), atol=_NEAR * size):
        return False
    some = centres[np.linspace(0, len(centres) - 1, _SOME).astype(int)]
    known = {tuple(key) for key in _cells(all_of_parts, size)}
    # A centre near the border of a cell may have its like in the next one.
    steps = np.array([(x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1)])
    near = _cells(some, size)[:, None] + steps
    return all(any(tuple(cell) in known for cell in cells) for cells in near.tolist())


def _cells(points: NDArray[np.float64], size: float) -> NDArray[np.int64]:
    return np.floor(points / (_NEAR * size)).astype(np.int64)


def _centres(surface: Surface) -> NDArray[np.float64]:
    """(triangles, 3), in the frame of the file."""
    found = []
    for matrix in surface.matrices:
        world = matrix[:, :3] @ surface.local.astype(np.float64) + matrix[:, 3:]
        found.append(world[:, surface.corners].mean(axis=2).T)
    return np.concatenate(found)


def _exploded(counts: Sequence[int], surfaces: Sequence[Surface]) -> set[int]:
    """The copies that stand further apart, where each mesh comes twice, moved."""
    pairs: dict[tuple[int, ...], list[int]] = {}
    bounds = []
    for surface in surfaces:
        world = surface.matrices[0, :, :3] @ surface.local.astype(np.float64) + surface.matrices[0, :, 3:]
        bounds.append((world.min(axis=1), world.max(axis=1)))
    scale = max(float(np.linalg.norm(high - low)) for low, high in bounds)
    if not scale or not np.isfinite(scale):
        return set()
    for number, (low, high) in enumerate(bounds):
        key = (counts[number], *np.rint((high - low) / (1e-3 * scale)).astype(int).tolist())
        pairs.setdefault(key, []).append(number)
    if any(len(pair) != 2 for pair in pairs.values()):
        return set()
    moves = np.array([bounds[second][0] - bounds[first][0] for first, second in pairs.values()])
    if np.ptp(moves, axis=0).max() < _NEAR * scale:
        return set()  # all moved alike: the same model twice, of which nobody knows which is meant
    first, second = ([pair[k] for pair in pairs.values()] for k in (0, 1))
    sizes = [
        float(np.linalg.norm(np.max([bounds[n][1] for n in some], 0) - np.min([bounds[n][0] for n in some], 0)))
        for some in (first, second)
    ]
    if abs(sizes[0] - sizes[1]) < 1e-3 * scale:
        return set()
    return set(first if sizes[0] > sizes[1] else second)
