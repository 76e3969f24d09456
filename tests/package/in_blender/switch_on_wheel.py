# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run with a Python that has the bpy wheel: install files one after the other, and look at a preference after each."""

from __future__ import annotations

import contextlib
import io
import runpy
import sys
from pathlib import Path

import bpy

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from answer import answer, answers

seen = []
for file in sys.argv[1:]:
    bpy.ops.extensions.package_install_files(filepath=file, repo="user_default", enable_on_install=True)
    with contextlib.redirect_stdout(io.StringIO()) as said:
        runpy.run_path(str(HERE / "change_a_preference.py"))
    seen.append(answers(said.getvalue()))
answer(seen=seen)
