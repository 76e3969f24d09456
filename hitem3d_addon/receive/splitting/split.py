# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a result as meshes, one for each, cut from those that Blender's importers made."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from bpy.types import Mesh
from numpy.typing import NDArray

from ...core.choices import PartsChoice
from ...mesh.arrays import Floats, Ints
from ...mesh.cut import cut
from ...mesh.shells import Faces
from ...mesh.triangles import corner_values, polygon_starts
from ..readers.delivered import Labels
from .told import Told, no_vertex_has_two, told_apart


@dataclass(frozen=True, slots=True)
class Part:
    """A mesh of its own for one part, and what the file calls it."""

    mesh: Mesh
    name: str
    matrix: NDArray[np.float64]
    """(4, 4), from the mesh to the frame of the file."""
    groups: Sequence[Labels] = ()
    """What else the file says of its faces, where a reader of ours has seen it."""


def split(delivered: Sequence[Part], choice: PartsChoice, objects: int) -> tuple[list[Part], list[Told]]:
    """One part after another, cut from what the file holds as the choice says, and how they were told apart.

    AUTO takes objects where there are several; one alone is cut by the file's groups, its materials, its colours or
    into shells: the first that gives parts which lie together. ``objects`` is how many the file has in all. A mesh that
    is cut is no longer needed.
    """
    pieces: list[Part] = []
    found = [told_apart(_OfMesh(part), choice, objects) for part in delivered]
    for part, (labels, _) in zip(delivered, found, strict=True):
        if labels is None:
            pieces.append(part)
            continue
        for number, piece in cut(part.mesh, labels.labels).items():
            _drop_unused_materials(piece.mesh)
            pieces.append(Part(piece.mesh, labels.names[number] if labels.names else part.name, part.matrix))
    return pieces, [told for _, told in found]


@dataclass(frozen=True)
class _OfMesh:
    part: Part

    @functools.cached_property
    def faces(self) -> Faces:
        mesh = self.part.mesh
        positions = np.empty((len(mesh.vertices), 3), np.float32)
        mesh.attributes["position"].data.foreach_get("vector", positions.ravel())
        triangles = len(mesh.loops) == 3 * len(mesh.polygons)
        starts = np.arange(0, len(mesh.loops) + 1, 3, dtype=np.int32) if triangles else polygon_starts(mesh)
        return Faces(positions, corner_values(mesh, ".corner_vert"), starts)

    @property
    def welded(self) -> bool:
        return False

    def groups(self) -> Sequence[Labels]:
        return self.part.groups

    def materials(self) -> tuple[Ints, Sequence[str]]:
        mesh = self.part.mesh
        return _slots(mesh), [material.name if material else "" for material in mesh.materials]

    def colours(self) -> Iterable[tuple[Floats, Ints]]:
        mesh = self.part.mesh
        active = mesh.color_attributes.active_color
        for attribute in sorted(mesh.color_attributes, key=lambda one: one != active):
            values = np.empty((len(attribute.data), 4), np.float32)
            attribute.data.foreach_get("color_srgb", values.ravel())  # as the file had them; linear ones run together
            yield values, self.faces.corners if attribute.domain == "POINT" else np.arange(len(values), dtype=np.int32)

    def shading(self) -> tuple[bool, bool]:
        mesh = self.part.mesh
        vertices = self.faces.corners
        values = [np.empty((len(vertices), 3), np.float32)]
        mesh.corner_normals.foreach_get("vector", values[0].ravel())
        for layer in mesh.uv_layers:
            values.append(np.empty((len(vertices), 2), np.float32))
            layer.uv.foreach_get("vector", values[-1].ravel())
        return no_vertex_has_two(vertices, len(mesh.vertices), values), bool(len(mesh.uv_layers))


def _slots(mesh: Mesh) -> Ints:
    """The material slot of each polygon; as an attribute they are read many times quicker than of the polygons."""
    slots = np.zeros(len(mesh.polygons), np.int32)
    attribute = mesh.attributes.get("material_index")
    if attribute and attribute.domain == "FACE":
        attribute.data.foreach_get("value", slots)
    return slots


def _drop_unused_materials(mesh: Mesh) -> None:
    if not len(mesh.materials):
        return
    slots = _slots(mesh)
    used, places = np.unique(slots, return_inverse=True)
    if len(used) == len(mesh.materials):
        return
    materials = [mesh.materials[slot] for slot in used if slot < len(mesh.materials)]
    mesh.materials.clear()
    for material in materials:
        mesh.materials.append(material)
    mesh.polygons.foreach_set("material_index", places.astype(np.int32))
