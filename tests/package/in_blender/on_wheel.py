# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run with a Python that has the bpy wheel: install the zip, do what the other scripts do, remove it.

In one process, since the wheel forgets its preferences when it ends.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import bpy

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from answer import answer

bpy.ops.extensions.package_install_files(filepath=sys.argv[1], repo="user_default", enable_on_install=True)
runpy.run_path(str(HERE / "segment.py"))
runpy.run_path(str(HERE / "disable_enable.py"))
repositories = [repo.module for repo in bpy.context.preferences.extensions.repos]
bpy.ops.extensions.package_uninstall(repo_index=repositories.index("user_default"), pkg_id="hitem3d")
answer(addons=list(bpy.context.preferences.addons.keys()))
