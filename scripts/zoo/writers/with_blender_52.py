# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender 5.2 itself."""

from __future__ import annotations

from ..blender_files import write
from ..cells import run

PYTHON = ["3.13"]
PACKAGES = ["bpy==5.2.3"]

if __name__ == "__main__":
    run("blender-52", ["bpy"], write)
