# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator that writes parts for a printer: where they stand, in millimetres, hidden or not."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
import pytest
import trimesh
from operated import parts
from three_mf_files import read_strictly

pytestmark = pytest.mark.usefixtures("addon")


def bounds(objects: list[bpy.types.Object]) -> np.ndarray:
    corners = np.array([obj.matrix_world @ v.co for obj in objects for v in obj.data.vertices])
    return np.array([corners.min(axis=0), corners.max(axis=0)])


def state() -> list[object]:
    layer = bpy.context.view_layer
    return [
        (obj.name, obj.select_get(), obj.hide_get(), obj.hide_viewport, obj.hide_render, tuple(obj.location))
        for obj in layer.objects
    ] + [layer.objects.active, len(bpy.data.scenes), len(bpy.data.meshes)]


def export(file: Path, **how: object) -> None:
    assert bpy.ops.hitem3d.export_parts(filepath=str(file), **how) == {"FINISHED"}


def test_a_3mf_has_each_part_where_it_is(segmented: bpy.types.Object, tmp_path: Path) -> None:
    before = state()
    export(tmp_path / "torus.3mf")
    assert state() == before
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["torus.3mf"]
    assert not list(tmp_path.glob(".*"))
    read = read_strictly(tmp_path / "torus.3mf")
    assert [one.name for one in read] == [part.name for part in parts()]
    assert len({one.colour for one in read}) == len(read)
    for one, part in zip(read, parts(), strict=True):
        assert [one.points.min(axis=0), one.points.max(axis=0)] == pytest.approx(1000 * bounds([part]), rel=1e-6)
        assert len(one.corners) == len(part.data.loop_triangles)


def test_each_file_has_one_part_also_of_those_that_were_hidden(segmented: bpy.types.Object, tmp_path: Path) -> None:
    for part in parts()[1:4]:
        part.hide_viewport = True
    export(tmp_path / "torus.obj", format="OBJ")
    for file in (tmp_path / "torus").glob("*.obj"):
        assert [line for line in file.read_text().splitlines() if line.startswith("o ")] == [f"o {file.stem}"]


def test_shared_borders_stay_equal(segmented: bpy.types.Object, tmp_path: Path) -> None:
    """Every point on a border of one part is a point of another one, to the last digit."""
    export(tmp_path / "torus.3mf")
    read = read_strictly(tmp_path / "torus.3mf")
    places = [set(map(tuple, one.points.tolist())) for one in read]
    for number, one in enumerate(read):
        mesh = trimesh.Trimesh(one.points, one.corners, process=False)
        border = mesh.edges[trimesh.grouping.group_rows(mesh.edges_sorted, require_count=1)].ravel()
        others = set().union(*places[:number], *places[number + 1 :])
        assert len(border) and all(tuple(point) in others for point in one.points[border].tolist())


