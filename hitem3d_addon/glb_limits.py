# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks a GLB over before Blender's importer gets it: one that is damaged, or would keep Blender busy for minutes, or
eat its memory, or reach for other files, is refused in a moment. Knows neither Blender nor NumPy.

After the glTF 2.0 specification, sections 3.6 (buffers, accessors), 3.5 (nodes) and 4 (GLB).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from .core.errors import ResultError


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

_COMPONENT_BYTES = {5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
_COMPONENTS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
_JSON, _BIN = 0x4E4F534A, 0x004E4942


def check_glb(file: Path, limits: Limits = LIMITS) -> None:
    """Raise ResultError for a GLB that Blender's importer must not be given. Raises OSError."""
    try:
        document, binary = _chunks(file, limits)
        for kind in ("buffers", "images"):
            for one in document.get(kind, ()):
                if not str(one.get("uri", "data:")).startswith("data:"):
                    raise ResultError(
                        "The file with the parts points to other files, which is not safe to follow. "
                        "Ask Hitem3D's support about this task."
                    )
        _check_ranges(document, binary)
        _check_nodes(document, limits)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, struct.error) as error:
        raise ResultError(
            "The file with the parts is damaged: {reason}. Download the parts again, or segment the object again.",
            reason=" ".join(f"{type(error).__name__}: {error}".split())[:200],
        ) from error


def _chunks(file: Path, limits: Limits) -> tuple[Mapping[str, Any], int]:
    """The JSON document, and the bytes of binary data after it."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        length, kind = struct.unpack("<12xII", stream.read(20))
        if kind != _JSON or 20 + length > size:
            raise ValueError("its first part is not whole")
        if length > limits.json:
            raise _too_much()
        document = json.loads(stream.read(length))
        rest = stream.read(8)
    binary, kind = struct.unpack("<II", rest) if len(rest) == 8 else (0, _BIN)
    if kind != _BIN or 28 + length + binary > max(size, 28 + length):
        raise ValueError("its binary part is not whole")
    return document, binary


def _check_ranges(document: Mapping[str, Any], binary: int) -> None:
    """Raise for an accessor that reaches beyond its data; of compressed data nobody knows before it is unpacked."""
    views, buffers = document.get("bufferViews", []), document.get("buffers", [])
    for accessor in document.get("accessors", ()):
        count = _count(accessor["count"])
        if "bufferView" not in accessor:
            continue
        view = views[_count(accessor["bufferView"])]
        buffer = buffers[_count(view["buffer"])]
        if view.get("extensions") or buffer.get("extensions"):
            continue
        item = _COMPONENT_BYTES[accessor["componentType"]] * _COMPONENTS[accessor["type"]]
        step = _count(view.get("byteStride", item)) or item
        end = _count(accessor.get("byteOffset", 0)) + (count - 1) * step + item if count else 0
        have = _count(view["byteLength"])
        within = _count(view.get("byteOffset", 0)) + have
        if end > have or within > _count(buffer["byteLength"]) or ("uri" not in buffer and within > binary):
            raise ValueError("an accessor reaches beyond the data")


def _check_nodes(document: Mapping[str, Any], limits: Limits) -> None:
    """Raise for more than Blender can take in, and for nodes that are their own ancestors."""
    nodes, meshes, accessors = (document.get(kind, []) for kind in ("nodes", "meshes", "accessors"))
    primitives = [mesh["primitives"] for mesh in meshes]
    if len(nodes) > limits.nodes or sum(map(len, primitives)) > limits.nodes:
        raise _too_much()
    weights = []
    for group in primitives:
        used = [p[name] for p in group for name in ("indices",) if name in p]
        used += [number for p in group for number in p["attributes"].values()]
        used += [number for p in group for target in p.get("targets", ()) for number in target.values()]
        weights.append(sum(_count(accessors[_count(number)]["count"]) for number in used))
    shown = [weights[_count(node["mesh"])] for node in nodes if "mesh" in node]
    if sum(shown) > limits.elements or sum(weights) > limits.elements:
        raise _too_much()
    parents: dict[int, int] = {}
    for number, node in enumerate(nodes):
        for child in node.get("children", ()):
            if not _count(child) < len(nodes) or child in parents:
                raise ValueError("a node has no place, or two")
            parents[child] = number
    for number in range(len(nodes)):
        ancestor, steps = number, 0
        while ancestor in parents and steps <= limits.depth:
            ancestor, steps = parents[ancestor], steps + 1
        if steps > limits.depth:
            raise ValueError("its nodes go round in a circle, or too deep")


def _count(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError("a number is missing or wrong")
    return value


def _too_much() -> ResultError:
    return ResultError(
        "The file with the parts holds more than any model can, and would keep Blender busy for minutes. "
        "Segment the object again with a lower level, or ask Hitem3D's support about this task."
    )
