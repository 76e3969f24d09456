# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts as the file tells them apart: files of each format, as writers write them, brought into Blender."""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path

import bpy
import numpy as np
import pytest
import trimesh
from boxes import ROW, TRIANGLES, VERTICES, ascii_stl, binary_stl, obj, soup
from returned import add_mesh, triangles_of

from hitem3d_addon.core.choices import PartsChoice
from hitem3d_addon.core.errors import ResultError
from hitem3d_addon.mesh.colours import part_colour
from hitem3d_addon.receive.readers.usd_subsets import read_subsets
from hitem3d_addon.receive.scene_import import Imported, import_result

NAMES = ("wheel", "body", "door")


def bring_in(file: Path, content: bytes | str, parts: PartsChoice = "AUTO") -> Imported:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return import_result(bpy.context, file, None, None, name="Thing", parts=parts)


def facts(imported: Imported) -> dict[str, int]:
    return {part.name: len(part.data.polygons) for part in imported.objects}


def said(imported: Imported) -> str:
    return " ".join(str(note) for note in (*imported.notes, *imported.warnings))


BOXES = dict.fromkeys(NAMES, 12)
PLAIN = {f"Thing part 0{number}": 12 for number in (1, 2, 3)}


class TestStl:
    def test_solids_with_names(self, empty_scene: None, tmp_path: Path) -> None:
        solids = {name: soup([place]) for name, place in zip(NAMES, ROW, strict=True)}
        imported = bring_in(tmp_path / "a.stl", ascii_stl(solids))
        assert facts(imported) == BOXES
        assert "solids in the file" in said(imported) and not imported.warnings
        assert all(len(part.data.vertices) == 8 for part in imported.objects)
        assert list(imported.objects[1].location) == pytest.approx([1.5, -0.5, 0.5])  # Y up

    @pytest.mark.parametrize("normal", ["nan nan nan", "-nan(ind) -nan(ind) -nan(ind)", "1e0 -0 0.", "-1.#IND 0 0"])
    def test_normals_that_are_none(self, empty_scene: None, tmp_path: Path, normal: str) -> None:
        text = ascii_stl({"SOLID vertex": soup(ROW[:1]), "": soup(ROW[1:2])}, normal).upper().replace(b"\n", b"\r\n")
        assert sorted(facts(bring_in(tmp_path / "a.stl", text)).values()) == [12, 12]

    def test_closed_shells_that_touch(self, empty_scene: None, tmp_path: Path) -> None:
        imported = bring_in(tmp_path / "a.stl", binary_stl(soup(ROW)))
        assert facts(imported) == PLAIN
        assert "what hangs together" in said(imported)
        as_delivered = bring_in(tmp_path / "a.stl", binary_stl(soup(ROW)), "AS_DELIVERED")
        assert [len(part.data.polygons) for part in as_delivered.objects] == [36]

    def test_colours_of_facets(self, empty_scene: None, tmp_path: Path) -> None:
        half = np.repeat([0x1F, 0x1F << 10], 6)
        viscam = binary_stl(soup(ROW[:1]), half | 1 << 15)
        magics = binary_stl(soup(ROW[:1]), np.repeat([0x1F, 1 << 15], 6), b"COLOR=" + bytes((0, 0, 255, 255)))
        for content, first in ((viscam, (0, 0, 1)), (magics, (1, 0, 0))):
            imported = bring_in(tmp_path / "a.stl", content)
            assert sorted(facts(imported).values()) == [6, 6]
            assert "their colours" in said(imported)
            assert tuple(imported.objects[0].data.color_attributes[0].data[0].color) == (*first, 1)

    def test_numbers_of_facets(self, empty_scene: None, tmp_path: Path) -> None:
        imported = bring_in(tmp_path / "a.stl", binary_stl(soup(ROW[:1]), np.repeat([1, 2, 3], 4)))
        assert sorted(facts(imported).values()) == [4, 4, 4]

    def test_what_can_not_be_told_apart_is_a_warning(self, empty_scene: None, tmp_path: Path) -> None:
        imported = bring_in(tmp_path / "a.stl", binary_stl(soup(ROW[:1])))
        assert facts(imported) == {"Thing part 01": 12}
        assert "can't tell parts apart that touch" in str(imported.warnings[0])
        assert "again" not in said(imported)

    def test_faces_without_an_area_are_left_out(self, empty_scene: None, tmp_path: Path) -> None:
        corners = np.concatenate([soup(ROW[:1]), [[(5, 5, 5), (5, 5, 5), (6, 6, 6)]]])
        (part,) = bring_in(tmp_path / "a.stl", binary_stl(corners)).objects
        assert (len(part.data.polygons), len(part.data.vertices)) == (12, 8)
        assert not part.data.validate()

    @pytest.mark.parametrize(
        "content",
        [b"solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 x\nendloop\nendfacet\n", binary_stl(soup(ROW) * np.nan)],
    )
    def test_a_damaged_one_is_a_sentence(self, empty_scene: None, tmp_path: Path, content: bytes) -> None:
        before = len(bpy.data.meshes)
        with pytest.raises(ResultError):
            bring_in(tmp_path / "a.stl", content)
        assert len(bpy.data.meshes) == before

    def test_by_trimesh(self, empty_scene: None, tmp_path: Path) -> None:
        several = [trimesh.creation.box(bounds=[place, np.add(place, 1)]) for place in ROW]
        for kind in ("stl", "stl_ascii"):
            content = trimesh.util.concatenate(several).export(file_type=kind)
            assert sorted(facts(bring_in(tmp_path / "a.stl", content)).values()) == [12, 12, 12]


