# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A 3MF that came back: its objects, in their places, and nothing else."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
import trimesh
from sandbox.meshes import Mesh
from sandbox.writers import write_parts

from hitem3d_addon.core.errors import ResultError
from hitem3d_addon.core.result_kind import result_kind
from hitem3d_addon.receive.readers.three_mf_reader import read_parts

CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
TETRAHEDRON = (
    '<mesh><vertices><vertex x="0" y="0" z="0"/><vertex x="1" y="0" z="0"/><vertex x="0" y="2" z="0"/>'
    '<vertex x="0" y="0" z="3"/><vertex x="9" y="9" z="9"/></vertices><triangles><triangle v1="0" v2="2" v3="1"/>'
    '<triangle v1="0" v2="1" v3="3"/><triangle v1="0" v2="3" v3="2"/><triangle v1="1" v2="2" v3="3"/>'
    '<triangle v1="1" v2="1" v3="3"/></triangles></mesh>'
)


def package(file: Path, resources: str, build: str, *, unit: str = "meter", before: str = "") -> Path:
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<model unit="{unit}" xmlns="{CORE}" xmlns:p="urn:p">'
        f"<resources>{resources}</resources><build>{build}</build></model>"
    )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as whole:
        whole.writestr("[Content_Types].xml", "<Types/>")
        whole.writestr("3D/3dmodel.model", text)
    return file


def test_parts_come_back_as_they_were_written(tmp_path: Path) -> None:
    boxes = [trimesh.creation.box((1, 2, 3)), trimesh.creation.icosphere()]
    parts = [Mesh(np.float32(one.vertices), np.int64(one.faces)) for one in boxes]
    file = write_parts(parts, tmp_path / "parts.3mf")
    assert result_kind(file) == "3mf"
    found = read_parts(file)
    assert [one.name for one in found] == ["part_00", "part_01"]
    for one, box in zip(found, boxes, strict=True):
        assert np.allclose(one.positions, box.vertices / 1000, atol=1e-7), "in metres; the file has millimetres"
        assert (one.corners.reshape(-1, 3) == box.faces).all()


def test_components_and_places(tmp_path: Path) -> None:
    """An object of two others, moved, scaled and mirrored, and one that is not in the build."""
    resources = (
        f'<object id="1" name="inner">{TETRAHEDRON}</object><object id="2" name="never">{TETRAHEDRON}</object>'
        '<object id="3" name="outer"><components><component objectid="1"/>'
        '<component objectid="1" transform="-1 0 0 0 1 0 0 0 1 5 0 0"/></components></object>'
    )
    build = '<item objectid="3" transform="2 0 0 0 2 0 0 0 2 10 0 0"/><item objectid="1"/>'
    found = read_parts(package(tmp_path / "a.3mf", resources, build))
    assert [one.name for one in found] == ["inner", "inner", "inner"]
    assert [len(one.positions) for one in found] == [4, 4, 4], "the vertex that nobody uses is left out"
    assert [one.polygons for one in found] == [4, 4, 4], "and the triangle that is none"
    lows = [one.positions.min(0).tolist() for one in found]
    assert lows == [[10, 0, 0], [18, 0, 0], [0, 0, 0]]
    volumes = [trimesh.Trimesh(one.positions, one.corners.reshape(-1, 3)).volume for one in found]
    assert volumes == pytest.approx([8, 8, 1]), "a mirrored one is not inside out"


@pytest.mark.parametrize(("unit", "metres"), [("micron", 1e-6), ("inch", 0.0254), ("meter", 1.0)])
def test_units(tmp_path: Path, unit: str, metres: float) -> None:
    (found,) = read_parts(
        package(tmp_path / "a.3mf", f'<object id="1">{TETRAHEDRON}</object>', '<item objectid="1"/>', unit=unit)
    )
    assert found.positions.max() == pytest.approx(3 * metres)


OBJECT = f'<object id="1">{TETRAHEDRON}</object>'
ITEM = '<item objectid="1"/>'
LOOP = '<object id="1"><components><component objectid="1"/></components></object>'
NESTED = (
    "".join(
        f'<object id="{n}"><components>{f"""<component objectid="{n + 1}"/>""" * 9}</components></object>'
        for n in range(1, 15)
    )
    + '<object id="15"/>'
)


