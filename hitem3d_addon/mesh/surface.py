# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What objects show, as NumPy arrays: every mesh once, and a matrix for each place where it stands.

Coordinates lie along the first axis, (3, n). Local ones are Blender's own float32. World ones are computed in float64
block by block, so that an object far from the origin loses nothing and little memory is used.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from bpy.types import Depsgraph, Mesh, Object

from ..core.errors import InputError
from .arrays import Doubles, Floats, Ints
from .evaluated import metaball_family
from .triangles import corner_values, local_positions, triangle_loops

_BLOCK = 1 << 14
"""Elements worked on at a time: they stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Surface:
    """The triangles of one mesh and the places where it stands."""

    local: Floats
    """(3, vertices) in the mesh's own frame; only those that a triangle uses."""
    corners: Ints
    """(triangles, 3), indices into local."""
    matrices: Doubles
    """(places, 3, 4), from the mesh's frame to the world."""

    def world_blocks(self) -> Iterator[Doubles]:
        """World coordinates (3, places, vertices), Z up, in blocks; place after place, each in the mesh's order.

        Plain sums in place of a matrix product: they give the same bits each time, which the bounds rely on.
        """
        for places, vertices in blocks(len(self.matrices), self.local.shape[1]):
            yield moved(self.local[:, vertices], self.matrices[places])

    def corner_blocks(self, first: int) -> Iterator[Ints]:
        """Triangles (places, triangles, 3) in blocks, for vertices that begin with number ``first`` in the file.

        The winding is turned where the matrix mirrors, so that the normals still point out.
        """
        mirrored = np.linalg.det(self.matrices[:, :, :3]) < 0
        starts = np.arange(len(self.matrices), dtype=np.int32) * np.int32(self.local.shape[1]) + np.int32(first)
        for places, triangles in blocks(len(self.matrices), len(self.corners)):
            block = self.corners[triangles] + starts[places, None, None]
            turned = mirrored[places]
            if turned.any():
                block[turned] = block[turned][:, :, ::-1]
            yield block


@dataclass(frozen=True, slots=True)
class Frame:
    """From the world to what is sent: subtract the centre, then multiply by the scale, a power of two."""

    centre: Doubles
    scale: float

    def sent(self, world: Doubles) -> Floats:
        """World coordinates (3, ...) as they are sent; Z stays up."""
        moved = world - self.centre.reshape(3, *[1] * (world.ndim - 1))
        moved *= self.scale
        return moved.astype(np.float32)


class Shown(NamedTuple):
    """One mesh in one place."""

    number: int
    """Where it is in `Depsgraph.object_instances`."""
    obj: Object
    """The evaluated object or instance that has the mesh."""
    owner: Object
    """The user's own object that shows it."""
    mesh: Mesh


def shown_meshes(objects: Iterable[Object], depsgraph: Depsgraph) -> Iterator[Shown]:
    """Every mesh that the objects show: their own, and those of their instances.

    Curves, text, surfaces and metaballs come as the mesh that Blender draws for them: it is listed among the instances
    (4.2 to 5.2). What is yielded is valid until the next one. Raises InputError for an object that can't be seen.
    """
    wanted = set(objects)
    chosen = wanted | _metaball_families(wanted, depsgraph)
    unseen = set(wanted)
    for number, instance in enumerate(depsgraph.object_instances):
        obj = instance.object
        owner = (instance.parent or obj).original  # only instances have a parent here
        if owner not in chosen:
            continue
        unseen.discard(owner)
        if obj.type == "MESH" and instance.show_self:
            yield Shown(number, obj, owner, obj.data)
    for obj in unseen:
        raise InputError("“{name}” is hidden, so there is nothing to see of it. Show it and try again.", name=obj.name)


@contextlib.contextmanager
def readable(shown: Shown) -> Iterator[Mesh]:
    """The mesh, such that its arrays can be read.

    In Edit Mode it is only a shell around the mesh that is being edited; `to_mesh` makes a real one of it.
    """
    if not shown.mesh.is_editmode:
        yield shown.mesh
        return
    try:
        yield shown.obj.to_mesh()
    finally:
        shown.obj.to_mesh_clear()


class Count(NamedTuple):
    """How much an object shows."""

    vertices: int
    """That a triangle uses."""
    triangles: int
    loose: int
    """Vertices that belong to no face, which are not sent."""


def count(objects: Iterable[Object], depsgraph: Depsgraph) -> dict[Object, Count]:
    """What each of the objects shows, counted without reading coordinates.

    Raises InputError for an object that can't be seen.
    """
    known: dict[int, Count] = {}
    found = dict.fromkeys(objects, Count(0, 0, 0))
    for obj, shown in shown_by(found, depsgraph):
        key = shown.mesh.as_pointer()
        if key not in known:
            with readable(shown) as mesh:
                known[key] = _count(mesh)
        found[obj] = Count(*map(sum, zip(found[obj], known[key], strict=True)))
    return found