class TestObj:
    def test_groups_that_share_vertices(self, empty_scene: None, tmp_path: Path) -> None:
        text = obj([f"g {name}" for name in NAMES], ROW)
        imported = bring_in(tmp_path / "a.obj", text)
        assert facts(imported) == BOXES
        assert "groups in the file" in said(imported)

    def test_groups_that_go_on_later(self, empty_scene: None, tmp_path: Path) -> None:
        # An edge between two boxes is all that they share here: of boxes with a whole side Blender drops faces.
        text = obj(["g wheel", "g body", "g wheel"], [(0, 0, 0), (1, 1, 0), (2, 2, 0)])
        imported = bring_in(tmp_path / "a.obj", text)
        assert facts(imported) == {"wheel": 24, "body": 12}

    def test_objects_come_before_groups(self, empty_scene: None, tmp_path: Path) -> None:
        lines = ["o left\ng wheel", "o right\ng wheel", "g body"]
        places = [(0, 0, 0), (1, 1, 0), (2, 2, 0)]
        assert facts(bring_in(tmp_path / "a.obj", obj(lines, places))) == {"left": 12, "right": 24}
        assert facts(bring_in(tmp_path / "a.obj", obj(lines[1:], ROW[:2]), "BY_GROUP")) == {"wheel": 12, "body": 12}

    def test_small_numbers_as_colours(self, empty_scene: None, tmp_path: Path) -> None:
        side = 40
        text = [
            "v {} {} 0{}".format(x, y, f" {(3 * y // side + 1) / 255:.6f}" * 3)
            for y in range(side)
            for x in range(side)
        ]
        text += [
            f"f {a} {a + 1} {a + 1 + side} {a + side}"
            for y in range(side - 1)
            for a in range(y * side + 1, y * side + side)
        ]
        assert len(bring_in(tmp_path / "a.obj", "\n".join(text)).objects) == 3

    def test_colours_that_trimesh_writes(self, empty_scene: None, tmp_path: Path) -> None:
        ball = trimesh.creation.icosphere(subdivisions=4)
        labels = np.digitize(ball.triangles_center[:, 2], (-0.4, 0.3))
        colours = np.array([(255, 0, 0), (0, 200, 0), (0, 0, 255)])[labels]
        text = trimesh.Trimesh(ball.vertices, ball.faces, face_colors=colours).export(file_type="obj")
        imported = bring_in(tmp_path / "a.obj", text)
        assert len(imported.objects) == 3
        assert "their colours" in said(imported)
        shown = {tuple(part.data.materials[0].diffuse_color) for part in imported.objects}
        assert len(shown) == 3

    @pytest.mark.parametrize("end", [b"", b"\0\0\0\0", b"\x1a"])
    def test_words_of_the_format(self, empty_scene: None, tmp_path: Path, end: bytes) -> None:
        words = "bevel off\nlod 1\nc_interp off\nd_interp on\nvp 0.1 0.2\ncstype bezier\ndeg 3\nshadow_obj a.obj\ns off"
        text = "#" * 200_000 + "\n" + obj([f"o {NAMES[0]}\n{words}", f"o {NAMES[1]}", f"o {NAMES[2]}"], ROW)
        assert facts(bring_in(tmp_path / "a.obj", text.encode() + end)) == BOXES


