# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boxes that touch, and what writers make of them: the parts of a model in the hands of a format."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np

VERTICES = np.array([(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.float64)
_SIDES = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
TRIANGLES = np.array([(a, *pair) for a, b, c, d in _SIDES for pair in ((b, c), (c, d))])
"""Wound so that the normals point out."""
ROW = [(0, 0, 0), (1, 0, 0), (2, 0, 0)]
"""Where three boxes stand that touch with a whole side each."""


def soup(places: Sequence[Sequence[float]]) -> np.ndarray:
    """The corners (triangles, 3, 3) of a box at each place."""
    return np.concatenate([(VERTICES + place)[TRIANGLES] for place in places])


def binary_stl(corners: np.ndarray, attributes: Sequence[int] | int = 0, header: bytes = b"boxes") -> bytes:
    records = np.zeros(len(corners), [("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
    records["corners"], records["attribute"] = corners, attributes
    return header.ljust(80) + struct.pack("<I", len(corners)) + records.tobytes()


def ascii_stl(solids: dict[str, np.ndarray], normal: str = "0 0 0") -> bytes:
    lines = []
    for name, corners in solids.items():
        lines.append(f"solid {name}")
        for triangle in corners:
            lines += [f"  facet normal {normal}", "    outer loop"]
            lines += ["      vertex {:g} {:g} {:g}".format(*point) for point in triangle]
            lines += ["    endloop", "  endfacet"]
        lines.append(f"endsolid {name}")
    return "\n".join(lines).encode()


def obj(lines: Sequence[str], places: Sequence[Sequence[float]]) -> str:
    """An OBJ with one pool of vertices, which the boxes share; before the faces of each box its line."""
    points, index = np.unique(np.concatenate([VERTICES + place for place in places]), axis=0, return_inverse=True)
    text = ["v {:g} {:g} {:g}".format(*point) for point in points]
    for number, before in enumerate(lines):
        text.append(before)
        text += ["f {} {} {}".format(*index.reshape(-1)[8 * number + triangle] + 1) for triangle in TRIANGLES]
    return "\n".join(text) + "\n"
