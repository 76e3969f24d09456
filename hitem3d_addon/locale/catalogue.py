# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a .po file: https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html, without plurals."""

from __future__ import annotations

import json
from pathlib import Path

FOLDER = Path(__file__).parent


def read_translations(language: str) -> dict[str, str]:
    """The translations into a language, by the English text; none where there is no file for that language.

    ``language`` is Blender's name for it, such as ``zh_HANS``.
    """
    file = FOLDER / f"{language}.po"
    return parse(file.read_text("utf-8")) if file.is_file() else {}


def parse(po: str) -> dict[str, str]:
    """What a .po file translates, by the English text: no text without a translation, and no header.

    Entries marked as fuzzy are left out: they are guesses until a translator has looked at them.
    """
    entries = map(read_fields, po.split("\n\n"))
    translated = (e for e in entries if e.get("msgid") and e.get("msgstr") and "fuzzy" not in e.get("#,", ""))
    return {entry["msgid"]: entry["msgstr"] for entry in translated}


def read_fields(entry: str) -> dict[str, str]:
    """The strings of one entry of a .po file by their keywords, ``msgid`` and ``msgstr``, and its flags by ``#,``."""
    fields: dict[str, str] = {}
    keyword = ""
    for line in entry.splitlines():
        before, quote, _ = line.partition('"')
        if line.startswith("#,"):
            fields["#,"] = line[2:]
        elif quote and not line.startswith("#"):
            keyword = before.strip() or keyword
            # A string in a .po file is written as in C; JSON has the same escapes, as far as needed: \n, \t, \" and \\.
            fields[keyword] = fields.get(keyword, "") + json.loads(line[len(before) :])
    return fields
