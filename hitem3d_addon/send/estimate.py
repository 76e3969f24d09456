# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How large a model with materials would be, before anything is written.

A glTF file has a vertex of its own wherever two corners of a Blender vertex differ in normal, UV, colour or material.
How often they do is counted at some thousand vertices, picked as if by lot, and taken to be so for the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import bpy
import numpy as np
from bpy.types import Depsgraph, Material, Mesh, Object
from numpy.typing import NDArray

from ..mesh.glb import index_bytes
from ..mesh.surface import readable, shown_by
from ..mesh.triangles import Floats, Ints, corner_values, polygon_starts
from .materials import shown_materials
from .picture_size import Pictures, pictures_of

SAMPLE = 8_000
"""Vertices that are looked at; the count is then right to about 1 %."""

_PLAIN, _UV, _COLOUR, _SHOWN_COLOUR, _WHITE = 24, 8, 8, 12, 4
"""Bytes of a vertex: position and normal, a UV map, a colour, one that a material shows, and one to hide others."""
_TEXT = 700
"""Bytes, about, of the file's JSON, and of what each material adds to it."""

_Shown = tuple[int, tuple[Material | None, ...]]
"""A mesh, by its pointer, and the materials of its slots."""


class _Slot(NamedTuple):
    vertices: int
    """That the file will have, about."""
    corners: int


class _Mesh(NamedTuple):
    slots: dict[int, _Slot]
    """For each material slot that is used."""
    uv_maps: frozenset[str]
    rendered: frozenset[str]
    """The UV map that materials use unless they name another."""
    colours: frozenset[str]


def sizes_with_materials(models: Sequence[Sequence[Object]], depsgraph: Depsgraph) -> list[tuple[int, Pictures]]:
    """For each model, a list of objects: the bytes of its file without its pictures, and those of its pictures."""
    meshes: dict[int, _Mesh] = {}
    found: dict[Object, Counter[_Shown]] = {thing: Counter() for objects in models for thing in objects}
    for thing, shown in shown_by(found, depsgraph):
        key = shown.mesh.as_pointer()
        if key not in meshes:
            with readable(shown) as mesh:
                meshes[key] = _measured(mesh)
        found[thing][key, tuple(shown_materials(shown))] += 1
    return [_size(sum((found[thing] for thing in objects), Counter()), meshes) for objects in models]


def _size(shown: Counter[_Shown], meshes: Mapping[int, _Mesh]) -> tuple[int, Pictures]:
    vertices: Counter[Material | None] = Counter()
    corners: Counter[Material | None] = Counter()
    for (key, slots), times in shown.items():
        for number, slot in meshes[key].slots.items():
            material = slots[min(number, len(slots) - 1)]
            vertices[material] += slot.vertices * times
            corners[material] += slot.corners * times
    used = [meshes[key] for key, _ in shown]
    maps = len(frozenset[str]().union(*(mesh.uv_maps for mesh in used)))
    maps += len(frozenset[str]().union(*(mesh.rendered for mesh in used))) > 1
    materials = [material for material in vertices if material]
    one = _PLAIN + _UV * maps
    if colours := len(frozenset[str]().union(*(mesh.colours for mesh in used))):
        hidden = _COLOUR + _WHITE if materials else _COLOUR
        one += _COLOUR * (colours - 1) + (_SHOWN_COLOUR if any(map(_shows_colours, materials)) else hidden)
    data = sum(count * one + corners[material] * index_bytes(count) for material, count in vertices.items())
    return data + _TEXT * (1 + len(vertices)), pictures_of(materials)


def _shows_colours(material: Material) -> bool:
    return bool(material.node_tree) and any(node.type == "VERTEX_COLOR" for node in material.node_tree.nodes)


def _measured(mesh: Mesh) -> _Mesh:
    if not len(mesh.polygons):
        return _Mesh({}, frozenset(), frozenset(), frozenset())
    return _Mesh(
        slots=_slots(mesh),
        uv_maps=frozenset(layer.name for layer in mesh.uv_layers),
        rendered=frozenset(layer.name for layer in mesh.uv_layers if layer.active_render),
        colours=frozenset(colours.name for colours in mesh.color_attributes),
    )


