# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which groups or materials an OBJ has, and which faces are in them. No ``bpy``.

Blender's importer makes objects of groups when told to, and forgets them when not. Of faces with the same vertices, as
where two parts touch, it keeps one in each object.
"""

from __future__ import annotations

import itertools
import mmap
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...mesh.arrays import Ints
from .delivered import Labels


class ObjGroups(NamedTuple):
    """What the lines that begin with o and g say."""

    objects: int
    """That have faces."""
    groups: Labels
    """The group of each face, in the file's order."""
    runs: int
    """Times that the faces go on in another group than before."""

    @property
    def number(self) -> int:
        """Groups that have faces."""
        return len(self.groups.names)


def has_groups(file: Path) -> bool:
    """Whether it may have any. Raises OSError."""
    if not file.stat().st_size:
        return False
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(b"\ng") >= 0 or content[:1] == b"g"


def read_groups(file: Path) -> ObjGroups:
    """Look an OBJ over for its objects and groups. Raises OSError."""
    content = b"\n" + file.read_bytes()
    places = sorted({0, *_lines(content, b"o"), *_lines(content, b"g")})
    object_name = group_name = ""
    objects: set[str] = set()
    numbers: dict[str, int] = {}
    labels: list[int] = []
    counts: list[int] = []
    for place, end in itertools.pairwise([*places, len(content)]):
        word, *names = content[place + 1 : content.find(b"\n", place + 1)].decode("utf-8", "replace").split() or [""]
        if word == "o":
            object_name, group_name = " ".join(names), ""
        elif word == "g":
            group_name = " ".join(names)
        if faces := _faces(content, place, end):
            objects.add(object_name)
            labels.append(numbers.setdefault(group_name, len(numbers)))
            counts.append(faces)
    values: Ints = np.repeat(np.array(labels, np.int32), counts)
    runs = len(list(itertools.groupby(labels)))
    return ObjGroups(len(objects), Labels("groups", values, of_faces=True, names=list(numbers)), runs)


def only_group(file: Path) -> str:
    """The name of an OBJ's group or object if it has only one, else "". Raises OSError."""
    found = read_groups(file) if has_groups(file) else None
    return found.groups.names[0] if found and found.number == 1 and found.objects == 1 else ""


def count_faces(file: Path) -> int:
    """How many faces an OBJ has. Raises OSError."""
    content = b"\n" + file.read_bytes()
    return _faces(content, 0, len(content))


def materials_as_groups(file: Path) -> tuple[bytes, int]:
    """An OBJ in which each material begins a group of its name, in place of the groups that it has; and how many.

    0 if the faces of a material do not all follow one another. Raises OSError.
    """
    content = b"\n" + file.read_bytes()
    begins = _lines(content, b"usemtl")
    marks = [(place, b"#") for place in _lines(content, b"g")]
    names: list[bytes] = []
    for place, end in itertools.pairwise([*begins, len(content)]):
        name = content[place + len(b"\nusemtl") : content.find(b"\n", place + 1)].strip()
        marks.append((place, b"g " + name + b"\n"))
        if _faces(content, place, end) and names[-1:] != [name]:
            names.append(name)
    pieces, done = [], 0
    for place, mark in sorted(marks):
        pieces += [content[done : place + 1], mark]
        done = place + 1
    bare = _faces(content, 0, begins[0] if begins else len(content))
    return b"".join([*pieces, content[done:]]), 0 if bare or len(set(names)) < len(names) else len(names)


def _lines(content: bytes, word: bytes) -> list[int]:
    """Where the lines begin (at the break before) whose first word is this."""
    found = []
    place = content.find(b"\n" + word)
    while place >= 0:
        if content[place + 1 + len(word) : place + 2 + len(word)] in b" \t\r\n":
            found.append(place)
        place = content.find(b"\n" + word, place + 1)
    return found


def _faces(content: bytes, begin: int, end: int) -> int:
    return content.count(b"\nf ", begin, end) + content.count(b"\nf\t", begin, end)
