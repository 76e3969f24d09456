# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hands the add-on's Chinese texts to Blender as soon as its interface is Chinese; for others they are not loaded."""

from __future__ import annotations

import bpy
from bpy.app.handlers import persistent
from bpy.app.translations import contexts

from .. import ADDON

LANGUAGE = "zh_HANS"

_given = False


@persistent
def _give(*_: object) -> None:
    """After the user chose a language, too (Blender 4.2 to 5.2)."""
    global _given
    if _given or bpy.app.translations.locale != LANGUAGE:
        return
    from ..locale.chinese import CHINESE

    # Blender looks labels and buttons of operators up in a context of their own. Which text is one is told by where it
    # stands, so each is given in both.
    both = {
        (context, english): chinese
        for context in (contexts.default, contexts.operator_default)
        for english, chinese in CHINESE.items()
    }
    bpy.app.translations.register(ADDON, {LANGUAGE: both})
    _given = True


def register() -> None:
    bpy.app.handlers.translation_update_post.append(_give)
    _give()


def unregister() -> None:
    global _given
    bpy.app.handlers.translation_update_post.remove(_give)
    if _given:
        bpy.app.translations.unregister(ADDON)
    _given = False
