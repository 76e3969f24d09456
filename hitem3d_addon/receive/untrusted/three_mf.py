# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A 3MF from a stranger -> its objects as plain numbers. No ``bpy``.

The core specification (3mf.io, version 1.3): a zip with one model in XML; objects of vertices and triangles, or of
components, and the build, which says what of them is there and where; the base material of each triangle. Of the
materials extension its colours count as well. What other specifications add is left out.
"""

from __future__ import annotations

import zipfile
import zlib
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.parsers import expat

from ...core.errors import ResultError

_UNITS = {"micron": 1e-6, "millimeter": 1e-3, "centimeter": 1e-2, "inch": 0.0254, "foot": 0.3048, "meter": 1.0}
_CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
_MATERIAL = "http://schemas.microsoft.com/3dmanufacturing/material/2015/02"
_RATIO = 300
"""How many times larger than the zip the model may be: numbers in XML shrink to a twentieth, a bomb to a thousandth."""
_ALWAYS_ALLOWED = 64 << 20
_MOST_BYTES = 4 << 30
_MOST_NUMBERS = 120_000_000
"""Coordinates and corners, each place of an object counted."""
_MOST_PLACES = 10_000
_DEEPEST = 16
_BLOCK = 1 << 20

Matrix = tuple[float, ...]
"""Twelve numbers as the file has them: three rows for the axes and one for the origin, for a row of x, y, z, 1."""
SAME: Matrix = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0)


@dataclass
class Shape:
    """An object of the file: a mesh, or other objects."""

    name: str = ""
    points: array[float] = field(default_factory=lambda: array("d"))
    corners: array[int] = field(default_factory=lambda: array("q"))
    paints: array[int] = field(default_factory=lambda: array("q"))
    """Of each triangle the number of its paint, -1 where it has none."""
    group: str = ""
    """With the next: the paint of triangles that have none of their own."""
    place: int = 0
    components: list[tuple[str, Matrix]] = field(default_factory=list)


@dataclass
class Model:
    """What a 3MF holds."""

    unit: float = 1e-3
    """Metres."""
    shapes: dict[str, Shape] = field(default_factory=dict)
    items: list[tuple[str, Matrix]] = field(default_factory=list)
    paints: list[tuple[str, str]] = field(default_factory=list)
    """The name and the colour (#RRGGBB or #RRGGBBAA) of each base material and colour."""

    def places(self) -> Iterator[tuple[Shape, str, list[Matrix]]]:
        """Each mesh in each of its places: the name, and the matrices to be applied one after the other."""
        visits = numbers = 0
        left = [(identity, [matrix], "") for identity, matrix in reversed(self.items)]
        while left:
            identity, matrices, above = left.pop()
            shape = self.shapes[identity]
            name = shape.name or above
            visits, numbers = visits + 1, numbers + len(shape.points) + len(shape.corners)
            if visits > _MOST_PLACES or numbers > _MOST_NUMBERS:
                raise _too_much()
            if shape.corners:
                yield shape, name, matrices
            if shape.components and len(matrices) > _DEEPEST:
                raise ValueError("its objects contain one another without end")
            left += [(inner, [matrix, *matrices], name) for inner, matrix in reversed(shape.components)]


def read_3mf(file: Path) -> Model:
    """Read the model of a 3MF. Raises ResultError for one that is damaged or holds more than any model can, OSError."""
    try:
        with zipfile.ZipFile(file) as whole:
            name = _find_model(whole)
            room = min(_MOST_BYTES, max(_ALWAYS_ALLOWED, _RATIO * file.stat().st_size))
            if whole.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ValueError("it is packed in an unusual way")
            with whole.open(name) as stream:
                return _parse(stream, room)
    except (zipfile.BadZipFile, zlib.error, EOFError, LookupError, RuntimeError, ValueError, expat.ExpatError) as error:
        raise damaged(error) from error


def damaged(error: Exception) -> ResultError:
    """For a file that is none, whatever is wrong with it."""
    return ResultError(
        "The 3MF file that came back is damaged: {reason}. Download the parts again, which costs nothing.",
        reason=str(error)[:200],
    )


def _find_model(whole: zipfile.ZipFile) -> str:
    """The model that the build is in: 3D/3dmodel.model by custom, else the first one."""
    names = [name for name in whole.namelist() if name.lower().endswith(".model")]
    usual = (name for name in names if name.lower().lstrip("/") == "3d/3dmodel.model")
    return next(usual, "") or names[0]


def _parse(stream: IO[bytes], room: int) -> Model:
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.buffer_text = True
    while block := stream.read(_BLOCK):
        room -= len(block)
        if room < 0 or reader.numbers > _MOST_NUMBERS:
            raise _too_much()
        parser.Parse(block, False)
    parser.Parse(b"", True)
    return reader.model


def _refuse_doctype(*_: object) -> None:
    """No 3MF has one (core specification, 2.3.2), and entities are what an XML bomb is made of."""
    raise ValueError("a document type is not allowed")


class _Reader:
    """Takes the elements of the core specification as they come."""

    def __init__(self) -> None:
        self.model = Model()
        self.numbers = 0
        self._shape = Shape()
        self._paints: list[int] = []
        self._groups: dict[str, list[int]] = {}
        """By its id, the numbers of the paints in a group."""

    def start(self, element: str, values: dict[str, str]) -> None:
        space, _, word = element.rpartition(" ")
        if space not in ("", _CORE, _MATERIAL):
            return
        match word:
            case "vertex":
                self._shape.points.extend((float(values["x"]), float(values["y"]), float(values["z"])))
                self.numbers += 3
            case "triangle":
                self._shape.corners.extend((int(values["v1"]), int(values["v2"]), int(values["v3"])))
                self._shape.paints.append(self._paint(values))
                self.numbers += 3
            case "basematerials" | "colorgroup":
                self._paints = self._groups[values["id"]] = []
            case "base" | "color":
                self._paints.append(len(self.model.paints))
                self.model.paints.append(
                    (values.get("name", ""), values.get("displaycolor") or values.get("color", ""))
                )
            case "model":
                self.model.unit = _UNITS[values.get("unit", "millimeter")]
            case "object":
                self._shape = self.model.shapes[values["id"]] = Shape(values.get("name", ""))
                self._shape.group, self._shape.place = values.get("pid", ""), int(values.get("pindex", 0))
            case "component" if not _has_path(values):
                self._shape.components.append((values["objectid"], _read_matrix(values)))
            case "item" if not _has_path(values):
                self.model.items.append((values["objectid"], _read_matrix(values)))
        if (
            max(len(self.model.items), len(self.model.paints)) > _MOST_PLACES
            or len(self._shape.components) > _MOST_PLACES
        ):
            raise _too_much()

    def _paint(self, values: Mapping[str, str]) -> int:
        """The number of a triangle's paint. Its first corner counts, where they differ."""
        group, place = values.get("pid", self._shape.group), int(values.get("p1", self._shape.place))
        paints = self._groups.get(group, ())
        return paints[place] if 0 <= place < len(paints) else -1


def _has_path(values: Mapping[str, str]) -> bool:
    """Whether it lies in another file, as the production extension has it."""
    return any(name.rpartition(" ")[2] == "path" for name in values)


def _read_matrix(values: Mapping[str, str]) -> Matrix:
    numbers = tuple(map(float, values["transform"].split())) if "transform" in values else SAME
    if len(numbers) != 12:
        raise ValueError("a transform has not twelve numbers")
    return numbers


def _too_much() -> ResultError:
    return ResultError(
        "The file with the parts holds more than any model can, and would keep Blender busy for minutes. "
        "Ask Hitem3D's support about this task."
    )
