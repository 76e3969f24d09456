# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hands the add-on's texts in the user's language to Blender, where there are any; the others are not read."""

from __future__ import annotations

import bpy
from bpy.app.handlers import persistent
from bpy.app.translations import contexts

from .. import ADDON

ENGLISH = "en_US"

_given: dict[str, dict[tuple[str, str], str]] = {}
"""By language, what Blender was given."""


@persistent
def _give(*_: object) -> None:
    """After the user chose a language, too (Blender 4.2 to 5.2)."""
    language = bpy.app.translations.locale
    if language in _given or language in ("", ENGLISH):
        return
    from ..locale.catalogue import read_translations

    translations = read_translations(language)
    if not translations:
        return
    _take_back()
    # Blender looks labels and buttons of operators up in a context of their own. Which text is one is told by where it
    # stands, so each is given in both.
    _given[language] = {
        (context, english): translation
        for context in (contexts.default, contexts.operator_default)
        for english, translation in translations.items()
    }
    bpy.app.translations.register(ADDON, _given)


def _take_back() -> None:
    if _given:
        bpy.app.translations.unregister(ADDON)


def register() -> None:
    bpy.app.handlers.translation_update_post.append(_give)
    _give()


def unregister() -> None:
    bpy.app.handlers.translation_update_post.remove(_give)
    _take_back()
    _given.clear()
