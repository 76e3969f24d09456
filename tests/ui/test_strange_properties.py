# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A .blend may come from anywhere: what is in our custom properties and is not what we wrote counts as absent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import bpy
import pytest
from operated import add_model

pytestmark = pytest.mark.usefixtures("addon")
Object = bpy.types.Object

STRANGE = (3, "text", [1.0, 2.0], ["a", "b"], {"a": 1})


def select(*objects: Object) -> None:
    bpy.ops.object.select_all(action="DESELECT")
    for obj in objects:
        obj.hide_set(False)
        obj.select_set(True)
    bpy.context.view_layer.objects.active = objects[-1]


def parts() -> list[Object]:
    return list(bpy.data.collections["Model parts"].objects)


def attempt(operator: Callable[..., object], **options: object) -> None:
    """Whatever it says, it is a sentence."""
    try:
        operator(**options)
    except RuntimeError as error:
        assert "Traceback" not in str(error)


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        ("part", "hitem3d_piece_names"),
        ("part", "hitem3d_piece_meshes"),
        ("part", "hitem3d_piece_colours"),
        ("part", "hitem3d_piece_materials"),
        ("part", "hitem3d_exploded"),
        ("material", "hitem3d_part"),
        ("model", "hitem3d_groups"),
        ("model", "hitem3d_face_sets"),
        ("model", "hitem3d_task"),
        ("collection", "hitem3d_original"),
        ("collection", "hitem3d_task_id"),
        ("collection", "hitem3d_as_imported"),
    ],
)
def test_tools_go_on(tmp_path: Path, owner: str, name: str) -> None:
    model = add_model()
    bpy.ops.hitem3d.create_task(seg_level="HIGH")
    bpy.ops.hitem3d.import_result(wait=True)
    select(model)
    for target in ("VERTEX_GROUPS", "FACE_SETS", "MATERIALS"):
        bpy.ops.hitem3d.apply_parts(target=target)
    select(*parts()[:2])
    bpy.ops.hitem3d.merge_parts()
    file = str(tmp_path / "scene.blend")
    bpy.ops.wm.save_as_mainfile(filepath=file)
    for value in STRANGE:
        bpy.ops.wm.open_mainfile(filepath=file)
        model, merged = bpy.data.objects["Model"], bpy.context.view_layer.objects.active
        blocks = {"part": merged, "model": model, "collection": bpy.data.collections["Model parts"]}
        blocks["material"] = merged.data.materials[0]
        blocks[owner][name] = value
        ours = bpy.ops.hitem3d
        attempt(ours.explode_parts, amount=1.0)
        attempt(ours.split_parts)
        attempt(ours.rename_part, name="handle")
        select(*parts()[:2])
        attempt(ours.merge_parts)
        select(model)
        for target in ("VERTEX_GROUPS", "FACE_SETS", "MATERIALS"):
            attempt(ours.apply_parts, target=target)
        assert ours.apply_parts_to_selected.poll() in (True, False)
        attempt(ours.import_result, replace=True)
        attempt(ours.delete_parts)
