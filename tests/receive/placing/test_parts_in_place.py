# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every part's corners are where the source's triangles are: formats x transforms x what a service does to them."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest
from returned import GEOMETRIES, TRANSFORMS, add_monkey, give_back, keep, move_on, parts_of, send, worst_corner

from hitem3d_addon.core.values import OutputFormat
from hitem3d_addon.receive.scene_import import Imported, import_result

FORMATS = ["GLB", "OBJ", "STL", "FBX", "USDZ"]
MERGES = ["nodes", "materials", "colours", "shells"]

EXACT = 1e-6
OBJ = 1e-5
"""Six decimals, with a diagonal over 0.05 as sent."""


def sent_and_back(
    folder: Path, output_format: str, transform: str, geometry: str = "keep", merge: str = "nodes", **options: bool
) -> tuple[Imported, float]:
    """Send a model, move it, import what came back. Gives the import and the worst corner."""
    source = add_monkey()
    TRANSFORMS[transform](source)
    source = source.parent if transform == "instances" else source
    sent, record = send(source, folder, OutputFormat[output_format])
    move_on(source)
    zipped = options.pop("zipped", False)
    parts = parts_of(sent, GEOMETRIES[geometry], **options)
    file = give_back(parts, folder / f"result.{output_format.lower()}", merge, zipped=zipped)
    imported = import_result(bpy.context, file, source, record, name=source.name)
    # An STL tells no part from another where they touch.
    assert output_format == "STL" or len(imported.objects) >= len(parts) > 3
    assert merge == "shells" or len(imported.objects) <= len(parts)
    return imported, worst_corner(imported.objects, source)


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("output_format", FORMATS)
def test_every_transform_in_every_format(tmp_path: Path, output_format: str, transform: str) -> None:
    imported, off = sent_and_back(tmp_path, output_format, transform)
    assert off < (OBJ if output_format == "OBJ" else EXACT)
    assert "in place" in str(imported.report) and not imported.doubtful


@pytest.mark.parametrize("transform", ["plain", "sheared", "far_away"])
@pytest.mark.parametrize("geometry", GEOMETRIES)
@pytest.mark.parametrize("output_format", ["GLB", "OBJ", "STL"])
def test_whatever_the_service_does_to_coordinates(
    tmp_path: Path, output_format: str, geometry: str, transform: str
) -> None:
    imported, off = sent_and_back(tmp_path, output_format, transform, geometry)
    assert off < (OBJ if output_format == "OBJ" else EXACT)
    assert ("undone" in str(imported.report)) == (geometry != "keep")
    assert not imported.doubtful


@pytest.mark.parametrize("geometry", ["swap_axes", "everything"])
@pytest.mark.parametrize("output_format", ["FBX", "USDZ"])
def test_the_other_formats_too(tmp_path: Path, output_format: str, geometry: str) -> None:
    _, off = sent_and_back(tmp_path, output_format, "sheared", geometry)
    assert off < EXACT


@pytest.mark.parametrize("merge", MERGES[1:])
@pytest.mark.parametrize("output_format", ["GLB", "OBJ", "FBX", "USDZ"])
def test_however_the_file_holds_the_parts(tmp_path: Path, output_format: str, merge: str) -> None:
    _, off = sent_and_back(tmp_path, output_format, "plain", merge=merge)
    assert off < (OBJ if output_format == "OBJ" else EXACT)


def test_a_zipped_obj(tmp_path: Path) -> None:
    _, off = sent_and_back(tmp_path, "OBJ", "sheared", zipped=True)
    assert off < OBJ


def test_welded_vertices(tmp_path: Path) -> None:
    _, off = sent_and_back(tmp_path, "GLB", "sheared", weld=True)
    assert off < EXACT


@pytest.mark.parametrize("transform", ["plain", "sheared", "far_away", "stretched_and_mirrored"])
def test_as_children_of_the_source(tmp_path: Path, transform: str) -> None:
    source = add_monkey()
    TRANSFORMS[transform](source)
    sent, record = send(source, tmp_path)
    file = give_back(parts_of(sent, keep), tmp_path / "result.glb")
    imported = import_result(bpy.context, file, source, record, name=source.name, parent=True)
    assert all(part.parent == source for part in imported.objects)
    assert worst_corner(imported.objects, source) < EXACT
    if transform != "far_away":  # there Blender multiplies the matrices to millimetres
        move_on(source)
        assert worst_corner(imported.objects, source) < EXACT


@pytest.mark.parametrize("transform", ["plain", "sheared"])
def test_a_3mf_whose_millimetres_are_none(tmp_path: Path, transform: str) -> None:
    """What a sibling delivers: the numbers that were sent, under the name of millimetres."""
    source = add_monkey()
    TRANSFORMS[transform](source)
    sent, record = send(source, tmp_path)
    parts = parts_of(sent, keep)
    file = give_back(parts, tmp_path / "result.3mf")
    imported = import_result(bpy.context, file, source, record, name=source.name)
    assert len(imported.objects) == len(parts)
    assert worst_corner(imported.objects, source) < EXACT
    assert not imported.doubtful
