# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The colours that the faces of a PLY have: Blender's importer (4.2 to 5.2) reads those of vertices only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_HEADER = 1 << 16
"""Bytes; the headers that programs write have a few hundred."""
_TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2", "ushort": "u2",
    "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "float": "f4", "float32": "f4",
    "double": "f8", "float64": "f8",
}  # fmt: skip
_COLOUR = ("red", "green", "blue")


class _Property(NamedTuple):
    name: str
    kind: str
    """As NumPy names it."""
    counted: str = ""
    """Of a list: the kind of the number before its values."""


class _Element(NamedTuple):
    name: str
    rows: int
    properties: Sequence[_Property]


def face_colours(file: Path) -> NDArray[np.uint8] | None:
    """The sRGB colour of each face, (faces, 3); None where the file has none, or can't be followed.

    Raises OSError.
    """
    with file.open("rb") as stream:
        head = re.match(rb".*?\nend_header\r?\n", stream.read(_HEADER), re.DOTALL)
        if not head:
            return None
        lines = [line.split() for line in head[0].decode("latin-1").splitlines()]
        order = next((line[1] for line in lines if line[:1] == ["format"] and len(line) > 1), "")
        stream.seek(len(head[0]))
        try:
            before, faces = _find_faces(lines)
            if order == "ascii":
                return _of_text(stream.read().split(b"\n"), before, faces)
            return _of_bytes(stream.read(), ">" if order == "binary_big_endian" else "<", before, faces)
        except (ValueError, KeyError, IndexError):
            return None


def _find_faces(lines: Sequence[Sequence[str]]) -> tuple[list[_Element], _Element]:
    """The elements before the faces, and these. Raises ValueError where they have no colours, KeyError."""
    found: list[_Element] = []
    properties: list[_Property] = []
    for line in lines:
        if line[:1] == ["element"]:
            properties = []
            found.append(_Element(line[1], int(line[2]), properties))
        elif line[:2] == ["property", "list"]:
            properties.append(_Property(line[4], _TYPES[line[3]], _TYPES[line[2]]))
        elif line[:1] == ["property"]:
            properties.append(_Property(line[2], _TYPES[line[1]]))
    names = [element.name for element in found]
    number = names.index("face")
    its = {one.name: one.kind for one in found[number].properties if not one.counted}
    if any(its.get(name) != "u1" for name in _COLOUR):
        raise ValueError("no colours")
    return found[:number], found[number]


def _of_text(lines: Sequence[bytes], before: Sequence[_Element], faces: _Element) -> NDArray[np.uint8]:
    start = sum(element.rows for element in before)
    colours = []
    for line in lines[start : start + faces.rows]:
        words, place, found = line.split(), 0, {}
        for one in faces.properties:
            found[one.name] = int(words[place]) if one.name in _COLOUR else 0
            place += 1 + (int(words[place]) if one.counted else 0)
        colours.append([found[name] for name in _COLOUR])
    if len(colours) != faces.rows:
        raise ValueError("the end is missing")
    return np.array(colours, np.uint8)


def _of_bytes(content: bytes, order: str, before: Sequence[_Element], faces: _Element) -> NDArray[np.uint8]:
    start = 0
    for element in before:
        if any(one.counted for one in element.properties):
            raise ValueError("a list comes before the faces")
        start += element.rows * sum(np.dtype(one.kind).itemsize for one in element.properties)
    # Mostly all faces have as many corners as the first: then they are rows of one size.
    rows = _rows(content, order, faces, _counts(content, order, faces, start), start)
    if rows is not None:
        return np.stack([rows[name] for name in _COLOUR], axis=1)
    colours = np.empty((faces.rows, 3), np.uint8)
    single = faces._replace(rows=1)
    for number in range(faces.rows):
        row = _rows(content, order, single, _counts(content, order, single, start), start)
        if row is None:
            raise ValueError("the end is missing")
        colours[number] = [row[name][0] for name in _COLOUR]
        start += row.dtype.itemsize
    return colours


def _counts(content: bytes, order: str, faces: _Element, start: int) -> list[int]:
    """How many values each property of the face that begins there has. Raises ValueError at the end of the file."""
    counts = []
    for one in faces.properties:
        if not one.counted:
            counts.append(1)
            start += np.dtype(one.kind).itemsize
            continue
        kind = np.dtype(order + one.counted)
        counts.append(int(np.frombuffer(content, kind, 1, start)[0]))
        start += kind.itemsize + counts[-1] * np.dtype(one.kind).itemsize
    return counts


def _rows(content: bytes, order: str, faces: _Element, counts: Sequence[int], start: int) -> NDArray[np.void] | None:
    """The faces as rows, if all have so many values; else None."""
    fields: list[tuple[str, str, tuple[int, ...]]] = []
    for one, count in zip(faces.properties, counts, strict=True):
        if one.counted:
            fields += [(f"{one.name} count", order + one.counted, ()), (one.name, order + one.kind, (count,))]
        else:
            fields.append((one.name, order + one.kind, ()))
    kind = np.dtype(fields)
    if start + kind.itemsize * faces.rows > len(content):
        return None
    rows = np.frombuffer(content, kind, faces.rows, start)
    lists = [(one, count) for one, count in zip(faces.properties, counts, strict=True) if one.counted]
    return rows if all((rows[f"{one.name} count"] == count).all() for one, count in lists) else None
