# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hands the add-on's Chinese texts to Blender, which shows them where its own interface is Chinese."""

from __future__ import annotations

import bpy
from bpy.app.translations import contexts

from .chinese_errors import ERRORS
from .chinese_interface import INTERFACE
from .chinese_scene_errors import SCENE_ERRORS

CHINESE = ERRORS | SCENE_ERRORS | INTERFACE
"""By the English text, which is what Blender looks up. Blender's own translation wins where it has the same text."""


def register() -> None:
    # Blender looks labels and buttons of operators up in a context of their own. Which text is one is told by where it
    # stands, so each is given in both.
    both = {
        (context, english): chinese
        for context in (contexts.default, contexts.operator_default)
        for english, chinese in CHINESE.items()
    }
    bpy.app.translations.register(__package__ or "", {"zh_HANS": both})


def unregister() -> None:
    bpy.app.translations.unregister(__package__ or "")
