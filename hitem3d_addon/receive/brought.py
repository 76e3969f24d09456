# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an earlier import of a task brought: whether it was changed since, and how a new import replaces it."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator, Sequence

import bpy
import numpy as np
from bpy.types import Collection, Object

from ..core.task import Task
from ..session.exploded import basis_in_place
from ..session.parts import remove_imports
from ..session.record import ORIGINAL, TASK_ID, collections_in, is_orphaned, parts_in

SEAL = "hitem3d_as_imported"
"""On the collection: a checksum of the parts as they were imported."""

_LAYERS = {"FLOAT2": ("vector", 2), "BYTE_COLOR": ("color", 4), "FLOAT_COLOR": ("color", 4)}
"""Attributes that hold what an artist makes: the property and the numbers of each value."""


def seal(collection: Collection) -> None:
    """Note a checksum of the parts as they are now, to see later whether somebody has worked on them."""
    collection[SEAL] = _checksum(collection)


def find_brought(task: Task, source: Object | None) -> list[Collection]:
    """The collections that imports of this task brought into this file for this object.

    Another object of the same shape, which shares the task, has others; but not one that is gone or has a new name.
    """
    wanted = task.task_id
    found = [one for one in bpy.data.collections if wanted and one.get(TASK_ID) == wanted and one.is_editable]
    own = source.name if source else ""
    return [one for one in found if one.get(ORIGINAL, "") == own or is_orphaned(one)]


def is_changed(collection: Collection) -> bool:
    """Whether somebody has worked on the parts since: moved, edited, painted, renamed, added or deleted one."""
    if any(part.mode == "EDIT" for part in parts_in(collection)):
        return True
    return bool(collection.get(SEAL) != _checksum(collection))


@contextlib.contextmanager
def replacing(collections: Sequence[Collection]) -> Iterator[None]:
    """Set these aside while new ones come, which may then take their names, and remove them; on an error they stay."""
    parts = [part for one in collections for part in parts_in(one)]
    meshes = [part.data for part in parts]
    named = [(block, block.name) for block in (*collections, *parts, *dict.fromkeys(meshes))]
    for number, (block, _) in enumerate(named):
        block.name = f"hitem3d replaced {number}"
    try:
        yield
    except BaseException:
        for block, name in named:
            block.name = name
        raise
    remove_imports(collections)


def _checksum(collection: Collection) -> str:
    found = 0
    for obj in sorted({obj for one in collections_in(collection) for obj in one.objects}, key=lambda obj: obj.name):
        for piece in _pieces(obj):
            found = zlib.crc32(piece, found)
    return f"{found:08x}"


def _pieces(obj: Object) -> Iterator[bytes]:
    """What the checksum of a part is made of."""
    yield obj.name.encode("utf-8", "surrogatepass")
    yield np.array(basis_in_place(obj), np.float32).tobytes()
    yield f"{len(obj.modifiers)} {[slot.name for slot in obj.material_slots]}".encode("utf-8", "surrogatepass")
    if obj.type == "MESH":
        positions = np.empty(3 * len(obj.data.vertices), np.float32)
        obj.data.attributes["position"].data.foreach_get("vector", positions)
        yield positions.tobytes()
        yield str(len(obj.data.polygons)).encode()
        yield from _layers(obj)


def _layers(obj: Object) -> Iterator[bytes]:
    """UVs, colours, and the names of vertex groups and shape keys, neither of which an import brings."""
    mesh = obj.data
    for layer in mesh.attributes:
        if layer.data_type in _LAYERS and not layer.name.startswith("."):
            name, width = _LAYERS[layer.data_type]
            values = np.empty(width * len(layer.data), np.float32)
            layer.data.foreach_get(name, values)
            yield layer.name.encode("utf-8", "surrogatepass")
            yield values.tobytes()
    keys = mesh.shape_keys.key_blocks if mesh.shape_keys else ()
    names = [one.name for one in (*obj.vertex_groups, *keys)]
    if names:
        yield repr(names).encode("utf-8", "surrogatepass")
