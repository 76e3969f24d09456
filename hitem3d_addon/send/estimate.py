# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""About how large a model with materials would be, before anything is written.

A glTF file has a vertex of its own wherever two corners of a Blender vertex differ in normal, UV or colour. How often
they do is counted at some thousand random vertices, and the others are taken to be alike. Pictures count with the size
of their files; the size of those that have to be converted is a guess, and is called one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import Any, NamedTuple

import bpy
import numpy as np
from bpy.types import Depsgraph, Image, Material, Mesh, Node, NodeTree, Object

from ..mesh.arrays import Doubles, Floats, Ints
from ..mesh.glb import index_bytes
from ..mesh.surface import instance_matrices, readable, shown_by
from ..mesh.triangles import corner_values, polygon_starts
from .materials import shown_materials
from .places import NODE_BYTES, corners_apart, divide

SAMPLE = 8_000
"""Vertices that are looked at."""
_PLAIN, _UV, _COLOUR = 24, 8, 8
"""Bytes of a vertex: position and normal, each UV map, each colour."""
_TEXT = 700
"""Bytes, about, of the file's JSON, and of what each material adds to it."""
_COPIED = {".png", ".jpg", ".jpeg", ".webp"}
"""Files that Blender's glTF exporter copies as they are, in most materials."""
_PER_CHANNEL = 0.5
"""Bytes that one channel of one pixel takes in a PNG, roughly: photographs more, flat colours far less."""
_Key = tuple[Any, ...]
"""A mesh, by its address, and the materials that it is shown with."""


class Pictures(NamedTuple):
    """Bytes of pictures."""

    copied: int = 0
    """Of those whose files are copied."""
    converted: int = 0
    """Of those that are converted: a guess."""


def estimate_sizes(models: Sequence[Sequence[Object]], depsgraph: Depsgraph) -> list[tuple[int, Pictures]]:
    """For each model, a list of objects: the bytes of its file without its pictures, and those of its pictures."""
    counts: dict[int, tuple[int, int]] = {}
    places: dict[Object, dict[_Key, list[int]]] = {obj: {} for objects in models for obj in objects}
    for obj, shown in shown_by(places, depsgraph):
        mesh_key = shown.mesh.as_pointer()
        if mesh_key not in counts:
            with readable(shown) as mesh:
                counts[mesh_key] = (_size(mesh), corners_apart(mesh)) if len(mesh.polygons) else (0, 0)
        places[obj].setdefault((mesh_key, *shown_materials(shown)), []).append(shown.number)
    matrices = instance_matrices(depsgraph)
    found = []
    for objects in models:
        together: dict[_Key, list[int]] = {}
        for key, numbers in ((key, some) for obj in dict.fromkeys(objects) for key, some in places[obj].items()):
            together.setdefault(key, []).extend(numbers)
        size = sum(_in_places(*counts[key[0]], matrices[numbers]) for key, numbers in together.items())
        used = {one for _, *materials in together for one in materials if one}
        found.append((size + _TEXT * (1 + len(used)), _pictures(used)))
    return found


def _in_places(size: int, corners: int, matrices: Doubles) -> int:
    """The bytes of a mesh in all its places."""
    return sum(
        size + NODE_BYTES * len(places.matrices) if places.shared else size * len(places.matrices)
        for places in divide(matrices, corners)
    )


def _size(mesh: Mesh) -> int:
    """The bytes of a mesh's vertices and indices in the file."""
    vertices = _count_vertices(mesh)
    one = _PLAIN + _UV * len(mesh.uv_layers) + _COLOUR * len(mesh.color_attributes)
    triangles = len(mesh.loops) - 2 * len(mesh.polygons)
    return round(vertices * one) + 3 * triangles * index_bytes(round(vertices))


