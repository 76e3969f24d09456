# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run with a Python that has the bpy wheel: install from one remote repository, work, update from another, work.

The two addresses stand for one web server before and after a release, since the wheel forgets its preferences when it
ends.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import bpy

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from answer import answer

bpy.context.preferences.system.use_online_access = True
repositories = bpy.context.preferences.extensions.repos
while repositories:  # Blender's own one is in the internet
    repositories.remove(repositories[0])
repository = repositories.new(name="Hitem3D", module="studio", remote_url=sys.argv[1])
bpy.ops.extensions.repo_sync_all()
bpy.ops.extensions.package_install(repo_index=0, pkg_id="hitem3d", enable_on_install=True)
first = runpy.run_path(str(HERE / "segment.py"))
repository.remote_url = sys.argv[2]
bpy.ops.extensions.repo_sync_all()
bpy.ops.extensions.package_upgrade_all()
runpy.run_path(str(HERE / "segment.py"))
answer(
    first_task_id=first["task_id"],
    enabled=[name for name in bpy.context.preferences.addons.keys() if "hitem3d" in name],  # noqa: SIM118
)
