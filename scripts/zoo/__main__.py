# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""python3 scripts/zoo [WRITER …]: writes the files of tests/receive/zoo/ anew, each by its own program.

Each writer gets its pinned packages in a temporary folder, which is removed. A writer that can't run here (no npm, no
assimp) is named, and its files stay as they are. Not for CI: the files are committed.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from environment import find_python

from zoo.page import FILES, write
from zoo.table import read_table, write_table

SCRIPTS = Path(__file__).resolve().parents[1]
TABLE = FILES / "table.json"


class CantRunError(Exception):
    """A writer needs a program that is not here."""


def main(names: list[str]) -> int:
    """Write the files of these writers, or of all. Gives how many could not run."""
    programs = {program_name(one): one for one in sorted((SCRIPTS / "zoo" / "writers").glob("with_*.py"))}
    if unknown := set(names) - set(programs):
        print(f"There is no writer {', '.join(unknown)}. There are: {', '.join(programs)}")
        return 2
    failed = 0
    for name in names or programs:
        program = programs[name]
        with tempfile.TemporaryDirectory(prefix="hitem3d-zoo-") as folder:
            try:
                take(name, written(program, Path(folder)))
            except (CantRunError, subprocess.CalledProcessError) as error:
                failed += 1
                print(f"{name}: could not run here, its files stay as they are: {error}")
    write()
    return failed


def program_name(program: Path) -> str:
    """What a writer is called, here and in the names of its files."""
    return program.stem.removeprefix("with_").replace("_", "-")


def written(program: Path, folder: Path) -> Path:
    """Install what the writer needs, run it, and give the folder of its files."""
    python = installed(program, folder)
    files = folder / "files"
    files.mkdir()
    variables = {**os.environ, "PYTHONPATH": str(SCRIPTS), "NODE_FOLDER": str(folder)}
    subprocess.run([python, "-m", f"zoo.writers.{program.stem}", files], check=True, env=variables)
    return files


def installed(program: Path, folder: Path) -> Path:
    """Put the packages that a program names into a folder, and give the Python that has them. Raises CantRunError."""
    needs = constants(program)
    version = needs.get("PYTHON", ["3.11"])[0]
    modules = needs.get("NODE_PACKAGES", [])
    base = find_python(version)
    programs = [*needs.get("PROGRAMS", []), *(["node", "npm"] if modules else [])]
    missing = [one for one in programs if not shutil.which(one)]
    if not base or missing:
        missing += [] if base else [f"Python {version}"]
        raise CantRunError(f"there is no {' and no '.join(missing)}")
    python = folder / "python"
    subprocess.run([base, "-m", "venv", python], check=True)
    subprocess.run([python / "bin" / "pip", "install", "--quiet", *needs["PACKAGES"]], check=True)
    if modules:
        subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, *modules], check=True
        )
    return python / "bin" / "python"


def constants(program: Path) -> dict[str, Any]:
    """The plain values that a program sets at its top."""
    found = {}
    for node in ast.parse(program.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.List):
            found[node.targets[0].id] = ast.literal_eval(node.value)
    return found


def take(name: str, folder: Path) -> None:
    """Put the files of a writer and their lines of the table in place of its earlier ones."""
    table = read_table(TABLE) if TABLE.exists() else []
    new = read_table(folder / f"{name}.json")
    ours = {cell["file"] for cell in table if cell["file"].startswith(f"{name}-")}
    before = {file: (FILES / file).read_bytes() for file in ours if (FILES / file).exists()}
    for file in before:
        (FILES / file).unlink()
    other = [cell["file"] for cell in new if before.get(cell["file"]) != (folder / cell["file"]).read_bytes()]
    for cell in new:
        shutil.copyfile(folder / cell["file"], FILES / cell["file"])
    write_table(TABLE, [*(cell for cell in table if cell["file"] not in ours), *new])
    print(f"{name}: {len(new)} files, {len(other)} of them with other bytes than before", *other, flush=True)


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
