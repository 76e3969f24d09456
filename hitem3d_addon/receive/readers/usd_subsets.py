# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The subsets of faces that a USD layer gives its meshes: GeomSubset, which Blender's importer knows only as materials.
No ``bpy``.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...mesh.arrays import Ints
from .delivered import Labels
from .usd_crate import Crate

_WORDS = re.compile(
    rb'(?P<text>"""(?:\\.|[^\\])*?"""|"(?:\\.|[^"\\\n])*")|#[^\n]*|(?P<open>\{)|(?P<close>\})'
    rb'|\b(?:def|over|class)[ \t]+(?:(?P<type>\w+)[ \t]+)?"(?P<name>[^"]*)"'
    rb"|\bint\[\][ \t]+indices[ \t]*=[ \t]*\[(?P<indices>[^\]]*)\]"
    rb'|\btoken[ \t]+familyName[ \t]*=[ \t]*"(?P<family>[^"]*)"',
    re.DOTALL,
)


class _Subset(NamedTuple):
    mesh: str
    """The name of the mesh."""
    name: str
    family: str
    faces: Ints


def read_subsets(layer: Path) -> dict[str, list[Labels]]:
    """By the name of a mesh: the subsets of each such mesh, as numbers of faces that no name stands for twice.

    Faces in no subset have the last number, whose name is "". Of a layer that is damaged, or newer than we know, there
    is nothing. Raises OSError.
    """
    data = layer.read_bytes()
    if b"GeomSubset" not in data and not data.startswith(b"PXR-USDC"):
        return {}
    try:
        found = list(_of_crate(data) if data.startswith(b"PXR-USDC") else _of_text(data))
    except (ValueError, LookupError, struct.error, OverflowError):
        return {}
    by_mesh: dict[str, dict[str, list[_Subset]]] = {}
    for path, subset in found:
        by_mesh.setdefault(path, {}).setdefault(subset.family, []).append(subset)
    made: dict[str, list[Labels]] = {}
    for families in by_mesh.values():
        for subsets in families.values():
            labels = _labels(subsets)
            if labels is not None:
                made.setdefault(subsets[0].mesh, []).append(labels)
    return made


def _labels(subsets: Sequence[_Subset]) -> Labels | None:
    """Numbers up to the last face that is in a subset; None where a face is in two."""
    count = max((int(subset.faces.max()) + 1 for subset in subsets if len(subset.faces)), default=0)
    if not count or count > sum(len(subset.faces) for subset in subsets) * 64 + 1024:
        return None
    values = np.full(count, len(subsets), np.int32)
    for number, subset in enumerate(subsets):
        if (subset.faces < 0).any() or (values[subset.faces] != len(subsets)).any():
            return None
        values[subset.faces] = number
    return Labels("subsets", values, of_faces=True, names=[*(subset.name for subset in subsets), ""])


def _of_crate(data: bytes) -> Iterator[tuple[str, _Subset]]:
    crate = Crate(data)
    for path in crate.specs:
        if crate.token(path, "typeName") == "GeomSubset" and "." not in path:
            faces = crate.numbers(f"{path}.indices", "default")
            if faces is not None:
                mesh, _, name = path.rpartition("/")
                family = crate.token(f"{path}.familyName", "default")
                yield mesh, _Subset(mesh.rpartition("/")[2], name, family, faces)


def _of_text(data: bytes) -> Iterator[tuple[str, _Subset]]:
    """Read the words that matter; what lies between braces belongs to the object before."""
    inside: list[tuple[str, str]] = []
    named = ("", "")
    faces: Ints | None = None
    family = ""
    for word in _WORDS.finditer(data):
        if word["name"] is not None:
            named = (word["type"] or b"").decode(), word["name"].decode("utf-8", "replace")
        elif word["open"]:
            inside.append(named)
            named, faces, family = ("", ""), None, ""
        elif word["close"] and inside:
            kind, name = inside.pop()
            if kind == "GeomSubset" and faces is not None and inside:
                path = "/".join(one for _, one in inside)
                yield path, _Subset(inside[-1][1], name, family, faces)
            faces = None
        elif word["indices"] is not None and inside:
            faces = np.array(word["indices"].replace(b",", b" ").split(), np.int64).astype(np.int32)
        elif word["family"] is not None:
            family = word["family"].decode("utf-8", "replace")
