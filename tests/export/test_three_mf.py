# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written as a 3MF: strict by the specification, every digit, and the same when it is read again."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from boxes import TRIANGLES, VERTICES
from three_mf_files import read_strictly

from hitem3d_addon.core.errors import InputError
from hitem3d_addon.export.three_mf import Solid, write_3mf
from hitem3d_addon.receive.readers.three_mf_reader import read_parts


def box(name: str, place: float = 0.0, colour: str = "#FF8000") -> Solid:
    return Solid(name, colour, (VERTICES + np.array((place, 0, 0))) * 1000, TRIANGLES.astype(np.int32))


def test_it_is_as_the_specification_has_it(tmp_path: Path) -> None:
    names = ["head", "头部 & <neck> \"one\" 'two'", "tail\x01\n\ud800"]
    write_3mf(tmp_path / "a.3mf", [box(name, number) for number, name in enumerate(names)])
    read = read_strictly(tmp_path / "a.3mf")
    assert [one.name for one in read] == [*names[:2], "tail\n"], "what XML can't hold is left out"
    for number, one in enumerate(read):
        assert one.points[one.corners] == pytest.approx(box("", number).points[TRIANGLES])
    with zipfile.ZipFile(tmp_path / "a.3mf") as whole:
        prusa = whole.read("Metadata/Slic3r_PE_model.config").decode()
        orca = whole.read("Metadata/model_settings.config").decode()
    assert re.findall('key="extruder" value="(\\d+)"', prusa) == ["1", "2", "3"]
    assert re.findall('key="extruder" value="(\\d+)"', orca) == ["1", "2", "3"]
    assert re.findall('<object id="(\\d+)"', prusa) == re.findall('<object id="(\\d+)"', orca) == ["2", "3", "4"]


def test_every_digit_is_there(tmp_path: Path) -> None:
    points = np.random.default_rng(1).normal(size=(3, 3)) * (1e-7, 1.0, 1e9)
    write_3mf(tmp_path / "a.3mf", [Solid("a", "#000000", points, np.array([[0, 1, 2]], np.int32))])
    (read,) = read_strictly(tmp_path / "a.3mf")
    assert sorted(read.points.tolist()) == sorted(points.tolist())


def test_points_at_one_place_become_one(tmp_path: Path) -> None:
    """Also at the two zeros; a triangle that is none by it is gone."""
    soup = box("a").points[TRIANGLES].reshape(-1, 3)
    soup[::5][soup[::5] == 0] = -0.0
    corners = np.arange(len(soup), dtype=np.int32).reshape(-1, 3)
    same = np.flatnonzero((soup == soup[0]).all(axis=1))[:2]
    write_3mf(tmp_path / "a.3mf", [Solid("a", "#000000", soup, np.vstack((corners, [[*same, 1]])).astype(np.int32))])
    (read,) = read_strictly(tmp_path / "a.3mf")
    assert (len(read.points), len(read.corners)) == (8, 12)


@pytest.mark.parametrize("points", [np.zeros((3, 3)), np.array([[0, 0, 0], [1, 0, 0], [0, np.nan, 0]])])
def test_what_can_t_be_written_says_which_and_writes_nothing(tmp_path: Path, points: np.ndarray) -> None:
    bad = Solid("wing", "#000000", points, np.array([[0, 1, 2]], np.int32))
    with pytest.raises(InputError, match="wing"):
        write_3mf(tmp_path / "a.3mf", [box("a"), bad])
    assert not list(tmp_path.iterdir())


def test_the_same_parts_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.3mf", "b.3mf"):
        write_3mf(tmp_path / name, [box("a"), box("b", 1)])
    assert (tmp_path / "a.3mf").read_bytes() == (tmp_path / "b.3mf").read_bytes()


def test_our_own_import_reads_it(tmp_path: Path) -> None:
    write_3mf(tmp_path / "a.3mf", [box("a"), box("b", 1)])
    parts = read_parts(tmp_path / "a.3mf")
    assert [part.name for part in parts] == ["a", "b"]
    assert parts[1].positions.min(axis=0) == pytest.approx((1, 0, 0))
    assert parts[1].positions.max(axis=0) == pytest.approx((2, 1, 1))
