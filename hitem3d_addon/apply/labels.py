# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which part each face of the original mesh belongs to, read off the parts where they stand.

The object was sent as it is seen: its evaluated mesh, in triangles. So these are labelled first. A triangle that came
back untouched is found again by its corners and the side it faces; for the others the nearest part decides, except at
thin walls, where the nearest surface may be the far side of the wall. Then the triangles vote, by area, for the face of
the original that they are a piece of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from bpy.types import Depsgraph, Mesh, Object
from numpy.typing import NDArray

from ..core.errors import InputError
from ..mesh.arrays import Ints
from ..mesh.attributes import read_numbers
from ..mesh.editable import check_own
from ..mesh.evaluated import showing, world_matrices
from ..mesh.same_triangles import find_same
from ..mesh.triangles import Triangles, join, measure, mesh_triangles, pick, world_bounds
from .islands import find_heaviest, remove_islands
from .nearest_labels import find_nearest
from .same_place import check_place

_FACE = "hitem3d_original_face"
"""The attribute that tells, on the evaluated mesh, which face of the original a face comes from, counted from 1."""
_POINT = 1e-20
"""The diagonal of what has no extent, as a divisor."""
_ASTRAY = 0.02
"""Of the diagonal: a triangle so far from every part is called unmatched. Remeshing moves a surface by up to 1.2 %."""
_MOST_ASTRAY = 0.5
"""With a larger share of such triangles, these are not the parts of the object as it is now."""
_ALIKE = 0.01
"""Of the size: how much remeshing may change the proportions of a shape."""


@dataclass(frozen=True, slots=True)
class Labels:
    """A label per face and where it comes from. The first two shares are of the triangles that decided; the others of
    these took the label of the part that they lie on."""

    faces: Ints
    """(polygons,) of the object's own mesh: an index into the parts."""
    exact: float
    """Share of the triangles that came back untouched."""
    unmatched: float
    """Share of the triangles with no part within 2 % of the diagonal; they took the nearest part's label even so."""
    divided: float
    """Share of the faces whose pieces lie in several parts, as with a Mirror or an Array modifier: most area won."""


def part_labels(source: Object, parts: Sequence[Object], depsgraph: Depsgraph) -> Labels:
    """One label per face of the object's mesh (without its modifiers): the index of the part it belongs to.

    Parts are taken as they stand in the world, without their modifiers; the object is taken as seen, hidden or not.
    Object and parts are in Object Mode. Raises InputError for an object that has no faces of its own or can't be
    changed, and where the parts are somewhere else or of another shape.
    """
    _check(source, parts)
    labels, stand_elsewhere = _find_labels(source, parts, depsgraph)
    if labels.exact < 0.5 and source.active_shape_key_index > 0 and not source.show_only_shape_key:
        # Edit Mode shows the active shape key alone, whatever its value: the object may have been sent so.
        source.show_only_shape_key = True
        try:
            others, _ = _find_labels(source, parts, depsgraph)
        finally:
            source.show_only_shape_key = False
        if (others.exact, -others.unmatched) > (labels.exact, -labels.unmatched):
            labels = others
    if labels.unmatched > _MOST_ASTRAY:
        if stand_elsewhere:
            raise InputError(
                "The parts of “{name}” are not where it is. Import them again, so that they stand in place, and retry.",
                name=source.name,
            )
        raise InputError(
            "“{name}” has another shape now than its parts have. Show it as it was when it was sent (frame, pose, "
            "modifiers, shape keys), and retry.",
            name=source.name,
        )
    return labels


def version_labels(version: Object, parts: Sequence[Object], depsgraph: Depsgraph) -> tuple[Labels, float]:
    """The same for another version of the object that was sent: each triangle takes the part that is nearest to it.

    And how much of the parts' surface lies on the version. Raises InputError as `part_labels`, and for what lies
    elsewhere or is another shape.
    """
    _check(version, parts)
    read = _read(version, parts, depsgraph)
    covered = check_place(version.name, pick(read.asked, np.arange(read.shown)), read.targets)
    return _label(version, read, by_side=False), covered


@dataclass(frozen=True, slots=True)
class _Read:
    """An object and the parts as triangles, around a common centre."""

    asked: Triangles
    """Of the object: those that it shows, then those of faces that no modifier shows."""
    owners: Ints
    """(asked,): the polygon of the object's own mesh that each is a piece of, or -1."""
    shown: int
    """How many of them it shows."""
    targets: Triangles
    """Of the parts."""
    target_labels: Ints
    """(targets,): an index into the parts."""
    diagonal: float
    """How large the object is."""


