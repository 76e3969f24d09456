# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts, feeds and stops the agent, the child process that does the network's work. Nothing here ever waits.

The agent's standard output is a file that is read as it grows: a pipe can't be read without waiting on every platform
and Python that Blender runs on, a file can.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import bpy

from ..core.backoff import backoff
from ..core.errors import MissingError
from ..core.site_settings import SITE_VARIABLES
from ..session.connection import Connection, user_agent

# Blender's own module path is handed over, so that the agent finds the same `requests` that Blender does. `core` goes
# by a name of its own there: the package that it is part of needs Blender.
_START = """
import importlib.util, json, sys
path, core = json.loads(sys.argv[1])
sys.path[:] = path
spec = importlib.util.spec_from_file_location("hitem3d_core", core + "/__init__.py", submodule_search_locations=[core])
sys.modules["hitem3d_core"] = importlib.util.module_from_spec(spec)
from hitem3d_core.agent.main import main
main()
"""

_QUICK_DEATH = 30.0
"""Seconds: if an agent dies sooner than this after its start, the next start waits longer."""


class AgentProcess:
    """The one agent of this Blender, started when there is something to do and started again when it dies."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._events: IO[bytes] | None = None
        self._configuration: dict[str, Any] = {}
        self._started = 0.0
        self._deaths = 0
        self._rest = b""
        self._unanswered: deque[dict[str, Any]] = deque()

    @property
    def unanswered(self) -> bool:
        """Whether there are commands without an answer: then there may be news although no task is under way."""
        return bool(self._unanswered)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def ensure(self, connection: Connection) -> bool:
        """Have an agent that knows these settings; False while a dead one is not to be started again yet."""
        if self._process is not None and not self.running:
            self._note_death()
        if not self.running:
            if self._deaths and time.monotonic() - self._started < self._backoff():
                return False
            self._start()
            self._configuration = {}
        configuration = _configuration(connection)
        if configuration != self._configuration:
            begins, self._configuration = not self._configuration, configuration
            if begins:
                self._write(configuration)
                for command in self._unanswered:
                    self._write(command)
            else:
                self.send(**configuration)
        return True

    def send(self, **command: Any) -> None:
        """Give the agent a command; if it dies before it answers, the next one is given it again."""
        self._unanswered.append(command)
        self._write(command)

    def events(self) -> list[dict[str, Any]]:
        """What the agent said since the last call."""
        if self._events is None:
            return []
        lines = (self._rest + self._events.read()).split(b"\n")
        self._rest = lines.pop()
        events = []
        for line in lines:
            with contextlib.suppress(ValueError):  # printed by something else
                events.append(json.loads(line))
        for event in events:
            if event["event"] == "answered" and self._unanswered:
                self._unanswered.popleft()
        return events

    def stop(self, *, sending: bool) -> None:
        """Stop the agent, and wait the moments that this takes; one that is sending finishes that by itself."""
        if self._process is None:
            return
        process = self._process
        self._close_input()
        self._unanswered.clear()
        if not sending:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(2.0)
        self._forget_process()

    def _start(self) -> None:
        core = Path(__file__).parents[1] / "core"
        environment = {name: v for name, v in os.environ.items() if not _is_secret(name, v)}
        try:
            descriptor, name = tempfile.mkstemp(prefix="hitem3d-", suffix=".events")
            os.close(descriptor)
            self._events = Path(name).open("rb")  # noqa: SIM115
            with Path(name).open("ab") as output:
                if sys.platform != "win32":
                    Path(name).unlink()  # a crash leaves nothing behind; Windows removes no open file
                self._process = subprocess.Popen(
                    [sys.executable, *bpy.app.python_args, "-c", _START, json.dumps([sys.path, str(core)])],
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=subprocess.DEVNULL,
                    env=environment,
                    **_set_group(),
                )
        except OSError as error:
            self._forget_process()
            raise MissingError(
                "Blender's Python can't be started for the network's work ({reason}). "
                "Reinstall Blender, or allow {file} in your security software.",
                reason=error.strerror or "",
                file=sys.executable,
            ) from error
        self._rest = b""
        self._started = time.monotonic()

    def _backoff(self) -> float:
        return backoff(self._deaths, first=2.0, longest=300.0)

    def _note_death(self) -> None:
        """Note that the agent has died by itself.

        Nobody knows whether it carried out its last commands, so those that decide on a payment are not given again:
        the user can give them.
        """
        self._unanswered = deque(c for c in self._unanswered if c["do"] not in ("retry", "move", "configure"))
        self._deaths = self._deaths + 1 if time.monotonic() - self._started < _QUICK_DEATH else 1
        self._forget_process()

    @property
    def keeps_dying(self) -> bool:
        """Whether the user should be told: starting it again has not helped so far."""
        return self._deaths >= 4

    def _write(self, command: Mapping[str, Any]) -> None:
        if self._process is None or self._process.stdin is None:
            return
        with contextlib.suppress(OSError):
            self._process.stdin.write(json.dumps(command).encode() + b"\n")
            self._process.stdin.flush()

    def _close_input(self) -> None:
        if self._process and self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.close()

    def _forget_process(self) -> None:
        self._close_input()
        self._process = None
        if self._events:
            self._events.close()
            with contextlib.suppress(OSError):
                Path(self._events.name).unlink(missing_ok=True)
            self._events = None


def _configuration(connection: Connection) -> dict[str, Any]:
    return {
        "do": "configure",
        "home": str(connection.home),
        "api_url": connection.api_url,
        "credentials": connection.credentials._asdict(),
        "ca_file": str(connection.ca_file or ""),
        "user_agent": user_agent(),
        "transfers": connection.site.transfers,
        "unfinished_tasks": connection.unfinished_tasks,
        # Read again before each upload: the studio may forbid them while models wait in the queue.
        "site": {name: os.environ[name] for name in SITE_VARIABLES if name in os.environ},
        # A proxy's password, which other programs could see in the environment that a process starts with.
        "environment": {
            name: v for name, v in os.environ.items() if _is_secret(name, v) and not name.startswith("HITEM3D_")
        },
    }


def _is_secret(variable: str, value: str) -> bool:
    """Whether a variable is handed to the agent through its input rather than its environment, if at all."""
    return variable.startswith("HITEM3D_") or (variable.lower().endswith("_proxy") and "@" in value)


def _set_group() -> dict[str, Any]:
    """A process group of its own, so that a Ctrl-C in the terminal is not meant for the agent; no console window."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"process_group": 0}
