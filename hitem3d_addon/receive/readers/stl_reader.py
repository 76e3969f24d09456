# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An STL -> its triangles as arrays, with what it says of its parts: solids and their names, colours of facets. No
``bpy``.

Blender's importer merges vertices that touch, removes faces where parts meet, and knows neither solids nor colours.
"""

from __future__ import annotations

import contextlib
import re
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...core.errors import ResultError
from ...mesh.arrays import Floats, Ints
from ...mesh.shells import same_place
from .delivered import Z_UP, Colours, Delivered, Labels

_RECORD = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_WORDS = (b"endfacet", b"endloop", b"facet", b"normal", b"outer", b"loop", b"vertex")
_VERTEX = re.compile(rb"vertex\s+(\S+)\s+(\S+)\s+(\S+)")
_MOST_TRIANGLES = 40_000_000
"""More than any model of this service; each takes some 200 bytes on the way."""


def read_stl(file: Path, name: str) -> list[Delivered]:
    """The surface of an STL, Y up as it was sent; vertices at one place are one, faces without an area left out.

    Raises ResultError for a text that is none, and OSError.
    """
    size = file.stat().st_size
    with file.open("rb") as stream:
        head = stream.read(84)
    if len(head) == 84 and size == 84 + 50 * int.from_bytes(head[80:], "little"):
        _check(int.from_bytes(head[80:], "little"))
        records = np.fromfile(file, _RECORD, offset=84)
        corners, labels, colours = records["corners"], *_attributes(head[:80], records["attribute"])
    else:
        corners, labels = _text(file.read_bytes())
        colours = None
    return _delivered(name, corners, labels, colours)


def _check(count: int) -> None:
    if count > _MOST_TRIANGLES:
        raise ResultError(
            "The file with the parts holds more than any model can, and would keep Blender busy for minutes. "
            "Ask Hitem3D's support about this task."
        )


def _delivered(name: str, corners: Floats, labels: Labels | None, colours: Floats | None) -> list[Delivered]:
    soup = np.ascontiguousarray(corners, np.float32).reshape(-1, 3)
    first = same_place(soup)
    own = first == np.arange(len(first), dtype=np.int32)
    places = np.cumsum(own, dtype=np.int32) - np.int32(1)
    triangles = places[first].reshape(-1, 3)
    one, two, three = triangles.T
    whole = (one != two) & (two != three) & (three != one)
    if not whole.any():
        return []
    if not whole.all():
        triangles = triangles[whole]
        used = np.zeros(int(own.sum()), np.bool_)
        used[triangles] = True
        triangles = (np.cumsum(used, dtype=np.int32) - np.int32(1))[triangles]
        positions = soup[own][used]
    else:
        positions = soup[own]
    return [
        Delivered(
            name=name,
            positions=positions,
            corners=triangles.ravel(),
            matrix=Z_UP,
            welded=True,
            labels=[Labels(labels.name, labels.values[whole], True, labels.names)] if labels else (),
            colours=[Colours("Color", np.repeat(colours[whole], 3, axis=0), True)] if colours is not None else (),
        )
    ]


def _attributes(head: bytes, attribute: NDArray[np.uint16]) -> tuple[Labels | None, Floats | None]:
    """What the two bytes after each facet say: a colour in 15 bits, or a number of the writer's own.

    VisCAM and SolidView set the highest bit where a facet has a colour, and have blue in the lowest bits. Materialise
    Magics says COLOR= in the header, has red there, and sets the bit where a facet has the colour of the header.
    """
    if (attribute == attribute[:1]).all():
        return None, None
    levels = [(attribute >> np.uint16(shift) & np.uint16(31)).astype(np.float32) / 31 for shift in (0, 5, 10)]
    at = head.find(b"COLOR=")
    flagged = attribute & np.uint16(1 << 15) != 0
    if at >= 0 and len(head) >= at + 10:
        colours = np.stack([*levels, np.ones_like(levels[0])], axis=1)
        colours[flagged] = np.frombuffer(head[at + 6 : at + 10], np.uint8) / np.float32(255)
    elif flagged.any():
        colours = np.stack([*levels[::-1], np.ones_like(levels[0])], axis=1)
        colours[~flagged] = 1
    else:
        return Labels("numbers", attribute.astype(np.int32), of_faces=True), None
    return None, _linear(colours)


def _linear(colours: Floats) -> Floats:
    """Colours as a screen has them, as light: all but alpha."""
    rgb = colours[:, :3]
    colours[:, :3] = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return colours


def _text(content: bytes) -> tuple[Floats, Labels | None]:
    """The corners (triangles, 3, 3) of a text, and its solids."""
    corners, names, counts = [], [], []
    lower = content.lower()
    at = lower.find(b"solid")
    while at >= 0:
        begin = _after_line(lower, at)
        end = lower.find(b"endsolid", begin)
        end = len(lower) if end < 0 else end
        found = _numbers(lower[begin:end])
        if len(found):
            corners.append(found)
            counts.append(len(found))
            names.append(content[at + len(b"solid") : begin].decode("utf-8", "replace").strip())
        at = lower.find(b"solid", _after_line(lower, end))
    _check(sum(counts))
    if not corners:
        return np.empty((0, 3, 3), np.float32), None
    values: Ints = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    labels = Labels("solids", values, of_faces=True, names=names) if len(counts) > 1 else None
    return np.concatenate(corners), labels


def _after_line(text: bytes, at: int) -> int:
    end = text.find(b"\n", at)
    return len(text) if end < 0 else end + 1


def _numbers(text: bytes) -> Floats:
    """The corners of one solid: once its words are gone, each facet is twelve numbers.

    Normals may be anything, as those that some writers give faces without an area; then vertices are looked for.
    """
    bare = text
    for word in _WORDS:
        bare = bare.replace(word, b"")
    values = np.empty(0)
    with warnings.catch_warnings(), contextlib.suppress(ValueError):
        # At what is no number it stops, which the count tells, or, from NumPy 2.5 on, raises.
        warnings.simplefilter("ignore", DeprecationWarning)
        values = np.fromstring(bare, np.float64, sep=" ")
    if len(values) == 12 * text.count(b"endfacet"):
        return values.reshape(-1, 4, 3)[:, 1:].astype(np.float32)
    try:
        return np.array(_VERTEX.findall(text), np.float64).reshape(-1, 3, 3).astype(np.float32)
    except ValueError as error:
        raise ResultError(
            "The STL file that came back is damaged. Download the parts again, which costs nothing. If it stays so, "
            "ask Hitem3D's support about this task."
        ) from error
