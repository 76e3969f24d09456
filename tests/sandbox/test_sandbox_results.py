# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes back: all of the triangles that were sent, where they were, in the format that was asked for."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import trimesh
from plain_client import create_id, download, wait
from sandbox import meshes, sniff, work, writers
from sandbox.meshes import Mesh, MeshError
from sandbox.process import Sandbox


def box() -> trimesh.Trimesh:
    mesh = trimesh.creation.box((1, 2, 3)).subdivide_to_size(0.7)
    mesh.apply_translation((0.1, 0.7, -5.3))
    return mesh


def corners(vertices: np.ndarray, triangles: np.ndarray) -> list[bytes]:
    """Each triangle as bytes, sorted: what two meshes with the same triangles have in common."""
    return sorted(one.tobytes() for one in np.asarray(vertices, "<f4")[triangles])


def segmented(tmp_path: Path, source: trimesh.Trimesh, suffix: str, kind: str = "glb", **settings: object) -> work.Done:
    mesh = tmp_path / f"mesh.{kind}"
    source.export(mesh)
    return work.segment_file(work.Job(str(mesh), str(tmp_path / f"out.{suffix}"), "medium", **settings))  # type: ignore[arg-type]


def test_a_glb_holds_every_triangle_once_bit_by_bit(sandbox: Sandbox) -> None:
    source = box()
    url = wait(sandbox, create_id(sandbox, source.export(file_type="glb"), seg_level="high"))["url"]
    scene = trimesh.load_scene(io.BytesIO(download(url).content), file_type="glb", process=False)
    assert len(scene.geometry) > 1
    assert sorted(scene.geometry) == [f"part_{number:02}" for number in range(len(scene.geometry))]
    assert all(np.array_equal(scene.graph.get(node)[0], np.eye(4)) for node in scene.graph.nodes_geometry)
    found = [one for part in scene.geometry.values() for one in corners(part.vertices, part.faces)]
    assert sorted(found) == corners(source.vertices, source.faces)


@pytest.mark.parametrize("kind", ["obj", "stl", "glb"])
@pytest.mark.parametrize("suffix", ["obj", "stl", "glb"])
def test_every_input_comes_back_in_every_simple_format(tmp_path: Path, kind: str, suffix: str) -> None:
    source = box()
    done = segmented(tmp_path, source, suffix, kind)
    found = meshes.read_mesh(Path(done.results[0]))
    assert len(found.triangles) == done.triangles == len(source.faces)
    expected = source.triangles.reshape(len(source.faces), -1)
    got = found.vertices[found.triangles].reshape(len(expected), -1)
    distance = np.abs(got[:, None] - expected[None]).max(2).min(1)
    assert distance.max() < (2e-6 if "obj" in (kind, suffix) else 1e-6)


@pytest.mark.parametrize("suffix", ["fbx", "usdz"])
def test_fbx_and_usdz_come_in_where_the_mesh_was(tmp_path: Path, suffix: str) -> None:
    done = segmented(tmp_path, box(), suffix)
    script = (
        "import sys, bpy, addon_utils, numpy\n"
        "bpy.ops.wm.read_factory_settings(use_empty=True)\n"
        "if sys.argv[1].endswith('fbx'):\n"
        "    addon_utils.enable('io_scene_fbx')\n"
        "    bpy.ops.import_scene.fbx(filepath=sys.argv[1])\n"
        "else:\n"
        "    bpy.ops.wm.usd_import(filepath=sys.argv[1])\n"
        "made = [one for one in bpy.data.objects if one.type == 'MESH']\n"
        "points = numpy.array([one.matrix_world @ v.co for one in made for v in one.data.vertices])\n"
        "print('FOUND', len(made), sum(len(one.data.polygons) for one in made), *points.min(0), *points.max(0))\n"
    )
    run = subprocess.run([sys.executable, "-c", script, done.results[0]], capture_output=True, text=True, check=True)
    (line,) = [line for line in run.stdout.splitlines() if line.startswith("FOUND")]
    count, triangles, *bounds = map(float, line.split()[1:])
    low, high = box().bounds
    assert (count, triangles) == (done.parts, done.triangles)
    # Y up in the file is Z up in Blender: (x, y, z) becomes (x, -z, y).
    assert bounds == pytest.approx([low[0], -high[2], low[1], high[0], -low[2], high[1]], abs=1e-6)


@pytest.mark.parametrize("merge", ["materials", "colours", "shells"])
def test_one_mesh_may_hold_all_parts(tmp_path: Path, merge: str) -> None:
    done = segmented(tmp_path, box(), "glb", merge=merge)
    document, _, _ = sniff.read_container(Path(done.results[0]))
    assert len(document["nodes"]) == len(document["meshes"]) == 1
    assert len(document.get("materials", [])) == (done.parts if merge == "materials" else 0)
    primitives = document["meshes"][0]["primitives"]
    assert len(primitives) == (done.parts if merge == "materials" else 1)
    assert ("COLOR_0" in primitives[0]["attributes"]) == (merge == "colours")
    found = meshes.read_mesh(Path(done.results[0]))
    assert corners(found.vertices, found.triangles) == corners(box().vertices, box().faces)


