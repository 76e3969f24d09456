# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Materials, UV maps and pictures in the file, and no names."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np
import pygltflib
import pytest
import trimesh
from exported import empty, export_plainly, suzanne, textured
from scipy.spatial import cKDTree

from hitem3d_addon.send.export import SentGeometry


def test_the_file_tells_no_names(
    export: Callable[..., tuple[SentGeometry, Path]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("images")
    obj = textured(folder)
    assert b"secret" in (folder / "secret-picture.png").read_bytes()
    bpy.context.scene.name = "secret-scene"
    bpy.context.scene["secret-property"] = "secret-value"
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "secret.blend"))
    _, path = export(obj)
    data = path.read_bytes().lower()
    for word in (b"secret", b"suzanne", b"home", str(folder).encode().lower(), getpass.getuser().encode() + b"/"):
        assert word not in data


def test_materials_and_uv_maps_are_sent(tmp_path: Path) -> None:
    """Two materials, their pictures and the UV map, on an object that is instanced, sheared and mirrored."""
    obj = textured(tmp_path)
    obj.data.uv_layers.new(name="another")
    obj.data.polygons.foreach_set("use_smooth", [True] * len(obj.data.polygons))
    obj.data.set_sharp_from_angle(angle=0.5)
    uv = cKDTree([tuple(loop.uv) for loop in obj.data.uv_layers["secret-uv"].data])
    group = bpy.data.collections.new("group")
    group.objects.link(obj)
    bpy.context.collection.objects.unlink(obj)
    shown = empty("shown", instance_type="COLLECTION", instance_collection=group, scale=(-1, 1, 3))
    sent = export_plainly([shown], tmp_path / "mesh.glb", materials=True)
    plain = export_plainly([shown], tmp_path / "plain.glb")
    assert (sent.triangles, sent.centre, sent.bounds) == (plain.triangles, plain.centre, plain.bounds)
    assert np.array_equal(sent.points, plain.points)

    (mesh,) = pygltflib.GLTF2().load(tmp_path / "mesh.glb").meshes
    assert len(mesh.primitives) == 2
    parts = trimesh.load(tmp_path / "mesh.glb", process=False).dump()
    for part in parts:
        assert part.visual.material.baseColorTexture.size == (8, 8)
        assert uv.query(part.visual.uv)[0].max() < 1e-6
        across = np.einsum("nk,nk->n", part.vertex_normals[part.faces[:, 0]], part.face_normals)
        assert (across > 0).mean() > 0.99
    assert len({tuple(np.round(row, 3)) for part in parts for row in part.vertex_normals}) > 100


def test_two_objects_keep_their_own_materials(tmp_path: Path) -> None:
    """UV maps of other names, and a slot that is the object's own."""
    first = textured(tmp_path)
    second = suzanne(location=(3, 0, 0))
    second.data.uv_layers[0].name = "other"
    red = bpy.data.materials.new("red")
    red.diffuse_color = (1, 0, 0, 1)
    second.data.materials.append(bpy.data.materials["secret-material"])
    second.material_slots[0].link = "OBJECT"
    second.material_slots[0].material = red
    export_plainly([first, second], tmp_path / "mesh.glb", materials=True)
    file = pygltflib.GLTF2().load(tmp_path / "mesh.glb")
    assert len(file.materials) == 3
    with_picture = [material.pbrMetallicRoughness.baseColorTexture is not None for material in file.materials]
    assert sorted(with_picture) == [False, True, True]
    for part in trimesh.load(tmp_path / "mesh.glb", process=False).dump():
        assert part.visual.uv is None or np.ptp(part.visual.uv, axis=0).min() > 0.5
