# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The models: a few parts each, Y up, the middle of their bounds at the origin, none the same from two sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Colour = tuple[float, float, float]

_BOX = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]


@dataclass(frozen=True)
class Part:
    """A part with vertices of its own."""

    name: str
    vertices: Floats
    """(n, 3)"""
    triangles: Ints
    """(n, 3), counterclockwise seen from outside."""
    colour: Colour = (0.8, 0.8, 0.8)
    """What a material says, as numbers."""

    @property
    def corners(self) -> Floats:
        """(triangles, 3, 3)"""
        return self.vertices[self.triangles]


@dataclass(frozen=True)
class Model:
    """What a writer is given."""

    name: str
    parts: tuple[Part, ...]
    closed: bool = True
    """Each of its parts is."""
    shared: bool = False
    """It is one mesh: parts that touch share vertices."""

    def together(self) -> tuple[Floats, Ints, Ints]:
        """Vertices and triangles of all, and the part of each triangle; vertices of two parts are one if shared."""
        before = np.cumsum([0, *(len(part.vertices) for part in self.parts[:-1])])
        vertices = np.concatenate([part.vertices for part in self.parts])
        triangles = np.concatenate([part.triangles + first for part, first in zip(self.parts, before, strict=True)])
        labels = np.repeat(np.arange(len(self.parts)), [len(part.triangles) for part in self.parts])
        if self.shared:
            vertices, places = np.unique(vertices.round(9), axis=0, return_inverse=True)
            triangles = places.reshape(-1)[triangles]
        return vertices, triangles.astype(np.int32), labels.astype(np.int32)

    def vertex_colours(self) -> Floats:
        """(vertices, 3) for what `together` gives; a vertex of two parts has the first one's."""
        vertices, triangles, labels = self.together()
        colours = np.array([part.colour for part in self.parts])
        found = np.zeros((len(vertices), 3))
        for corners, label in zip(triangles[::-1], labels[::-1], strict=True):
            found[corners] = colours[label]
        return found

    def face_colours(self) -> Floats:
        """(triangles, 3)"""
        return np.array([part.colour for part in self.parts])[self.together()[2]]


def models() -> dict[str, Model]:
    """All of them, by name."""
    made = (_cubes(), _robot(), _torus(), _ball(), _twins(), _one(), _nested())
    return {model.name: _centred(model) for model in made}


@cache
def get(name: str) -> Model:
    """One of them."""
    return models()[name]


