# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the name of the Xform above a mesh, for a Blender whose importer makes one object of the two. No ``bpy``.

three.js, and Blender itself, write a part as an Xform that has its name, with a mesh below that may be called anything.
The importer of Blender 4.2 takes the name of the mesh, and has no setting for it. It leaves a mesh alone that moves by
itself, so each mesh is given a movement that changes nothing.
"""

from __future__ import annotations

import itertools
import re
import struct
from collections.abc import Iterator
from pathlib import Path

from .usd_crate import Crate

_STILL = (
    "matrix4d xformOp:transform = ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))\n"
    'uniform token[] xformOpOrder = ["xformOp:transform"]\n'
)
_WORDS = re.compile(
    rb'"""(?:\\.|[^\\])*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*|@[^@\n]*@|\[[^\[\]"@]*\]|(?P<mark>[(){}])'
    rb'|\bdef[ \t]+(?P<mesh>Mesh)[ \t]+"[^"]*"|(?P<moves>\bxformOpOrder\b)',
    re.DOTALL,
)
_NAME = re.compile(r"\w+")
_FILE = re.compile(r"[\w .-]+")
"""A name that can stand in a layer in text. Whatever else the file holds is never written there."""
_AXES = ("X", "Y", "Z")
_DEEPEST = 64
"""Objects inside one another."""


def keep_xforms(layer: Path) -> Path:
    """The layer to import in place of this one, an unpacked USDZ that may be written to.

    Of a layer that is damaged, or newer than we know, the same. Raises OSError.
    """
    for file in layer.parent.rglob("*"):
        if file.is_file() and (content := file.read_bytes()).startswith(b"#usda"):
            file.write_bytes(b"".join(_with_movements(content)))
    try:
        text = _over(layer)
    except (ValueError, LookupError, struct.error, OverflowError):
        return layer
    if not text:
        return layer
    above = layer.with_name(f"{layer.stem} with xforms.usda")
    above.write_text(text, "utf-8")
    return above


def _with_movements(text: bytes) -> Iterator[bytes]:
    """The pieces of a layer in text; each mesh that has no movement gets one."""
    round_ones, bodies, mesh = 0, list[int](), False
    places: set[int] = set()
    for word in _WORDS.finditer(text):
        match word["mark"]:
            case b"(":
                round_ones += 1
            case b")":
                round_ones -= 1
            case b"{" if not round_ones:
                bodies.append(word.end() if mesh else 0)
                places.update(bodies[-1:])
                mesh = False
            case b"}" if not round_ones and bodies:
                bodies.pop()
        if word["mesh"]:
            mesh = True
        elif word["moves"] and bodies:
            places.discard(bodies[-1])
    before = 0
    for place in sorted(places - {0}):
        yield text[before:place]
        yield f"\n{_STILL}".encode()
        before = place
    yield text[before:]


def _over(layer: Path) -> str:
    """A layer in text that lies over a binary one; "" where there is nothing to add."""
    data = layer.read_bytes()
    if not data.startswith(b"PXR-USDC") or not _FILE.fullmatch(layer.name):
        return ""
    crate = Crate(data)
    meshes = [path for path in crate.specs if "." not in path and crate.token(path, "typeName") == "Mesh"]
    still = [path.split("/")[1:] for path in meshes if f"{path}.xformOpOrder" not in crate.specs]
    still = [names for names in still if len(names) <= _DEEPEST and all(map(_NAME.fullmatch, names))]
    if not still:
        return ""
    unit, axis = crate.number("", "metersPerUnit"), crate.token("", "upAxis")
    head = [f'upAxis = "{axis if axis in _AXES else "Y"}"', f"metersPerUnit = {0.01 if unit is None else unit!r}"]
    if _NAME.fullmatch(first := crate.token("", "defaultPrim")):
        head.append(f'defaultPrim = "{first}"')
    head.append(f"subLayers = [@./{layer.name}@]")
    return "\n".join(["#usda 1.0", "(", *head, ")", *_bodies(sorted(still)), ""])


def _bodies(still: list[list[str]]) -> Iterator[str]:
    """The lines for sorted paths: each object stands once, inside the one above it."""
    for name, below in itertools.groupby(still, lambda names: names[0]):
        yield f'over "{name}" {{'
        rest = [names[1:] for names in below]
        if not rest[0]:
            yield _STILL
        yield from _bodies([names for names in rest if names])
        yield "}"