def test_a_zipped_obj_brings_its_materials(tmp_path: Path) -> None:
    done = segmented(tmp_path, box(), "obj", zip=True)
    with zipfile.ZipFile(done.results[0]) as archive:
        assert archive.namelist() == ["out.obj", "out.mtl"]
        assert archive.read("out.mtl").count(b"newmtl") == done.parts
        assert b"mtllib out.mtl" in archive.read("out.obj")


@pytest.mark.parametrize("geometry", ["recentre", "normalise", "swap_axes", "weld", "decimate", "voxel"])
def test_a_service_that_changes_the_geometry(tmp_path: Path, geometry: str) -> None:
    source = box()
    done = segmented(tmp_path, source, "glb", geometry=geometry)
    found = meshes.read_mesh(Path(done.results[0]))
    low, high = found.vertices.min(0), found.vertices.max(0)
    size = source.extents
    expected = {
        "recentre": (-size / 2, size / 2),
        "normalise": (-size / 6, size / 6),
        "swap_axes": (
            [source.bounds[0][0], -source.bounds[1][2], source.bounds[0][1]],
            [source.bounds[1][0], -source.bounds[0][2], source.bounds[1][1]],
        ),
    }.get(geometry, tuple(source.bounds))
    loose = 0.05 if geometry == "voxel" else 1e-6
    assert low == pytest.approx(np.array(expected[0]), abs=loose)
    assert high == pytest.approx(np.array(expected[1]), abs=loose)
    same = geometry not in ("decimate", "voxel")
    assert (len(found.triangles) == len(source.faces)) == same
    assert done.parts > 1


def test_node_transforms_are_applied(tmp_path: Path) -> None:
    scene = trimesh.Scene()
    parent = trimesh.transformations.compose_matrix(scale=(-1, 2, 1), angles=(0.3, 0, 0), translate=(5, 0, 0))
    scene.add_geometry(trimesh.creation.box(), transform=parent)
    scene.add_geometry(trimesh.creation.icosphere(1), transform=np.eye(4))
    path = tmp_path / "mesh.glb"
    scene.export(path)
    found = meshes.read_mesh(path)
    expected = scene.to_mesh()
    assert len(found.triangles) == len(expected.faces)
    assert np.allclose(np.sort(found.vertices, 0), np.sort(expected.vertices, 0), atol=1e-6)
    assert trimesh.Trimesh(found.vertices, found.triangles).volume == pytest.approx(expected.volume, rel=1e-5)


def tetrahedron() -> Mesh:
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
    return Mesh(points, np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]]))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b'"version":"2.0"', b'"version":"1.0"', "version"),
        (b'"scene":0', b'"scene":7', "scene 7"),
        (b'"mesh":0', b'"mesh":9', "mesh 9"),
        (b'"bufferView":1', b'"bufferView":8', "bufferView 8"),
        (b'"count":12', b'"count":13', "longer"),
        (b'"count":12', b'"count":11', "multiple of three"),
        (b'"max":[1.0', b'"max":[2.0', "max"),
        (b'"type":"VEC3"', b'"type":"VEC2"', "three floats"),
        (b"\x02\x00\x00\x00\x01\x00\x00\x00", b"\x09\x00\x00\x00\x01\x00\x00\x00", "past the last vertex"),
        (b"\x00\x00\x80\x3f", b"\x00\x00\xc0\x7f", "min|max"),
    ],
)
def test_a_wrong_glb_is_not_read(tmp_path: Path, old: bytes, new: bytes, reason: str) -> None:
    right = writers.glb([tetrahedron()], "nodes")
    assert old in right
    path = tmp_path / "mesh.glb"
    path.write_bytes(right)
    assert len(meshes.read_mesh(path).triangles) == 4
    path.write_bytes(right.replace(old, new, 1))
    with pytest.raises(MeshError, match=reason):
        meshes.read_mesh(path)


@pytest.mark.parametrize("text", ["v 0 0 0\nv 1 0 0\n", "v 0 0 0\nf 1 2 3\n", "# nothing\n"])
def test_an_obj_without_triangles_is_not_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mesh.obj"
    path.write_text(text)
    with pytest.raises(MeshError):
        meshes.read_mesh(path)


def test_the_same_answer_every_time(sandbox: Sandbox) -> None:
    """The pool has two processes; four tasks meet both."""
    tasks = [create_id(sandbox, box().export(file_type="glb")) for _ in range(4)]
    assert len({download(wait(sandbox, task_id)["url"]).content for task_id in tasks}) == 1
