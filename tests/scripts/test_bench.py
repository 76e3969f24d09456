# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark runs, tells PASS from SHORT, and writes what it found. Its figures are not tested."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benchmark.row import Row, Skipped, table

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("figure", "most", "verdict"), [(1.0, 1.0, "PASS"), (1.1, 1.0, "SHORT"), (1.0, None, "-")])
def test_a_verdict_comes_from_the_figure(figure: float, most: float | None, verdict: str) -> None:
    row = Row("Export", figure, "s", "at most 1 s", most, "the plain way", 2.0)
    assert row.verdict == row.as_json()["verdict"] == verdict
    assert row.ratio == figure / 2
    skipped = table([row, Skipped("Window", "BLENDER names no real Blender")]).splitlines()
    assert skipped[-2].rstrip().endswith(verdict)
    assert skipped[-1].rstrip().endswith("SKIPPED")


def test_rows_that_cost_little(tmp_path: Path) -> None:
    out = tmp_path / "bench.json"
    command = [
        sys.executable,
        "scripts/bench.py",
        "--quick",
        "--out",
        str(out),
        "--only",
        "enabling",
        "--only",
        "window",
    ]
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        env={"PATH": "/nowhere"},  # and so no BLENDER
        capture_output=True,
        encoding="utf-8",
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(out.read_text("utf-8"))["rows"]
    assert [row["verdict"] for row in rows][1:] == ["PASS", "SKIPPED"]
    assert rows[0]["figure"] > 0 and rows[0]["beside"] > 0
    assert "SKIPPED" in done.stdout
