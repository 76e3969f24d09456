# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel in every state, as a picture under build/screenshots/ for people to look at, and F3 with real keys."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from blender.window import REPOSITORY, BlenderWindow, until
from build import build
from sandbox.process import Sandbox

from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.values import TaskState

OpenWindow = Callable[..., BlenderWindow]

KNOWN = "import sys\nknown = next(m for n, m in sys.modules.items() if n.endswith('hitem3d.session.board')).board\n"


@pytest.fixture
def pictures(blender: str) -> Path:
    """Where this Blender's pictures go."""
    return REPOSITORY / "build" / "screenshots" / Path(blender).name


def press(window: BlenderWindow) -> None:
    window.run("bpy.ops.hitem3d.create_task('INVOKE_DEFAULT', without_dialog=True, again=True)")


def seen(window: BlenderWindow, state: TaskState, seconds: float = 60.0) -> None:
    """Wait until the panel knows the newest task to be in this state."""
    code = KNOWN + "result = max(known.tasks.values(), key=lambda t: t.revision).state.value if known.tasks else ''"
    until(lambda: window.run(code) == state.value, state.value, seconds)
    time.sleep(0.5)


def start_over(window: BlenderWindow, home: Path, model: str = "monkey") -> None:
    """An empty task list, and one object."""
    window.run(
        "bpy.ops.wm.read_homefile(app_template='', use_factory_startup=True, load_ui=False)\n"
        "for obj in list(bpy.data.objects): bpy.data.objects.remove(obj)\n"
    )
    window.run(f"bpy.ops.mesh.primitive_{model}_add()")
    with TaskStore(home) as store:
        for task in store.tasks():
            store.forget(task.uid)


def environ(window: BlenderWindow, **values: str) -> None:
    window.run(f"import os\nos.environ.update({values!r})\nbpy.context.view_layer.update()")


def test_the_panel_in_every_state(
    open_window: OpenWindow, sandbox: Sandbox, home: Path, folder: Path, pictures: Path
) -> None:
    window = open_window()
    window.widen_sidebar(200)

    def picture(name: str) -> None:
        window.sidebar_picture(pictures / f"{name}.png")

    start_over(window, home)
    environ(window, HITEM3D_TOKEN="")
    picture("no keys")
    environ(window, HITEM3D_TOKEN=sandbox.token, HITEM3D_API_URL="https://api.hitem3d.ai")
    picture("offline")
    environ(window, HITEM3D_API_URL=sandbox.url)
    window.run("bpy.ops.hitem3d.test_connection('INVOKE_DEFAULT')")
    until(lambda: window.run(KNOWN + "result = known.account is not None"), "the account")
    picture("ready")

    site = folder / "site.toml"
    site.write_text('upload_limit_mb = 1\nnote = "Questions: pipeline@studio"\n', "utf-8")
    environ(window, HITEM3D_SITE=str(site))
    window.run("bpy.ops.mesh.primitive_grid_add(x_subdivisions=300, y_subdivisions=300)")
    time.sleep(2)
    picture("too large")
    site = site.with_name("forbidden.toml")
    site.write_text("uploads = false\n", "utf-8")
    environ(window, HITEM3D_SITE=str(site))
    picture("no uploads by the studio")
    window.run("import os; del os.environ['HITEM3D_SITE']")

    start_over(window, home)
    window.run("bpy.ops.object.select_all(action='DESELECT'); bpy.context.view_layer.objects.active = None")
    picture("nothing chosen")
    for _ in range(2):
        window.run("bpy.ops.mesh.primitive_torus_add()")
    window.run("bpy.ops.object.select_all(action='SELECT')")
    time.sleep(1)
    picture("several objects")

    start_over(window, home)
    window.run(
        f"bpy.ops.wm.save_as_mainfile(filepath={str(folder / 'library.blend')!r}, copy=True)",
    )
    window.run(
        f"with bpy.data.libraries.load({str(folder / 'library.blend')!r}, link=True) as (there, here):\n"
        "    here.objects = ['Suzanne']\n"
        "obj = here.objects[0]\n"
        "bpy.context.collection.objects.link(obj)\n"
        "bpy.ops.object.select_all(action='DESELECT')\n"
        "obj.select_set(True); bpy.context.view_layer.objects.active = obj"
    )
    time.sleep(1)
    picture("linked object")

    sandbox.behave(upload_rate=250_000, seconds=600)
    start_over(window, home, model="grid")
    window.run("bpy.context.active_object.name = 'Landscape'")
    window.run("bpy.ops.mesh.primitive_grid_add(x_subdivisions=500, y_subdivisions=500)")
    press(window)
    seen(window, TaskState.SENDING)
    until(lambda: window.run(KNOWN + "result = bool(known.transfers)"), "progress")
    picture("uploading")
    sandbox.behave(upload_rate=0)
    seen(window, TaskState.WORKING)
    picture("queued")
    sandbox.behave(seconds=20)
    service_state = KNOWN + "result = [t.service_state for t in known.tasks.values()]"
    until(lambda: window.run(service_state) == ["processing"], "processing", 30)
    picture("processing")
    sandbox.behave(seconds=0.2)
    seen(window, TaskState.DONE)
    picture("done")
    window.run("bpy.ops.hitem3d.import_result('INVOKE_DEFAULT', True)")
    time.sleep(1)
    picture("imported")

    start_over(window, home)
    sandbox.behave(fail_next=1)
    press(window)
    seen(window, TaskState.FAILED)
    picture("failed")
    start_over(window, home)
    sandbox.behave(faults=[{"on": "create-task", "when": "received", "do": "cut"}])
    press(window)
    seen(window, TaskState.UNCERTAIN)
    picture("uncertain")

    window.run(
        "import os\n"
        "themes = [os.path.join(p, 'Blender_Light.xml') for p in bpy.utils.preset_paths('interface_theme')]\n"
        "theme = next(file for file in themes if os.path.isfile(file))\n"
        "bpy.ops.script.execute_preset(filepath=theme, menu_idname='USERPREF_MT_interface_theme_presets')"
    )
    time.sleep(1)
    picture("uncertain in a light theme")

    window.run("bpy.context.preferences.view.ui_scale = 2.0")
    window.widen_sidebar(400)
    picture("uncertain at twice the size")
    window.run("bpy.context.preferences.view.ui_scale = 1.0")
    assert "Traceback" not in window.log, window.log


