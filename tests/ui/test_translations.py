# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every text that the add-on shows is in the .po of each language, translated, with the same values; no other is.

The bpy wheels are built without languages; that the texts come up in Chinese is seen in tests/gui/test_language.py.
"""

from __future__ import annotations

import gettext
import re
import shutil
import string
import subprocess
from pathlib import Path

import pytest
from translation.po_file import LOCALE, texts_to_translate, update, without_translation
from translation.visible_texts import Place, VisibleTexts

from hitem3d_addon.locale.catalogue import parse, read_translations

FILES = sorted(LOCALE.glob("*.po"))
LANGUAGES = [file.stem for file in FILES]
LETTER = "[\u4e00-\u9fff]"


@pytest.fixture(scope="module")
def shown() -> VisibleTexts:
    """All of the add-on's texts; reading them takes a second."""
    return VisibleTexts()


@pytest.fixture(scope="module")
def texts(shown: VisibleTexts) -> dict[str, list[Place]]:
    return texts_to_translate(shown)


def test_every_visible_text_can_be_translated(shown: VisibleTexts) -> None:
    assert not shown.lost, "\n".join(shown.lost)


def test_there_is_chinese() -> None:
    assert "zh_HANS" in LANGUAGES
    assert read_translations("zh_HANS")["Segment"] == "分割"


def test_english_has_no_file() -> None:
    assert not read_translations("en_US")


@pytest.mark.parametrize("file", FILES, ids=LANGUAGES)
def test_every_visible_text_is_translated(file: Path, texts: dict[str, list[Place]]) -> None:
    missing = [f"{texts[text][0]}: {text!r}" for text in without_translation(file.read_text("utf-8"), texts)]
    assert not missing, "without a translation (run scripts/translations.py):\n" + "\n".join(missing)


@pytest.mark.parametrize("file", FILES, ids=LANGUAGES)
def test_the_file_is_up_to_date(file: Path, texts: dict[str, list[Place]]) -> None:
    """No text is kept for nothing, and each says where it stands. Otherwise run: python3 scripts/translations.py"""
    po = file.read_text("utf-8")
    assert po == update(po, file.stem, texts)


