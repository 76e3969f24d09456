# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a writer needs: where its files go, and how they are entered into the table."""

from __future__ import annotations

import contextlib
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from .models import Model
from .table import Cell, write_table

MOST_BYTES = 60_000
"""Of a file."""

WELDED = "An STL does not say which vertices parts share, so open parts that touch are one."
ONE_SURFACE = "Written as one surface, without names."


class Zoo:
    """Where a writer puts its files."""

    def __init__(self, folder: Path, name: str, packages: Sequence[str]) -> None:
        self.folder = folder
        self.name = name
        self.cells: list[Cell] = []
        self.version = ", ".join(f"{one} {version(one)}" for one in packages)

    def add(
        self,
        model: Model,
        suffix: str,
        how: str,
        told: str,
        *,
        variant: str = "",
        parts: int = 0,
        names: str = "none",
        materials: bool = False,
        colours: bool = False,
        border: bool = False,
        fused: bool = False,
        off: float = 1e-6,
        since: str = "",
        why: str = "",
    ) -> Path:
        """Enter a cell into the table, and give the path of the file that is to be written."""
        file = f"{self.name}-{variant and variant + '-'}{model.name}.{suffix}"
        parts = parts or len(model.parts)
        what = (materials, colours, border, off, since, fused, why)
        self.cells.append(Cell(file, self.version, how, model.name, told, parts, names, *what))
        return self.folder / file

    @contextlib.contextmanager
    def packed(self, path: Path) -> Iterator[Path]:
        """Put all that is written into a folder into one zip, as a service sends an OBJ with its materials."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            yield folder
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as whole:
                for file in sorted(folder.iterdir()):
                    whole.writestr(zipfile.ZipInfo(file.name), file.read_bytes())

    def finish(self) -> None:
        """Write the table of this writer. Raises ValueError for files that are missing or too large."""
        for cell in self.cells:
            path = self.folder / cell.file
            if not path.exists():
                raise ValueError(f"{cell.file} was not written")
            if path.stat().st_size > MOST_BYTES:
                raise ValueError(f"{cell.file} has {path.stat().st_size} bytes")
        write_table(self.folder / f"{self.name}.json", map(asdict, self.cells))


def run(name: str, packages: Sequence[str], write: Callable[[Zoo], None]) -> None:
    """A writer as a program: its one argument is the folder for its files."""
    zoo = Zoo(Path(sys.argv[1]), name, packages)
    write(zoo)
    zoo.finish()
