# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one function in a process of its own, so that no measurement knows what another one has loaded or filled."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).resolve().parents[1]
REPOSITORY = SCRIPTS.parent


def fresh(module: str, function: str, *, environ: Mapping[str, str] | None = None, **arguments: Any) -> Any:
    """Call a function of a module in benchmark/ in a new Python, and give what it returns, as JSON can carry it.

    The add-on's variables of the user's own environment are not handed on. Raises RuntimeError when it fails.
    """
    dropped = ("HITEM3D_", "PYTHONDONTWRITEBYTECODE")  # a user's Python keeps what it has compiled
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    with tempfile.TemporaryDirectory(prefix="hitem3d-bench-") as folder:
        answer = Path(folder) / "answer.json"
        home = {"HITEM3D_HOME": f"{folder}/home", "BLENDER_USER_RESOURCES": f"{folder}/resources"}
        done = subprocess.run(
            [sys.executable, "-m", __name__, module, function, json.dumps(arguments), str(answer)],
            env={**kept, **home, "PYTHONPATH": os.pathsep.join([str(SCRIPTS), str(REPOSITORY)]), **(environ or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        # What counts is the answer: a wheel may crash while it is taken down.
        if not answer.exists():
            raise RuntimeError(
                f"{module}.{function} ended without an answer ({done.returncode}):\n{done.stdout[-3000:]}"
            )
        return json.loads(answer.read_text("utf-8"))


def main() -> None:
    module, function, arguments, answer = sys.argv[1:]
    result = getattr(importlib.import_module(f"benchmark.{module}"), function)(**json.loads(arguments))
    Path(answer).write_text(json.dumps(result), "utf-8")


if __name__ == "__main__":
    main()