def _slots(mesh: Mesh) -> dict[int, _Slot]:
    starts = polygon_starts(mesh)
    slots = np.zeros(len(mesh.polygons), np.int32)
    if "material_index" in mesh.attributes:
        mesh.attributes["material_index"].data.foreach_get("value", slots)
    corner_vertices = corner_values(mesh, ".corner_vert")
    picked = _by_lot(len(mesh.vertices))
    polygons = np.unique(np.searchsorted(starts, np.flatnonzero(picked[corner_vertices]), side="right") - 1)
    loops, of_polygon = _triangles(starts, polygons)
    keep = np.flatnonzero(picked[corner_vertices[loops.ravel()]])
    chosen, slots_chosen = loops.ravel()[keep], slots[of_polygon[keep // 3]]

    columns: list[Ints | Floats] = [
        corner_vertices[chosen],
        slots_chosen,
        *_normals(mesh, corner_vertices, loops, keep),
    ]
    for layer in mesh.uv_layers:
        columns.extend(_values(mesh.attributes[layer.name].data, "vector", 2)[chosen].T)
    for colours in mesh.color_attributes:
        if colours.domain == "CORNER":
            columns.extend(_values(colours.data, "color", 4)[chosen].T)
    different = _first_of_each(columns)

    corners = np.bincount(slots, weights=3 * (np.diff(starts) - 2))
    seen = np.bincount(slots_chosen, minlength=len(corners))
    made = np.bincount(slots_chosen[different], minlength=len(corners))
    shares = np.where(seen, made / np.maximum(seen, 1), len(different) / max(1, len(chosen)))
    used = np.flatnonzero(corners).tolist()
    return {slot: _Slot(round(corners[slot] * shares[slot]), int(corners[slot])) for slot in used}


def _triangles(starts: Ints, polygons: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The triangles of these polygons, as corners (triangles, 3), and of which polygon each is.

    They fan out from each first corner: Blender's own cut may differ, which hardly changes how many there are.
    """
    pieces = np.diff(starts)[polygons] - 2
    of_polygon = np.repeat(polygons, pieces)
    first = starts[of_polygon]
    number = np.arange(len(of_polygon)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    return np.stack((first, first + number + 1, first + number + 2), axis=1), of_polygon


def _by_lot(vertices: int) -> NDArray[np.bool_]:
    """Which vertices are looked at: the same each time, and with no pattern that a grid could have, too."""
    numbers = np.arange(vertices, dtype=np.uint32) * np.uint32(2654435761)
    return numbers <= min(1.0, SAMPLE / max(1, vertices)) * 0xFFFFFFFF


def _normals(mesh: Mesh, corner_vertices: Ints, loops: NDArray[np.int64], keep: NDArray[np.int64]) -> list[Floats]:
    """The normals' x, y and z at these corners of the triangles; none where they follow from the vertex."""
    if mesh.normals_domain == "POINT":
        return []
    if mesh.normals_domain == "CORNER":
        normals = _values(mesh.corner_normals, "vector", 3)[loops.ravel()[keep]]
    else:
        a, b, c = _values(mesh.attributes["position"].data, "vector", 3)[corner_vertices[loops]].transpose(1, 0, 2)
        across = np.cross(b - a, c - a)
        lengths = np.linalg.norm(across, axis=1, keepdims=True)
        normals = (across / np.where(lengths, lengths, 1)).astype(np.float32)[keep // 3]
    return [np.round(column, 4) + np.float32(0) for column in normals.T]  # as the exporter rounds; there is one zero


def _values(data: bpy.types.bpy_prop_collection, name: str, length: int) -> Floats:
    values = np.empty((len(data), length), np.float32)
    data.foreach_get(name, values.ravel())
    return values


def _first_of_each(columns: Sequence[Ints | Floats]) -> NDArray[np.int64]:
    """Where each row of values stands for the first time. Rows are told apart by a number of 64 bits made of them."""
    rows = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        rows ^= np.ascontiguousarray(column).view(np.uint32)
        rows *= np.uint64(0x9E3779B97F4A7C15)
        rows ^= rows >> np.uint64(29)
    return np.unique(rows, return_index=True)[1]
