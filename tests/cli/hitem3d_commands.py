# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands run as programs, and what they printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.process import Sandbox

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "gui"))

from blender.window import ADDON, stage_addon  # noqa: E402

WHEEL = "wheel"


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    output: str
    notes: str
    events: list[dict[str, Any]]
    """The JSON lines on standard output."""

    def the(self, event: str) -> dict[str, Any]:
        """The one event of this name."""
        (found,) = (one for one in self.events if one["event"] == event)
        return found


class Commands:
    """Runs commands in one program, with a data folder and settings of their own."""

    def __init__(self, program: str, folder: Path, sandbox: Sandbox) -> None:
        self.program = program
        self.folder = folder
        self.sandbox = sandbox
        self.environ = {
            **os.environ,
            "BLENDER_USER_RESOURCES": str(folder / "resources"),
            "BLENDER_HOME": str(folder),
            "HITEM3D_HOME": str(folder / "home"),
            "HITEM3D_API_URL": sandbox.url,
            "HITEM3D_TOKEN": sandbox.token,
        }
        if program != WHEEL:
            stage_addon(folder / "resources")

    def start(self, *arguments: str | Path, file: Path | None = None, **environ: str) -> subprocess.Popen[str]:
        """Start a command, with the scene of this file or the factory's scene with its cube."""
        blend = [] if file is None else [file]
        before = [self.program, "--factory-startup", *blend, "--addons", ADDON, "--command", "hitem3d"]
        if self.program == WHEEL:
            before = [sys.executable, "-m", "hitem3d_addon", *blend]
        return subprocess.Popen(
            [str(word) for word in (*before, *arguments)],
            cwd=REPOSITORY,
            env={**self.environ, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )

    def run(self, *arguments: str | Path, file: Path | None = None, **environ: str) -> Done:
        """Run a command to its end."""
        return self.end(self.start(*arguments, file=file, **environ))

    def end(self, process: subprocess.Popen[str]) -> Done:
        """Wait for a command's end. With --json, nothing but JSON follows the command's start."""
        output, notes = process.communicate(timeout=200)
        lines = output.splitlines()
        if self.program != WHEEL:  # what Blender itself says before the command begins can't be kept away
            first = next((n for n, line in enumerate(lines) if line.startswith("{")), len(lines))
            lines = lines[first:]
        events = [json.loads(line) for line in lines] if "--json" in process.args else []
        return Done(process.returncode, output, notes, events)

    def created(self) -> int:
        """How many tasks the service created, which is what was paid for."""
        return int(self.sandbox.counts()["tasks_created"])
