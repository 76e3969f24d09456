# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""python3 scripts/zoo/commands.py: has the command line import all files of the zoo on each Blender module, and writes
docs/results.md's table of that. It takes minutes; the tests do the same with one file of each program and format.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

SCRIPTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(SCRIPTS))

from environment import interpreters, wheels  # noqa: E402

from zoo.page import PAGE, put  # noqa: E402

BEGIN, END = "<!-- commands: written by scripts/zoo/commands.py -->\n", "<!-- end of commands -->\n"
TEST = SCRIPTS.parent / "tests" / "cli" / "test_zoo_by_command.py"
VERSION = "import bpy; print('Blender {}.{}'.format(*bpy.app.version))"


def counted(python: Path) -> Counter[tuple[str, str]]:
    """How many files ended how, by the test that they were in."""
    with tempfile.TemporaryDirectory(prefix="hitem3d-zoo-") as folder:
        report = Path(folder) / "report.xml"
        words = ["-m", "pytest", "-n", "0", "-q", f"--junitxml={report}", str(TEST)]
        subprocess.run([str(python), *words], check=False, env={**os.environ, "ZOO": "all"}, cwd=SCRIPTS.parent)
        found: Counter[tuple[str, str]] = Counter()
        for case in ElementTree.parse(report).iter("testcase"):
            ends = {one.tag for one in case} & {"failure", "error", "skipped"}
            found[case.get("name", "").partition("[")[0], ends.pop() if ends else "right"] += 1
        return found


def main() -> None:
    """Count on each module, and put the table into the page."""
    lines = ["| | beside the object | alone | wrong | no Draco in this module |", "| --- | --- | --- | --- | --- |"]
    for python in interpreters(wheels()):
        name = subprocess.run([python, "-c", VERSION], check=True, capture_output=True, text=True).stdout.split("\n")[0]
        found = counted(python)
        right = [found[f"test_a_file_comes_in_{how}", "right"] for how in ("beside_its_object", "alone")]
        files = sum(found.values()) // 2
        others = Counter(end for (_, end), number in found.items() for _ in range(number))
        wrong, skipped = others["failure"] + others["error"], others["skipped"]
        lines.append(f"| {name}, {files} files | {right[0]} | {right[1]} | {wrong} | {skipped} |")
    lines[2:] = sorted(lines[2:])
    PAGE.write_text(put(PAGE.read_text("utf-8"), BEGIN, END, "\n".join([*lines, ""])), "utf-8")


if __name__ == "__main__":
    main()
