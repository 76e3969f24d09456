# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs pytest with a note right before its summary: pytest_with_note.py NOTE [pytest's arguments]."""

from __future__ import annotations

import os
import sys

import pytest


class Note:
    """A plugin that writes one line when the tests have run."""

    def __init__(self, text: str) -> None:
        self.text = text

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Called by pytest before its last line."""
        terminalreporter.write_line(self.text)


if __name__ == "__main__":
    code = int(pytest.main(sys.argv[2:], plugins=[Note(sys.argv[1])]))
    # The bpy wheel 4.2 crashes while it is taken down once its glTF add-on was used, with or without this project, and
    # the crash would stand for the tests' result.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
