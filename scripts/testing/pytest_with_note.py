# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs pytest with a note right before its summary: pytest_with_note.py FILE [pytest's arguments].

The note is what is in the file, and is waited for where it is not there yet.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

PATIENCE = 600
"""Seconds that the note may come later than the tests' end."""


class Note:
    """A plugin that writes some lines when the tests have run."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Called by pytest before its last line."""
        end = time.monotonic() + PATIENCE
        while not self.file.exists() and time.monotonic() < end:
            time.sleep(0.1)
        terminalreporter.write_line(self.file.read_text("utf-8") if self.file.exists() else "There is no note.")


if __name__ == "__main__":
    code = int(pytest.main(sys.argv[2:], plugins=[Note(Path(sys.argv[1]))]))
    # The bpy wheel 4.2 crashes while it is taken down once its glTF add-on was used, with or without this project, and
    # the crash would stand for the tests' result.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