def _find_labels(source: Object, parts: Sequence[Object], depsgraph: Depsgraph) -> tuple[Labels, bool]:
    """The labels; and, where most of the object lies on no part, whether the parts have its shape even so."""
    read = _read(source, parts, depsgraph)
    labels = _label(source, read)
    alike = labels.unmatched > _MOST_ASTRAY and np.allclose(
        _proportions(read.asked), _proportions(read.targets), atol=_ALIKE
    )
    return labels, alike


def _read(source: Object, parts: Sequence[Object], depsgraph: Depsgraph) -> _Read:
    matrix, *matrices = world_matrices([source, *parts], depsgraph)
    count = len(source.data.polygons)
    with _as_sent(source, depsgraph) as (mesh, own_polygons):
        low, high = world_bounds(mesh, matrix)
        centre, diagonal = (low + high) / 2, max(float(np.linalg.norm(high - low)), _POINT)
        asked = mesh_triangles([(mesh, matrix)], centre)
        owners, shown = own_polygons[asked.polygons], len(asked)
    # Faces that no modifier shows are labelled too, by where they would be.
    unseen = np.bincount(owners[owners >= 0], minlength=count) == 0
    if unseen.any():
        own = mesh_triangles([(source.data, matrix)], centre)
        hidden = np.flatnonzero(unseen[own.polygons])
        asked = join([asked, pick(own, hidden)])
        owners = np.concatenate([owners, own.polygons[hidden]])
    placed = [(part.data, its_matrix) for part, its_matrix in zip(parts, matrices, strict=True)]
    targets = mesh_triangles(placed, centre)
    part_of_polygon = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part.data.polygons) for part in parts])
    return _Read(asked, owners, shown, targets, part_of_polygon[targets.polygons], diagonal)


def _label(source: Object, read: _Read, *, by_side: bool = True) -> Labels:
    """The labels. ``by_side``: a surface that faces the other way is the far side of a thin wall, and a label on a few
    faces amid others is a mistake; else the nearest counts, whatever it is."""
    asked, owners, count = read.asked, read.owners, len(source.data.polygons)
    labels = find_same(asked, read.targets, read.target_labels, read.diagonal)
    exact = labels >= 0
    # What came back untouched decides alone: a modifier that was switched on since may show a face elsewhere, too.
    sure = np.zeros(count, np.bool_)
    sure[owners[exact & (owners >= 0)]] = True
    rest = np.flatnonzero(~exact & (owners >= 0) & ~sure[owners])
    distances = np.zeros(len(asked), np.float32)
    if len(rest):
        some = asked if len(rest) == len(asked) else pick(asked, rest)
        labels[rest], distances[rest] = find_nearest(
            some, read.targets, read.target_labels, read.diagonal, by_side=by_side
        )
    faces, divided = _vote(labels, owners, asked, count)
    if len(rest) and by_side:
        faces = remove_islands(source.data, faces, sure)
    decided = labels >= 0
    if decided[: read.shown].any():
        decided[read.shown :] = False
    same, astray = (float(some[decided].mean()) for some in (exact, distances > _ASTRAY * read.diagonal))
    return Labels(faces, same, astray, divided)


def _proportions(triangles: Triangles) -> NDArray[np.float64]:
    """How far the surface spreads along its three main axes, (3,), of all together: wherever and however it stands."""
    centres, _, areas = measure(triangles)
    weights = areas.astype(np.float64) / max(float(areas.sum(dtype=np.float64)), _POINT)
    spread = np.cov(centres.astype(np.float64), aweights=weights, ddof=0) if weights.any() else np.zeros((3, 3))
    sizes = np.sqrt(np.clip(np.linalg.eigvalsh(spread), 0, None))
    return sizes / max(float(sizes.sum()), _POINT)


def _check(source: Object, parts: Sequence[Object]) -> None:
    if source.type != "MESH":
        raise InputError(
            "“{name}” is not a mesh, so it has no faces to label. Convert it to a mesh first (Object > Convert).",
            name=source.name,
        )
    check_own([source])
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


def _vote(labels: Ints, owners: Ints, asked: Triangles, count: int) -> tuple[Ints, float]:
    """The label with the most area on each of the faces 0 to count - 1, and the share of faces with several."""
    voting = np.flatnonzero((owners >= 0) & (labels >= 0))
    whose, votes = owners[voting], labels[voting]
    faces = np.empty(count, np.int32)
    faces[whose] = votes
    divided = np.zeros(count, np.bool_)
    divided[whose[votes != faces[whose]]] = True
    if divided.any():
        contested = np.flatnonzero(divided[whose])
        areas = measure(pick(asked, voting[contested])).areas
        winners = find_heaviest(whose[contested], votes[contested], areas, count)
        faces[divided] = winners[divided]
    return faces, float(divided.mean())