def shown_by(objects: Collection[Object], depsgraph: Depsgraph) -> Iterator[tuple[Object, Shown]]:
    """As `shown_meshes`, each with the one of the objects that stands for it: a family of metaballs shows one mesh."""
    families = {metaball_family(obj): obj for obj in objects if obj.type == "META"}
    for shown in shown_meshes(objects, depsgraph):
        yield shown.owner if shown.owner in objects else families[metaball_family(shown.owner)], shown


def _count(mesh: Mesh) -> Count:
    if not len(mesh.polygons):
        return Count(0, 0, len(mesh.vertices))
    used = np.zeros(len(mesh.vertices), np.bool_)
    used[corner_values(mesh, ".corner_vert")] = True
    vertices = int(np.count_nonzero(used))
    return Count(vertices, _triangles(mesh), len(mesh.vertices) - vertices)


def _triangles(mesh: Mesh) -> int:
    """As many as loop_triangles has, which would be computed for this alone."""
    return len(mesh.loops) - 2 * len(mesh.polygons)


def gather(objects: Iterable[Object], depsgraph: Depsgraph, *, corners: bool = True) -> list[Surface]:
    """What the objects show; a mesh that stands in many places is read once.

    Without ``corners`` there are as many triangles, but all of them at vertex 0: a fifth of the work for who needs only
    the vertices. Raises InputError for an object that can't be seen, and for coordinates that are no numbers.
    """
    meshes: dict[int, tuple[Floats, Ints] | None] = {}
    places: dict[int, list[int]] = {}
    for shown in shown_meshes(objects, depsgraph):
        key = shown.mesh.as_pointer()
        if key not in meshes:
            with readable(shown) as mesh:
                meshes[key] = _read(mesh, shown.owner, corners=corners)
            places[key] = []
        places[key].append(shown.number)
    matrices = instance_matrices(depsgraph)
    surfaces = [Surface(*read, matrices[places[key]]) for key, read in meshes.items() if read]
    if not all(np.isfinite(surface.matrices).all() for surface in surfaces):
        raise InputError("The location, rotation or scale of an object is not a number. Clear it and try again.")
    return surfaces


def instance_matrices(depsgraph: Depsgraph) -> Doubles:
    """The world matrices of all of `Depsgraph.object_instances`, (instances, 3, 4), all at once: it is quicker."""
    columns = np.empty((len(depsgraph.object_instances), 4, 4), np.float32)
    depsgraph.object_instances.foreach_get("matrix_world", columns.ravel())
    return columns.transpose(0, 2, 1)[:, :3].astype(np.float64)


def bounds(surfaces: Iterable[Surface]) -> tuple[Doubles, Doubles]:
    """Lowest and highest world coordinates, (3,) each."""
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for surface in surfaces:
        for block in surface.world_blocks():
            low = np.minimum(low, block.min(axis=(1, 2)))
            high = np.maximum(high, block.max(axis=(1, 2)))
    return low, high


def _metaball_families(objects: Iterable[Object], depsgraph: Depsgraph) -> set[Object]:
    """The objects that show the metaballs among these: a family shares a name but for the number, and one mesh."""
    names = {metaball_family(obj) for obj in objects if obj.type == "META"}
    if not names:
        return set()
    seen = (obj.original for obj in depsgraph.objects if obj.type == "META")
    return {obj for obj in seen if metaball_family(obj) in names}


def _read(mesh: Mesh, owner: Object, *, corners: bool) -> tuple[Floats, Ints] | None:
    """The vertices (3, n) that triangles use, and the triangles (m, 3); None for a mesh without faces."""
    if not len(mesh.polygons):
        return None
    local = local_positions(mesh)
    loops = triangle_loops(mesh, local)[0] if corners else np.broadcast_to(np.int32(0), (_triangles(mesh), 3))
    vertices = corner_values(mesh, ".corner_vert")
    used = np.zeros(local.shape[1], np.bool_)
    used[vertices] = True
    if not used.all():
        local = local[:, used]
        vertices = (np.cumsum(used, dtype=np.int32) - np.int32(1))[vertices]
    # What is set to infinity, Blender keeps as the largest number that it has.
    if not (np.abs(local) < np.finfo(np.float32).max).all():
        raise InputError(
            "“{name}” has vertices whose coordinates are not numbers, or infinite. Correct or delete them and "
            "try again.",
            name=owner.name,
        )
    return local, vertices.take(loops) if corners else loops


def blocks(places: int, items: int) -> Iterator[tuple[slice, slice]]:
    """Slices of the places and of what each place has, in the order of the file."""
    step = max(1, _BLOCK // items)
    for place in range(0, places, step):
        for item in range(0, items, _BLOCK):
            yield slice(place, min(place + step, places)), slice(item, min(item + _BLOCK, items))


def moved(local: Floats, matrices: Doubles) -> Doubles:
    """Coordinates (3, n) through matrices (places, 3, 4): (3, places, n)."""
    world = np.empty((3, len(matrices), local.shape[1]))
    term = np.empty(world.shape[1:])
    for axis, row in enumerate(world):
        np.multiply(local[0], matrices[:, axis, 0, None], out=row)
        for k in (1, 2):
            np.multiply(local[k], matrices[:, axis, k, None], out=term)
            row += term
        row += matrices[:, axis, 3, None]
    return world
