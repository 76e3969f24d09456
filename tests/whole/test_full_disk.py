# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk that is full while a model is exported, or its parts are unpacked: a sentence, and no half of a file."""

from __future__ import annotations

import gc
import sys
import zipfile
from pathlib import Path

import bpy
import pytest
from small_disk import Disk

from hitem3d_addon.core.errors import Hitem3DError, ResultError
from hitem3d_addon.core.values import OutputFormat
from hitem3d_addon.receive.untrusted.archive import unpack, unpack_usdz
from hitem3d_addon.send.export import export_glb


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # Blender's exporter leaves it open
@pytest.mark.parametrize("include_materials", [False, True])
def test_while_a_model_is_exported(empty_scene: None, disk: Disk, include_materials: bool) -> None:
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=300, y_subdivisions=300)  # over 2 MB
    grid = bpy.context.view_layer.objects.active
    objects, meshes = len(bpy.data.objects), len(bpy.data.meshes)
    with pytest.raises(Hitem3DError, match=r"full|[Nn]o space left|free some disk space"):
        export_glb(
            [grid],
            bpy.context.evaluated_depsgraph_get(),
            disk.folder / "mesh.glb",
            output_format=OutputFormat.GLB,
            include_materials=include_materials,
        )
    for name in ("last_exc", "last_type", "last_value", "last_traceback"):
        vars(sys).pop(name, None)  # Python keeps what Blender printed, and the file with it
    gc.collect()
    assert not list(disk.folder.iterdir())
    assert (len(bpy.data.objects), len(bpy.data.meshes)) == (objects, meshes)


def test_while_the_parts_are_unpacked(disk: Disk, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "result.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.obj", "v 0 0 0\n" * 500_000)
    folder = disk.folder / "unpacked"
    folder.mkdir()
    with pytest.raises(ResultError, match=r"can't be unpacked: No space left on device\. Free some space"):
        unpack(tmp_path / "result.zip", folder)


def test_while_a_usdz_is_unpacked(disk: Disk, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "result.usdz", "w") as archive:
        archive.writestr("model.usda", "#usda 1.0\n" + "# \n" * 500_000)
    folder = disk.folder / "unpacked"
    folder.mkdir()
    with pytest.raises(ResultError, match=r"can't be unpacked: No space left on device\. Free some space"):
        unpack_usdz(tmp_path / "result.usdz", folder)
