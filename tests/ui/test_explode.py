# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Explode by operator and by slider; and that everything else takes the parts as if they were in place."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
import pytest
from sandbox.process import Sandbox

from hitem3d_addon.receive.brought import is_changed
from hitem3d_addon.session.exploded import EXPLODED

pytestmark = pytest.mark.usefixtures("addon")
Object = bpy.types.Object


def parts(name: str = "Torus parts") -> list[Object]:
    return list(bpy.data.collections[name].objects)


def worlds(objects: list[Object]) -> np.ndarray:
    bpy.context.view_layer.update()
    return np.array([obj.matrix_world for obj in objects])


def labels(obj: Object) -> list[int]:
    bpy.ops.hitem3d.apply_parts(target="FACE_ATTRIBUTE")
    return [item.value for item in obj.data.attributes["hitem3d_part"].data]


def test_the_operator_and_the_slider_agree(segmented: Object) -> None:
    before = worlds(parts())
    collection = bpy.data.collections["Torus parts"]
    assert collection.hitem3d_explode == 0
    assert bpy.ops.hitem3d.explode_parts() == {"FINISHED"}
    assert collection.hitem3d_explode == 1
    apart = worlds(parts())
    lengths = np.linalg.norm((apart - before)[:, :3, 3], axis=1)
    assert lengths.min() > 0.5
    collection.hitem3d_explode = 0.5
    assert worlds(parts())[:, :3, 3] == pytest.approx((apart + before)[:, :3, 3] / 2, abs=1e-5)
    collection.hitem3d_explode = 1
    assert (worlds(parts()) == apart).all()
    collection.hitem3d_explode = 7
    assert collection.hitem3d_explode == 2
    bpy.ops.hitem3d.explode_parts(amount=0.0)
    assert (worlds(parts()) == before).all()
    assert collection.hitem3d_explode == 0
    assert EXPLODED not in collection


def test_it_is_one_undo_step(segmented: Object) -> None:
    bpy.ops.ed.undo_push(message="before")
    before = worlds(parts())
    bpy.ops.hitem3d.explode_parts("EXEC_DEFAULT", True, amount=1.5)
    assert (worlds(parts()) != before).any()
    bpy.ops.ed.undo()
    assert (worlds(parts()) == before).all()
    assert bpy.data.collections["Torus parts"].hitem3d_explode == 0


def test_without_parts_it_says_what_to_do() -> None:
    bpy.ops.mesh.primitive_cube_add()
    with pytest.raises(RuntimeError, match="Select imported parts"):
        bpy.ops.hitem3d.explode_parts()


def test_labels_are_those_of_parts_in_place(segmented: Object) -> None:
    expected = labels(segmented)
    bpy.ops.hitem3d.explode_parts(amount=2.0)
    apart = worlds(parts())
    assert labels(segmented) == expected
    assert (worlds(parts()) == apart).all()


def test_the_original_may_hang_on_a_part_that_is_moved(segmented: Object) -> None:
    expected = labels(segmented)
    segmented.parent = parts()[0]
    segmented.matrix_parent_inverse = parts()[0].matrix_world.inverted()
    bpy.ops.hitem3d.explode_parts(amount=1.0)
    assert labels(segmented) == expected


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("kind", ["3mf", "stl", "obj"])
def test_files_are_those_of_parts_in_place(segmented: Object, tmp_path: Path, kind: str, hidden: bool) -> None:
    if hidden:
        parts()[0].hide_set(True)
        parts()[1].hide_viewport = True
    for name, amount in (("before", 0.0), ("apart", 1.0)):
        bpy.ops.hitem3d.explode_parts(amount=amount)
        bpy.ops.hitem3d.export_parts(filepath=str(tmp_path / name / f"torus.{kind}"), format=kind.upper())
    before, apart = (
        {file.name: file.read_bytes() for file in (tmp_path / name).rglob("*") if file.is_file()}
        for name in ("before", "apart")
    )
    assert before == apart and before


def test_moving_apart_is_no_change_of_the_parts(segmented: Object) -> None:
    collection = bpy.data.collections["Torus parts"]
    bpy.ops.hitem3d.explode_parts(amount=1.3)
    assert not is_changed(collection)
    parts()[0].location.x += 0.01
    assert is_changed(collection)


@pytest.mark.parametrize("replace", [False, True])
def test_an_import_puts_new_parts_in_place(segmented: Object, replace: bool) -> None:
    before = worlds(parts())
    bpy.ops.hitem3d.explode_parts(amount=1.0)
    bpy.ops.hitem3d.import_result(replace=replace)
    new = parts() if replace else parts("Torus parts.001")
    assert (worlds(new) == before).all()
    assert not any(any(part.delta_location) for part in new)


@pytest.mark.parametrize("parent", [False, True])
def test_a_part_is_cut_again_where_it_belongs(segmented: Object, parent: bool, sandbox: Sandbox) -> None:
    """It is sent, and its own parts come, as if nothing were moved; with a parent they then follow it."""
    part = parts()[0]
    stands = worlds([part])[0, :3, 3]
    corners = np.array([part.matrix_world @ v.co for v in part.data.vertices])
    bpy.ops.hitem3d.explode_parts(amount=1.0)
    moved = worlds([part])[0, :3, 3] - stands
    bpy.ops.object.select_all(action="DESELECT")
    bpy.context.view_layer.objects.active = part
    part.select_set(True)
    bpy.ops.hitem3d.create_task()
    assert np.array(part["hitem3d_task"]["matrix"]).reshape(4, 4)[:3, 3] == pytest.approx(stands, abs=1e-6)
    bpy.ops.hitem3d.import_result(wait=True, parent=parent)
    pieces = parts(f"{part.name} parts")
    worlds(pieces)
    found = np.array([piece.matrix_world @ v.co for piece in pieces for v in piece.data.vertices])
    if parent:
        found -= moved
    ends = [np.array([some.min(axis=0), some.max(axis=0)]) for some in (found, corners)]
    assert ends[0] == pytest.approx(ends[1], abs=1e-5)


def test_several_parts_are_sent_as_one_in_place(segmented: Object) -> None:
    """The same upload as in place: it would not be paid for twice."""
    for part in parts():
        part.select_set(True)
    segmented.select_set(False)
    bpy.context.view_layer.objects.active = parts()[0]
    ids = []
    for amount in (0.0, 1.0):
        bpy.ops.hitem3d.explode_parts(amount=amount)
        bpy.ops.hitem3d.create_task(source="TOGETHER")
        ids.append(parts()[0]["hitem3d_task_id"])
    assert ids[0] == ids[1]
