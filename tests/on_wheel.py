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


@pytest.fixture(autouse=True)
def empty_scene() -> None:
    """Each test begins with a file without objects, as factory settings make it."""
    bpy.ops.wm.read_factory_settings(use_empty=True)


@pytest.fixture
def addon(empty_scene: None, home: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The add-on, enabled, with the sandbox as the service and its keys in the environment."""
    monkeypatch.setenv("HITEM3D_API_URL", sandbox.url)
    monkeypatch.setenv("HITEM3D_ACCESS_KEY", sandbox.access_key)
    monkeypatch.setenv("HITEM3D_SECRET_KEY", sandbox.secret_key)
    bpy.context.preferences.addons.new().module = hitem3d_addon.__name__
    hitem3d_addon.register()
    yield
    hitem3d_addon.unregister()
    addons = bpy.context.preferences.addons
    if hitem3d_addon.__name__ in addons:
        addons.remove(addons[hitem3d_addon.__name__])
