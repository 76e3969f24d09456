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

from ..core.choices import PartsChoice
from ..mesh.element_numbers import store_numbers, take_numbers
from ..mesh.scratch import ScratchScene
from ..mesh.triangles import Floats, Ints, corner_values, polygon_starts
from .delivered import Labels
from .shells import Faces
from .told import Told, no_vertex_has_two, told_apart

_LABEL, _CORNER = "hitem3d_cut_label", "hitem3d_cut_corner"
"""Attributes that travel through a cut."""


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
        for number, mesh in enumerate(cut(part.mesh, labels.labels)):
            pieces.append(Part(mesh, labels.names[number] if labels.names else part.name, part.matrix))
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
