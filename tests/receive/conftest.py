# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""These tests run in the bpy wheel."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest
from on_wheel import addon, empty_scene
from returned import add_monkey, give_back, parts_of, plain, send

from hitem3d_addon.session.record import Record

Object = bpy.types.Object

__all__ = ["addon", "empty_scene"]


@pytest.fixture
def source(empty_scene: None) -> Object:
    thing = add_monkey()
    plain(thing)
    bpy.context.view_layer.update()
    bpy.context.scene.cursor.location = (1, 2, 3)
    bpy.context.scene.frame_set(7)
    return thing


@pytest.fixture
def result(source: Object, tmp_path: Path) -> tuple[Path, Record]:
    sent, record = send(source, tmp_path)
    return give_back(parts_of(sent), tmp_path / "result.glb"), record