def test_the_zip_is_dropped_into_the_window(open_window: OpenWindow, folder: Path, pictures: Path) -> None:
    """A new user's first steps: what Blender calls for a dropped file asks, Enter installs, and the panel is there."""
    archive = build(folder / "dist")
    window = open_window(with_addon=False)
    window.move(700, 500)
    window.run(f"bpy.ops.extensions.package_install_files('INVOKE_DEFAULT', url={str(archive)!r})")
    time.sleep(0.7)
    window.picture(pictures / "dropped.png")
    window.keys("RET")
    window.until("'bl_ext.user_default.hitem3d' in bpy.context.preferences.addons")
    assert window.run("result = hasattr(bpy.types, 'HITEM3D_PT_segment')")
    assert "Traceback" not in window.log, window.log


def test_f3_finds_it_and_the_dialog_sends_it(
    open_window: OpenWindow, sandbox: Sandbox, home: Path, pictures: Path
) -> None:
    """F3, a word, Enter, the dialog, Enter, the parts, undo: with keys alone."""
    sandbox.behave(seconds=1)
    window = open_window()
    window.run("bpy.context.preferences.view.show_splash = False")
    window.move(700, 500)
    window.keys("F3")
    window.type("segment")
    time.sleep(0.5)
    window.picture(pictures / "F3.png")
    window.keys("RET")
    time.sleep(0.7)
    window.picture(pictures / "dialog.png")
    assert sandbox.counts()["requests"]["create-task"] == 0
    window.keys("RET")
    seen(window, TaskState.DONE)
    window.keys("F3")
    window.type("import parts")
    window.keys("RET")
    window.until("'Cube parts' in bpy.data.collections")
    window.sidebar()
    window.picture(pictures / "window.png")
    window.run("bpy.ops.ed.undo()")
    assert window.run("result = 'Cube parts' in bpy.data.collections") is False
    assert sandbox.counts()["requests"]["create-task"] == 1
    assert "Traceback" not in window.log, window.log


def test_consent_is_asked_once(open_window: OpenWindow, home: Path, pictures: Path) -> None:
    """For a service out there: before the first model goes, with a name that leads nowhere."""
    window = open_window(HITEM3D_API_URL="https://hitem3d.invalid", HITEM3D_TOKEN="token")
    window.run("bpy.context.preferences.system.use_online_access = True")
    window.move(700, 500)
    press(window)
    time.sleep(0.7)
    window.picture(pictures / "consent.png")
    assert not home.joinpath("jobs").exists()
    window.keys("ESC")
    press(window)
    time.sleep(0.7)
    window.keys("RET")
    seen(window, TaskState.PENDING)
    press(window)  # not asked again: it is in line at once
    until(lambda: window.run(KNOWN + "result = len(known.tasks)") == 2, "the second task")
    window.sidebar()
    until(lambda: window.run(KNOWN + "result = all(t.error for t in known.tasks.values())"), "no such host", 30)
    window.sidebar_picture(pictures / "waiting for the network.png")


def test_the_preferences_page(open_window: OpenWindow, pictures: Path) -> None:
    window = open_window(HITEM3D_API_URL="", HITEM3D_TOKEN="")
    window.run(
        "settings = bpy.context.preferences.addons['bl_ext.user_default.hitem3d'].preferences\n"
        "settings.access_key = 'ak_1234'; settings.secret_key = 'sk_5678'\n"
        "bpy.ops.screen.userpref_show(section='ADDONS')\n"
        "bpy.ops.preferences.addon_show(module='bl_ext.user_default.hitem3d')"
    )
    time.sleep(1.5)
    window.picture(pictures / "preferences.png")
    assert "Traceback" not in window.log, window.log
