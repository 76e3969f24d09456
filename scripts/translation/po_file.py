# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a .po file anew for the texts of today: in the order of the sources, with what was translated before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from string import Formatter

from hitem3d_addon.locale.catalogue import parse, read_fields

from .visible_texts import PACKAGE, Place, VisibleTexts

HEADER = """Project-Id-Version: Hitem3D for Blender
Report-Msgid-Bugs-To: none
PO-Revision-Date: none
Last-Translator: Hitem3D for Blender authors
Language-Team: none
Language: {language}
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit
"""
LOCALE = PACKAGE / "locale"
SAME = frozenset({"Hitem3D", "OBJ", "GLB", "STL", "FBX", "USDZ"})
"""Names, which are the same in every language."""
BRACES = "python-brace-format"
"""The flag of a text with values in it: translators' editors and msgfmt then check that none is lost."""


def texts_to_translate(shown: VisibleTexts) -> dict[str, list[Place]]:
    """Every text that the add-on shows, in the order of its sources, with the places where it stands."""
    texts: dict[str, list[Place]] = {}
    for (_, text), places in shown.found.items():
        if text not in SAME:
            texts.setdefault(text, []).extend(places)
    return texts


def without_translation(po: str, texts: Iterable[str]) -> list[str]:
    """Those of the texts that a .po file does not translate."""
    translated = parse(po)
    return [text for text in texts if text not in translated]


def update(po: str, language: str, texts: Mapping[str, Iterable[Place]]) -> str:
    """The .po file of a language with exactly these texts, given each text's places and the file as it is now.

    A text is known by itself alone: one that was changed in the sources begins without a translation. What translators
    wrote stays: translations, comments, and the flag of those that they are not sure of.
    """
    blocks = {fields.get("msgid", ""): block for block in po.split("\n\n") if (fields := read_fields(block))}
    entries = ["\n".join(_header(blocks.get("", ""), language))]
    entries += ["\n".join(_entry(blocks.get(text, ""), text, places)) for text, places in texts.items()]
    return "\n\n".join(entries) + "\n"


def _header(before: str, language: str) -> Iterator[str]:
    yield from _comments(before)
    yield 'msgid ""'
    yield 'msgstr ""'
    text = read_fields(before).get("msgstr") or HEADER.format(language=language)
    yield from map(_quoted, text.splitlines(keepends=True))


def _entry(before: str, text: str, places: Iterable[Place]) -> Iterator[str]:
    fields = read_fields(before)
    yield from _comments(before)
    yield "#: " + " ".join(sorted({place.file for place in places}))  # no line numbers, which change all the time
    flags = ["fuzzy"] if "fuzzy" in fields.get("#,", "") else []
    flags += [BRACES] if any(name is not None for _, name, _, _ in Formatter().parse(text)) else []
    if flags:
        yield f"#, {', '.join(flags)}"
    yield f"msgid {_quoted(text)}"
    yield f"msgstr {_quoted(fields.get('msgstr', ''))}"


def _comments(entry: str) -> list[str]:
    """What translators noted, in lines of their own."""
    return [line for line in entry.splitlines() if line.startswith("# ")]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
