# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An object that is being edited is neither hidden nor taken away: its editing would go on unseen."""

from __future__ import annotations

import bpy
import pytest
from operated import add_model, fails

from hitem3d_addon.session.board import board

pytestmark = pytest.mark.usefixtures("addon")
Object = bpy.types.Object


@pytest.fixture
def model() -> Object:
    """A model that was segmented, and whose parts are here."""
    obj = add_model()
    bpy.ops.hitem3d.create_task(seg_level="HIGH")
    bpy.ops.hitem3d.import_result(wait=True)
    return obj


def edit(obj: Object) -> None:
    bpy.ops.object.select_all(action="DESELECT")
    obj.select_set(True)
    bpy.context.view_layer.objects.active = obj
    bpy.ops.object.mode_set(mode="EDIT")


def part() -> Object:
    return bpy.data.collections["Model parts"].objects[0]


def test_show_parts_while_the_original_is_edited(model: Object) -> None:
    edit(model)
    assert "Leave the mode" in fails(bpy.ops.hitem3d.show, what="PARTS", uid=next(iter(board.tasks)))
    assert not model.hide_get()


def test_the_eye_of_a_part_that_is_edited(model: Object) -> None:
    edit(part())
    part().hitem3d_part_shown = False
    assert not part().hide_get()


def test_an_import_while_the_original_is_edited(model: Object) -> None:
    edit(model)
    assert bpy.ops.hitem3d.import_result(hide_source=True) == {"FINISHED"}
    assert (model.mode, model.hide_get(), model.hide_render) == ("EDIT", False, False)


def test_an_import_in_place_of_a_part_that_is_edited(model: Object) -> None:
    before = [obj.name for obj in bpy.data.objects]
    edit(part())
    uid = next(iter(board.tasks))
    assert "Leave the mode" in fails(bpy.ops.hitem3d.import_result, replace=True, uid=uid)
    assert [obj.name for obj in bpy.data.objects] == before
    bpy.ops.object.mode_set(mode="OBJECT")
    assert bpy.ops.hitem3d.import_result(replace=True, uid=uid) == {"FINISHED"}
    assert len(bpy.data.objects) == len(before)
