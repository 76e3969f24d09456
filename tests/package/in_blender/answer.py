# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the scripts beside this one give their answer to the test: as one line of JSON."""

from __future__ import annotations

import json
from typing import Any

FIRST_WORD = "ANSWER "


def answer(**values: Any) -> None:
    """Print the values such that `answers` finds them among what Blender prints."""
    print(FIRST_WORD + json.dumps(values), flush=True)


def answers(output: str) -> dict[str, Any]:
    """The values of every answer in what a Blender printed."""
    lines = (line.removeprefix(FIRST_WORD) for line in output.splitlines() if line.startswith(FIRST_WORD))
    found: dict[str, Any] = {}
    for line in lines:
        found |= json.loads(line)
    return found
