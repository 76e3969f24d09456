# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures what the user waits for and what it costs, beside the plain way of doing it, in one run on this machine.

Prints a table and writes it to a JSON file. PASS or SHORT says whether a figure is within its bound; the exit code is 0
either way. Rows that need a window run in the first real Blender that the environment variable BLENDER names.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
import time
from pathlib import Path

import environment

ROWS = {
    "export": "how long Blender is frozen by the press of Segment, and the size of the file",
    "upload": "the largest model, beside curl",
    "memory": "of Blender while the largest model is sent, and of the agent",
    "parts": "from the result on disk to the parts in the scene",
    "labels": "the parts onto the original, and how that grows",
    "scale": "how time grows with triangles, parts, objects and tasks",
    "enabling": "what the add-on adds to Blender's start",
    "window": "a real window: its pauses, its memory, panel and timer",
    "pauses": "how long a window stands still at a press, an import and an apply",
    "waiting": "the agent's processor time while tasks wait",
}
"""The modules of benchmark/, in the order in which they run."""


def main() -> None:
    """Read the command line, and go on inside the project's environment."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="rows:\n" + "\n".join(f"  {name:10} {what}" for name, what in ROWS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--only", action="append", choices=ROWS, metavar="ROW", help="measure only this row; may be given again")
    add("--quick", action="store_true", help="small models and few runs: it works, but the figures mean little")
    add("--out", type=Path, default=environment.REPOSITORY / "build" / "bench.json", help="the JSON file to write")
    options = parser.parse_args()
    environment.ensure_running_inside()
    run(options.only or list(ROWS), options.quick, options.out.resolve())


def run(names: list[str], quick: bool, out: Path) -> None:
    """Measure the rows one after the other; each is written at once, so that an interrupted run is not lost."""
    sys.path.insert(0, str(environment.REPOSITORY))
    from benchmark.row import Row, Skipped, table

    rows: list[Row | Skipped] = []
    start = time.monotonic()
    out.parent.mkdir(parents=True, exist_ok=True)
    for name in names:
        print(f"{time.monotonic() - start:6.0f} s  {name}: {ROWS[name]}", flush=True)
        for row in importlib.import_module(f"benchmark.{name}").rows(quick):
            rows.append(row)
            out.write_text(json.dumps({**machine(), "quick": quick, "rows": [row.as_json() for row in rows]}, indent=2))
            print(f"{time.monotonic() - start:6.0f} s  {table([row]).splitlines()[-1].rstrip()}", flush=True)
    print(f"\n{table(rows)}\n\nWrote {out}")


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    load = os.getloadavg() if hasattr(os, "getloadavg") else ()
    return {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count(), "load": load}


if __name__ == "__main__":
    main()
