# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What else a result file holds: wrappers, cameras and skeletons are left out, pictures come along."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import bpy
import numpy as np
import pytest
import trimesh
from PIL import Image
from returned import add_mesh, all_data, state

from hitem3d_addon.receive.scene_import import import_result
from hitem3d_addon.session.record import Record

Object = bpy.types.Object

OBJ = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"


def wrapped(path: Path) -> Path:
    """A GLB whose parts hang below turned, scaled and mirrored nodes, two of which show one mesh."""
    scene = trimesh.Scene(base_frame="world")
    scale = np.diag([2.0, 2.0, 2.0, 1.0])
    scene.graph.update("wrapper", "world", matrix=trimesh.transformations.rotation_matrix(0.7, (0, 1, 0)) @ scale)
    shape = trimesh.creation.cone(radius=1, height=2)
    scene.add_geometry(shape, "hat", geom_name="hat", parent_node_name="wrapper")
    away = trimesh.transformations.translation_matrix((3, 0, 0)) @ np.diag([1.0, 1.0, -1.0, 1.0])
    scene.graph.update("boot", "wrapper", matrix=away, geometry="hat")
    path.write_bytes(trimesh.exchange.gltf.export_glb(scene))
    return path


def test_wrappers_go_and_their_transforms_are_applied(empty_scene: None, tmp_path: Path) -> None:
    file = wrapped(tmp_path / "result.glb")
    bpy.ops.import_scene.gltf(filepath=str(file))
    bpy.context.view_layer.update()
    expected = sorted(
        tuple(np.round(thing.matrix_world @ vertex.co, 5))
        for thing in bpy.data.objects
        if thing.type == "MESH"
        for vertex in thing.data.vertices
    )
    bpy.ops.wm.read_factory_settings(use_empty=True)
    imported = import_result(bpy.context, file, None, None, name="Clothes")
    assert {part.name for part in imported.objects} == {"hat", "boot"}
    assert len(bpy.data.objects) == len(bpy.data.meshes) == 2
    assert not any(part.parent for part in imported.objects)
    bpy.context.view_layer.update()
    found = [part.matrix_world @ vertex.co for part in imported.objects for vertex in part.data.vertices]
    assert np.array(sorted(tuple(np.round(point, 5)) for point in found)) == pytest.approx(np.array(expected), abs=2e-5)
    for part in imported.objects:
        part.data.calc_loop_triangles()
        corners = [[part.data.vertices[i].co for i in tri.vertices] for tri in part.data.loop_triangles]
        assert sum(one.dot(two.cross(three)) for one, two, three in corners) > 0


@pytest.mark.filterwarnings("ignore:'PointLight.use_nodes'")  # the glTF exporter of Blender 5.1
def test_cameras_lights_animations_and_skeletons_are_left_out(
    empty_scene: None, tmp_path: Path, source: Object, result: tuple[Path, Record]
) -> None:
    bpy.ops.object.light_add()
    bpy.ops.object.camera_add()
    bpy.ops.object.armature_add()
    armature = bpy.context.object
    add_mesh("wing", [(0, 0, 0), (1, 0, 0), (0, 1, 0)], [(0, 1, 2)])
    wing = bpy.context.object
    wing.vertex_groups.new(name="Bone").add([0, 1, 2], 1, "REPLACE")
    wing.parent = armature
    wing.modifiers.new("Armature", "ARMATURE").object = armature
    wing.shape_key_add(name="Basis")
    wing.shape_key_add(name="Up").data[0].co.z = 1
    for frame in (1, 20):
        wing.keyframe_insert("location", frame=frame)
        wing.location.x += 1
    file = tmp_path / "animated.glb"
    bpy.ops.export_scene.gltf(filepath=str(file), export_format="GLB", export_cameras=True, export_lights=True)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    data, before = all_data(), state()
    imported = import_result(bpy.context, file, None, None, name="Bird")
    new = all_data() - data
    assert new["objects"] == new["meshes"] == len(imported.objects)
    assert set(new) <= {"objects", "meshes", "materials", "collections"} and new["collections"] == 1
    assert state()[0:2] + state()[3:] == before[0:2] + before[3:]
    assert all(part.type == "MESH" and not part.modifiers and not part.data.shape_keys for part in imported.objects)


def textured_zip(folder: Path) -> Path:
    picture = folder / "red.png"
    Image.new("RGB", (4, 4), (255, 0, 0)).save(picture)
    path = folder / "result.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "m/model.obj", "mtllib model.mtl\nvt 0 0\n" + OBJ.replace("f 1 2 3", "usemtl red\nf 1/1 2/1 3/1")
        )
        archive.writestr("m/model.mtl", "newmtl red\nKd 1 1 1\nmap_Kd textures/red.png\n")
        archive.write(picture, "m/textures/red.png")
    return path


def test_the_textures_of_a_zip_are_packed(empty_scene: None, tmp_path: Path) -> None:
    users = bpy.data.materials.new("red")
    imported = import_result(bpy.context, textured_zip(tmp_path), None, None, name="Thing")
    (part,) = imported.objects
    (material,) = part.data.materials
    assert material != users and users.name == "red" and users.users == 0
    (image,) = bpy.data.images
    assert image.packed_file and image.filepath == "//red.png"
    assert tuple(image.pixels[:4]) == pytest.approx((1, 0, 0, 1))
    path = str(tmp_path / "saved.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    assert tuple(bpy.data.images[0].pixels[:4]) == pytest.approx((1, 0, 0, 1))


def test_pictures_that_lie_elsewhere_are_not_opened(empty_scene: None, tmp_path: Path) -> None:
    secret = tmp_path / "elsewhere" / "secret.png"
    secret.parent.mkdir()
    Image.new("RGB", (4, 4), (0, 0, 255)).save(secret)
    library = (
        f"newmtl red\nmap_Kd {secret}\nmap_Ks ../../elsewhere/secret.png\nmap_Bump -bm 1 //a.invalid/share/bump.png\n"
    )
    beside = io.BytesIO()
    Image.new("RGB", (4, 4), (255, 0, 0)).save(beside, "png")
    with zipfile.ZipFile(tmp_path / "result.zip", "w") as archive:
        model = "mtllib any.txt\nvt 0 0\n" + OBJ.replace("f 1 2 3", "usemtl red\nf 1/1 2/1 3/1")
        archive.writestr("m/model.obj", model)
        archive.writestr("m/any.txt", library)
        archive.writestr("m/secret.png", beside.getvalue())
    import_result(bpy.context, tmp_path / "result.zip", None, None, name="Thing")
    assert [image.filepath for image in bpy.data.images] == ["//secret.png"] * len(bpy.data.images) != []
    assert all(tuple(image.pixels[:4]) == pytest.approx((1, 0, 0, 1)) for image in bpy.data.images)


def test_an_obj_that_is_its_own_material_library_names_no_picture_elsewhere(empty_scene: None, tmp_path: Path) -> None:
    picture = tmp_path / "secret.png"
    Image.new("RGB", (4, 4), (0, 0, 255)).save(picture)
    file = tmp_path / "job" / "result.obj"
    file.parent.mkdir()
    model = "mtllib result.obj\n" + OBJ.replace("f 1 2 3", "vt 0 0\nusemtl red\nf 1/1 2/1 3/1")
    file.write_text(model + "# \n" * 100_000 + f"newmtl red\nmap_Kd {picture}\n")  # behind what its kind is told by
    imported = import_result(bpy.context, file, None, None, name="Thing")
    assert len(imported.objects) == 1 and not bpy.data.images
