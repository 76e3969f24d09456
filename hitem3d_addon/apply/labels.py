# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which part each face of the original mesh belongs to, read off the parts where they stand.

What was sent is the object as seen: its evaluated mesh, in triangles. So those are labelled first. A triangle that came
back untouched is found again by its centre and the side it faces; for the others the nearest part decides, but for thin
walls, where the nearest surface may be the far side of the wall. Then the triangles vote, by area, for the face of the
original that they are a piece of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from bpy.types import Depsgraph, Mesh, Object
from numpy.typing import NDArray

from ..core.errors import InputError
from ..mesh.attributes import read_numbers
from ..mesh.evaluated import showing, world_matrices
from ..mesh.triangles import BLOCK, Floats, Ints, Triangles, joined, mesh_triangles, picked, world_bounds
from .islands import heaviest, without_islands
from .nearest_surface import NearestSurface

_FACE = "hitem3d_original_face"
"""The attribute that tells, on the evaluated mesh, which face of the original a face comes from, counted from 1."""
_CELL = 1e-5
"""Edge of the cells, of the diagonal, in which the centres of two triangles are the same. Coordinates that went to a
GLB and back are off by 1e-7, so few pairs fall into two cells; those meet in one of the next grids."""
_GRIDS = 32
_POINT = 1e-20
"""The diagonal of what has no extent; it is divided by."""
_REACH = 4.0
"""How much farther than usual a surface on the right side of a thin wall may be."""
_SLANT = 0.4
"""A triangle looks for its like among those that face an axis which its own normal has so large a part of; every
normal has such an axis."""
_ASTRAY = 0.02
"""Of the diagonal: a triangle so far from every part is called unmatched. Remeshing moves a surface by up to 1.2 %."""


@dataclass(frozen=True, slots=True)
class Labels:
    """A label per face and how it was come by; the shares add up to 1 and are of the triangles that were sent."""

    faces: Ints
    """(polygons,) of the object's own mesh: an index into the parts."""
    exact: float
    """Share of the triangles that came back untouched."""
    nearest: float
    """Share of the triangles that took the label of the part they lie on."""
    unmatched: float
    """Share of the triangles with no part within 2 % of the diagonal; they took the nearest part's all the same."""
    divided: float
    """Share of the faces whose pieces lie in several parts, as with a Mirror or an Array modifier: most area won."""


def part_labels(source: Object, parts: Sequence[Object], depsgraph: Depsgraph) -> Labels:
    """One label per face of the object's mesh (without its modifiers): the index of the part it belongs to.

    Parts are taken as they stand in the world, without their modifiers; the object is taken as seen, hidden or not.
    Object and parts are in Object Mode. Raises InputError for an object that has no faces of its own or can't be
    changed, and where the parts are somewhere else.
    """
    _check(source, parts)
    matrix, *matrices = world_matrices([source, *parts], depsgraph)
    with _as_sent(source, depsgraph) as (mesh, own_polygons):
        low, high = world_bounds(mesh, matrix)
        centre, diagonal = (low + high) / 2, max(float(np.linalg.norm(high - low)), _POINT)
        sent = mesh_triangles([(mesh, matrix)], centre)
        origins = own_polygons[sent.polygons]
    targets = mesh_triangles(
        [(part.data, its_matrix) for part, its_matrix in zip(parts, matrices, strict=True)], centre
    )
    part_of_polygon = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part.data.polygons) for part in parts])
    target_labels = part_of_polygon[targets.polygons]

    # Faces that no modifier shows are labelled too, by where they would be.
    unseen = np.bincount(origins[origins >= 0], minlength=len(source.data.polygons)) == 0
    asked, owners = sent, origins
    if unseen.any():
        own = mesh_triangles([(source.data, matrix)], centre)
        hidden = np.flatnonzero(unseen[own.polygons])
        asked = joined([sent, picked(own, hidden)])
        owners = np.concatenate([origins, own.polygons[hidden]])

    labels = _same_triangles(asked, targets, target_labels, diagonal)
    exact = labels >= 0
    rest = np.flatnonzero(~exact)
    distances = np.zeros(len(asked), np.float32)
    if len(rest):
        labels[rest], distances[rest] = _nearest_labels(picked(asked, rest), targets, target_labels, diagonal)
    astray = float((distances[: len(sent)] > _ASTRAY * diagonal).mean())
    if astray > 0.5:
        raise InputError(
            "The parts of “{name}” are not where it is. Import them again, so that they stand in place, and retry.",
            name=source.name,
        )
    faces, divided = _vote(labels, owners, asked.areas, len(source.data.polygons))
    if len(rest):
        sure = np.zeros(len(faces), np.bool_)
        sure[owners[exact & (owners >= 0)]] = True
        faces = without_islands(source.data, faces, sure)
    same = float(exact[: len(sent)].mean())
    return Labels(faces, same, 1 - same - astray, astray, divided)


