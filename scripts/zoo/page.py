# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of the zoo, for readers: docs/results.md."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from .table import read_table

REPOSITORY = Path(__file__).resolve().parents[2]
FILES = REPOSITORY / "tests" / "receive" / "zoo"
PAGE = REPOSITORY / "docs" / "results.md"
BEGIN, END = "<!-- results: written by scripts/zoo -->\n", "<!-- end of results -->\n"

MODELS = {"cubes": 3, "robot": 16, "torus": 4, "egg": 3, "twins": 2, "one": 1, "nested": 2}
"""How many parts they have."""

Cell = dict[str, Any]


def page(text: str) -> str:
    """The page with the table of today."""
    return put(text, BEGIN, END, table())


def put(text: str, begin: str, end: str, lines: str) -> str:
    """A page with these lines between two marks."""
    before, rest = text.split(begin)
    return f"{before}{begin}\n{lines}\n{end}{rest.split(end)[1]}"


def table() -> str:
    """One row for each way of writing, one column for each model, in Markdown."""
    cells = read_table(FILES / "table.json")
    right = [state(cell) for cell in cells].count("✓")
    lines = [
        f"{len(cells)} files: {right} are right, {len(cells) - right} do not hold the parts, or can't be read, "
        "which is said.",
        "",
        f"| Written by | as | {' | '.join(MODELS)} | Parts by | Why not all, or not in the file |",
        f"| --- | --- |{' --- |' * len(MODELS)} --- | --- |",
    ]
    for (writer, how, suffix), some in itertools.groupby(sorted(cells, key=way), way):
        row = list(some)
        marks = {cell["model"]: state(cell) for cell in row}
        told = ", ".join(dict.fromkeys(cell["told"] for cell in row if cell["told"] != "whole"))
        reasons = " ".join(dict.fromkeys(filter(None, [str(cell["why"]) for cell in row])))
        shown = " | ".join(marks.get(model, "") for model in MODELS)
        lines.append(f"| {writer} | {how} ({suffix}) | {shown} | {told} | {reasons} |")
    return "\n".join([*lines, ""])


def way(cell: Cell) -> tuple[str, str, str]:
    """What a row is for."""
    return cell["writer"], cell["how"], cell["file"].rpartition(".")[2]


def state(cell: Cell) -> str:
    """Right, or the parts are not in the file, or nobody can read it, which is said."""
    return "✓" if cell["told"] != "refused" and cell["parts"] == MODELS[cell["model"]] else "said"


def write() -> None:
    """Bring the page up to date."""
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
