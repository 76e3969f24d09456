# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""python3 scripts/translations.py: brings the .po files of all languages up to date with the add-on's texts.

New texts come in without a translation (msgstr ""), which is to be written by hand or with an editor such as Poedit;
those that nothing shows any more go. It ends with 1 while a translation is missing.

To add a language, make an empty file hitem3d_addon/locale/<language>.po, named as Blender names the language
(bpy.app.translations.locales), and run this.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for hitem3d_addon

from translation.po_file import LOCALE, texts_to_translate, update, without_translation
from translation.visible_texts import VisibleTexts


def main() -> None:
    """Write them, and say what is missing."""
    texts = texts_to_translate(VisibleTexts())
    missing = 0
    for file in sorted(LOCALE.glob("*.po")):
        po = update(file.read_text("utf-8"), file.stem, texts)
        file.write_text(po, "utf-8", newline="\n")
        left = without_translation(po, texts)
        missing += len(left)
        print(f"{file.name}: {len(texts)} texts, {len(left)} without a translation")
        for text in left:
            print(f"  {texts[text][0]}: {text}")
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
