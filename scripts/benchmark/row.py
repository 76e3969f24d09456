# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One line of the benchmark's table: a figure, what it stands beside, and the most that it may be."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """A measured figure. Whether it holds is derived, so that nobody can write PASS by hand."""

    what: str
    figure: float
    """Smaller is better."""
    unit: str
    bound: str
    """What it may be, in words."""
    most: float | None
    """The same as a number, in the figure's unit; None for a figure that only informs."""
    next_to: str = ""
    beside: float | None = None
    """What it is compared with, in the figure's unit."""

    @property
    def ratio(self) -> float | None:
        return self.figure / self.beside if self.beside else None

    @property
    def verdict(self) -> str:
        if self.most is None:
            return "-"
        return "PASS" if self.figure <= self.most else "SHORT"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio, "verdict": self.verdict}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that can't be measured here."""

    what: str
    reason: str

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "verdict": "SKIPPED"}


def number(value: float) -> str:
    """A figure with three digits that mean something."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 1 else f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def table(rows: list[Row | Skipped]) -> str:
    """The rows in columns."""
    lines = [("", "measured", "next to", "", "ratio", "bound", "")]
    for row in rows:
        if isinstance(row, Skipped):
            lines.append((row.what, "", row.reason, "", "", "", "SKIPPED"))
            continue
        beside = f"{number(row.beside)} {row.unit}" if row.beside is not None else ""
        ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
        measured = f"{number(row.figure)} {row.unit}"
        lines.append((row.what, measured, row.next_to, beside, ratio, row.bound, row.verdict))
    widths = [max(len(line[k]) for line in lines) for k in range(len(lines[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
