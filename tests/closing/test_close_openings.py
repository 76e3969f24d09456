# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is open in the original itself stays open, unless it is asked for."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from closed import Arrays, Object, close, crossing_neighbours, crossings, import_parts, open_edges, triangles, volume

pytestmark = pytest.mark.usefixtures("addon")

AROUND, RINGS = 24, 13


def tube(bend: float = 0.0) -> Arrays:
    """Open at both ends, 2 across and 6 long; bent like a sleeve."""
    angle, along = np.meshgrid(np.arange(AROUND) * 2 * np.pi / AROUND, np.linspace(-3, 3, RINGS))
    x, y = np.cos(angle) + bend * along**2, np.sin(angle)
    here = np.arange(AROUND * (RINGS - 1))
    onward = here - here % AROUND + (here + 1) % AROUND
    corners = np.concatenate(
        [np.stack([here, onward, onward + AROUND], 1), np.stack([here, onward + AROUND, here + AROUND], 1)]
    )
    return np.stack([x, y, along], axis=2).reshape(-1, 3), corners


def cut(model: Arrays, axis: int) -> list[Object]:
    """In two halves, that below and that above the middle of an axis."""
    centres = model[0][model[1]].mean(axis=1)
    return import_parts(model, (centres[:, axis] > np.median(centres[:, axis])).astype(np.int32))


# Across, each half has a rim; lengthwise, both have half of either rim, and the cut runs through the openings.
@pytest.mark.parametrize("axis", [1, 2])
@pytest.mark.parametrize("bend", [0.0, 0.15])
def test_openings_stay_open_unless_asked(axis: int, bend: float, capfd: pytest.CaptureFixture[str]) -> None:
    parts = cut(tube(bend), axis)
    close()
    assert min(open_edges(part) for part in parts) >= AROUND
    said = capfd.readouterr().out
    for part in parts:
        assert f"“{part.name}” stays open at {open_edges(part)} edges that no other part touches: the original" in said


@pytest.mark.parametrize("axis", [1, 2])
@pytest.mark.parametrize("bend", [0.0, 0.15])
def test_openings_are_closed_where_asked(axis: int, bend: float, capfd: pytest.CaptureFixture[str]) -> None:
    """With faces that are caps like the others; the halves fill the whole."""
    parts = cut(tube(bend), axis)
    before = [len(part.data.polygons) for part in parts]
    close(close_openings=True)
    assert [open_edges(part) for part in parts] == [0, 0]
    assert [crossings(part) for part in parts] == [0, 0]
    assert capfd.readouterr().out.count("Info") == 1
    area = AROUND / 2 * np.sin(2 * np.pi / AROUND)
    assert sum(map(volume, parts)) == pytest.approx(6 * area, rel=2e-2)
    assert min(map(volume, parts)) > 2 * area
    for part, faces in zip(parts, before, strict=True):
        caps = triangles(part)[2]
        slots = [part.data.materials[polygon.material_index] for polygon in part.data.polygons[faces:]]
        assert caps.tolist() == [False] * faces + [True] * (len(caps) - faces)
        assert {material.name for material in slots} == {"Hitem3D Cap"}
        assert not part.data.validate()


def test_a_clearance_leaves_the_lids_where_they_are() -> None:
    parts = cut(tube(), 1)
    bpy.context.scene.unit_settings.scale_length = 0.001
    close(close_openings=True, clearance=0.1)
    assert [open_edges(part) for part in parts] == [0, 0]
    assert not crossing_neighbours(parts)
    for part in parts:
        along = triangles(part)[0][:, 2] - 1.7  # where import_parts puts it
        assert along.min() == pytest.approx(-3, abs=1e-4)
        assert along.max() == pytest.approx(3, abs=1e-4)


def test_cloth_stays_open_all_the_same() -> None:
    """It encloses nothing."""
    points, corners = tube()
    strip = corners[points[corners].mean(axis=1)[:, 0] > 0.9]
    parts = cut((points, strip), 2)
    before = [len(part.data.polygons) for part in parts]
    close(close_openings=True)
    assert [len(part.data.polygons) for part in parts] == before
