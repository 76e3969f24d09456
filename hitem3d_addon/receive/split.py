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
from ..mesh.element_numbers import store_numbers, take_numbers
from ..mesh.scratch import ScratchScene
from ..mesh.triangles import Floats, Ints, corner_values, polygon_starts

_LABEL, _CORNER = "hitem3d_cut_label", "hitem3d_cut_corner"
"""Attributes that travel through a cut."""
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
    return [
        Part(mesh, names[number] if names else part.name, part.matrix)
        for number, mesh in enumerate(cut(part.mesh, labels))
    ]


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


def cut(mesh: Mesh, labels: Ints) -> list[Mesh]:
    """One mesh for each label, with all that its faces, corners, edges and vertices carry, and the materials it uses.

    Labels (polygons,) run from 0 without gaps. The mesh itself is used up.
    """
    store_numbers(mesh, _LABEL, "FACE", labels)
    normals = _custom_normals(mesh)
    if normals is not None:
        store_numbers(mesh, _CORNER, "CORNER", np.arange(len(normals), dtype=np.int32))
    pieces: dict[int, Mesh] = {}
    with ScratchScene() as scratch:
        tree = scratch.add_tree(scratch.add_object(mesh))
        label = tree.nodes.new("GeometryNodeInputNamedAttribute")
        label.data_type = "INT"
        label.inputs["Name"].default_value = _LABEL
        split = tree.nodes.new("GeometryNodeSplitToInstances")
        split.domain = "FACE"
        tree.links.new(tree.nodes.new("NodeGroupInput").outputs[0], split.inputs["Geometry"])
        tree.links.new(label.outputs["Attribute"], split.inputs["Group ID"])
        tree.links.new(split.outputs[0], tree.nodes.new("NodeGroupOutput").inputs[0])
        for instance in scratch.evaluate().object_instances:
            if instance.is_instance:
                piece = instance.object.data.copy()
                pieces[int(take_numbers(piece, _LABEL)[0])] = piece
    for piece in pieces.values():
        if normals is not None:
            piece.normals_split_custom_set(normals[take_numbers(piece, _CORNER)])
        _drop_unused_materials(piece)
    return [pieces[label] for label in sorted(pieces)]


def _custom_normals(mesh: Mesh) -> Floats | None:
    """The directions (corners, 3) of custom normals; None where there are none, or they need no help.

    They are stored relative to the faces around a corner, which a cut takes away. From 4.5 on they may also be plain
    directions.
    """
    stored = mesh.attributes.get("custom_normal")
    if not mesh.has_custom_normals or (stored and stored.data_type == "FLOAT_VECTOR"):
        return None
    normals = np.empty((len(mesh.loops), 3), np.float32)
    mesh.corner_normals.foreach_get("vector", normals.ravel())
    return normals


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
