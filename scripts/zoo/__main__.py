# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""python3 scripts/zoo [WRITER …]: writes the files of tests/receive/zoo/ anew, each by its own program.

Each writer gets its pinned packages in a temporary folder, which is removed. Not for CI: the files are committed.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from zoo.page import FILES, write

SCRIPTS = Path(__file__).resolve().parents[1]
TABLE = FILES / "table.json"


def main(names: list[str]) -> None:
    """Write the files of these writers, or of all."""
    FILES.mkdir(exist_ok=True)
    for program in sorted((SCRIPTS / "zoo" / "writers").glob("with_*.py")):
        name = program.stem.removeprefix("with_")
        if not names or name in names:
            with tempfile.TemporaryDirectory(prefix="hitem3d-zoo-") as folder:
                take(name, written(name, program, Path(folder)))
    write()


def written(name: str, program: Path, folder: Path) -> Path:
    """Install what the writer needs, run it, and give the folder of its files."""
    python = installed(program, folder)
    files = folder / "files"
    files.mkdir()
    variables = {**os.environ, "PYTHONPATH": str(SCRIPTS), "NODE_FOLDER": str(folder)}
    subprocess.run([python, "-m", f"zoo.writers.with_{name}", files], check=True, env=variables)
    return files


def installed(program: Path, folder: Path) -> Path:
    """Put the packages that a program names into a folder, and give the Python that has them."""
    packages = constants(program).get("PACKAGES", [])
    modules = constants(program).get("NODE_PACKAGES", [])
    python = folder / "python"
    version = constants(program).get("PYTHON")
    subprocess.run([f"python{version[0]}" if version else sys.executable, "-m", "venv", python], check=True)
    if packages:
        subprocess.run([python / "bin" / "pip", "install", "--quiet", *packages], check=True)
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
    table: list[dict[str, Any]] = json.loads(TABLE.read_text("utf-8")) if TABLE.exists() else []
    new = json.loads((folder / f"{name}.json").read_text("utf-8"))
    ours = {cell["file"] for cell in table if cell["file"].startswith(f"{name}-")}
    for file in ours:
        (FILES / file).unlink(missing_ok=True)
    for cell in new:
        shutil.copyfile(folder / cell["file"], FILES / cell["file"])
    table = sorted([*(cell for cell in table if cell["file"] not in ours), *new], key=lambda cell: str(cell["file"]))
    TABLE.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"{name}: {len(new)} files")


if __name__ == "__main__":
    main(sys.argv[1:])
