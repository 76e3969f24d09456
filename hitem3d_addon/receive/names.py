# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of the parts: those in the file if they say something, else the name of the object with a number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .readers.words import word_in

_LONGEST = 63 - len(".001")
"""Bytes of a name in Blender 4, and what it adds where the name is taken."""


def part_names(delivered: Sequence[str], name: str) -> list[str]:
    """A name for each part, in order: the one in the file if it is a word of its own, else ``<name> part 01``.

    ``name`` is that of the object. A word that comes more than once gets a number: "wheel 1", "wheel 2".
    """
    words = [word_in(one) for one in delivered]
    counts = Counter(words)
    digits = max(2, len(str(len(words))))
    came: Counter[str] = Counter()
    taken = {word for word in words if word and counts[word] == 1}
    names = []
    for number, word in enumerate(words, 1):
        made = _fitting(name, f" part {number:0{digits}}")
        if word in taken:
            made = _fitting(word)
        elif word:
            came[word] += 1
            while (made := _fitting(word, f" {came[word]}")) in taken:
                came[word] += 1
        names.append(made)
    return names


def collection_name(name: str) -> str:
    """The name of the collection that the parts of an object go into."""
    return _fitting(name, " parts")


def _fitting(name: str, ending: str = "") -> str:
    """The name, shortened so that Blender cuts nothing off its end."""
    room = _LONGEST - len(ending.encode())
    return name.encode()[:room].decode(errors="ignore").rstrip() + ending
