# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run with a Python that has the bpy wheel: install the zip, read the preferences, and go on with an earlier file."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import bpy

bpy.ops.extensions.package_install_files(filepath=sys.argv[1], repo="user_default", enable_on_install=True)
if bpy.app.version >= (5, 0):  # the wheel begins without preferences, and that of 4.2 ends where it is to read them
    bpy.ops.wm.read_userpref()
runpy.run_path(str(Path(__file__).with_name("go_on.py")))