def _count_vertices(mesh: Mesh) -> float:
    """How many vertices the file has: of the corners at each vertex, those that differ."""
    vertex_of_corner = corner_values(mesh, ".corner_vert")
    # The same ones each time, and random, so that the pattern of a grid does not matter.
    numbers = np.arange(len(mesh.vertices), dtype=np.uint32) * np.uint32(2654435761)
    picked = numbers <= min(1.0, SAMPLE / len(numbers)) * 0xFFFFFFFF
    corners = np.flatnonzero(picked[vertex_of_corner])
    columns: list[Ints | Floats] = [vertex_of_corner[corners]]
    if mesh.normals_domain == "CORNER":
        columns.extend(np.round(_read(mesh.corner_normals, "vector", 3)[corners].T, 4))
    elif mesh.normals_domain == "FACE":
        faces = np.searchsorted(polygon_starts(mesh), corners, side="right") - 1
        columns.extend(np.round(_read(mesh.polygon_normals, "vector", 3)[faces].T, 4))
    for layer in mesh.uv_layers:
        columns.extend(_read(mesh.attributes[layer.name].data, "vector", 2)[corners].T)
    for colours in mesh.color_attributes:
        if colours.domain == "CORNER":
            columns.extend(_read(colours.data, "color", 4)[corners].T)
    used = np.count_nonzero(np.bincount(vertex_of_corner, minlength=len(numbers)))
    seen = len(np.unique(columns[0]))
    return _count_different(columns) * used / max(1, seen)


def _read(data: bpy.types.bpy_prop_collection, name: str, length: int) -> Floats:
    values = np.empty((len(data), length), np.float32)
    data.foreach_get(name, values.ravel())
    return values + np.float32(0)  # there is one zero


def _count_different(columns: Sequence[Ints | Floats]) -> int:
    """How many rows of values differ. They are compared by a 64-bit hash."""
    rows = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        rows ^= np.ascontiguousarray(column).view(np.uint32)
        rows *= np.uint64(0x9E3779B97F4A7C15)
        rows ^= rows >> np.uint64(29)
    return len(np.unique(rows))


def _pictures(materials: Iterable[Material]) -> Pictures:
    """The bytes of the pictures of these materials; one that is used twice is in the file once."""
    textures = [node for one in materials if one.node_tree for node in _textures(one.node_tree)]
    anew = {node.image for node in textures if _is_converted(node)}
    copied = converted = 0
    for image in {node.image for node in textures}:
        size = _file_size(image)
        if size and image not in anew:
            copied += size
        else:
            converted += size or round(image.size[0] * image.size[1] * 3 * _PER_CHANNEL)
    return Pictures(copied, converted)


def _textures(tree: NodeTree) -> Iterator[Node]:
    for node in tree.nodes:
        if node.type == "TEX_IMAGE" and node.image and any(output.is_linked for output in node.outputs):
            yield node
        elif node.type == "GROUP" and node.node_tree:
            yield from _textures(node.node_tree)


def _is_converted(texture: Node) -> bool:
    """Whether the exporter makes another picture: where colours stand for a number, or JPEG lacks the alpha channel."""
    colour, alpha = texture.outputs["Color"], texture.outputs["Alpha"]
    if alpha.is_linked and PurePath(texture.image.filepath_raw).suffix.lower() in (".jpg", ".jpeg"):
        return True
    return any(link.to_socket.type == "VALUE" for link in colour.links or ())


def _file_size(image: Image) -> int:
    """The bytes of a file that is copied; 0 for a picture that is converted."""
    if image.is_dirty or image.source not in ("FILE", "SEQUENCE", "TILED"):
        return 0
    if PurePath(image.filepath_raw).suffix.lower() not in _COPIED:
        return 0
    if image.packed_file:
        return int(image.packed_file.size)
    path = bpy.path.abspath(image.filepath_raw, library=image.library)
    size = 0
    for tile in [tile.number for tile in image.tiles or ()] or [0]:
        with contextlib.suppress(OSError):
            size += Path(path.replace("<UDIM>", str(tile))).stat().st_size
    return size
