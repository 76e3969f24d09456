# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an object has moved since it was sent: (4, 4) matrices, in float64, from the world at the press to the world now.

Its own matrix tells that only as long as nobody applied a transform, set the origin or moved the mesh in Edit Mode. So
the vertices that the record has are looked up in the object as it is shown now; they tell it whatever was done, as long
as they are still the same vertices. Else there are several guesses, and the surface has to decide.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from mathutils import Matrix

from ...mesh.arrays import Doubles
from ...mesh.points import anchor_numbers, vertices_at, weighted_mean
from ...mesh.surface import Surface, bounds
from ...session.record import Record
from .placement import triangle_count

_FLAT = 1e6
"""Condition number of a matrix that squeezes the object flat, as far as float32 can tell."""
_EXACT = 1e-6
"""Of the size: how far a vertex may be off by the rounding of float32."""
_MEAN = 3e-7
"""Of the size: how far the mean of all vertices may be off; with so many, the rounding cancels out."""
_CLOSE = (_EXACT, 1e-4, 1e-2)
"""Of the size: what counts as the same place, from no change to one that can still be followed."""
_GUESSES = 64
_MOST_GUESSES_NEED = 8
"""Four vertices agree with any guess that is made from them; so many more may agree by chance."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One way in which the object may have come to where it is."""

    matrix: Doubles
    """(4, 4), from the world at the press to the world now."""
    own: bool
    """The object's own matrix tells it."""
    told: bool = False
    """Its vertices tell it."""
    whole: bool = False
    """What was sent is shown now, moved by this: nothing was reshaped, added or taken away."""
    edited: bool = False
    """The vertices are still the same ones, but some were moved on their own."""


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


def movements(record: Record, matrix: Doubles, shown: Sequence[Surface]) -> list[Movement]:
    """How the object may have moved, the likeliest first: one, where its vertices tell; none where nothing is known.

    ``matrix`` is its matrix_world now, (4, 4), ``shown`` what it shows now.
    """
    guesses = _by_transforms(record, matrix)
    if shown and (told := _by_vertices(record, shown, guesses)):
        return [told]
    return [Movement(guess, own, whole=_looks_whole(record, guess, shown)) for guess, own in guesses]


def _by_transforms(record: Record, now: Doubles) -> list[tuple[Doubles, bool]]:
    """Movements by the object's matrix, and whether by nothing else: also as if parts of it had been applied."""
    before = np.array(record.matrix, np.float64).reshape(4, 4)
    place, turn, size = Matrix(before.tolist()).decompose()
    found: list[tuple[Doubles, bool]] = []
    if (own := movement(before, now)) is not None:
        found.append((own, True))
    found.append((np.eye(4), False))
    if not np.isfinite([*place, *turn, *size]).all():
        return found
    for applied in itertools.product((False, True), repeat=3):
        pieces = [None if gone else piece for piece, gone in zip((place, turn, size), applied, strict=True)]
        guess = movement(np.array(Matrix.LocRotScale(*pieces), np.float64), now)
        if any(applied) and guess is not None and not any(np.allclose(guess, other) for other, _ in found):
            found.append((guess, False))
    return found


def _by_vertices(record: Record, shown: Sequence[Surface], guesses: Sequence[tuple[Doubles, bool]]) -> Movement | None:
    """The movement that takes most of the record's vertices to where they are now; None if that is not half of them."""
    numbers = anchor_numbers(record.vertices)
    total = sum(surface.local.shape[1] * len(surface.matrices) for surface in shown)
    if not len(numbers) or len(record.anchors) != 3 * len(numbers) or numbers[-1] >= total:
        return None
    then = np.array(record.anchors, np.float64).reshape(-1, 3) / record.scale + record.centre
    here = vertices_at(shown, numbers)
    size = max(float(np.linalg.norm(np.ptp(here, axis=0))), float(np.linalg.norm(np.ptp(then, axis=0))))
    if not size > 0:
        return None
    for close in _CLOSE:
        tried = [*guesses, *((guess, False) for guess in _fitted(then, here, close * size))]
        kept = [int((_off(guess, then, here) <= close * size).sum()) for guess, _ in tried]
        best = int(np.argmax(kept))  # the first one of several that are equally good
        if kept[best] * 2 > len(then):
            break
    else:
        return None
    guess, own = tried[best]
    mean = np.array(record.mean, np.float64) / record.scale + record.centre
    same = total == record.vertices and triangle_count(shown) == record.triangles
    still = close == _EXACT and kept[best] == len(then)
    whole = same and still and _off(guess, mean[None], weighted_mean(shown)[None])[0] <= _MEAN * size
    return Movement(guess, own, told=True, whole=bool(whole), edited=same and not whole)


