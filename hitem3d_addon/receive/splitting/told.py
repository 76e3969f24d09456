# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which way a file tells its parts apart, decided by what there is to see of each way. No ``bpy``."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ...core.choices import PartsChoice
from ...mesh.arrays import Floats, Ints
from ...mesh.shells import Faces
from ..readers.delivered import Delivered, Labels
from .ways import MOST, by_closed_shell, by_colour, by_shell, has_flat_pieces, kept_together, numbered

_SAME = 1e-3
"""Normals and UVs that are closer are the same; Blender keeps normals in 16 bits an axis."""

Way = Literal["OBJECTS", "GROUPS", "MATERIALS", "COLOURS", "SHELLS", "ORDER", "WHOLE"]
_CHOSEN: dict[PartsChoice, Way] = {
    "AS_DELIVERED": "OBJECTS",
    "BY_GROUP": "GROUPS",
    "BY_MATERIAL": "MATERIALS",
    "BY_COLOUR": "COLOURS",
    "LOOSE": "SHELLS",
}
_ORDER: Sequence[Way] = ("GROUPS", "MATERIALS", "COLOURS", "SHELLS")
"""What AUTO looks at if there is one object, the clearest first."""


class Told(NamedTuple):
    """How the parts were told apart."""

    way: Way
    others: Sequence[Way] = ()
    """Other ways that would have given other parts."""
    word: str = ""
    """For GROUPS: the file's own word for what it was."""


class Found(NamedTuple):
    labels: Ints
    """(polygons,)"""
    names: Sequence[str] = ()
    """One for each label, or none."""
    word: str = ""


class Surface(Protocol):
    """What tells the parts of one surface apart, looked at only when it is needed."""

    @property
    def faces(self) -> Faces: ...
    @property
    def welded(self) -> bool:
        """Whether no two vertices are at one place, because the file does not tell them apart."""

    def groups(self) -> Sequence[Labels]: ...
    def materials(self) -> tuple[Ints, Sequence[str]]: ...
    def colours(self) -> Iterable[tuple[Floats, Ints]]:
        """Colours (n, 4) as they were written, and for each corner which of them it has."""

    def shading(self) -> tuple[bool, bool]:
        """Whether no vertex has two normals or UVs, as in files that make two vertices of such a one; and has UVs."""


def split_arrays(
    delivered: Sequence[Delivered], choice: PartsChoice, objects: int
) -> tuple[list[Delivered], list[Told]]:
    """As `split.split`, of what a reader of ours has found: no mesh is made of it before."""
    pieces: list[Delivered] = []
    found = [told_apart(_OfArrays(one), choice, objects) for one in delivered]
    for one, (labels, _) in zip(delivered, found, strict=True):
        pieces += [one] if labels is None else carve(one, labels.labels, labels.names)
    return pieces, [told for _, told in found]


def summary(told: Sequence[Told]) -> Told:
    """One for all of a file's objects."""
    first = next((one for one in told if one.way not in ("OBJECTS", "WHOLE")), told[0])
    if len(told) > 1 and first.way == "WHOLE":
        first = Told("OBJECTS")
    return first._replace(others=tuple(dict.fromkeys(way for one in told for way in one.others)))


def told_apart(surface: Surface, choice: PartsChoice, objects: int) -> tuple[Found | None, Told]:
    """The labels of one of a file's objects, and how they were found; no labels where it is a part as it is.

    ``objects``: how many there are. Several are parts by themselves, unless something else is chosen.
    """
    whole: Way = "OBJECTS" if objects > 1 else "WHOLE"
    if choice != "AUTO":
        found = None if choice == "AS_DELIVERED" else _found(surface, _CHOSEN[choice], chosen=True)
        return found, Told(_CHOSEN[choice] if found else whole, word=found.word if found else "")
    best: Found | None = None
    way = whole
    others: list[Way] = []
    for one in _ORDER:
        if one == "SHELLS" and (objects > 1 or best):
            break
        found = _found(surface, one, chosen=False)
        if found is None:
            continue
        if objects > 1 or best:
            if best is None or _disagree(best.labels, found.labels):
                others.append(one)
        else:
            best, way = found, one
    return best, Told(way, tuple(others), best.word if best else "")


def _found(surface: Surface, way: Way, *, chosen: bool) -> Found | None:
    """The labels of one way; None where it tells nothing, or they are scattered, unless the way was chosen."""
    if way == "SHELLS":
        faces = surface.faces
        most = len(faces.starts) if chosen else MOST
        if surface.welded:
            shells = by_closed_shell(faces, most)
        else:
            split_for_shading, seams = surface.shading()
            shells = by_shell(faces, most, split_for_shading=split_for_shading, seams=seams)
        return None if shells is None else Found(shells)
    for found in _candidates(surface, way):
        if chosen or (int(found.labels.max()) < MOST and kept_together(surface.faces, found.labels)):
            return found
    return None


def _candidates(surface: Surface, way: Way) -> Iterable[Found]:
    if way == "GROUPS":
        yield from filter(None, (_by_group(group, surface.faces) for group in surface.groups()))
    elif way == "MATERIALS":
        slots, names = surface.materials()
        if not slots.any():
            return
        used, labels = np.unique(slots, return_inverse=True)
        if len(used) > 1:
            yield Found(labels.astype(np.int32), [names[slot] if slot < len(names) else "" for slot in used])
    else:
        for colours, of_corners in surface.colours():
            if (by := by_colour(colours, of_corners, surface.faces)) is not None:
                yield Found(by)


