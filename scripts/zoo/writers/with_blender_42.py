# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender 4.2 itself."""

from __future__ import annotations

from ..blender_files import run_and_leave

PYTHON = ["3.11"]
PACKAGES = ["bpy==4.2.23"]

if __name__ == "__main__":
    run_and_leave("blender-42")