@pytest.mark.parametrize("file", FILES, ids=LANGUAGES)
def test_gettext_reads_the_file(file: Path, tmp_path: Path, texts: dict[str, list[Place]]) -> None:
    """And finds the same values in both texts, which our own check below does too, where there is no gettext."""
    if not shutil.which("msgfmt"):
        pytest.skip("gettext is not installed")
    compiled = tmp_path / "compiled.mo"
    done = subprocess.run(["msgfmt", "--check", "-o", compiled, file], capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    with compiled.open("rb") as opened:
        theirs = gettext.GNUTranslations(opened)
    ours = parse(file.read_text("utf-8"))
    assert {english: theirs.gettext(english) for english in texts} == ours


def placeholders(template: str) -> list[tuple[str | None, str | None, str | None]]:
    """What a template fills in, and how; in its order where it has no names."""
    found = [field[1:] for field in string.Formatter().parse(template) if field[1] is not None]
    return found if any(not name for name, _, _ in found) else sorted(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_values_of_its_original(language: str) -> None:
    wrong = [pair for pair in read_translations(language).items() if len(set(map(str, map(placeholders, pair)))) > 1]
    assert not wrong


def test_chinese_typography() -> None:
    """Full-width punctuation between Chinese letters, and a space between them and Latin ones, digits and values."""
    wrong = [chinese for chinese in read_translations("zh_HANS").values() if not is_well_set(chinese)]
    assert not wrong, "\n".join(wrong)


def is_well_set(chinese: str) -> bool:
    half_width = rf"{LETTER}[,;:!?]|{LETTER}\.(?!\w)|[,;:!?()]{LETTER}"
    no_space = rf"{LETTER}[A-Za-z0-9{{]|[A-Za-z0-9}}]{LETTER}"
    return not re.search(f"{half_width}|{no_space}", chinese) and chinese.count("“") == chinese.count("”")


PO = """# Of somebody.
msgid ""
msgstr ""
"Language: de\\n"

#: gone.py
msgid "Gone"
msgstr "Weg"

# Not "Kürzen".
#: moved.py
msgid ""
"Cut \\"{name}\\"\\n"
"now"
msgstr "„{name}“\\n"
"jetzt zerlegen"

#, fuzzy, python-brace-format
msgid "{count} parts"
msgstr "{count} Stück?"

#~ msgid "Long gone"
#~ msgstr "Lange weg"
"""


def test_what_a_po_file_translates() -> None:
    """Strings in several lines, what is escaped in them; no header, nothing unsure or obsolete."""
    assert parse(PO) == {"Gone": "Weg", 'Cut "{name}"\nnow': "„{name}“\njetzt zerlegen"}
    assert parse("") == {}


def test_a_po_file_is_brought_up_to_date() -> None:
    """What is new comes in empty, what is gone goes, and what a translator wrote stays."""
    cut, parts = 'Cut "{name}"\nnow', "{count} parts"
    texts = {cut: [Place("a.py", 3), Place("b/c.py", 1), Place("a.py", 9)], "New": [Place("a.py", 4)], parts: []}
    po = update(PO, "de", texts)
    assert [block.splitlines() for block in po.split("\n\n")] == [
        ["# Of somebody.", 'msgid ""', 'msgstr ""', r'"Language: de\n"'],
        [
            '# Not "Kürzen".',
            "#: a.py b/c.py",
            "#, python-brace-format",
            r'msgid "Cut \"{name}\"\nnow"',
            r'msgstr "„{name}“\njetzt zerlegen"',
        ],
        ["#: a.py", 'msgid "New"', 'msgstr ""'],
        ["#: ", "#, fuzzy, python-brace-format", 'msgid "{count} parts"', 'msgstr "{count} Stück?"'],
    ]
    assert update(po, "de", texts) == po
    assert without_translation(po, texts) == ["New", parts]


def test_a_language_begins_with_an_empty_file() -> None:
    po = update("", "fr_FR", {"New": [Place("a.py", 4)]})
    assert r'"Language: fr_FR\n"' in po
    assert po.endswith('\n\n#: a.py\nmsgid "New"\nmsgstr ""\n')


SOURCE = '''
class Preferences:
    key: a_property("Key")

def a_property(label):
    return StringProperty(name=label, description=("Where " "it is"))

class LostError(Hitem3DError):
    pass

class HITEM3D_OT_look(Operator):
    """Look for it"""
    bl_label = "Look"

    def draw(self, context):
        text = "Sending {:.0f}" if self.sends else "Fetching {:.0f}"
        text = pgettext_iface(text).format(self.done)
        self.layout.label(text=text)
        self.layout.operator("a.b", text="Press")
        self.layout.label(text=context.object.name)
        self.layout.label(text=context.object.name, translate=False)
        self.poll_message_set("Not now")
        draw_text(context, self.layout, "English")
        raise LostError("Gone: {what}", what="some words")
        raise LostError(self.reason)
'''


def test_what_is_found(tmp_path: Path) -> None:
    """The other tests rely on this: each kind of text is found, and each that can't be translated is reported."""
    (tmp_path / "errors.py").write_text("class Hitem3DError(Exception): ...")
    (tmp_path / "look.py").write_text(SOURCE)
    texts = VisibleTexts(tmp_path)
    assert texts.found["*", "Key"] == [Place("look.py", 6)]
    assert texts.found.keys() == {
        ("*", "Key"),
        ("*", "Where it is"),
        ("*", "Look for it"),
        ("Operator", "Look"),
        ("*", "Sending {:.0f}"),
        ("*", "Fetching {:.0f}"),
        ("Operator", "Press"),
        ("*", "Gone: {what}"),
    }
    said = [line.partition(": ")[2] for line in texts.lost]
    assert [line.partition(":")[0] for line in said] == [
        "text= of label, which may be user data, is no literal",
        "poll_message_set of a text that was not looked up",
        "draw_text of a text that was not looked up",
        "words among the values of a message",
        "the template of a message is no literal",
    ]
