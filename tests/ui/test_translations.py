# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every text that the add-on shows has a Chinese one, with the same values in it, and no text is kept for nothing.

The bpy wheels are built without languages; that the texts come up in Chinese is seen in tests/gui/test_language.py.
"""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from visible_texts import VisibleTexts

from hitem3d_addon.locale import chinese_errors, chinese_interface, chinese_scene_errors
from hitem3d_addon.locale.chinese import CHINESE

SAME = frozenset({"Hitem3D", "OBJ", "GLB", "STL", "FBX", "USDZ"})
"""Names, which are the same in every language."""

LETTER = "[\u4e00-\u9fff]"


@pytest.fixture(scope="module")
def texts() -> VisibleTexts:
    return VisibleTexts()


def test_every_visible_text_can_be_translated(texts: VisibleTexts) -> None:
    assert not texts.lost, "\n".join(texts.lost)


def test_every_visible_text_is_translated(texts: VisibleTexts) -> None:
    missing = [f"{place}: {text!r}" for (_, text), place in texts.found.items() if text not in SAME | CHINESE.keys()]
    assert not missing, "without a Chinese text:\n" + "\n".join(missing)


def test_every_translation_is_used(texts: VisibleTexts) -> None:
    unused = CHINESE.keys() - {text for _, text in texts.found}
    assert not unused, "Chinese texts that nothing shows any more:\n" + "\n".join(sorted(unused))


def test_no_text_is_translated_twice() -> None:
    parts = (chinese_errors.ERRORS, chinese_scene_errors.SCENE_ERRORS, chinese_interface.INTERFACE)
    assert len(CHINESE) == sum(map(len, parts))


def placeholders(template: str) -> list[tuple[str | None, str | None, str | None]]:
    """What a template fills in, and how; in its order where it has no names."""
    found = [field[1:] for field in string.Formatter().parse(template) if field[1] is not None]
    return found if any(not name for name, _, _ in found) else sorted(found)


def test_a_translation_has_the_values_of_its_original() -> None:
    wrong = [pair for pair in CHINESE.items() if len(set(map(str, map(placeholders, pair)))) > 1]
    assert not wrong


def test_chinese_typography() -> None:
    """Full-width punctuation between Chinese letters, and a space between them and Latin ones, digits and values."""
    wrong = [chinese for chinese in CHINESE.values() if not is_well_set(chinese)]
    assert not wrong, "\n".join(wrong)


def is_well_set(chinese: str) -> bool:
    half_width = rf"{LETTER}[,;:!?]|{LETTER}\.(?!\w)|[,;:!?()]{LETTER}"
    no_space = rf"{LETTER}[A-Za-z0-9{{]|[A-Za-z0-9}}]{LETTER}"
    return not re.search(f"{half_width}|{no_space}", chinese) and chinese.count("“") == chinese.count("”")


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
    """The other tests are worth what this one is: each kind of text is found, and each that can't be is told of."""
    (tmp_path / "errors.py").write_text("class Hitem3DError(Exception): ...")
    (tmp_path / "look.py").write_text(SOURCE)
    texts = VisibleTexts(tmp_path)
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