def _off(guess: Doubles, then: Doubles, here: Doubles) -> Doubles:
    return np.asarray(np.linalg.norm(then @ guess[:3, :3].T + guess[:3, 3] - here, axis=1))


def _fitted(then: Doubles, here: Doubles, close: float) -> list[Doubles]:
    """Movements that take points (n, 3) to where they are now; those that were moved on their own may be left out."""
    if len(then) < 3 or np.linalg.matrix_rank(_arms(then)) < 2:
        return []  # a line can be turned about itself
    whole = _affine(then, here)
    if (_off(whole, then, here) <= close).all():
        return [whole]
    random = np.random.default_rng(0)
    best, most = whole, _MOST_GUESSES_NEED
    for _ in range(_GUESSES):
        few = random.choice(len(then), 4, replace=False)
        kept = _off(_affine(then[few], here[few]), then, here) <= close
        if kept.sum() > most:
            best, most = _affine(then[kept], here[kept]), int(kept.sum())
    return [best]


def _affine(then: Doubles, here: Doubles) -> Doubles:
    """The affine map of least squares. Points in a plane do not decide about the third axis: that is added to fit."""
    arms, there = _arms(then), here - here.mean(axis=0)
    result = np.eye(4)
    if np.linalg.matrix_rank(arms) == 3:
        result[:3, :3] = np.linalg.lstsq(arms, there, rcond=None)[0].T
    else:
        one, two, normal = np.linalg.svd(arms)[2]
        along = np.linalg.lstsq(arms @ np.stack([one, two], axis=1), there, rcond=None)[0]
        across = np.cross(*along) / max(float(np.linalg.norm(np.cross(*along))) ** 0.5, 1e-30)
        across *= np.sign(np.dot(np.cross(one, two), normal))
        result[:3, :3] = np.stack([*along, across], axis=1) @ np.stack([one, two, normal])
    result[:3, 3] = here.mean(axis=0) - result[:3, :3] @ then.mean(axis=0)
    return result


def _arms(points: Doubles) -> Doubles:
    """Points (n, 3) around their mean; if float32 can't tell them from a plane, they are put in it."""
    middle = points - points.mean(axis=0)
    left, stretch, right = np.linalg.svd(middle, full_matrices=False)
    stretch[stretch < _EXACT * stretch.max(initial=0)] = 0
    return np.asarray(left * stretch @ right)


def _looks_whole(record: Record, guess: Doubles, shown: Sequence[Surface]) -> bool:
    """Whether the object, before this movement, had as many triangles and the bounds of what was sent."""
    if not shown or not record.points or is_flat(guess) or triangle_count(shown) != record.triangles:
        return False
    box = np.array(record.bounds, np.float64).reshape(2, 3)
    ends = (np.stack(bounds(undone(shown, guess))) - record.centre) * record.scale
    return bool(np.allclose(ends, box, rtol=0, atol=1e-4 * np.linalg.norm(box[1] - box[0])))


def undone(surfaces: Sequence[Surface], guess: Doubles) -> list[Surface]:
    """The surfaces as they were before a movement (4, 4), which is not flat."""
    back = np.linalg.inv(guess)
    found = []
    for surface in surfaces:
        whole = np.zeros((len(surface.matrices), 4, 4))
        whole[:, :3], whole[:, 3, 3] = surface.matrices, 1
        found.append(Surface(surface.local, surface.corners, (back @ whole)[:, :3]))
    return found
