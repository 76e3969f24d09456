# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The texts in other languages: a .po file for each, named as Blender names the language, and what reads it.

To add a language: make an empty ``<language>.po`` here and run ``python3 scripts/translations.py``.
"""

DOORS = ("catalogue",)
