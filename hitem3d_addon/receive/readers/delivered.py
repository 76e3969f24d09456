# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a result file holds, as plain arrays: our readers give it, and Blender's meshes are made of it. No ``bpy``.

The arrays are the mesh's own, in the axes of its file: the matrix takes them to the frame of the file, Z up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...core.errors import Message
from ...mesh.arrays import Doubles, Floats, Ints

Z_UP: Doubles = np.array([[1, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]], np.float64)
"""From Y up to Z up, as all of Blender's importers turn it: (x, y, z) becomes (x, -z, y)."""


@dataclass(frozen=True, slots=True)
class Finish:
    """A material without pictures, in the terms of glTF; files of other formats leave what they don't say."""

    name: str
    colour: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    """Linear RGBA."""
    in_viewport: bool = True
    """The colour is that of Solid view, too."""
    metallic: float = 0.0
    roughness: float = 0.5
    ior: float = 1.5
    emission: tuple[float, float, float] = (1.0, 1.0, 1.0)
    emission_strength: float = 0.0
    blended: bool = False
    """See-through by its alpha; else alpha does not count, or has a threshold."""
    threshold: float | None = None
    """Below this alpha nothing is drawn, from it on everything."""
    double_sided: bool = True


@dataclass(frozen=True, slots=True)
class Colours:
    """A colour for each vertex, or for each corner of the polygons."""

    name: str
    values: Floats
    """(vertices or corners, 4), linear RGBA."""
    of_corners: bool = False


@dataclass(frozen=True, slots=True)
class Labels:
    """Whole numbers that tell parts apart: a value for each vertex, or for each polygon."""

    name: str
    """The file's own word for them."""
    values: Ints
    """(vertices,) or (polygons,)."""
    of_faces: bool = False
    names: Sequence[str] = ()
    """By number, where the file has any."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """One mesh in one place. No vertex is unused, and no polygon has the same vertex twice."""

    name: str
    """Its name in the file, or ""."""
    positions: Floats
    """(vertices, 3)."""
    corners: Ints
    """(corners,), the vertex of each corner, polygon after polygon."""
    matrix: Doubles
    """(4, 4), to the frame of the file, Z up."""
    sizes: Ints | None = None
    """(polygons,), how many corners each has; None where all are triangles."""
    normals: Floats | None = None
    """(vertices, 3) or (corners, 3), of unit length; None for flat faces."""
    uvs: Sequence[Floats] = ()
    """(vertices, 2) or (corners, 2) each, the origin at the lower left."""
    colours: Sequence[Colours] = ()
    labels: Sequence[Labels] = ()
    materials: Sequence[Finish | None] = ()
    """The slots. A material that several parts share is one object."""
    slots: Ints | None = None
    """(polygons,), the slot of each; None where all are of the first."""
    welded: bool = False
    """No two vertices are at one place, because the file does not tell them apart: two parts that touch share them."""

    @property
    def polygons(self) -> int:
        return len(self.corners) // 3 if self.sizes is None else len(self.sizes)


class Contents(NamedTuple):
    """What readers of ours found in a file, and what there is to say of it."""

    parts: list[Delivered]
    """One for each of the file's objects; none where Blender's importer has read it."""
    notes: list[Message]
    """For the report: what was left out or taken off, and why."""
    for_blender: list[Message]
    """Why Blender's importer had to read it; empty where it did not."""
    labels: dict[str, list[Labels]]
    """What a reader of ours knows of the faces of the meshes that Blender's importer makes, by their names."""
