# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Enabling and disabling: what comes with the add-on goes with it, and nothing heavy is loaded before it is used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import bpy
import pytest

import hitem3d_addon
from hitem3d_addon.core.data_folder import TASK_LIST

REPOSITORY = Path(__file__).resolve().parents[2]


def traces() -> dict[str, object]:
    """Everything that an add-on can leave in Blender."""
    handlers = {
        name: list(value)
        for name in dir(bpy.app.handlers)
        if isinstance(value := getattr(bpy.app.handlers, name), list)
    }
    return {
        "types": {name for name in dir(bpy.types) if "hitem3d" in name.lower()},
        "operators": "create_task" in dir(bpy.ops.hitem3d),
        "handlers": handlers,
        "menu": len(bpy.types.VIEW3D_MT_object._dyn_ui_initialize()),
        "properties": {
            (kind.__name__, prop.identifier)
            for kind in (bpy.types.Object, bpy.types.Scene, bpy.types.WindowManager, bpy.types.Collection)
            for prop in kind.bl_rna.properties
        },
    }


def test_unregister_takes_back_what_register_brought(home: Path) -> None:
    before = traces()
    for _ in range(2):
        hitem3d_addon.register()
        assert traces() != before
        hitem3d_addon.unregister()
        assert traces() == before
    assert not list(home.iterdir())


def test_a_second_copy_is_refused(home: Path) -> None:
    """As from a zip and from a repository at once: the first one stays whole."""
    hitem3d_addon.register()
    before = traces()
    with pytest.raises(RuntimeError, match="enabled already"):
        hitem3d_addon.register()
    assert traces() == before
    hitem3d_addon.unregister()


def in_a_fresh_blender(code: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own, where no other test has loaded anything."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, env=environ, capture_output=True, encoding="utf-8", timeout=120
    )


USED_LATER = (
    "requests",
    "sqlite3",
    *(
        f"hitem3d_addon.{name}"
        for name in ("core.tasks.workflow", "background.sync", "send.export", "locale.catalogue")
    ),
)
"""A library, the task list, what runs beside a task, what a press does, what few users read."""


def test_nothing_heavy_is_loaded_by_enabling(home: Path) -> None:
    code = (
        "import sys, bpy; before = set(sys.modules); import hitem3d_addon\n"
        "hitem3d_addon.register(); bpy.ops.wm.read_homefile()\n"
        f"print('LOADED', (set(sys.modules) - before) & {set(USED_LATER)})\n"
        "hitem3d_addon.unregister()"
    )
    (home / TASK_LIST).touch()  # of an earlier session
    done = in_a_fresh_blender(code, HITEM3D_HOME=str(home))
    assert "LOADED set()" in done.stdout, done.stdout + done.stderr


def test_nothing_slow_is_defined_by_enabling(home: Path) -> None:
    """Named tuples and dataclasses are compiled when they are defined, each for a tenth of a millisecond or more."""
    code = (
        "import sys, bpy, hitem3d_addon; hitem3d_addon.register()\n"
        "modules = [module for name, module in sys.modules.items() if name.startswith('hitem3d_addon.')]\n"
        "found = [one for module in modules for one in vars(module).values() if isinstance(one, type)]\n"
        "kinds = '_field_defaults', '__dataclass_fields__'\n"
        "slow = {one.__qualname__ for one in found if any(hasattr(one, kind) for kind in kinds)}\n"
        "print('SLOW', slow, 'OF', len(found) > 50)\n"
        "hitem3d_addon.unregister()"
    )
    done = in_a_fresh_blender(code, HITEM3D_HOME=str(home))
    assert "SLOW set() OF True" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "operator", "says"),
    [("numpy", "create_task", "NumPy"), ("requests", "create_task", "requests")],
)
def test_a_blender_that_lacks_a_module(module: str, operator: str, says: str, home: Path) -> None:
    """The add-on is enabled all the same, and says what is missing when it is needed."""
    code = (
        f"import sys, bpy\nsys.modules[{module!r}] = None\n"
        "import hitem3d_addon; hitem3d_addon.register()\n"
        "bpy.ops.mesh.primitive_cube_add()\n"
        f"try: bpy.ops.hitem3d.{operator}()\n"
        "except RuntimeError as error: print('SAID', error)\n"
        "hitem3d_addon.unregister()"
    )
    done = in_a_fresh_blender(code, HITEM3D_HOME=str(home), HITEM3D_TOKEN="token", HITEM3D_API_URL="http://127.0.0.1:9")
    said = done.stdout.partition("SAID")[2]
    assert says in said, done.stdout + done.stderr
    assert "Traceback" not in said
    assert not list(home.glob("jobs/*"))


def test_files_that_were_changed_meanwhile(home: Path) -> None:
    """Another Blender has updated the add-on, or removed it, before this one loaded what a press does."""
    code = (
        "import sys, bpy, hitem3d_addon; hitem3d_addon.register()\n"
        "sys.modules['hitem3d_addon.send.submission'] = None\n"
        "bpy.ops.mesh.primitive_cube_add()\n"
        "try: bpy.ops.hitem3d.create_task()\n"
        "except RuntimeError as error: print('SAID', error)\n"
        "hitem3d_addon.unregister()"
    )
    done = in_a_fresh_blender(code, HITEM3D_HOME=str(home), HITEM3D_TOKEN="token", HITEM3D_API_URL="http://127.0.0.1:9")
    assert "start Blender again" in done.stdout.partition("SAID")[2], done.stdout + done.stderr
    assert "hitem3d_addon.send.submission" in done.stderr  # the traceback, for whoever reports it
