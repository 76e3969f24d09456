# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A window set to Chinese: every text comes up in it, in the sidebar, the menus, the dialog, F3 and the preferences.

What can be asked of Blender is asserted; the pictures in build/screenshots are for somebody to look at.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from blender.window import REPOSITORY, BlenderWindow
from sandbox.process import Sandbox
from translation.visible_texts import VisibleTexts

from hitem3d_addon.locale.catalogue import read_translations

CHINESE = read_translations("zh_HANS")
OpenWindow = Callable[..., BlenderWindow]

LOOKED_UP = """
from bpy.app.translations import pgettext_iface, pgettext_rpt, pgettext_tip
result = [sorted({look(text, context) for look in (pgettext_iface, pgettext_rpt, pgettext_tip)})
          for context, text in TEXTS]
"""

REFUSED = """
try:
    bpy.ops.hitem3d.OPERATOR
except RuntimeError as error:
    result = str(error)
"""


@pytest.fixture
def window(open_window: OpenWindow) -> Iterator[BlenderWindow]:
    """A window in Chinese, with the add-on's sidebar."""
    window = open_window()
    if not window.run("result = 'zh_HANS' in bpy.app.translations.locales"):
        pytest.skip("this Blender was built without languages")
    window.run(
        "view = bpy.context.preferences.view; view.language = 'zh_HANS'\n"
        "view.use_translate_interface = view.use_translate_tooltips = view.use_translate_reports = True\n"
        "view.use_translate_new_dataname = False\n"
        "show_sidebar()"
    )
    window.run("show_sidebar()")
    yield window
    window.quit()


@pytest.fixture
def picture(window: BlenderWindow, blender: str) -> Callable[[str], None]:
    """Takes pictures of the window, named after what they show and the Blender that it is."""

    def take(name: str) -> None:
        window.move(650, 560)  # what pops up is drawn when the mouse moves
        time.sleep(1.0)
        window.picture(REPOSITORY / "build" / "screenshots" / f"chinese-{name}-{Path(blender).name}.png")

    return take


def test_every_text_comes_up_in_chinese(window: BlenderWindow) -> None:
    """Also those that Blender has translations of its own for, which win: they mean the same."""
    texts = [(context, text) for context, text in VisibleTexts().found if text in CHINESE]
    shown = window.run(LOOKED_UP.replace("TEXTS", repr(texts)))
    wrong = {text: said for text, said in zip(texts, shown, strict=True) if said != [CHINESE[text[1]]]}
    assert len(texts) > 200
    assert not wrong

    # So they do where the add-on is enabled in a Blender that is Chinese already.
    window.run(
        "import addon_utils\n"
        "for change in (addon_utils.disable, addon_utils.enable):\n"
        "    change('bl_ext.user_default.hitem3d', default_set=True)"
    )
    assert window.run(LOOKED_UP.replace("TEXTS", repr(texts))) == shown


def test_reports_and_refusals(window: BlenderWindow) -> None:
    """What a script reads: an operator's sentence, and why a button is greyed out."""

    def refused(operator: str) -> str:
        return str(window.run(REFUSED.replace("OPERATOR", operator)))

    assert CHINESE["Import the parts of the active object first"] in refused("apply_parts()")
    assert CHINESE["This is no task id. It looks like segmentation_20260312_8f92ab3e1cde."] in refused(
        "adopt_task(task_id=' ')"
    )
    window.run("bpy.ops.object.empty_add()")
    window.run("bpy.context.view_layer.objects.active.name = 'Leer'")
    template = CHINESE["“{name}” is an empty, which has no surface. Choose a mesh."]
    assert template.format(name="Leer") in refused("create_task()")


def test_what_is_seen(window: BlenderWindow, picture: Callable[[str], None], sandbox: Sandbox) -> None:
    window.move(600, 600)
    picture("ready")

    window.run("bpy.ops.wm.call_menu(name='HITEM3D_MT_object')")
    picture("menu")
    window.keys("ESC")

    window.run("bpy.ops.hitem3d.create_task('INVOKE_DEFAULT')")
    picture("dialog")
    window.keys("ESC")

    window.keys("F3")
    window.type("hitem")
    picture("search")
    window.keys("ESC")
    window.keys("ESC")

    sandbox.behave(seconds=600)
    window.run("bpy.ops.hitem3d.create_task('INVOKE_DEFAULT', without_dialog=True)")
    window.until("bpy.data.objects['Cube'].get('hitem3d_task_id', '')")
    picture("working")
    sandbox.behave(seconds=0)

    window.run(
        "bpy.ops.screen.userpref_show('INVOKE_DEFAULT')\n"
        "bpy.context.preferences.active_section = 'ADDONS'\n"
        "bpy.context.window_manager.addon_search = 'Hitem3D'\n"
        "bpy.ops.preferences.addon_expand(module='bl_ext.user_default.hitem3d')"
    )
    picture("preferences")
