# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes of a USDZ get a movement that changes nothing, so that Blender 4.2 keeps the Xforms above them."""

from __future__ import annotations

import zipfile
from pathlib import Path

from usd_words import renamed
from zoo_cells import ZOO

from hitem3d_addon.receive.readers.usd_xforms import keep_xforms

TEXT = """#usda 1.0
( customLayerData = { string note = "def Mesh {" } )
def Xform "wheel"
{
    def Mesh "mesh" (
        customData = { string of = "}" }
    )
    {
        point3f[] points = [(0, 0, 0), (1, 0, 0), (0, 1, 0)]  # { of three
    }
    def Mesh "moved"
    {
        uniform token[] xformOpOrder = ["xformOp:translate"]
        double3 xformOp:translate = (1, 0, 0)
    }
}
"""


def test_a_mesh_in_text_gets_a_movement_and_one_that_has_its_own_none(tmp_path: Path) -> None:
    layer = tmp_path / "model.usda"
    layer.write_text(TEXT)
    assert keep_xforms(layer) == layer
    before, after = TEXT.split("\n"), layer.read_text().split("\n")
    new = [line for line in after if line not in before and line]
    assert [line.split("=")[0].strip() for line in new] == [
        "matrix4d xformOp:transform",
        "uniform token[] xformOpOrder",
    ]
    assert after.index(new[0]) < after.index(before[8]), "it is in the body of the first mesh"
    assert [line for line in after if line and line not in new] == [line for line in before if line]


def test_a_binary_layer_gets_one_above_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(ZOO / "usd-core-xforms-nested.usdz") as packed:
        (name,) = packed.namelist()
        packed.extract(name, tmp_path)
    before = (tmp_path / name).read_bytes()
    above = keep_xforms(tmp_path / name)
    lines = above.read_text().splitlines()
    assert (tmp_path / name).read_bytes() == before
    assert lines[2:6] == ['upAxis = "Y"', "metersPerUnit = 1.0", 'defaultPrim = "Model"', f"subLayers = [@./{name}@]"]
    assert [line.split('"')[1] for line in lines if line.startswith("over")] == [
        "Model",
        "core",
        "mesh",
        "shell",
        "mesh",
    ]
    assert sum("xformOpOrder" in line for line in lines) == 2


def test_nothing_that_the_file_made_up_is_written_into_a_layer_in_text(tmp_path: Path) -> None:
    """Only axes that there are, and plain names: a word of the file could be a line of the layer otherwise."""
    with zipfile.ZipFile(ZOO / "usd-core-xforms-nested.usdz") as packed:
        content = packed.read(packed.namelist()[0])
    layer = tmp_path / "odd @ name.usdc"
    layer.write_bytes(content)
    assert keep_xforms(layer) == layer
    layer = tmp_path / "plain name.usdc"
    layer.write_bytes(renamed(content, b"Y", b'a"b'))
    above = keep_xforms(layer).read_text()
    assert 'a"b' not in above
    assert above.splitlines()[2:4] == ['upAxis = "Y"', "metersPerUnit = 1.0"]


def test_a_damaged_layer_stays_as_it_is(tmp_path: Path) -> None:
    layer = tmp_path / "model.usdc"
    layer.write_bytes(b"PXR-USDC" + bytes(80))
    assert keep_xforms(layer) == layer