def _check(source: Object, parts: Sequence[Object]) -> None:
    if source.type != "MESH":
        raise InputError(
            "“{name}” is not a mesh, so it has no faces to label. Convert it to a mesh first (Object > Convert).",
            name=source.name,
        )
    if any(not block.is_editable or block.override_library for block in (source, source.data)):
        raise InputError(
            "“{name}” comes from another file and can't be changed here. Make it local first (Object > Relations).",
            name=source.name,
        )
    if not source.data.polygons:
        raise InputError(
            "The mesh of “{name}” has no faces of its own: modifiers or instances make them. Apply those first.",
            name=source.name,
        )
    if not any(part.type == "MESH" and part.data.polygons for part in parts):
        raise InputError("There are no parts of “{name}” to take the labels from. Import them first.", name=source.name)


@contextmanager
def _as_sent(source: Object, depsgraph: Depsgraph) -> Iterator[tuple[Mesh, Ints]]:
    """The evaluated mesh, in the object's space, and for each of its polygons the one of the object's own mesh.

    That is -1 where a modifier made a polygon of nothing, or of another object, or can't tell (a voxel remesh).
    """
    mesh = source.data
    count = len(mesh.polygons)
    with showing(source, depsgraph) as graph:
        modified = any(modifier.show_viewport for modifier in source.modifiers)
        name = ""
        if modified:
            numbers = mesh.attributes.new(_FACE, "INT", "FACE")
            numbers.data.foreach_set("value", np.arange(1, count + 1, dtype=np.int32))
            name = numbers.name
        try:
            if modified:
                mesh.update_tag()
            graph.update()
            evaluated = source.evaluated_get(graph)
            shown = evaluated.to_mesh()
            if not shown.polygons:
                raise InputError(
                    "“{name}” shows no faces of its own: its modifiers make instances, or nothing. Apply them first.",
                    name=source.name,
                )
            numbered = read_numbers(shown, _FACE, "FACE") if modified else np.arange(1, count + 1, dtype=np.int32)
            yield shown, np.full(len(shown.polygons), -1, np.int32) if numbered is None else numbered - 1
            evaluated.to_mesh_clear()
        finally:
            if name:
                mesh.attributes.remove(mesh.attributes[name])
                mesh.update_tag()


def _same_triangles(asked: Triangles, targets: Triangles, target_labels: Ints, diagonal: float) -> Ints:
    """The label of the triangle with the same centre that faces the same way, -1 where there is none.

    Two centres that are closer than a cell may lie in two cells, and two sides of nearly one direction on either
    side of a plane. So those left over meet again in another grid, laid elsewhere, against another direction.
    """
    random = np.random.default_rng(0)
    labels = np.full(len(asked), -1, np.int32)
    open_asked, open_targets = np.arange(len(asked)), np.arange(len(targets))
    cell = _CELL * diagonal
    for _ in range(_GRIDS):
        shift = random.random(3, dtype=np.float32)
        direction = random.standard_normal(3, dtype=np.float32)
        target_keys = _keys(targets, open_targets, cell, shift, direction)
        asked_keys = _keys(asked, open_asked, cell, shift, direction)
        # A hash table in which the last comer holds the slot; who loses it comes again in the next grid.
        bits = (2 * len(open_targets)).bit_length()
        table = np.full(1 << bits, -1, np.int32)
        slots = _slots(target_keys, bits)
        table[slots] = np.arange(len(slots), dtype=np.int32)
        holder = table[slots]
        rivals = (target_keys[holder] == target_keys) & (
            target_labels[open_targets[holder]] != target_labels[open_targets]
        )
        table[slots[rivals]] = -1
        held = table[_slots(asked_keys, bits)]
        met = np.flatnonzero(held >= 0)
        met = met[target_keys[held[met]] == asked_keys[met]]
        labels[open_asked[met]] = target_labels[open_targets[held[met]]]
        open_asked = np.delete(open_asked, met)
        open_targets = np.delete(open_targets, held[met])
        if len(met) <= len(open_asked) // 100 or not len(open_targets):
            break
    return labels


