# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of the zoo: for each file, what has written it, and what an import of it has to give."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Cell:
    """What each file must give, as far as the file holds it: decided from the file, never from what an import gives."""

    file: str
    writer: str
    """The program and its version."""
    how: str
    """What was called, or which option is not as it is by default."""
    model: str
    told: str
    """How its parts are told apart: objects, primitives, groups, solids, subsets, materials, colours, shells, or whole
    where they are not; refused where Blender can't read it, which is said."""
    parts: int
    """How many there are; as many as the model has, or, with a reason, others."""
    names: str = "none"
    """Of the parts: kept, none, first (all are called after the first), joined (without spaces), underscores (instead
    of spaces), paint (those of their materials), or path (below the whole's)."""
    materials: bool = False
    """Each part has a material of the model's colour."""
    colours: bool = False
    """Each part has the model's colour on its vertices or corners."""
    border: bool = False
    """Colours of shared vertices leave it open to which part the faces along a border belong."""
    off: float = 1e-6
    """Of the diagonal: how far bounds, middle and area of a part may be off."""
    since: str = ""
    """The oldest Blender whose importer reads it; the others refuse it."""
    fused: bool = False
    """The faces where parts touch are not in the file, so nobody can tell whether it is in place, which is said."""
    why: str = ""
    """What of the model the file does not hold, and so nobody can read."""


def read_table(path: Path) -> list[dict[str, Any]]:
    """The cells of a table, each with all fields."""
    return [asdict(Cell(**row)) for row in json.loads(path.read_text("utf-8"))]


def write_table(path: Path, cells: Iterable[dict[str, Any]]) -> None:
    """One line for each cell, by file, without what is as usual."""
    usual = {one.name: one.default for one in fields(Cell)}
    rows = [{name: value for name, value in cell.items() if value != usual[name]} for cell in cells]
    lines = [json.dumps(row, ensure_ascii=False) for row in sorted(rows, key=lambda row: str(row["file"]))]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")
