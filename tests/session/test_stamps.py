# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is marked as a part when a file is opened: that of an early version, and nothing of the artist's own."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest

pytestmark = pytest.mark.usefixtures("addon")


def add_to(collection: bpy.types.Collection, name: str) -> None:
    collection.objects.link(bpy.data.objects.new(name, bpy.data.meshes.new(name)))


def reopen(file: Path) -> bpy.types.Collection:
    bpy.ops.wm.save_as_mainfile(filepath=str(file))
    bpy.ops.wm.open_mainfile(filepath=str(file))
    return bpy.data.collections["parts"]


@pytest.mark.parametrize("early", [True, False])
def test_a_mesh_where_all_parts_were_deleted_is_no_part(tmp_path: Path, early: bool) -> None:
    collection = bpy.data.collections.new("parts")
    bpy.context.scene.collection.children.link(collection)
    collection["hitem3d_task_id"] = "segmentation_1"
    if not early:
        collection["hitem3d_original"] = "Body"
    add_to(collection, "part")
    collection = reopen(tmp_path / "scene.blend")
    assert ("hitem3d_part" in collection.objects[0]) is early
    bpy.data.objects.remove(collection.objects[0])
    add_to(collection, "mine")
    assert "hitem3d_part" not in reopen(tmp_path / "scene.blend").objects[0]
