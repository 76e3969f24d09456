# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What enabling the add-on adds to Blender's start, beside an add-on that does nothing, each in a fresh Blender."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from .fresh import REPOSITORY, fresh
from .row import Row

MOST = 0.010
LAZY = ("requests", "sqlite3")
_EMPTY = "def register():\n    pass\n\n\ndef unregister():\n    pass\n"


def rows(quick: bool) -> Iterator[Row]:
    runs = 2 if quick else 45  # what is measured is less than what a start varies by
    seconds: dict[str, list[float]] = {"hitem3d": [], "empty": []}
    loaded: set[str] = set()
    with tempfile.TemporaryDirectory(prefix="hitem3d-bench-") as name:
        stage(Path(name))
        for run in range(runs + 1):
            for addon, found in seconds.items():
                said = fresh("enabling", "measure", environ={"BLENDER_USER_RESOURCES": name}, addon=addon)
                if run:  # the first one compiles
                    found.append(said["seconds"])
                loaded |= set(said["loaded"])
    ours, empty = median(seconds["hitem3d"]), median(seconds["empty"])
    yield Row("Enabling the add-on", ours, "s", "at most 10 ms more", empty + MOST, "an empty add-on", empty)
    yield Row("Loaded by enabling", len(loaded), "", "neither requests nor sqlite3", 0, ", ".join(loaded))


def stage(resources: Path) -> None:
    """Put the add-on, and an empty one beside it, where Blender looks for installed extensions."""
    folder = resources / "extensions" / "user_default"
    shutil.copytree(REPOSITORY / "hitem3d_addon", folder / "hitem3d", ignore=shutil.ignore_patterns("__pycache__"))
    manifest = (REPOSITORY / "blender_manifest.toml").read_text("utf-8")
    (folder / "hitem3d" / "blender_manifest.toml").write_text(manifest, "utf-8")
    (folder / "empty").mkdir()
    (folder / "empty" / "__init__.py").write_text(_EMPTY, "utf-8")
    (folder / "empty" / "blender_manifest.toml").write_text(manifest.replace('"hitem3d"', '"empty"'), "utf-8")


def measure(addon: str) -> dict[str, Any]:
    """Runs in a process of its own."""
    import sys
    import time

    import bpy  # noqa: F401 - before the modules that it brings

    import addon_utils  # isort: skip

    before = set(sys.modules)
    start = time.perf_counter()
    module = addon_utils.enable(f"bl_ext.user_default.{addon}", default_set=True)
    seconds = time.perf_counter() - start
    if module is None:
        raise RuntimeError(f"{addon} was not enabled")
    return {"seconds": seconds, "loaded": [name for name in LAZY if name in sys.modules and name not in before]}