@pytest.mark.parametrize(
    ("resources", "build", "said"),
    [
        (OBJECT.replace('v3="1"', 'v3="7"'), ITEM, "corner that there is not"),
        (OBJECT.replace('v3="1"', 'v3="-1"'), ITEM, "corner that there is not"),
        (OBJECT.replace('x="9"', 'x="many"'), ITEM, "damaged"),
        (OBJECT.replace(' v3="1"', ""), ITEM, "damaged"),
        (OBJECT, '<item objectid="2"/>', "damaged"),
        (OBJECT, '<item objectid="1" transform="1 2 3"/>', "twelve numbers"),
        (OBJECT[:-9], ITEM, "damaged"),
        (LOOP, ITEM, "contain one another without end"),
        (NESTED, ITEM, "more than any model can"),
        (OBJECT, ITEM * 10_001, "more than any model can"),
    ],
)  # fmt: skip
def test_what_is_damaged_is_said(tmp_path: Path, resources: str, build: str, said: str) -> None:
    with pytest.raises(ResultError, match=said):
        read_parts(package(tmp_path / "a.3mf", resources, build))


def test_no_entity_is_resolved(tmp_path: Path) -> None:
    for before in ('<!DOCTYPE model SYSTEM "file:///etc/passwd">', '<!DOCTYPE model [<!ENTITY a "1">]>'):
        with pytest.raises(ResultError, match="document type is not allowed"):
            read_parts(package(tmp_path / "a.3mf", OBJECT, ITEM, before=before))


def test_what_lies_in_other_files_is_left_out(tmp_path: Path) -> None:
    build = ITEM + '<item objectid="5" p:path="/3D/other.model"/>'
    assert len(read_parts(package(tmp_path / "a.3mf", OBJECT, build))) == 1


def test_a_zip_that_is_no_package_stays_a_zip(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w") as whole:
        whole.writestr("model.obj", "v 0 0 0\n")
    assert result_kind(file) == "zip"


PAINTED = TETRAHEDRON.replace('v1="0" v2="1" v3="3"', 'v1="0" v2="1" v3="3" pid="5" p1="1"').replace(
    'v1="1" v2="2" v3="3"', 'v1="1" v2="2" v3="3" p1="0"'
)
"""Its first and third triangle have what the object says."""


def test_base_materials_of_triangles(tmp_path: Path) -> None:
    resources = (
        '<basematerials id="5"><base name="steel" displaycolor="#808080"/><base name="glass" displaycolor="#0000FF80"/>'
        f'</basematerials><object id="1" pid="5" pindex="0">{PAINTED}</object>'
    )
    (found,) = read_parts(package(tmp_path / "a.3mf", resources, '<item objectid="1"/>'))
    steel, glass = found.materials
    assert steel and glass and (steel.name, glass.name) == ("steel", "glass")
    assert steel.colour == pytest.approx((0.2159, 0.2159, 0.2159, 1), abs=1e-3)
    assert glass.colour == pytest.approx((0, 0, 1, 0.5), abs=2e-3)
    assert found.slots is not None and found.slots.tolist() == [0, 1, 0, 0]


def test_one_material_for_all_of_an_object_and_none(tmp_path: Path) -> None:
    resources = (
        '<basematerials id="5"><base name="steel" displaycolor="grey"/></basematerials>'
        f'<object id="1" pid="5" pindex="0">{TETRAHEDRON}</object><object id="2">{TETRAHEDRON}</object>'
        f'<object id="3" pid="77" pindex="-4">{TETRAHEDRON}</object>'
    )
    build = '<item objectid="1"/><item objectid="2"/><item objectid="3"/>'
    painted, plain, unknown = read_parts(package(tmp_path / "a.3mf", resources, build))
    assert [finish and (finish.name, finish.colour) for finish in painted.materials] == [("steel", (1, 1, 1, 1))]
    assert painted.slots is None and not plain.materials and not unknown.materials


def test_colours_of_the_materials_extension(tmp_path: Path) -> None:
    space = "http://schemas.microsoft.com/3dmanufacturing/material/2015/02"
    resources = (
        f'<m:colorgroup xmlns:m="{space}" id="5"><m:color color="#FF0000"/><m:color color="#00FF00FF"/></m:colorgroup>'
        f'<object id="1">{PAINTED}</object>'
    )
    (found,) = read_parts(package(tmp_path / "a.3mf", resources, '<item objectid="1"/>'))
    assert [finish.colour if finish else None for finish in found.materials] == [None, (0, 1, 0, 1)]
    assert found.slots is not None and found.slots.tolist() == [0, 1, 0, 0]