def _keys(
    triangles: Triangles, which: NDArray[np.intp], cell: float, shift: Floats, direction: Floats
) -> NDArray[np.uint64]:
    """Where the centres lie in the grid and which way the triangles face, in 64 bits."""
    keys = np.empty(len(which), np.uint64)
    for start in range(0, len(which), BLOCK):
        block = which[start : start + BLOCK]
        cells = np.floor(triangles.centres[:, block] * np.float32(1 / cell) + shift[:, None]).astype(np.int64) & 0xFFFFF
        facing = direction @ triangles.normals[:, block] > 0
        keys[start : start + BLOCK] = (cells[0] << 41) | (cells[1] << 21) | (cells[2] << 1) | facing
    return keys


def _slots(keys: NDArray[np.uint64], bits: int) -> NDArray[np.intp]:
    return ((keys * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - bits)).astype(np.intp)


def _nearest_labels(asked: Triangles, targets: Triangles, target_labels: Ints, diagonal: float) -> tuple[Ints, Floats]:
    """The label of the nearest triangle that does not face the other way, and how far it is."""
    with NearestSurface(targets, _sides(targets.normals)) as surface:
        found, distances = surface.find(asked.centres)
        facing = _facing(asked.normals, targets.normals[:, found])
        doubtful = np.flatnonzero(facing < 0)
        if len(doubtful) and len(doubtful) < len(found):
            # As far as the two surfaces are apart elsewhere: beyond that the near one is right and merely inside out.
            reach = _REACH * max(float(np.quantile(distances[facing >= 0], 0.95)), _CELL * diagonal)
            again, there = _same_side(surface, picked(asked, doubtful), targets)
            better = there < reach
            found[doubtful[better]] = again[better]
            distances[doubtful[better]] = there[better]
    return target_labels[found], distances


def _same_side(surface: NearestSurface, asked: Triangles, targets: Triangles) -> tuple[Ints, Floats]:
    """The nearest triangle of those that face the same way, and how far it is: infinite where there is none."""
    who, groups = [], []
    for axis in range(3):
        along = asked.normals[axis]
        which = np.flatnonzero(np.abs(along) > _SLANT)
        who.append(which)
        groups.append(2 * axis + (along[which] < 0))
    askers, sides = np.concatenate(who), np.concatenate(groups).astype(np.int32)
    found, distances = surface.find(asked.centres[:, askers], sides)
    distances[_facing(asked.normals[:, askers], targets.normals[:, found]) < 0] = np.inf
    order = np.argsort(-distances, kind="stable")
    best, there = np.zeros(len(asked), np.int32), np.full(len(asked), np.inf, np.float32)
    best[askers[order]], there[askers[order]] = found[order], distances[order]
    return best, there


def _facing(one: Floats, other: Floats) -> Floats:
    return np.einsum("kn,kn->n", one, other)


def _sides(normals: Floats) -> Ints:
    """Which of the six faces of a cube each normal points at: 2 for an axis, and 1 more where it points down it."""
    axis = np.abs(normals).argmax(axis=0)
    return (2 * axis + (normals[axis, np.arange(len(axis))] < 0)).astype(np.int32)


def _vote(labels: Ints, owners: Ints, areas: Floats, count: int) -> tuple[Ints, float]:
    """The label with the most area on each of the faces 0 to count - 1, and the share of faces with several."""
    voting = owners >= 0
    if not voting.all():
        labels, owners, areas = labels[voting], owners[voting], areas[voting]
    faces = np.empty(count, np.int32)
    faces[owners] = labels
    divided = np.zeros(count, np.bool_)
    divided[owners[labels != faces[owners]]] = True
    if divided.any():
        contested = np.flatnonzero(divided[owners])
        winners = heaviest(owners[contested], labels[contested], areas[contested], count)
        faces[divided] = winners[divided]
    return faces, float(divided.mean())
