# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The colours of a PLY's faces, in each of the ways in which a PLY holds them."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from hitem3d_addon.receive.readers.ply_colours import face_colours

VERTICES = [(0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (1.0, 1.0, 0.0), (0.0, 1.0, 0.0), (2.0, 0.0, 0.0)]
FACES = {"triangles": [(0, 1, 2), (0, 2, 3)], "quads too": [(0, 1, 2, 3), (1, 4, 2), (0, 1, 2, 3)]}
COLOURS = [(255, 0, 7), (1, 2, 3), (9, 8, 250)]


def header(form: str, faces: int, *, colours: bool = True, kind: str = "uchar") -> bytes:
    lines = ["ply", f"format {form} 1.0", "comment ours", f"element vertex {len(VERTICES)}"]
    lines += [f"property float {axis}" for axis in "xyz"]
    lines += [f"element face {faces}", "property float quality", "property list uchar int vertex_indices"]
    lines += [f"property {kind} {name}" for name in ("red", "green", "blue", "alpha")] * colours
    return "\n".join([*lines, "end_header", ""]).encode()


def body(form: str, faces: list[tuple[int, ...]]) -> bytes:
    rows = [(0.5, len(face), *face, *colour, 255) for face, colour in zip(faces, COLOURS, strict=False)]
    if form == "ascii":
        return "".join(" ".join(map(str, row)) + "\n" for row in [*VERTICES, *rows]).encode()
    order = "<" if form == "binary_little_endian" else ">"
    found = b"".join(struct.pack(f"{order}3f", *vertex) for vertex in VERTICES)
    return found + b"".join(struct.pack(f"{order}fB{row[1]}i4B", *row) for row in rows)


@pytest.mark.parametrize("faces", FACES.values(), ids=FACES)
@pytest.mark.parametrize("form", ["ascii", "binary_little_endian", "binary_big_endian"])
def test_each_form(tmp_path: Path, form: str, faces: list[tuple[int, ...]]) -> None:
    file = tmp_path / "result.ply"
    file.write_bytes(header(form, len(faces)) + body(form, faces))
    found = face_colours(file)
    assert found is not None and [tuple(row) for row in found.tolist()] == COLOURS[: len(faces)]


@pytest.mark.parametrize("form", ["ascii", "binary_little_endian"])
def test_what_can_t_be_followed_has_none(tmp_path: Path, form: str) -> None:
    file = tmp_path / "result.ply"
    faces = FACES["quads too"]
    whole = header(form, len(faces)) + body(form, faces)
    for content in (
        header(form, len(faces), colours=False) + body(form, faces),
        header(form, len(faces), kind="float") + body(form, faces),
        header(form, 1000) + body(form, faces),
        whole[: whole.index(b"end_header")],
        whole[:-9],
        b"ply\nformat ascii 1.0\nelement face x\nend_header\n",
        b"",
    ):
        file.write_bytes(content)
        assert face_colours(file) is None
