# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cell of the zoo: one file, what has written it, and what an import of it has to give."""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from .models import Model

MOST_BYTES = 60_000
"""Of a file."""

WELDED = "An STL does not say which vertices parts share, so open parts that touch are one."
ONE_SURFACE = "Written as one surface, without names."


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
    why: str = ""
    """What of the model the file does not hold, and so nobody can read."""


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
        off: float = 1e-6,
        since: str = "",
        why: str = "",
    ) -> Path:
        """Enter a cell into the table, and give the path of the file that is to be written."""
        file = f"{self.name}-{variant and variant + '-'}{model.name}.{suffix}"
        parts = parts or len(model.parts)
        self.cells.append(
            Cell(file, self.version, how, model.name, told, parts, names, materials, colours, border, off, since, why)
        )
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
        (self.folder / f"{self.name}.json").write_text(json.dumps([asdict(cell) for cell in self.cells], indent=1))


def run(name: str, packages: Sequence[str], write: Callable[[Zoo], None]) -> None:
    """A writer as a program: its one argument is the folder for its files."""
    zoo = Zoo(Path(sys.argv[1]), name, packages)
    write(zoo)
    zoo.finish()
