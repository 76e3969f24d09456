# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made of the labels on the original mesh: an attribute, face sets, vertex groups, materials, or objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from bpy.types import Mesh, Object

from ..mesh.attributes import store_numbers
from ..mesh.colours import Colour, part_material
from ..mesh.triangles import Ints, corner_values, polygon_starts
from .separate import separate

TARGETS = ("FACE_ATTRIBUTE", "FACE_SETS", "VERTEX_GROUPS", "MATERIALS", "SEPARATE")
ATTRIBUTE = "hitem3d_part"
"""A number per face: the index of its part. Scripts and Geometry Nodes may read it; the name is public."""
_FACE_SETS = ".sculpt_face_set"


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of the labels."""

    objects: tuple[Object, ...]
    """The source, and behind it what was cut off. Nothing is selected or unselected."""
    absent: tuple[str, ...]
    """The names of the parts that no face of the original belongs to."""


def apply_labels(source: Object, labels: Ints, names: Sequence[str], colours: Sequence[Colour], target: str) -> Applied:
    """Put the labels, one per face of the object's mesh, on that mesh; names and colours (linear RGBA) are by label.

    The object is in Object Mode and can be changed. Where its mesh is used by others too it gets its own copy first,
    so that only this object changes. What is there already stays: vertex groups and materials are added.

    FACE_ATTRIBUTE: the integer attribute "hitem3d_part". FACE_SETS: face sets, from 1. VERTEX_GROUPS: a group per part,
    with full weight, in which a vertex on a border is in several. MATERIALS: a slot per part. SEPARATE: see separate.
    Raises InputError where SEPARATE would lose something.
    """
    present = np.bincount(labels, minlength=len(names)) > 0
    absent = tuple(name for name, there in zip(names, present, strict=True) if not there)
    if target == "SEPARATE":
        return Applied(tuple(separate(source, labels, names)), absent)
    mesh = _own_mesh(source)
    if target == "FACE_ATTRIBUTE":
        store_numbers(mesh, ATTRIBUTE, "FACE", labels)
    elif target == "FACE_SETS":
        store_numbers(mesh, _FACE_SETS, "FACE", labels + 1)
    elif target == "VERTEX_GROUPS":
        _add_vertex_groups(source, mesh, labels, names)
    elif target == "MATERIALS":
        _add_materials(mesh, labels, names, colours)
    else:
        raise ValueError(target)
    mesh.update()
    return Applied((source,), absent)


def _own_mesh(source: Object) -> Mesh:
    """The object's mesh, which no other object uses."""
    mesh = source.data
    assert isinstance(mesh, Mesh)
    if mesh.users - mesh.use_fake_user > 1:
        source.data = mesh = mesh.copy()
    return mesh


def _add_vertex_groups(source: Object, mesh: Mesh, labels: Ints, names: Sequence[str]) -> None:
    corners = corner_values(mesh, ".corner_vert")
    of_corner = np.repeat(labels, np.diff(polygon_starts(mesh)))
    order = np.argsort(of_corner, kind="stable")
    ends = np.searchsorted(of_corner[order], np.arange(len(names) + 1))
    active = source.vertex_groups.active_index
    for name, start, end in zip(names, ends[:-1], ends[1:], strict=True):
        group = source.vertex_groups.new(name=name)
        group.add(np.unique(corners[order[start:end]]).tolist(), 1.0, "REPLACE")
    if active >= 0:
        source.vertex_groups.active_index = active


def _add_materials(mesh: Mesh, labels: Ints, names: Sequence[str], colours: Sequence[Colour]) -> None:
    before = len(mesh.materials)
    for name, colour in zip(names, colours, strict=True):
        mesh.materials.append(part_material(name, colour))
    mesh.polygons.foreach_set("material_index", (labels + before).astype(np.int32))