MIRROR = np.array([[-1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
"""(4, 4): how the second of the twins stands to the first, beside a movement."""


def twin_matrices() -> tuple[Floats, Floats]:
    """(4, 4) each, which take `twin_mesh` to the two parts of "twins"."""
    first, second = np.eye(4), MIRROR.copy()
    first[0, 3], second[0, 3] = -0.9, 0.9
    return first, second


def twin_mesh() -> Part:
    """The mesh that both twins are of, around its own origin."""
    vertices = np.array([(-0.5, -0.5, -0.4), (0.6, -0.5, -0.4), (-0.5, -0.5, 0.4), (-0.3, 0.5, -0.2)])
    return Part("fin", vertices - (0.05, 0, 0), np.array([(0, 1, 2), (0, 3, 1), (1, 3, 2), (2, 3, 0)], np.int32))


def as_shown(colour: Colour) -> Colour:
    """A linear colour in sRGB, for programs that take it so."""
    red, green, blue = (12.92 * one if one <= 0.0031308 else 1.055 * one ** (1 / 2.4) - 0.055 for one in colour)
    return red, green, blue


def _centred(model: Model) -> Model:
    every = np.concatenate([part.vertices for part in model.parts])
    middle = (every.min(axis=0) + every.max(axis=0)) / 2
    return replace(model, parts=tuple(replace(part, vertices=part.vertices - middle) for part in model.parts))


def _triangles(polygons: Sequence[tuple[int, ...]]) -> Ints:
    return np.array([(p[0], p[i], p[i + 1]) for p in polygons for i in range(1, len(p) - 1)], np.int32)


def _box(name: str, low: Colour, high: Colour, colour: Colour = (0.8, 0.8, 0.8)) -> Part:
    ends = np.array([low, high])
    vertices = np.array([[ends[x, 0], ends[y, 1], ends[z, 2]] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
    return Part(name, vertices, _triangles(_BOX), colour)


def _rod(name: str, middle: Colour, radius: float, length: float, axis: int, colour: Colour) -> Part:
    """A prism of six sides."""
    angles = np.arange(6) * np.pi / 3
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1) * radius
    flat = np.concatenate([np.insert(ring, 2, z, axis=1) for z in (-length / 2, length / 2)])
    sides = [(i, (i + 1) % 6, 6 + (i + 1) % 6, 6 + i) for i in range(6)]
    polygons = [*sides, tuple(range(5, -1, -1)), tuple(range(6, 12))]
    turned = np.roll(flat, axis - 2, axis=1)
    return Part(name, turned + middle, _triangles(polygons), colour)


def _cubes() -> Model:
    """Three closed cubes in a row: each touches the next with a whole side, and with its corners. One has a horn."""
    door = _box("door", (2.6, 0, 0), (3.3, 1, 0.8), (0.1, 0.2, 0.9))
    door.vertices[7, 0] += 0.4
    wheel = _box("wheel", (0, 0, 0), (1, 1, 0.8), (0.8, 0.1, 0.1))
    return Model("cubes", (wheel, _box("body", (1, 0, 0), (2.6, 1, 0.8), (0.1, 0.7, 0.2)), door))


def _robot() -> Model:
    """Sixteen parts with names of two words; it holds something in one hand, so it has a left and a right."""
    grey, red, blue = (0.5, 0.5, 0.55), (0.7, 0.15, 0.1), (0.1, 0.3, 0.7)
    parts = [
        _box("body", (-0.4, 0.7, -0.25), (0.4, 1.4, 0.25), red),
        _box("head", (-0.35, 1.5, -0.3), (0.35, 2.0, 0.3), grey),
        _rod("neck", (0, 1.45, 0), 0.12, 0.1, 1, blue),
        _rod("antenna", (0.1, 2.2, 0), 0.04, 0.4, 1, blue),
    ]
    for side, x in (("left", 1), ("right", -1)):
        parts += [
            _rod(f"{side} eye", (0.17 * x, 1.8, 0.35), 0.08, 0.1, 2, blue),
            _rod(f"{side} ear", (0.4 * x, 1.75, 0), 0.1, 0.1, 0, blue),
            _rod(f"{side} arm", (0.5 * x, 1.0, 0), 0.09, 0.6, 1, grey),
            _rod(f"{side} leg", (0.2 * x, 0.45, 0), 0.1, 0.5, 1, grey),
        ]
    parts += [
        _box("left foot", (0.05, 0, -0.2), (0.35, 0.2, 0.4), red),
        _box("right foot", (-0.35, 0, -0.2), (-0.05, 0.2, 0.3), red),
        _rod("left hand", (0.5, 0.6, 0), 0.13, 0.2, 1, red),
        _box("right hand", (-0.65, 0.4, -0.1), (-0.4, 0.7, 0.3), red),
    ]
    return Model("robot", tuple(parts))


def _torus() -> Model:
    """A torus, thicker on one side, in four open parts that touch along their cuts."""
    across, around = 16, 6
    parts = []
    for number, name in enumerate(("north", "east", "south", "west")):
        steps = np.arange(number * across // 4, (number + 1) * across // 4 + 1)
        big, small = np.meshgrid(steps * 2 * np.pi / across, np.arange(around) * 2 * np.pi / around, indexing="ij")
        tube = 0.3 + 0.1 * np.cos(big) + 0.05 * np.sin(2 * big)
        vertices = np.stack(
            [(1 + tube * np.cos(small)) * np.cos(big), tube * np.sin(small), -(1 + tube * np.cos(small)) * np.sin(big)],
            axis=-1,
        ).reshape(-1, 3)
        quads = [
            (i * around + j, (i + 1) * around + j, (i + 1) * around + (j + 1) % around, i * around + (j + 1) % around)
            for i in range(len(steps) - 1)
            for j in range(around)
        ]
        parts.append(
            Part(
                name,
                vertices,
                _triangles(quads),
                ((0.9, 0.1, 0.1), (0.1, 0.8, 0.1), (0.1, 0.1, 0.9), (0.8, 0.8, 0.1))[number],
            )
        )
    return Model("torus", tuple(parts), closed=False)


def _ball() -> Model:
    """An egg in three colours whose parts share the vertices of their borders."""
    rings, around = 8, 12
    up = np.linspace(0, np.pi, rings + 1)[1:-1]
    grid = np.array(
        [
            (
                np.sin(v) * np.cos(u) * (1 + 0.2 * np.cos(u)),
                1.3 * np.cos(v),
                np.sin(v) * np.sin(u) * (0.8 + 0.1 * np.sin(u)),
            )
            for v in up
            for u in np.arange(around) * 2 * np.pi / around
        ]
    )
    vertices = np.concatenate([grid, [(0, 1.3, 0), (0, -1.3, 0)]])
    top, bottom = len(grid), len(grid) + 1
    rows: list[list[tuple[int, ...]]] = [[(top, (j + 1) % around, j) for j in range(around)]]
    for i in range(rings - 2):
        rows.append(
            [
                (
                    i * around + j,
                    i * around + (j + 1) % around,
                    (i + 1) * around + (j + 1) % around,
                    (i + 1) * around + j,
                )
                for j in range(around)
            ]
        )
    last = (rings - 2) * around
    rows.append([(bottom, last + j, last + (j + 1) % around) for j in range(around)])
    parts = []
    for name, some, colour in (
        ("cap", rows[:2], (1.0, 0.0, 0.0)),
        ("middle", rows[2:6], (0.0, 1.0, 0.0)),
        ("base", rows[6:], (0.0, 0.0, 1.0)),
    ):
        triangles = _triangles([polygon for row in some for polygon in row])
        used, places = np.unique(triangles, return_inverse=True)
        parts.append(Part(name, vertices[used], places.reshape(-1, 3).astype(np.int32), colour))
    return Model("egg", tuple(parts), closed=False, shared=True)


def _twins() -> Model:
    """Two instances of one mesh, one of them mirrored."""
    mesh = twin_mesh()
    first, second = (mesh.vertices @ matrix[:3, :3].T + matrix[:3, 3] for matrix in twin_matrices())
    return Model(
        "twins", (replace(mesh, vertices=first), replace(mesh, vertices=second, triangles=mesh.triangles[:, ::-1]))
    )


def _one() -> Model:
    """One part only."""
    return Model("one", (_wedge("wedge"),))


def _wedge(name: str) -> Part:
    vertices = np.array([(0, 0, 0), (2, 0, 0), (0, 0, 1), (1.5, 0, 1.2), (0.2, 1, 0.1)], np.float64)
    return Part(name, vertices, _triangles([(0, 1, 3, 2), (0, 4, 1), (1, 4, 3), (3, 4, 2), (2, 4, 0)]), (0.6, 0.4, 0.1))


def _nested() -> Model:
    """A part in a part, which touches it nowhere."""
    return Model(
        "nested",
        (
            _box("shell", (0, 0, 0), (2, 1.4, 1), (0.2, 0.6, 0.7)),
            _box("core", (0.3, 0.2, 0.2), (1.1, 0.8, 0.9), (0.9, 0.5, 0.1)),
        ),
    )
