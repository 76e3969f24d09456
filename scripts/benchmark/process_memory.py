# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory a process has, and had at its peak, as Linux counts it."""

from __future__ import annotations

import os
import re
from pathlib import Path

PROC = Path("/proc")
THERE = (PROC / "self" / "clear_refs").exists()


def resident(pid: int | None = None) -> int:
    """Bytes in memory now."""
    return _status("VmRSS", pid)


def peak(pid: int | None = None) -> int:
    """The most bytes since the process began, or since `forget_peak`."""
    return _status("VmHWM", pid)


def forget_peak(pid: int | None = None) -> None:
    """Begin anew with what is in memory now."""
    (PROC / str(pid or os.getpid()) / "clear_refs").write_text("5")


def _status(name: str, pid: int | None) -> int:
    text = (PROC / str(pid or os.getpid()) / "status").read_text()
    found = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
