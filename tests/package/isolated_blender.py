# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blenders that keep everything in a folder of their own."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from in_blender.answer import answers
from sandbox.process import Sandbox


@dataclass(frozen=True)
class IsolatedBlender:
    """Runs Blenders that know no other settings, extensions and temporary files than those under one folder."""

    folder: Path
    sandbox: Sandbox

    @property
    def data_folder(self) -> Path:
        """Where the add-on keeps the user's data."""
        return self.folder / "data"

    def left_behind(self) -> list[str]:
        """The files and folders of the add-on outside the user's data: in Blender's folders, and temporary ones."""
        found = (path.relative_to(self.folder) for path in self.folder.rglob("*"))
        return [str(path) for path in found if "hitem3d" in str(path).lower() and path.parts[0] != "data"]

    def run(self, *command: str | Path) -> dict[str, Any]:
        """Run a program to its end and give what its scripts answered. Fails the test unless it exits with 0."""
        temporary = self.folder / "temporary"
        temporary.mkdir(exist_ok=True)
        environment = os.environ | {
            "BLENDER_USER_RESOURCES": str(self.folder / "resources"),
            "BLENDER_HOME": str(self.folder),  # for programs that put Blender in another root, with a HOME of its own
            "TMPDIR": str(temporary),
            "TEMP": str(temporary),
            "HITEM3D_HOME": str(self.data_folder),
            "HITEM3D_API_URL": self.sandbox.url,
            "HITEM3D_TOKEN": self.sandbox.token,
        }
        done = subprocess.run(
            [str(word) for word in command],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return answers(done.stdout)
