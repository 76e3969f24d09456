# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an import leaves in Blender, and that one that fails leaves nothing."""

from __future__ import annotations

import base64
import io
import json
import shutil
import struct
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import addon_utils
import bpy
import numpy as np
import pytest
import trimesh
from mathutils import Matrix
from PIL import Image
from returned import add_mesh, add_monkey, give_back, move_on, parts_of, plain, send, turned, worst_corner
from sandbox import meshes

from hitem3d_addon.core.errors import MissingError, ResultError
from hitem3d_addon.core.values import OutputFormat
from hitem3d_addon.mesh.glb import read_glb, save_glb
from hitem3d_addon.receive.importers import check_importer
from hitem3d_addon.receive.scene_import import Imported, import_result
from hitem3d_addon.session.record import Record

Object = bpy.types.Object

OBJ = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"


def all_data() -> Counter[str]:
    """How many of each kind of data there is."""
    kinds = [prop.identifier for prop in bpy.data.bl_rna.properties if prop.type == "COLLECTION"]
    return Counter({kind: len(getattr(bpy.data, kind)) for kind in kinds if kind != "all_ids"})


def state() -> tuple[object, ...]:
    """What of the user's an import must not touch."""
    context, scene = bpy.context, bpy.context.scene
    return (
        context.window.scene.name,
        context.mode,
        context.view_layer.objects.active,
        tuple(scene.cursor.matrix[0]),
        scene.frame_current,
        (scene.frame_start, scene.frame_end, scene.render.fps),
        scene.unit_settings.scale_length,
        context.preferences.is_dirty,
        context.view_layer.active_layer_collection.name,
    )


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


def bring_in(source: Object | None, result: tuple[Path, Record | None], **options: str | bool) -> Imported:
    return import_result(bpy.context, result[0], source, result[1], name="Monkey", **options)


def test_what_is_new_and_what_is_as_before(source: Object, result: tuple[Path, Record]) -> None:
    data, before = all_data(), state()
    imported = bring_in(source, result)
    new = all_data() - data
    count = len(imported.objects)
    assert count > 3
    assert new == {"objects": count, "meshes": count, "materials": count, "collections": 1}
    assert not data - all_data()
    assert state() == before
    assert set(bpy.context.selected_objects) == set(imported.objects)
    assert list(imported.collection.objects) == list(imported.objects)
    assert imported.collection.name == "Monkey parts"
    assert imported.collection in bpy.context.scene.collection.children[:]
    assert [part.name for part in imported.objects] == [f"Monkey part {i:02}" for i in range(1, count + 1)]
    assert [part.data.name for part in imported.objects] == [part.name for part in imported.objects]
    assert worst_corner(imported.objects, source) < 1e-6


def test_each_part_has_its_origin_at_its_centre_and_no_rotation(source: Object, result: tuple[Path, Record]) -> None:
    for part in bring_in(source, result).objects:
        ends = np.array([corner.co for corner in part.data.vertices])
        assert ends.min(axis=0) + ends.max(axis=0) == pytest.approx(np.zeros(3), abs=1e-6)
        assert tuple(part.scale) == (1, 1, 1)
        assert tuple(part.rotation_euler) == (0, 0, 0) and part.rotation_mode == "XYZ"
        assert part.parent is None and not part.modifiers


