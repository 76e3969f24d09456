# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers of a GLB that was checked, as NumPy arrays. No ``bpy``.

By the glTF 2.0 specification, sections 3.6.2 (accessors) and 3.11 (whole numbers that stand for 0 to 1).
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ...mesh.arrays import Floats, Ints
from ..untrusted.glb import COMPONENT_BYTES, COMPONENTS, Glb, Span, exceptions_of, span_of

Numbers = NDArray[Any]

_TYPES = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WHOLE = {5120: 127.0, 5121: 255.0, 5122: 32767.0, 5123: 65535.0}
"""What stands for 1."""
_KEPT = 6
"""Accessors that are kept, as primitives may share them; all of a large file would double its memory."""


class Arrays:
    """The accessors of one file, read when they are asked for. A context manager: the file is open in it."""

    def __init__(self, file: Path, glb: Glb) -> None:
        self._file = file
        self._glb = glb
        self._read: dict[int, Numbers] = {}

    def __enter__(self) -> Self:
        self._stream = self._file.open("rb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def numbers(self, number: int) -> Numbers:
        """An accessor (count, width) as it is written, with its sparse values; not to be changed.

        Raises ValueError and the like, and OSError.
        """
        if number not in self._read:
            while len(self._read) >= _KEPT:
                del self._read[next(iter(self._read))]
            self._read[number] = self._numbers(number)
        return self._read[number]

    def floats(self, number: int, *widths: int) -> Floats:
        """An accessor as float32 (count, width): whole numbers that stand for 0 to 1, or -1 to 1, are that.

        Raises ValueError for another width than these.
        """
        array = self.numbers(number)
        if array.shape[1] not in widths:
            raise ValueError("an accessor is of another kind than it has to be")
        accessor = self._glb.document["accessors"][number]
        if accessor.get("normalized") and (whole := _WHOLE.get(accessor["componentType"])):
            return np.maximum(array.astype(np.float32) / np.float32(whole), np.float32(-1))
        return array.astype(np.float32, copy=False)

    def whole_numbers(self, number: int) -> Ints | None:
        """A scalar accessor as int32 (count,); None where it holds anything else."""
        array = self.numbers(number)
        if array.shape[1] != 1:
            return None
        values = array[:, 0]
        if values.dtype.kind == "f":
            if not (np.abs(values) < 1 << 24).all() or (values != np.rint(values)).any():
                return None
        elif len(values) and values.max() > np.iinfo(np.int32).max:
            return None
        return values.astype(np.int32)

    def _numbers(self, number: int) -> Numbers:
        accessor = self._glb.document["accessors"][number]
        span = span_of(self._glb, number)
        if span:
            array = self._taken(span)
        else:
            shape = accessor["count"], COMPONENTS[accessor["type"]]
            array = np.zeros(shape, _TYPES[accessor["componentType"]])
        if "sparse" in accessor:
            where, values = exceptions_of(self._glb, number)
            places = self._taken(where)[:, 0]
            if len(places) and places.max() >= len(array):
                raise ValueError("an exception is for an element that is not there")
            array = array.copy()
            array[places] = self._taken(values)
        return array

    def _taken(self, span: Span) -> Numbers:
        """What lies there, read from the file; without what lies between the elements."""
        item = COMPONENT_BYTES[span.component] * span.width
        size = (span.elements - 1) * span.step + item if span.elements else 0
        data = bytearray(size)
        self._stream.seek(self._glb.start + span.start)
        if self._stream.readinto(data) != size:
            raise ValueError("its binary part is not whole")
        kind = np.dtype(_TYPES[span.component])
        steps = (span.step, kind.itemsize)
        return np.ascontiguousarray(np.ndarray((span.elements, span.width), kind, data, 0, steps))
