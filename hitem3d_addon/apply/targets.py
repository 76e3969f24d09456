# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the labels onto the original mesh: as an attribute, face sets, vertex groups, materials, or objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from bpy.types import Material, Mesh, Object

from ..core.choices import Target
from ..mesh.arrays import Ints
from ..mesh.attributes import store_numbers
from ..mesh.colours import Colour, part_material, part_materials
from ..mesh.triangles import corner_values, polygon_starts
from ..session.record import read_texts
from .separate import separate

ATTRIBUTE = "hitem3d_part"
"""A number per face: the index of its part. Scripts and Geometry Nodes may read it; the name is public."""
COLOURS = "hitem3d_part_colour"
"""The colour attribute that shows the parts in Solid view."""
FACE_SETS = ".sculpt_face_set"
GROUPS = "hitem3d_groups"
"""A custom property of the object: the names of the vertex groups that an earlier call has made."""
SETS = "hitem3d_face_sets"
"""A custom property of the object: how many face sets an earlier call has made."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of the labels."""

    objects: tuple[Object, ...]
    """The source, then what was cut off it. Nothing is selected or deselected."""
    absent: tuple[str, ...]
    """The names of the parts that no face of the original belongs to."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """What is put on a mesh: a label per face, and by label the parts' names and colours (linear RGBA)."""

    labels: Ints
    names: Sequence[str]
    colours: Sequence[Colour]
    materials: Mapping[str, Material]
    """By the name of a part: the material of its colour, if there is one already."""


def apply_labels(
    source: Object,
    labels: Ints,
    names: Sequence[str],
    colours: Sequence[Colour],
    target: Target,
    *,
    materials: Mapping[str, Material] = MappingProxyType({}),
) -> Applied:
    """Put the labels, one per face of the object's mesh, on that mesh; names and colours (linear RGBA) are by label.

    The object is in Object Mode and can be changed. Where its mesh is used by others too it gets its own copy first,
    so that only this object changes. The user's own vertex groups and materials stay; what an earlier call has added
    is replaced.

    FACE_ATTRIBUTE: the integer attribute "hitem3d_part". FACE_SETS: face sets, from 1. VERTEX_GROUPS: a group per part,
    with full weight, in which a vertex on a border is in several. MATERIALS: a slot per part, with the material that is
    given for its name, or a new one of its colour. SEPARATE: see separate. Raises InputError where that would lose
    something.
    """
    present = np.bincount(labels, minlength=len(names)) > 0
    absent = tuple(name for name, there in zip(names, present, strict=True) if not there)
    return Applied(tuple(_ACTIONS[target](source, _Parts(labels, names, colours, materials))), absent)


def show_colours(source: Object, labels: Ints, colours: Sequence[Colour]) -> None:
    """Give the object's mesh a colour attribute with the colour of each face's part, and make it the active one.

    Renders go on with the one that they had. Colours are linear RGBA, by label.
    """
    mesh = _own_mesh(source)
    if COLOURS in mesh.attributes:
        mesh.attributes.remove(mesh.attributes[COLOURS])
    rendered = mesh.color_attributes.render_color_index
    attribute = mesh.color_attributes.new(COLOURS, "BYTE_COLOR", "CORNER")
    of_corner = np.repeat(labels, np.diff(polygon_starts(mesh)))
    attribute.data.foreach_set("color", np.array(colours, np.float32).take(of_corner, axis=0).ravel())
    mesh.color_attributes.active_color = attribute
    mesh.color_attributes.render_color_index = max(rendered, 0)
    mesh.update()


def _store_attribute(source: Object, parts: _Parts) -> Sequence[Object]:
    store_numbers(_own_mesh(source), ATTRIBUTE, "FACE", parts.labels)
    return _updated(source)


def _store_face_sets(source: Object, parts: _Parts) -> Sequence[Object]:
    store_numbers(_own_mesh(source), FACE_SETS, "FACE", parts.labels + 1)
    source[SETS] = len(parts.names)
    return _updated(source)


def _add_vertex_groups(source: Object, parts: _Parts) -> Sequence[Object]:
    mesh = _own_mesh(source)
    active = source.vertex_groups.active
    kept = active.name if active else ""
    for name in read_texts(source, GROUPS):
        if name in source.vertex_groups:
            source.vertex_groups.remove(source.vertex_groups[name])
    corners = corner_values(mesh, ".corner_vert")
    of_corner = np.repeat(parts.labels, np.diff(polygon_starts(mesh)))
    order = np.argsort(of_corner, kind="stable")
    ends = np.searchsorted(of_corner[order], np.arange(len(parts.names) + 1))
    made = []
    for name, start, end in zip(parts.names, ends[:-1], ends[1:], strict=True):
        group = source.vertex_groups.new(name=name)
        group.add(np.unique(corners[order[start:end]]).tolist(), 1.0, "REPLACE")
        made.append(group.name)
    source[GROUPS] = made
    if kept in source.vertex_groups:
        source.vertex_groups.active_index = source.vertex_groups[kept].index
    return _updated(source)


def _add_materials(source: Object, parts: _Parts) -> Sequence[Object]:
    mesh = _own_mesh(source)
    earlier = part_materials(mesh.materials)
    for slot in reversed(range(len(mesh.materials))):
        if mesh.materials[slot] in earlier.values():
            mesh.materials.pop(index=slot)
    before = len(mesh.materials)
    known = {**earlier, **parts.materials}
    for name, colour in zip(parts.names, parts.colours, strict=True):
        mesh.materials.append(known.get(name) or part_material(name, colour))
    mesh.polygons.foreach_set("material_index", (parts.labels + before).astype(np.int32))
    return _updated(source)


def _separate(source: Object, parts: _Parts) -> Sequence[Object]:
    return separate(source, parts.labels, parts.names)


_ACTIONS: dict[Target, Callable[[Object, _Parts], Sequence[Object]]] = {
    "FACE_ATTRIBUTE": _store_attribute,
    "FACE_SETS": _store_face_sets,
    "VERTEX_GROUPS": _add_vertex_groups,
    "MATERIALS": _add_materials,
    "SEPARATE": _separate,
}
"""Apply the parts to an object, and give the objects that it has become. One function for each of TARGET_ITEMS."""


def _own_mesh(source: Object) -> Mesh:
    """The object's mesh, which no other object uses."""
    mesh = source.data
    assert isinstance(mesh, Mesh)
    if mesh.users - mesh.use_fake_user > 1:
        source.data = mesh = mesh.copy()
    return mesh


def _updated(source: Object) -> Sequence[Object]:
    source.data.update()
    return (source,)
