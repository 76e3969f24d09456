# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks a GLB before anything is made of it: one that is damaged, or would keep Blender busy for minutes, fill its
memory, or read other files, is refused at once. Knows neither Blender nor NumPy.

After the glTF 2.0 specification, sections 3.6 (buffers, accessors), 3.5 (nodes) and 4 (GLB).
"""

from __future__ import annotations

import contextlib
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from ...core.errors import ResultError


class Limits(NamedTuple):
    """How much of everything a file may have."""

    json: int = 64 << 20
    """Bytes of the JSON part. A real one of 1000 parts has one megabyte."""
    nodes: int = 10_000
    """The importer takes a millisecond or more for each object."""
    elements: int = 100_000_000
    """Vertices and indices of all that is shown. The largest models known of this service have some 10 million."""
    depth: int = 200
    """Nodes below one another: the importer goes down them by calling itself."""


LIMITS = Limits()

COMPONENT_BYTES = {5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
COMPONENTS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
_JSON, _BIN = 0x4E4F534A, 0x004E4942


@dataclass(frozen=True, slots=True)
class Glb:
    """A GLB that was checked."""

    document: dict[str, Any]
    """The JSON. Its nodes, meshes, primitives and accessors exist where they are referred to, and have their data."""
    start: int
    """Where its binary data begins in the file."""
    length: int
    """Bytes of it."""
    strict: bool
    """The container is as the specification says, to the last byte."""


class Span(NamedTuple):
    """Numbers that lie within the binary data."""

    start: int
    """Bytes from the beginning of the binary data."""
    elements: int
    step: int
    """Bytes from one element to the next."""
    component: int
    """The type of each number, as glTF counts them."""
    width: int
    """Numbers of one element."""


def check_glb(file: Path, limits: Limits = LIMITS) -> Glb:
    """Read the JSON of a GLB and check all of it. Raises ResultError for one that must not be imported, and OSError."""
    with damage_refused():
        glb = _opened(file, limits)
        if any(not str(one.get("uri", "data:")).startswith("data:") for one in glb.document.get("buffers", ())):
            raise ResultError(
                "The file with the parts points to other files, which is not safe to follow. "
                "Ask Hitem3D's support about this task."
            )
        for number in range(len(glb.document.get("accessors", ()))):
            span_of(glb, number)
        _check_nodes(glb.document, limits)
        return glb


@contextlib.contextmanager
def damage_refused() -> Iterator[None]:
    """A context in which errors of a document that is not what it should be become a ResultError."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, struct.error) as error:
        raise ResultError(
            "The file with the parts is damaged: {reason}. Download the parts again, which costs nothing. If it stays "
            "so, ask Hitem3D's support about this task.",
            reason=" ".join(f"{type(error).__name__}: {error}".split())[:200],
        ) from error


def _opened(file: Path, limits: Limits) -> Glb:
    size = file.stat().st_size
    with file.open("rb") as stream:
        whole, length, kind = struct.unpack("<8xIII", stream.read(20))
        if kind != _JSON or 20 + length > size:
            raise ValueError("its first part is not whole")
        if length > limits.json:
            raise too_much()
        text = stream.read(length)
        rest = stream.read(8) if whole >= 28 + length else b""
    document = json.loads(text.rstrip(b"\0"))
    if not isinstance(document, dict):
        raise TypeError("its first part is no document")
    binary, kind = struct.unpack("<II", rest) if len(rest) == 8 else (0, _BIN)
    if kind != _BIN or 28 + length + binary > max(size, 28 + length):
        raise ValueError("its binary part is not whole")
    return Glb(document, 28 + length, binary, strict=whole == size and not text.endswith(b"\0"))