def test_units_scale_and_mirrors(segmented: bpy.types.Object, tmp_path: Path) -> None:
    """A scene in centimetres; what is mirrored is written as it is seen, with its normals out."""
    settings = bpy.context.scene.unit_settings
    settings.scale_length = 0.01
    export(tmp_path / "a.3mf", scale=2.0)
    first = read_strictly(tmp_path / "a.3mf")
    points = np.concatenate([one.points for one in first])
    assert [points.min(axis=0), points.max(axis=0)] == pytest.approx(20 * bounds(parts()), rel=1e-6)
    settings.system = "NONE"
    export(tmp_path / "b.3mf")
    points = np.concatenate([one.points for one in read_strictly(tmp_path / "b.3mf")])
    assert points.max(axis=0) == pytest.approx(1000 * bounds(parts())[1], rel=1e-6)

    part = parts()[0]
    part.scale.x = -1
    export(tmp_path / "c.3mf")
    mirrored = read_strictly(tmp_path / "c.3mf")[0]
    origin = 1000 * np.array(part.location)

    def flux(one: object) -> float:
        corners = (one.points - origin)[one.corners]  # type: ignore[attr-defined]
        return float(np.einsum("nk,nk->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])))

    unit = first[0]._replace(points=first[0].points * 50)
    assert flux(mirrored) == pytest.approx(flux(unit), rel=1e-4)


def test_modifiers_and_what_is_hidden_come_along(segmented: bpy.types.Object, tmp_path: Path) -> None:
    one, two, three = parts()[:3]
    one.modifiers.new("Subdivision", "SUBSURF").levels = 1
    two.hide_set(True)
    three.hide_viewport = True
    before = state()
    export(tmp_path / "a.3mf")
    assert state() == before
    read = read_strictly(tmp_path / "a.3mf")
    assert [one.name for one in read] == [part.name for part in parts()]
    assert len(read[0].corners) == 6 * len(one.data.loop_triangles), "three quads of each triangle"


@pytest.mark.parametrize("kind", ["STL", "OBJ"])
def test_a_file_for_each_part_in_millimetres(segmented: bpy.types.Object, tmp_path: Path, kind: str) -> None:
    parts()[0].hide_set(True)
    before = state()
    export(tmp_path / f"torus.{kind.lower()}", format=kind)
    assert state() == before
    files = sorted((tmp_path / "torus").glob(f"*.{kind.lower()}"))
    assert len(files) == len(parts())
    assert not list((tmp_path / "torus").glob(".*"))
    wanted = 1000 * bounds(parts())
    if kind == "OBJ":  # Y up, as OBJ files are
        wanted = np.sort(wanted[:, [0, 2, 1]] * (1, 1, -1), axis=0)
    whole = trimesh.util.concatenate([trimesh.load_mesh(file) for file in files])
    np.testing.assert_allclose(whole.bounds, wanted, rtol=1e-5, atol=0.01)


def test_only_some_and_by_the_original(segmented: bpy.types.Object, tmp_path: Path) -> None:
    for part in parts()[1:]:
        part.select_set(False)
    export(tmp_path / "one.3mf", only_selected=True)
    assert [one.name for one in read_strictly(tmp_path / "one.3mf")] == [parts()[0].name]
    bpy.ops.object.select_all(action="DESELECT")
    bpy.context.view_layer.objects.active = segmented
    export(tmp_path / "all.3mf")
    assert len(read_strictly(tmp_path / "all.3mf")) == len(parts())


def test_what_can_t_be_done_is_said(segmented: bpy.types.Object, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RuntimeError, match="can't be written"):
        export(tmp_path / "file" / "a.3mf")
    parts()[0].data.clear_geometry()
    (tmp_path / "a.3mf").write_text("before")
    with pytest.raises(RuntimeError, match="no surface"):
        export(tmp_path / "a.3mf")
    assert (tmp_path / "a.3mf").read_text() == "before"
    bpy.ops.mesh.primitive_cube_add()
    with pytest.raises(RuntimeError, match="Select imported parts"):
        export(tmp_path / "b.3mf")


def test_a_folder_of_somebody_else_s_is_not_overwritten(segmented: bpy.types.Object, tmp_path: Path) -> None:
    folder = tmp_path / "robot.v2"
    folder.mkdir()
    mine = folder / f"{parts()[1].name.replace(' ', '_')}.stl"
    mine.write_text("mine")
    with pytest.raises(RuntimeError, match=r"is no exported part"):
        export(tmp_path / "robot.v2", format="STL")
    assert [file.name for file in folder.iterdir()] == [mine.name] and mine.read_text() == "mine"
    mine.rename(folder / "notes.txt")
    export(tmp_path / "robot.v2", format="STL")
    count = len(parts())
    assert len(list(folder.glob("*.stl"))) == count
    bpy.data.objects.remove(parts()[0])
    export(tmp_path / "robot.v2.stl", format="STL")
    assert len(list(folder.glob("*.stl"))) == count - 1, "those of the earlier export are gone"
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_3mf_gets_its_suffix(segmented: bpy.types.Object, tmp_path: Path) -> None:
    export(tmp_path / "robot.v2")
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["robot.v2.3mf"]
