# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run in Blender: say which add-ons the preferences name."""

from __future__ import annotations

import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))

from answer import answer

answer(addons=list(bpy.context.preferences.addons.keys()))