def test_each_part_has_a_colour_of_its_own(source: Object, result: tuple[Path, Record]) -> None:
    parts = bring_in(source, result).objects
    assert len({tuple(part.color) for part in parts}) == len(parts)
    for part in parts:
        (material,) = part.data.materials
        assert tuple(material.diffuse_color) == pytest.approx(tuple(part.color))
        (shader,) = (node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
        assert tuple(shader.inputs["Base Color"].default_value) == pytest.approx(tuple(part.color))


def test_a_second_import_clobbers_nothing(source: Object, result: tuple[Path, Record]) -> None:
    first = bring_in(source, result)
    for part in first.objects:
        part.location.x += 100
    kept = [(part.name, part.data.name, tuple(part.location)) for part in first.objects]
    second = bring_in(source, result)
    assert [(part.name, part.data.name, tuple(part.location)) for part in first.objects] == kept
    assert second.collection != first.collection and len(second.objects) == len(first.objects)
    assert set(bpy.context.selected_objects) == set(second.objects)
    assert bpy.context.view_layer.objects.active == source


@pytest.mark.parametrize("mode", ["EDIT", "SCULPT", "WEIGHT_PAINT", "VERTEX_PAINT"])
def test_every_mode_stays(source: Object, result: tuple[Path, Record], mode: str) -> None:
    bpy.ops.object.mode_set(mode=mode)
    before, selected = state(), set(bpy.context.selected_objects)
    imported = bring_in(source, result)
    assert state() == before and source.mode == mode
    assert set(bpy.context.selected_objects) == selected | set(imported.objects)
    bpy.ops.object.mode_set(mode="OBJECT")
    assert worst_corner(imported.objects, source) < 1e-6


def test_without_an_active_object_a_part_becomes_active(source: Object, result: tuple[Path, Record]) -> None:
    bpy.context.view_layer.objects.active = None
    imported = bring_in(None, result)
    assert bpy.context.view_layer.objects.active == imported.objects[0]


def test_the_collection_is_beside_the_source(source: Object, result: tuple[Path, Record]) -> None:
    inner = bpy.data.collections.new("Inner")
    outer = bpy.data.collections.new("Outer")
    bpy.context.scene.collection.children.link(outer)
    outer.children.link(inner)
    bpy.context.scene.collection.objects.unlink(source)
    inner.objects.link(source)
    imported = bring_in(source, result)
    assert imported.collection in inner.children[:]
    assert bpy.context.scene.collection.children[:] == [outer]


def test_a_source_in_an_excluded_collection_or_in_no_scene(source: Object, result: tuple[Path, Record]) -> None:
    away = bpy.data.collections.new("Away")
    bpy.context.scene.collection.children.link(away)
    bpy.context.scene.collection.objects.unlink(source)
    away.objects.link(source)
    bpy.context.view_layer.layer_collection.children["Away"].exclude = True
    imported = bring_in(source, result, hide_source=True)
    assert imported.collection in bpy.context.scene.collection.children[:], "where it can be seen"
    bpy.context.scene.collection.children.unlink(away)
    imported = bring_in(source, result, parent=True)
    assert imported.collection in bpy.context.scene.collection.children[:]
    assert set(bpy.context.selected_objects) == set(imported.objects)


def test_a_hidden_source(source: Object, result: tuple[Path, Record]) -> None:
    source.hide_set(True)
    imported = bring_in(source, result)
    assert not imported.doubtful
    source.hide_set(False)
    assert worst_corner(imported.objects, source) < 1e-6


def test_the_source_can_be_hidden(source: Object, result: tuple[Path, Record]) -> None:
    imported = bring_in(source, result, hide_source=True)
    assert not source.visible_get() and source.hide_render
    assert all(part.visible_get() for part in imported.objects)


def test_the_parts_can_become_children_that_follow(source: Object, result: tuple[Path, Record]) -> None:
    move_on(source)
    imported = bring_in(source, result, parent=True)
    assert all(part.parent == source for part in imported.objects)
    assert worst_corner(imported.objects, source) < 1e-6
    move_on(source)
    assert worst_corner(imported.objects, source) < 1e-6


def test_a_flattened_source_can_have_no_children(source: Object, result: tuple[Path, Record]) -> None:
    source.scale.z = 0
    imported = bring_in(source, result, parent=True)
    assert all(part.parent is None for part in imported.objects)


def test_long_and_foreign_names(source: Object, result: tuple[Path, Record]) -> None:
    imported = import_result(bpy.context, result[0], source, result[1], name="牛" * 60)
    assert imported.collection.name.endswith("牛 parts")
    assert imported.objects[1].name.endswith("牛 part 02")


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


def test_the_kind_is_told_by_content(source: Object, tmp_path: Path) -> None:
    sent, record = send(source, tmp_path)
    for number, (kind, wrong) in enumerate(
        [("glb", "obj"), ("obj", "glb"), ("stl", "fbx"), ("fbx", "usdz"), ("usdz", "zip")]
    ):
        file = give_back(parts_of(sent), tmp_path / f"right{number}.{kind}")
        wrong_name = shutil.copy(file, tmp_path / f"result{number}.{wrong}")
        assert worst_corner(bring_in(source, (Path(wrong_name), record)).objects, source) < 1e-5


def test_a_task_on_the_address_of_a_model(empty_scene: None, tmp_path: Path) -> None:
    """Nothing was exported: the parts stand as the file has them, and go along with the empty that has the task."""
    empty = bpy.data.objects.new("Empty", None)
    bpy.context.collection.objects.link(empty)
    file = tmp_path / "result.obj"
    file.write_text(OBJ)
    record = Record(uid="0" * 32, matrix=tuple(np.eye(4).ravel()), format=OutputFormat.OBJ, time=1)
    empty.matrix_world = Matrix.Translation((10, 0, 0)) @ turned(0, 0, np.pi / 2)
    imported = import_result(bpy.context, file, empty, record, name="Empty")
    assert not imported.doubtful
    assert tuple(imported.objects[0].location) == pytest.approx((10, 0.5, 0.5))


def glb(document: dict[str, object], binary: bytes = b"") -> bytes:
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    size = 12 + 8 + len(text) + 8 + len(binary)
    return (
        struct.pack("<4sIIII", b"glTF", 2, size, len(text), 0x4E4F534A)
        + text
        + struct.pack("<II", len(binary), 0x4E4942)
        + binary
    )


def not_a_number(path: Path) -> None:
    corners = np.array([[0, 0, 0], [1, 0, 0], [0, np.nan, 0]], np.float32)
    give_back([meshes.Mesh(corners, np.array([[0, 1, 2]]))], path)


BROKEN: dict[str, Callable[[Path], object]] = {
    "a GLB without a mesh": lambda path: path.write_bytes(
        glb({"asset": {"version": "2.0"}, "scenes": [{"nodes": [0]}], "scene": 0, "nodes": [{"name": "empty"}]})
    ),
    "a GLB of an unknown extension": lambda path: path.write_bytes(
        glb({"asset": {"version": "2.0"}, "extensionsRequired": ["KHR_texture_basisu"], "nodes": []})
    ),
    "a GLB that is cut off": lambda path: path.write_bytes(glb({"asset": {"version": "2.0"}})[:40]),
    "a GLB of nonsense": lambda path: path.write_bytes(
        glb({"asset": {"version": "2.0"}, "scenes": [{"nodes": [5]}], "nodes": [{"mesh": 3}], "meshes": "no"})
    ),
    "coordinates that are no numbers": not_a_number,
    "an error page": lambda path: path.write_text("<html>Sorry</html>"),
    "an empty file": lambda path: path.write_bytes(b""),
    "no file": lambda path: None,
    "an OBJ without faces": lambda path: path.write_text("v 0 0 0\nv 1 0 0\nl 1 2\n"),
    "an OBJ with wrong numbers": lambda path: path.write_text("v a b c\nf 7 8 9\n"),
    "an FBX of nonsense": lambda path: path.write_bytes(b"Kaydara FBX Binary  \0\x1a\0\x01\0\0\0nonsense"),
    "an STL without triangles": lambda path: path.write_bytes(bytes(84)),
    "a USDZ of nonsense": lambda path: _zip(path, "model.usdc", b"PXR-USDC" + bytes(100)),
    "a zip without a model": lambda path: _zip(path, "readme.txt", b"nothing"),
    "a zip that leads out": lambda path: _zip(path, "../model.obj", OBJ.encode()),
}


def _zip(path: Path, name: str, content: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, content)


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("mode", ["OBJECT", "EDIT"])
def test_an_import_that_fails_leaves_everything_as_before(
    source: Object, result: tuple[Path, Record], tmp_path: Path, broken: str, mode: str
) -> None:
    file = tmp_path / "broken.glb"
    BROKEN[broken](file)
    bpy.ops.object.mode_set(mode=mode)
    data, before, selected = all_data(), state(), set(bpy.context.selected_objects)
    with pytest.raises(ResultError) as caught:
        bring_in(source, (file, result[1]), hide_source=True, parent=True)
    sentence = str(caught.value)
    assert "Traceback" not in sentence and "\n" not in sentence and str(tmp_path) not in sentence
    assert sentence.rstrip().endswith(".")
    assert all_data() == data and state() == before and set(bpy.context.selected_objects) == selected
    assert source.visible_get() and not source.hide_render


def with_a_picture(file: Path) -> Path:
    document, binary = read_glb(file)
    picture = io.BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "png")
    document["images"] = [{"uri": "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode()}]
    document["textures"] = [{"source": 0}]
    document["materials"] = [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}]
    for mesh in document["meshes"]:
        for primitive in mesh["primitives"]:
            primitive["material"] = 0
    save_glb(file, document, binary)
    return file


def test_a_plain_glb_needs_no_importer(source: Object, result: tuple[Path, Record]) -> None:
    addon_utils.disable("io_scene_gltf2")
    try:
        check_importer(OutputFormat.GLB)  # so it may be asked for
        assert len(bring_in(source, result).objects) > 1
    finally:
        addon_utils.enable("io_scene_gltf2")


def test_a_switched_off_importer_says_what_to_enable(source: Object, result: tuple[Path, Record]) -> None:
    with_a_picture(result[0])
    data = all_data()
    addon_utils.disable("io_scene_gltf2")
    try:
        with pytest.raises(MissingError, match=r"glTF 2\.0"):
            bring_in(source, result)
        assert all_data() == data
        for one in OutputFormat:
            check_importer(one)
    finally:
        addon_utils.enable("io_scene_gltf2")
    imported = bring_in(source, result)
    assert "Read by Blender's own importer, which takes longer: it has pictures." in map(str, imported.notes)


def test_a_file_that_we_read_says_nothing_of_importers(source: Object, result: tuple[Path, Record]) -> None:
    assert not any("importer" in str(note) for note in bring_in(source, result).notes)
