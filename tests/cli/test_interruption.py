# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ctrl-C at the worst moment: while a line is being written to a terminal or a farm that does not read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
TALKS = """
from hitem3d_addon.cli.interruption import Interruption
from hitem3d_addon.cli.output import Output
with Output(as_json=True, json_file=None) as output:
    with Interruption(lambda: output.note("Stopping.")) as stop:
        output.note("begun")
        output.note("x" * 1_000_000)
        output.event("end", stopped=stop())
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows interrupts no call of the system")
def test_a_signal_while_standard_error_is_written() -> None:
    """Nothing is raised in the middle of what is being done, such as waiting for the answer to a paid request."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(
        [sys.executable, "-c", TALKS],
        bufsize=0,  # or readline() takes more than its line, which communicate() does not give
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as talking:
        assert talking.stderr is not None
        assert talking.stderr.readline() == b"begun\n"
        time.sleep(0.5)  # the pipe is full now
        talking.send_signal(signal.SIGINT)
        time.sleep(0.2)
        said, noted = talking.communicate(timeout=30)
    assert b"Traceback" not in noted, noted[-2000:]
    assert noted.count(b"x") == 1_000_000
    assert said == b'{"event": "end", "stopped": true}\n'
