# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts the sandbox (a local Hitem3D) as a program of its own, asks what it saw, and stops it in any case."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import requests

from sandbox.options import ACCESS_KEY, SECRET_KEY, TOKEN

__all__ = ["ACCESS_KEY", "SECRET_KEY", "TOKEN", "Sandbox"]

PROGRAM = Path(__file__).parent
FIRST_WORDS = "Hitem3D sandbox at "


class Sandbox:
    """A running sandbox.

    Options are those of the program, by name: ``Sandbox(seconds=0.2, auth="bearer", data=folder)``. Use it as a
    context manager, or call stop().
    """

    def __init__(self, *, authority: Path | None = None, **options: str | float | Path) -> None:
        """Start it and wait until it listens. Raises RuntimeError when it ends instead.

        ``authority``: who signed its certificate, if it is given one, which has to be for 127.0.0.1 too.
        """
        defaults: dict[str, str | float | Path] = {
            "port": 0,
            "token": TOKEN,
            "access_key": ACCESS_KEY,
            "secret_key": SECRET_KEY,
        }
        options = defaults | options
        self.token = str(options["token"])
        self.access_key = str(options["access_key"])
        self.secret_key = str(options["secret_key"])
        arguments = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line.startswith(FIRST_WORDS):
            self.stop()
            raise RuntimeError(f"the sandbox did not start: {line.strip() or 'it said nothing'}")
        self.url = line.removeprefix(FIRST_WORDS).strip()
        # Where it listens, whatever name it goes by.
        parts = urlsplit(self.url)
        self._control = f"{parts.scheme}://127.0.0.1:{parts.port}" if "name" in options else self.url
        # Not through a proxy of the environment, and with one connection kept for all questions.
        self._session = requests.Session()
        self._session.trust_env = False
        if authority:
            self._session.verify = str(authority)

    def counts(self) -> dict[str, Any]:
        """What the sandbox was asked so far; see sandbox/server.py for the keys."""
        return self._session.get(f"{self._control}/sandbox/counts", timeout=30).json()  # type: ignore[no-any-return]

    def behave(self, **values: Any) -> None:
        """Change settings or add faults; see sandbox/behaviour.py. Raises ValueError for what it refuses."""
        response = self._session.post(f"{self._control}/sandbox/behaviour", json=values, timeout=30)
        if response.status_code != 200:
            raise ValueError(response.json()["error"])

    def mesh(self, task_id: str) -> bytes:
        """The mesh file of a task, as the sandbox received it."""
        response = self._session.get(f"{self._control}/sandbox/meshes/{task_id}", timeout=30)
        response.raise_for_status()
        return response.content

    def stop(self) -> None:
        """End the program and what it started; harmless when it has ended."""
        if hasattr(self, "_session"):
            self._session.close()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            with contextlib.suppress(OSError):
                self.process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