def test_parts_by_colour_have_a_colour_each_in_solid_view(empty_scene: None, tmp_path: Path) -> None:
    ball = trimesh.creation.icosphere(subdivisions=3)
    colours = np.array([(255, 0, 0), (0, 200, 0)])[(ball.triangles_center[:, 2] > 0).astype(int)]
    content = trimesh.Trimesh(ball.vertices, ball.faces, face_colors=colours).export(file_type="glb")
    imported = bring_in(tmp_path / "a.glb", content)
    assert len(imported.objects) == 2
    for number, part in enumerate(imported.objects):
        (material,) = part.data.materials
        assert tuple(material.diffuse_color) == pytest.approx(part_colour(number))
        assert material.users == 1
    assert len(bpy.data.materials) == 2


def usdz(file: Path, body: str) -> Path:
    text = f'#usda 1.0\n(\n    upAxis = "Y"\n    metersPerUnit = 1\n)\ndef Xform "Model"\n{{\n{body}}}\n'
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.usda", text)
    return file


def usd_mesh(name: str, corners: np.ndarray, more: str = "") -> str:
    points = ", ".join("({:g}, {:g}, {:g})".format(*point) for point in corners.reshape(-1, 3))
    return (
        f'def Mesh "{name}"\n{{\nuniform token subdivisionScheme = "none"\npoint3f[] points = [{points}]\n'
        f"int[] faceVertexCounts = {[3] * len(corners)}\nint[] faceVertexIndices = {list(range(3 * len(corners)))}\n"
        f"{more}}}\n"
    )


def subset(name: str, faces: Sequence[int], family: str = "parts") -> str:
    return (
        f'def GeomSubset "{name}"\n{{\nuniform token elementType = "face"\n'
        f'uniform token familyName = "{family}"\nint[] indices = {list(faces)}\n}}\n'
    )


class TestUsdz:
    def test_subsets_without_materials(self, empty_scene: None, tmp_path: Path) -> None:
        subsets = subset("lower", range(6)) + subset("upper", range(6, 10))
        file = usdz(tmp_path / "a.usdz", usd_mesh("body", soup(ROW[:1]), subsets))
        imported = import_result(bpy.context, file, None, None, name="Thing")
        assert facts(imported) == {"lower": 6, "upper": 4, "Thing part 03": 2}
        assert "subsets" in said(imported)

    def test_subsets_that_overlap_are_no_parts(self, empty_scene: None, tmp_path: Path) -> None:
        subsets = subset("lower", range(7)) + subset("upper", range(6, 12))
        file = usdz(tmp_path / "a.usdz", usd_mesh("body", soup(ROW[:1]), subsets))
        assert len(import_result(bpy.context, file, None, None, name="Thing").objects) == 1

    def test_instances_are_made_real(self, empty_scene: None, tmp_path: Path) -> None:
        body = (
            'def PointInstancer "bolts"\n{\nint[] protoIndices = [0, 0, 1]\n'
            "point3f[] positions = [(0, 0, 0), (5, 0, 0), (0, 5, 0)]\n"
            "rel prototypes = [</Model/bolts/kinds/bolt>, </Model/bolts/kinds/washer>]\n"
            'def Scope "kinds"\n{\n' + usd_mesh("bolt", soup(ROW[:1])) + usd_mesh("washer", soup(ROW[:2])) + "}\n}\n"
        )
        file = usdz(tmp_path / "a.usdz", body + usd_mesh("plate", soup([(9, 9, 9)])))
        imported = import_result(bpy.context, file, None, None, name="Thing")
        assert facts(imported) == {"plate": 12, "bolt 1": 12, "bolt 2": 12, "washer": 24}
        assert set(bpy.data.objects) == set(imported.objects)
        points = triangles_of(imported.objects)
        assert points.min(axis=(0, 1)) == pytest.approx([0, -10, 0], abs=1e-5)
        assert points.max(axis=(0, 1)) == pytest.approx([10, 0, 10], abs=1e-5)

    @pytest.mark.skipif(bpy.app.version < (4, 5, 0), reason="before, Blender gives the node's place to the mesh")
    def test_names_of_the_nodes_above(self, empty_scene: None, tmp_path: Path) -> None:
        body = "".join(
            f'def Xform "{name}"\n{{\n' + usd_mesh("Mesh_0", soup([place])) + "}\n"
            for name, place in zip(NAMES, ROW, strict=True)
        )
        assert facts(import_result(bpy.context, usdz(tmp_path / "a.usdz", body), None, None, name="Thing")) == BOXES

    @pytest.mark.parametrize("suffix", ["usda", "usdc"])
    def test_what_blender_writes(self, empty_scene: None, tmp_path: Path, suffix: str) -> None:
        """It writes the slots of materials as subsets."""
        count = 500
        random = np.random.default_rng(0)
        place = [(2 * n, 0, 0) for n in range(count)]
        corners = soup(place)
        thing = add_mesh("Many", corners.reshape(-1, 3).tolist(), np.arange(3 * len(corners)).reshape(-1, 3).tolist())
        slots = random.integers(0, 3, len(corners)).astype(np.int32)
        for name in NAMES:
            thing.data.materials.append(bpy.data.materials.new(name))
        thing.data.polygons.foreach_set("material_index", slots)
        thing.data.update()
        layer = tmp_path / f"a.{suffix}"
        bpy.ops.wm.usd_export(filepath=str(layer), selected_objects_only=True)
        (found,) = (labels for several in read_subsets(layer).values() for labels in several)
        assert sorted(found.names) == ["", *sorted(NAMES)]
        assert [found.names[value] for value in found.values] == [NAMES[slot] for slot in slots]

    @pytest.mark.parametrize("cut", [12, 100, 400, 900])
    def test_a_layer_that_is_cut_off_says_nothing(self, empty_scene: None, tmp_path: Path, cut: int) -> None:
        add_mesh("Box", VERTICES.tolist(), TRIANGLES.tolist())
        bpy.ops.wm.usd_export(filepath=str(tmp_path / "a.usdc"))
        layer = tmp_path / "cut.usdc"
        layer.write_bytes((tmp_path / "a.usdc").read_bytes()[:cut])
        assert not read_subsets(layer)


