# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The labels that stand on an original already: they follow when its parts are joined or get another name or colour.

A part is known by its place among the parts of its import, and by its name.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from bpy.types import Mesh, Object

from ..mesh.arrays import Flags, Ints
from ..mesh.attributes import read_numbers, store_numbers
from ..mesh.colours import Colour, part_materials
from ..session.record import read_texts
from .targets import ATTRIBUTE, COLOURS, FACE_SETS, GROUPS, SETS

_ALIKE = 0.01
"""How far two colours may be apart that are the same one: a byte colour attribute rounds them."""


def has_labels(original: Object) -> bool:
    """Whether parts were applied to this object, as anything that stays on it."""
    mesh = original.data
    if not isinstance(mesh, Mesh):
        return False
    return (
        ATTRIBUTE in mesh.attributes or GROUPS in original or SETS in original or bool(part_materials(mesh.materials))
    )


def merge_labels(
    original: Object, names: Sequence[str], colours: Sequence[Colour], merged: Sequence[int], into: int
) -> None:
    """Give all that stands for some of the parts to one of them, which takes them in.

    ``names`` and ``colours`` are those of all parts of the import before, by label; ``merged`` are the labels of those
    that are gone now, ``into`` is the one that stays. Labels behind them move up.
    """
    mesh = original.data
    if not isinstance(mesh, Mesh):
        return
    gone = np.isin(np.arange(len(names)), merged)
    after = (np.cumsum(~gone) - 1).astype(np.int32)
    after[gone] = after[into]
    _renumber(mesh, ATTRIBUTE, after, first=0)
    if original.get(SETS) == len(names):
        _renumber(mesh, FACE_SETS, after, first=1)
        original[SETS] = int(np.count_nonzero(~gone))
    _merge_groups(original, names, gone, into)
    _merge_materials(mesh, [names[label] for label in merged], names[into])
    _merge_colours(mesh, [colours[label] for label in merged], colours[into])
    mesh.update()


def rename_label(original: Object, old: str, new: str) -> None:
    """Give the vertex group and the material that stand for a part its new name."""
    groups = read_texts(original, GROUPS)
    if old in groups and old in original.vertex_groups:
        group = original.vertex_groups[old]
        group.name = new
        groups[groups.index(old)] = group.name
        original[GROUPS] = groups


def _renumber(mesh: Mesh, name: str, after: Ints, *, first: int) -> None:
    """Put other numbers in the place of those of a face attribute, where they are labels counted from ``first``."""
    values = read_numbers(mesh, name, "FACE")
    if values is None:
        return
    known = (values >= first) & (values < first + len(after))
    values[known] = after[values[known] - first] + first
    store_numbers(mesh, name, "FACE", values)


def _merge_groups(original: Object, names: Sequence[str], gone: Flags, into: int) -> None:
    """Put the vertices of the groups of some parts into that of another."""
    groups = read_texts(original, GROUPS)
    if len(groups) != len(names) or not all(name in original.vertex_groups for name in groups):
        return  # somebody has changed them since; applying the parts again makes them anew
    taken = {original.vertex_groups[name].index for name, its in zip(groups, gone, strict=True) if its}
    inside = [
        vertex.index
        for vertex in original.data.vertices
        if any(group.group in taken and group.weight > 0 for group in vertex.groups)
    ]
    original.vertex_groups[groups[into]].add(inside, 1.0, "REPLACE")
    for name, its in zip(groups, gone, strict=True):
        if its:
            original.vertex_groups.remove(original.vertex_groups[name])
    original[GROUPS] = [name for name, its in zip(groups, gone, strict=True) if not its]


def _merge_materials(mesh: Mesh, merged: Sequence[str], into: str) -> None:
    """Give the faces that have the material of one of these parts that of another."""
    of_part = part_materials(mesh.materials)
    slots = {material: slot for slot, material in enumerate(mesh.materials)}
    if into not in of_part:
        return
    taken = [slots[of_part[name]] for name in merged if name in of_part]
    used = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("material_index", used)
    used[np.isin(used, taken)] = slots[of_part[into]]
    for slot in sorted(taken, reverse=True):
        mesh.materials.pop(index=slot)
        used[used > slot] -= 1
    mesh.polygons.foreach_set("material_index", used)


def _merge_colours(mesh: Mesh, merged: Sequence[Colour], into: Colour) -> None:
    """Give the corners that show the colour of one of these parts that of another."""
    attribute = mesh.color_attributes.get(COLOURS)
    if attribute is None or attribute.domain != "CORNER":
        return
    shown = np.empty((len(attribute.data), 4), np.float32)
    attribute.data.foreach_get("color", shown.ravel())
    for colour in merged:
        shown[np.abs(shown - np.array(colour, np.float32)).max(axis=1) < _ALIKE] = into
    attribute.data.foreach_set("color", shown.ravel())
