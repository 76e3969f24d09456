# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent as a process: JSON lines in and out, the log file, and how it ends."""

from __future__ import annotations

import contextlib
import json
import logging
import logging.handlers
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from ..data_folder import make_folder
from ..errors import Hitem3DError
from .agent import Agent
from .steps import problem_event

log = logging.getLogger(__name__)

LOG_FILE = "agent.log"


def main() -> None:
    """Run an agent on this process's standard input and output, until the input closes."""
    lines = _json_lines(sys.stdin.buffer)
    configuration = next(lines, None)
    if configuration is None:
        return
    os.umask(0o077)  # all that this process writes is for this user only
    os.environ.update(configuration.get("environment", {}))
    emit_lock = threading.Lock()

    def emit(event: dict[str, Any]) -> None:
        # An event that can't be written is lost, which does no harm. An OSError would stop the upload that it reports.
        with emit_lock, contextlib.suppress(OSError):
            sys.stdout.write(json.dumps(event) + "\n")
            sys.stdout.flush()

    try:
        _log_to(make_folder(Path(configuration["home"])))
        agent = Agent(configuration, emit)
    except Hitem3DError as error:
        emit(problem_event(error))
        return

    def listen() -> None:
        for command in lines:
            agent.tell(agent.command, command)
        agent.tell(agent.close)

    # Whoever ends the session asks processes to stop; what is being sent is still finished.
    signal.signal(signal.SIGTERM, lambda *_: agent.tell(agent.close))
    threading.Thread(target=listen, name="commands", daemon=True).start()
    log.info("agent %d began", os.getpid())
    try:
        agent.run()
    except Exception:
        log.exception("the agent's loop")
        raise
    log.info("agent %d ended", os.getpid())
    logging.shutdown()
    # Downloads and queries that are still under way are of no use any more, and must not delay the exit.
    os._exit(0)


def _json_lines(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    for line in file:
        try:
            yield json.loads(line)
        except ValueError:
            log.error("a command that is no JSON, of %d bytes", len(line))


def _log_to(home: Path) -> None:
    """One bounded file for all agents. urllib3 writes whole addresses, signed links among them, so it stays silent.

    Where the file can't be opened or written the work goes on without it.
    """
    handler: logging.Handler = logging.NullHandler()
    with contextlib.suppress(OSError):
        handler = logging.handlers.RotatingFileHandler(
            home / LOG_FILE, maxBytes=500_000, backupCount=1, encoding="utf-8"
        )
    logging.basicConfig(
        handlers=[handler], level=logging.INFO, format="%(asctime)s %(process)d %(levelname)s %(message)s"
    )
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)
    logging.raiseExceptions = False