def _by_group(group: Labels, faces: Faces) -> Found | None:
    """A number for each face; of numbers on vertices those that are the same at a face's first three corners."""
    values = group.values
    if not group.of_faces:
        first, second, third = values[faces.corners[faces.starts[:-1, None] + np.arange(3)]].T
        values = np.where(second == third, second, first)
    labels = numbered(values, len(values))
    if labels is None:
        return None
    order = values[np.unique(labels, return_index=True)[1]]
    return Found(labels, [group.names[number] for number in order] if group.names else (), group.name)


def _disagree(one: Ints, other: Ints) -> bool:
    """Whether the labels make different parts of the faces."""
    count = int(other.max()) + 1
    pairs = len(np.unique(one.astype(np.int64) * count + other))
    return pairs != int(one.max()) + 1 or pairs != count


@dataclass(frozen=True)
class _OfArrays:
    part: Delivered

    @functools.cached_property
    def faces(self) -> Faces:
        part = self.part
        sizes = np.full(part.polygons, 3, np.int32) if part.sizes is None else part.sizes
        starts = np.zeros(len(sizes) + 1, np.int32)
        np.cumsum(sizes, out=starts[1:])
        return Faces(part.positions, part.corners, starts)

    @property
    def welded(self) -> bool:
        return self.part.welded

    def groups(self) -> Sequence[Labels]:
        return self.part.labels

    def materials(self) -> tuple[Ints, Sequence[str]]:
        part = self.part
        slots = np.zeros(part.polygons, np.int32) if part.slots is None else part.slots
        return slots, [finish.name if finish else "" for finish in part.materials]

    def colours(self) -> Iterable[tuple[Floats, Ints]]:
        part = self.part
        for colours in part.colours:
            own = np.arange(len(part.corners), dtype=np.int32)
            yield colours.values, own if colours.of_corners else part.corners

    def shading(self) -> tuple[bool, bool]:
        part = self.part
        if part.normals is None and not part.uvs:  # then no vertex was split for them, but maybe for flat faces
            return has_flat_pieces(self.faces), False
        values = [one for one in (part.normals, *part.uvs) if one is not None and len(one) == len(part.corners)]
        return no_vertex_has_two(part.corners, len(part.positions), values), bool(part.uvs)


def no_vertex_has_two(vertices: Ints, count: int, values: Sequence[Floats]) -> bool:
    """Whether the values (corners, n) of all the corners that lie on a vertex are the same."""
    some = slice(1 << 16)  # which tell already, where they are not
    if len(vertices) > some.stop and not no_vertex_has_two(vertices[some], count, [value[some] for value in values]):
        return False
    for value in values:
        of_vertex = np.empty((count, value.shape[1]), np.float32)
        of_vertex[vertices] = value
        if (np.abs(of_vertex[vertices] - value) > _SAME).any():
            return False
    return True


def carve(part: Delivered, labels: Ints, names: Sequence[str] = ()) -> list[Delivered]:
    """One for each label (polygons,), which run from 0 without gaps, with all that its vertices and corners carry."""
    faces = _OfArrays(part).faces
    order = np.argsort(labels, kind="stable")
    ends = np.searchsorted(labels[order], np.arange(int(labels.max()) + 2))
    pieces = []
    for label, (begin, end) in enumerate(itertools.pairwise(ends)):
        which = order[begin:end]
        corners = _corners_of(faces, which)
        used = np.zeros(len(part.positions), np.bool_)
        used[part.corners[corners]] = True
        places = np.cumsum(used, dtype=np.int32) - np.int32(1)

        pieces.append(
            replace(
                part,
                name=names[label] if names else part.name,
                positions=part.positions[used],
                corners=places[part.corners[corners]],
                sizes=None if part.sizes is None else part.sizes[which],
                **_slots(part, which),
                normals=None if part.normals is None else _taken(part.normals, used, corners),
                uvs=[_taken(one, used, corners) for one in part.uvs],
                colours=[
                    replace(one, values=one.values[corners] if one.of_corners else one.values[used])
                    for one in part.colours
                ],
                labels=[
                    replace(one, values=one.values[which] if one.of_faces else one.values[used]) for one in part.labels
                ],
            )
        )
    return pieces


def _slots(part: Delivered, which: NDArray[np.intp]) -> dict[str, Any]:
    """The materials of some polygons, and the slot of each."""
    if part.slots is None:
        return {}
    used, slots = np.unique(part.slots[which], return_inverse=True)
    return {
        "materials": [part.materials[slot] for slot in used],
        "slots": slots.astype(np.int32) if len(used) > 1 else None,
    }


def _corners_of(faces: Faces, which: NDArray[np.intp]) -> NDArray[np.intp]:
    """The corners of some faces, in order."""
    sizes = np.diff(faces.starts)[which]
    before = np.cumsum(sizes) - sizes
    return np.arange(int(sizes.sum())) + np.repeat(faces.starts[which] - before, sizes)


def _taken(values: Floats, used: NDArray[np.bool_], corners: NDArray[np.intp]) -> Floats:
    """Of values of all vertices, or of all corners, those of some."""
    return values[used] if len(values) == len(used) else values[corners]