def zipped(*files: tuple[str, bytes | str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    return stream.getvalue()


def box_glb(place: Sequence[float], count: int = 1) -> bytes:
    several = [
        trimesh.creation.box(bounds=[np.add(place, (k, 0, 0)), np.add(place, (k + 1, 1, 1))]) for k in range(count)
    ]
    return trimesh.util.concatenate(several).export(file_type="glb")


class TestZip:
    def test_a_gltf_with_its_data_beside_it(self, empty_scene: None, tmp_path: Path) -> None:
        several = {name: trimesh.creation.box(bounds=[p, np.add(p, 1)]) for name, p in zip(NAMES, ROW, strict=True)}
        scene = trimesh.Scene(several)
        files = trimesh.exchange.gltf.export_gltf(scene)
        assert any(name.endswith(".bin") for name in files)
        imported = bring_in(tmp_path / "a.zip", zipped(*((f"model/{name}", data) for name, data in files.items())))
        assert facts(imported) == BOXES

    def test_a_gltf_without_its_data_is_a_sentence(self, empty_scene: None, tmp_path: Path) -> None:
        document = {"asset": {"version": "2.0"}, "buffers": [{"uri": "../../secret.bin", "byteLength": 4}]}
        (tmp_path / "secret.bin").write_bytes(b"1234")
        with pytest.raises(ResultError, match="its data is missing"):
            bring_in(tmp_path / "a.zip", zipped(("a/b/model.gltf", json.dumps(document))))

    def test_ply(self, empty_scene: None, tmp_path: Path) -> None:
        content = trimesh.creation.box(bounds=[(0, 0, 0), (1, 2, 3)]).export(file_type="ply")
        imported = bring_in(tmp_path / "a.zip", zipped(("a.ply", content)))
        assert facts(imported) == {"Thing part 01": 12}
        assert list(imported.objects[0].dimensions) == pytest.approx([1, 3, 2])  # Y up

    def test_a_zip_in_a_zip(self, empty_scene: None, tmp_path: Path) -> None:
        inner = zipped(*((f"{name}.obj", obj([f"o {name}"], [p])) for name, p in zip(NAMES, ROW, strict=True)))
        assert facts(bring_in(tmp_path / "a.zip", zipped(("parts/inner.zip", inner), ("read.me", "x")))) == BOXES
        with pytest.raises(ResultError, match="no model in the zip"):
            bring_in(tmp_path / "a.zip", zipped(("outer.zip", zipped(("inner.zip", inner)))))

    def test_the_model_that_was_sent_is_left_out(self, empty_scene: None, tmp_path: Path) -> None:
        files = [(f"part_{k}.glb", box_glb(p)) for k, p in enumerate(ROW)] + [("input.glb", box_glb(ROW[0], 3))]
        imported = bring_in(tmp_path / "a.zip", zipped(*files))
        assert sorted(facts(imported).values()) == [12, 12, 12]
        assert "the whole model" in said(imported)
        assert len(bring_in(tmp_path / "a.zip", zipped(*files), "AS_DELIVERED").objects) == 4

    def test_an_exploded_view_is_left_out(self, empty_scene: None, tmp_path: Path) -> None:
        sizes = (1, 2, 3)
        files = [(f"a{k}.glb", box_glb((1.0 * k, 0, 0), size)) for k, size in enumerate(sizes)]
        files += [(f"b{k}.glb", box_glb((2.5 * k, k, 0), size)) for k, size in enumerate(sizes)]
        imported = bring_in(tmp_path / "a.zip", zipped(*files))
        assert sorted(facts(imported).values()) == [12, 24, 36]
        assert "3 copies" in said(imported)
        assert triangles_of(imported.objects)[..., 0].max() == pytest.approx(5)

    def test_three_parts_of_which_one_is_as_large_as_the_others_stay(self, empty_scene: None, tmp_path: Path) -> None:
        files = [("a.glb", box_glb((0, 0, 0))), ("b.glb", box_glb((0, 2, 0))), ("c.glb", box_glb((0, 0, 5), 2))]
        assert len(bring_in(tmp_path / "a.zip", zipped(*files)).objects) == 3


def bones() -> None:
    """A monkey that two bones move, and a box on one of them."""
    bpy.ops.object.armature_add(location=(1, 2, 3))
    armature = bpy.context.object
    bpy.ops.object.mode_set(mode="EDIT")
    second = armature.data.edit_bones.new("Second")
    second.head, second.tail, second.parent = (0, 0, 1), (0, 1, 1), armature.data.edit_bones[0]
    bpy.ops.object.mode_set(mode="OBJECT")
    bpy.ops.mesh.primitive_monkey_add(location=(2, 0, 0), rotation=(0.3, 0.2, 0.1))
    monkey = bpy.context.object
    monkey.name, monkey.parent = "monkey", armature
    monkey.modifiers.new("Armature", "ARMATURE").object = armature
    monkey.vertex_groups.new(name="Bone").add(range(100), 1, "REPLACE")
    monkey.vertex_groups.new(name="Second").add(range(100, 507), 1, "REPLACE")
    bpy.ops.mesh.primitive_cube_add(location=(0, 0, 5))
    box = bpy.context.object
    box.name, box.parent, box.parent_type, box.parent_bone = "hat", armature, "BONE", "Second"
    bpy.context.view_layer.update()


def test_fbx_with_bones(empty_scene: None, tmp_path: Path) -> None:
    bones()
    sent = triangles_of([bpy.data.objects["hat"], bpy.data.objects["monkey"]])
    file = tmp_path / "a.fbx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Blender's FBX exporter does what NumPy would rather not see
        bpy.ops.export_scene.fbx(filepath=str(file))
    bpy.ops.wm.read_homefile(use_empty=True)
    imported = import_result(bpy.context, file, None, None, name="Thing")
    assert sorted(facts(imported)) == ["hat", "monkey"]
    assert not bpy.data.armatures and len(bpy.data.objects) == 2
    back = triangles_of(sorted(imported.objects, key=lambda part: part.name))
    assert np.abs(back.mean(axis=(0, 1)) - sent.mean(axis=(0, 1))).max() < 1e-4
    assert np.abs(back.max(axis=(0, 1)) - sent.max(axis=(0, 1))).max() < 1e-4


def test_no_error_of_an_import_advises_to_pay_again() -> None:
    """All texts in this folder: a result that is here was paid for."""
    folder = Path(__file__).resolve().parents[3] / "hitem3d_addon" / "receive"
    advising = [
        file.name for file in folder.rglob("*.py") if "egment the object again" in " ".join(file.read_text().split())
    ]
    assert not advising
