# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs pytest with a note right before its summary: pytest_with_note.py NOTE [pytest's arguments]."""

from __future__ import annotations

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
    sys.exit(pytest.main(sys.argv[2:], plugins=[Note(sys.argv[1])]))
