# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests on the bpy wheel share: an empty scene for each, and the add-on where it is asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

bpy = pytest.importorskip("bpy")

sys.path.insert(0, str(Path(__file__).parent))  # for returned.py

from sandbox.process import Sandbox  # noqa: E402

import hitem3d_addon  # noqa: E402

known = False
"""Whether the preferences are those of factory settings, as far as is_dirty tells."""


@pytest.fixture(autouse=True)
def empty_scene() -> None:
    """Each test begins with a file without objects and with the preferences, as factory settings make them."""
    global known
    if known and not bpy.context.preferences.is_dirty:
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        return
    # Five times as slow, since all add-ons are enabled anew.
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.preferences.is_dirty = False
    known = True


@pytest.fixture
def addon(empty_scene: None, home: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The add-on, enabled, with the sandbox as the service and its keys in the environment."""
    monkeypatch.setenv("HITEM3D_API_URL", sandbox.url)
    monkeypatch.setenv("HITEM3D_ACCESS_KEY", sandbox.access_key)
    monkeypatch.setenv("HITEM3D_SECRET_KEY", sandbox.secret_key)
    preferences = bpy.context.preferences
    preferences.addons.new().module = hitem3d_addon.__name__
    preferences.is_dirty = False
    hitem3d_addon.register()
    yield
    preferences, changed = bpy.context.preferences, bpy.context.preferences.is_dirty
    hitem3d_addon.unregister()
    if hitem3d_addon.__name__ in preferences.addons:
        preferences.addons.remove(preferences.addons[hitem3d_addon.__name__])
    preferences.is_dirty = changed
