# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of a binary USD layer what its objects are and which numbers they have. No ``bpy``.

After OpenUSD's pxr/usd/sdf/crateFile.h and integerCoding.h, versions 0.4 to 0.12 (those before 2017 are not read).
Raises ValueError, IndexError or struct.error for a damaged one.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ...mesh.arrays import Ints
from ..untrusted.usd_layers import unpacked

_MOST = 4_000_000
"""Of any of the things that are counted."""
_SET, _COMPRESSED, _INLINED = 1 << 63, 1 << 61, 1 << 62
_INT, _FLOAT, _DOUBLE, _TOKEN = 3, 8, 9, 11
_END = 0xFFFFFFFF
_SMALL = 16
"""Arrays that are shorter are not compressed."""


class Crate:
    """The prims and attributes of a layer, by path: "/model/body", "/model/body.points"."""

    def __init__(self, data: bytes) -> None:
        if not data.startswith(b"PXR-USDC") or tuple(data[8:11]) < (0, 4, 0):
            raise ValueError("no layer of a known version")
        self._data = data
        (table,) = struct.unpack_from("<q", data, 16)
        (count,) = struct.unpack_from("<Q", data, table)
        starts = {}
        for number in range(min(count, 64)):
            name, start, _ = struct.unpack_from("<16sqq", data, table + 8 + 32 * number)
            starts[name.rstrip(b"\0")] = start
        self._tokens = self._read_tokens(starts[b"TOKENS"])
        self._fields = self._read_fields(starts[b"FIELDS"])
        number, at = self._count(starts[b"FIELDSETS"])
        self._sets, _ = self._ints(at, number)
        self.specs = dict(self._read_specs(starts[b"SPECS"], self._read_paths(starts[b"PATHS"])))
        """By path: its fields, each by its name the 64 bits that stand for its value."""

    def token(self, path: str, field: str) -> str:
        """A field that is a word; "" where there is none."""
        value = self.specs.get(path, {}).get(field, 0)
        if value >> 48 & 0xFF != _TOKEN or not value & _INLINED or value & _SET:
            return ""
        return self._tokens[value & (1 << 48) - 1]

    def number(self, path: str, field: str) -> float | None:
        """A field that is one number; None where there is none."""
        value = self.specs.get(path, {}).get(field, 0)
        place, kind = value & (1 << 48) - 1, value >> 48 & 0xFF
        if kind not in (_FLOAT, _DOUBLE) or value & _SET:
            return None
        # One that a float holds exactly stands where the place of others does.
        inlined = struct.unpack("<f", struct.pack("<I", place & _END)) if value & _INLINED else ()
        (found,) = inlined or struct.unpack_from("<d", self._data, place)
        return float(found)

    def numbers(self, path: str, field: str) -> Ints | None:
        """A field that is an array of whole numbers."""
        value = self.specs.get(path, {}).get(field, 0)
        if value >> 48 & 0xFF != _INT or not value & _SET:
            return None
        at = value & (1 << 48) - 1
        if not at:
            return np.empty(0, np.int32)
        wide = tuple(self._data[8:11]) >= (0, 7, 0)
        if tuple(self._data[8:11]) < (0, 5, 0):
            at += 4
        (count,) = struct.unpack_from("<Q" if wide else "<I", self._data, at)
        at += 8 if wide else 4
        if count > len(self._data) * 64:
            raise ValueError("more numbers than there can be")
        if value & _COMPRESSED and count >= _SMALL:
            return self._ints(at, count)[0].astype(np.int32)
        return np.frombuffer(self._data, "<i4", count, at).astype(np.int32)

    def _count(self, at: int) -> tuple[int, int]:
        (count,) = struct.unpack_from("<Q", self._data, at)
        if count > _MOST:
            raise ValueError("more than any model has")
        return count, at + 8

    def _packed(self, at: int, size: int) -> tuple[bytes, int]:
        """What the block at a place holds, of this size at most, and what comes after it."""
        (length,) = struct.unpack_from("<Q", self._data, at)
        block = self._data[at + 8 : at + 8 + length]
        return unpacked(block, size, exact=False), at + 8 + length

    def _ints(self, at: int, count: int) -> tuple[NDArray[np.int64], int]:
        """Whole numbers, each the difference to the one before: in 0, 8, 16 or 32 bits, as two bits for each tell."""
        codes = -(-count // 4)
        text, after = self._packed(at, 4 + codes + 4 * count)
        (common,) = struct.unpack_from("<i", text)
        pairs = np.frombuffer(text, np.uint8, codes, 4)
        code = (pairs[:, None] >> np.array([0, 2, 4, 6], np.uint8) & 3).ravel()[:count]
        sizes = np.array([0, 1, 2, 4])[code]
        places = 4 + codes + np.cumsum(sizes) - sizes
        raw = np.frombuffer(text + bytes(4), np.uint8)
        steps = np.full(count, common, np.int64)
        for which, kind in ((1, "<i1"), (2, "<i2"), (3, "<i4")):
            at_these = places[code == which]
            size = np.dtype(kind).itemsize
            steps[code == which] = raw[at_these[:, None] + np.arange(size)].copy().view(kind).ravel()
        return np.cumsum(steps), after

    def _read_tokens(self, at: int) -> list[str]:
        _, at = self._count(at)
        size, at = self._count(at)
        return unpacked(self._packed_bytes(at), size).decode("utf-8", "replace").split("\0")

    def _packed_bytes(self, at: int) -> bytes:
        (length,) = struct.unpack_from("<Q", self._data, at)
        return self._data[at + 8 : at + 8 + length]

    def _read_fields(self, at: int) -> list[tuple[str, int]]:
        count, at = self._count(at)
        names, at = self._ints(at, count)
        values, _ = self._packed(at, 8 * count)
        return [
            (self._tokens[name], value)
            for name, value in zip(names.tolist(), struct.unpack(f"<{count}Q", values), strict=True)
        ]

    def _read_paths(self, at: int) -> dict[int, str]:
        _, at = self._count(at)
        count, at = self._count(at)
        indices, at = self._ints(at, count)
        words, at = self._ints(at, count)
        jumps, _ = self._ints(at, count)
        paths: dict[int, str] = {}
        begin: list[tuple[int, str | None]] = [(0, None)]
        while begin:
            number, parent = begin.pop()
            while True:
                if len(paths) > count:
                    raise ValueError("its paths go round in a circle")
                jump = int(jumps[number])
                path = "" if parent is None else self._below(parent, int(words[number]))
                paths[int(indices[number])] = path
                if jump > 0:
                    begin.append((number + jump, parent))
                if jump > 0 or jump == -1:
                    parent = path
                elif jump != 0:
                    break
                number += 1
        return paths

    def _below(self, parent: str, word: int) -> str:
        return f"{parent}{'.' if word < 0 else '/'}{self._tokens[abs(word)]}"

    def _read_specs(self, at: int, paths: dict[int, str]) -> Iterator[tuple[str, dict[str, int]]]:
        count, at = self._count(at)
        indices, at = self._ints(at, count)
        sets, _ = self._ints(at, count)
        for number, start in zip(indices.tolist(), sets.tolist(), strict=True):
            fields: dict[str, int] = {}
            place = start
            while self._sets[place] & _END != _END:
                name, value = self._fields[self._sets[place]]
                fields[name] = value
                place += 1
            yield paths[number], fields
