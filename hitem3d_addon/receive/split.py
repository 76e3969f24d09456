# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a result, whichever way its file holds them: objects, materials, vertex colours, or loose shells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from bpy.types import Mesh
from numpy.typing import NDArray

from ..core.choices import PartsChoice
from ..mesh.components import components
from ..mesh.cut import cut
from ..mesh.triangles import Ints, corner_values, polygon_starts

_MOST = 512
"""More colours or shells than this are no parts but a picture or dirt; only Loose Parts cuts them all the same."""
_FLAT = 0.9
"""Share of the faces that have one colour, where colours stand for parts."""
_SAME = 1e-3
"""Normals and UVs that are closer are the same; Blender keeps normals in 16 bits an axis."""
_FEW = 64
"""Shells that touch and may be parts; more are rather the facets of a flat-shaded model."""


@dataclass(frozen=True, slots=True)
class Part:
    """A mesh of its own for one part, and what the file calls it."""

    mesh: Mesh
    name: str
    matrix: NDArray[np.float64]
    """(4, 4), from the mesh to the frame of the file."""


def split(delivered: Sequence[Part], choice: PartsChoice) -> list[Part]:
    """One part after another, cut from what the file holds as the choice says.

    AUTO takes objects where there are several; one alone is cut by material, colour or into shells, the first that
    gives more than one part. A mesh that is cut is no longer needed.
    """
    if choice == "AS_DELIVERED" or (choice == "AUTO" and len(delivered) > 1):
        return list(delivered)
    return [piece for part in delivered for piece in _cut_part(part, choice)]


def _cut_part(part: Part, choice: PartsChoice) -> list[Part]:
    labels: Ints | None = None
    names: Sequence[str] = ()
    if choice in ("AUTO", "BY_MATERIAL"):
        labels, names = _by_material(part.mesh)
    if labels is None and choice in ("AUTO", "BY_COLOUR"):
        labels = _by_colour(part.mesh)
    if labels is None and choice in ("AUTO", "LOOSE"):
        labels = _by_shell(part.mesh, _MOST if choice == "AUTO" else len(part.mesh.polygons))
    if labels is None:
        return [part]
    pieces = cut(part.mesh, labels)
    for piece in pieces.values():
        _drop_unused_materials(piece.mesh)
    return [Part(piece.mesh, names[number] if names else part.name, part.matrix) for number, piece in pieces.items()]


def _by_material(mesh: Mesh) -> tuple[Ints | None, Sequence[str]]:
    """A label per face and a name per label, or no labels where there is one material."""
    slots = np.zeros(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("material_index", slots)
    used, labels = np.unique(slots, return_inverse=True)
    if len(used) < 2:
        return None, ()
    materials = [mesh.materials[slot] if slot < len(mesh.materials) else None for slot in used]
    return labels.astype(np.int32), [material.name if material else "" for material in materials]


def _by_colour(mesh: Mesh) -> Ints | None:
    """A label per face, in the order in which the colours come; None where colours are no parts."""
    attribute = mesh.color_attributes.active_color or next(iter(mesh.color_attributes), None)
    if attribute is None or not len(attribute.data):
        return None
    values = np.empty((len(attribute.data), 4), np.float32)
    attribute.data.foreach_get("color", values.ravel())
    levels = np.rint(np.clip(values[:, :3], 0, 1) * 255).astype(np.int32)
    colours = levels[:, 0] << 16 | levels[:, 1] << 8 | levels[:, 2]
    if attribute.domain == "POINT":
        colours = colours[corner_values(mesh, ".corner_vert")]
    first, second, third = (colours[polygon_starts(mesh)[:-1] + k] for k in range(3))
    # Where a border runs through shared vertices, two corners of a face outvote the third.
    of_face = np.where(second == third, second, first)
    if np.mean((first == second) & (second == third)) < _FLAT:
        return None
    return _numbered(of_face, _MOST)


def _by_shell(mesh: Mesh, most: int) -> Ints | None:
    """A label per face, in the order in which the shells come; None where there is one, or more than ``most``.

    Vertices at the same place that the file has split for the sake of normals or UVs are one again. Where it has not,
    they are two on purpose: there it keeps two parts apart that touch.
    """
    starts = polygon_starts(mesh)
    vertices = corner_values(mesh, ".corner_vert")
    first = vertices[starts[:-1]]
    owners = np.repeat(first, np.diff(starts))
    shells = components(len(mesh.vertices), owners, vertices)[first]
    if _split_for_shading(mesh, vertices):
        same = _same_place(mesh)
        welded = components(len(mesh.vertices), same[owners], same[vertices])[same][first]
        # A result in one piece is not likely. Rather than that its parts touch, and their normals differ there.
        if len(mesh.uv_layers) or len(np.unique(welded)) > 1 or len(np.unique(shells)) > _FEW:
            shells = welded
    return _numbered(shells, most)


def _split_for_shading(mesh: Mesh, vertices: Ints) -> bool:
    """Whether no vertex has two normals or UVs, as in files that make two vertices of such a one."""
    values = [np.empty((len(vertices), 3), np.float32)]
    mesh.corner_normals.foreach_get("vector", values[0].ravel())
    for layer in mesh.uv_layers:
        values.append(np.empty((len(vertices), 2), np.float32))
        layer.uv.foreach_get("vector", values[-1].ravel())
    for value in values:
        of_vertex = np.empty((len(mesh.vertices), value.shape[1]), np.float32)
        of_vertex[vertices] = value
        if (np.abs(of_vertex[vertices] - value) > _SAME).any():
            return False
    return True


def _same_place(mesh: Mesh) -> Ints:
    """For each vertex the first one with the same coordinates."""
    positions = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.attributes["position"].data.foreach_get("vector", positions.ravel())
    bits = (positions + np.float32(0)).view(np.uint32).astype(np.uint64)
    keys = bits[:, 0] << np.uint64(32) | bits[:, 1]
    order = np.lexsort((bits[:, 2], keys))
    new = np.ones(len(order), np.bool_)
    new[1:] = (keys[order[1:]] != keys[order[:-1]]) | (bits[order[1:], 2] != bits[order[:-1], 2])
    # lexsort is stable: the first of each run has the lowest number.
    result = np.empty(len(order), np.int32)
    result[order] = order[np.flatnonzero(new)][np.cumsum(new) - 1]
    return result


def _numbered(values: Ints, most: int) -> Ints | None:
    """The values counted from 0 in the order of their first face; None if there are fewer than two or too many."""
    _, firsts, labels = np.unique(values, return_index=True, return_inverse=True)
    if not 2 <= len(firsts) <= most:
        return None
    rank = np.empty(len(firsts), np.int32)
    rank[np.argsort(firsts)] = np.arange(len(firsts), dtype=np.int32)
    return rank[labels]


def _drop_unused_materials(mesh: Mesh) -> None:
    slots = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("material_index", slots)
    used, places = np.unique(slots, return_inverse=True)
    if len(used) == len(mesh.materials):
        return
    materials = [mesh.materials[slot] for slot in used if slot < len(mesh.materials)]
    mesh.materials.clear()
    for material in materials:
        mesh.materials.append(material)
    mesh.polygons.foreach_set("material_index", places.astype(np.int32))