def span_of(glb: Glb, number: int) -> Span | None:
    """Where the numbers of an accessor lie; None for one that is all zeros.

    Also where that is not known before its data is unpacked. Raises ValueError and the like for one that reaches beyond
    its data, and for one whose exceptions do.
    """
    accessor = _at(glb.document, "accessors", number)
    count = count_of(accessor["count"])
    if "sparse" in accessor:
        for span in exceptions_of(glb, number):
            if span.elements > count:
                raise ValueError("an accessor has more exceptions than elements")
    if "bufferView" not in accessor:
        return None
    return _span(glb, accessor, count, accessor["componentType"], accessor["type"])


def exceptions_of(glb: Glb, number: int) -> tuple[Span, Span]:
    """The places of an accessor's exceptions, and their values. It must have some."""
    accessor = _at(glb.document, "accessors", number)
    sparse = accessor["sparse"]
    count = count_of(sparse["count"])
    places = _span(glb, sparse["indices"], count, sparse["indices"]["componentType"], "SCALAR")
    values = _span(glb, sparse["values"], count, accessor["componentType"], accessor["type"])
    if places is None or values is None:
        raise ValueError("the exceptions of an accessor are packed")
    return places, values


def _span(glb: Glb, place: dict[str, Any], count: int, component: int, kind: str) -> Span | None:
    view = _at(glb.document, "bufferViews", place["bufferView"])
    buffer = _at(glb.document, "buffers", view["buffer"])
    if view.get("extensions") or buffer.get("extensions"):
        return None
    item = COMPONENT_BYTES[component] * COMPONENTS[kind]
    step = count_of(view.get("byteStride", item)) or item
    start = count_of(place.get("byteOffset", 0))
    end = start + (count - 1) * step + item if count else 0
    have = count_of(view["byteLength"])
    offset = count_of(view.get("byteOffset", 0))
    if (
        end > have
        or offset + have > count_of(buffer["byteLength"])
        or ("uri" not in buffer and offset + have > glb.length)
    ):
        raise ValueError("an accessor reaches beyond the data")
    return Span(offset + start, count, step, component, COMPONENTS[kind])


def _check_nodes(document: dict[str, Any], limits: Limits) -> None:
    """Raise for more than Blender can take in, and for nodes that are their own ancestors."""
    nodes, meshes, accessors = (document.get(kind, []) for kind in ("nodes", "meshes", "accessors"))
    primitives = [mesh["primitives"] for mesh in meshes]
    if len(nodes) > limits.nodes or sum(map(len, primitives)) > limits.nodes:
        raise too_much()
    weights = []
    for group in primitives:
        used = [p["indices"] for p in group if "indices" in p]
        used += [number for p in group for number in p["attributes"].values()]
        used += [number for p in group for target in p.get("targets", ()) for number in target.values()]
        weights.append(sum(count_of(accessors[count_of(number)]["count"]) for number in used))
    shown = [weights[count_of(node["mesh"])] for node in nodes if "mesh" in node]
    if sum(shown) > limits.elements or sum(weights) > limits.elements:
        raise too_much()
    parents: dict[int, int] = {}
    for number, node in enumerate(nodes):
        for child in node.get("children", ()):
            if not count_of(child) < len(nodes) or child in parents:
                raise ValueError("a node has no place, or two")
            parents[child] = number
    for number in range(len(nodes)):
        ancestor, steps = number, 0
        while ancestor in parents and steps <= limits.depth:
            ancestor, steps = parents[ancestor], steps + 1
        if steps > limits.depth:
            raise ValueError("its nodes go round in a circle, or too deep")


def _at(document: dict[str, Any], kind: str, number: object) -> dict[str, Any]:
    found = document.get(kind, [])[count_of(number)]
    if not isinstance(found, dict):
        raise TypeError(f"one of its {kind} is none")
    return found


def count_of(value: object) -> int:
    """The value, which has to be a whole number from 0 on. Raises ValueError."""
    if not isinstance(value, int) or value < 0:
        raise ValueError("a number is missing or wrong")
    return value


def too_much() -> ResultError:
    """For a file that is larger than any model can be."""
    return ResultError(
        "The file with the parts holds more than any model can, and would keep Blender busy for minutes. "
        "Ask Hitem3D's support about this task."
    )
