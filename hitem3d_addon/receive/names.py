# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the parts are called: as in the file where that says something, else after the object, with a number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_LONGEST = 63 - len(".001")
"""Bytes of a name in Blender 4, and what it adds where the name is taken."""

_GENERIC = frozenset(
    [
        "mesh",
        "object",
        "part",
        "parts",
        "node",
        "geometry",
        "geom",
        "segment",
        "segmented",
        "seg",
        "group",
        "shape",
        "default",
        "material",
        "mat",
        "model",
        "result",
        "component",
        "piece",
        "primitive",
        "submesh",
        "scene",
        "root",
        "world",
        "polysurface",
        "surface",
        "untitled",
        "obj",
        "none",
        "colour",
        "color",
    ]
)


def part_names(delivered: Sequence[str], name: str) -> list[str]:
    """A name for each part, in order: the one in the file if it is a word of its own, else ``<name> part 01``.

    ``name`` is that of the object. A word that comes more than once tells no part from another.
    """
    words = [_word(one) for one in delivered]
    counts = Counter(words)
    digits = max(2, len(str(len(words))))
    return [
        _fitting(word) if word and counts[word] == 1 else _fitting(name, f" part {number:0{digits}}")
        for number, word in enumerate(words, 1)
    ]


def says_something(name: str) -> bool:
    """Whether the name of a thing in a file tells what it is; where not, the one above it may."""
    return bool(_word(name))


def collection_name(name: str) -> str:
    """The name of the collection that the parts of an object go into."""
    return _fitting(name, " parts")


def _word(name: str) -> str:
    """The name without the number that Blender adds; "" if nothing is left that says what the part is."""
    name = re.sub(r"\.\d{3,}$", "", name).strip()
    letters = re.sub(r"[\W\d_]+", " ", name).strip().lower()
    if len(letters) < 2 or all(word in _GENERIC for word in letters.split()):
        return ""
    is_hash = re.fullmatch(r"[0-9a-f-]{8,}", name.lower()) and re.search(r"\d", name)
    return "" if is_hash else name


def _fitting(name: str, ending: str = "") -> str:
    """The name, shortened so that Blender cuts nothing off its end."""
    room = _LONGEST - len(ending.encode())
    return name.encode()[:room].decode(errors="ignore").rstrip() + ending
