# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All Chinese texts of the add-on."""

from __future__ import annotations

from .chinese_errors import ERRORS
from .chinese_interface import INTERFACE
from .chinese_scene_errors import SCENE_ERRORS

CHINESE = ERRORS | SCENE_ERRORS | INTERFACE
"""By the English text, which is what Blender looks up. Blender's own translation wins where it has the same text."""
