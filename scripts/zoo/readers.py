# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""python3 scripts/zoo/readers.py: has many programs read what the add-on uploads, and writes docs/results.md's table.

The programs come into a temporary folder; assimp has to be installed. Not for CI.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(SCRIPTS))

from environment import interpreter, interpreters, wheels  # noqa: E402

from zoo.__main__ import installed  # noqa: E402
from zoo.page import PAGE, put  # noqa: E402

BEGIN, END = "<!-- readers: written by scripts/zoo/readers.py -->\n", "<!-- end of readers -->\n"


def main() -> None:
    """Write the uploads, read them, and put the table into the page."""
    with tempfile.TemporaryDirectory(prefix="hitem3d-zoo-") as name:
        folder = Path(name)
        path = {"PYTHONPATH": os.pathsep.join([str(SCRIPTS.parent), str(SCRIPTS)]), "NODE_FOLDER": str(folder)}
        variables = {**os.environ, **path}
        subprocess.run([interpreter("newest"), "-m", "zoo.uploads", folder], check=True, env=variables)
        for blender in interpreters(wheels()):
            subprocess.run([blender, "-m", "zoo.blender_reading", folder], check=True, env=variables)
        python = installed(SCRIPTS / "zoo" / "reading.py", folder)
        subprocess.run([python, "-m", "zoo.reading", folder], check=True, env=variables)
        found: dict[str, dict[str, str]] = json.loads((folder / "readers.json").read_text("utf-8"))
    names = list(next(iter(found.values())))
    lines = [f"| Object | {' | '.join(names)} |", f"| --- |{' --- |' * len(names)}"]
    lines += [f"| {thing} | {' | '.join(row.values())} |" for thing, row in found.items()]
    PAGE.write_text(put(PAGE.read_text("utf-8"), BEGIN, END, "\n".join([*lines, ""])), "utf-8")


if __name__ == "__main__":
    main()
