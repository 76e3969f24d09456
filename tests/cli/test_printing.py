# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts for a printer from the command line: one 3MF, and STL and OBJ in millimetres."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trimesh
from hitem3d_commands import Commands
from three_mf_files import read_strictly

from hitem3d_addon.cli.arguments import parse


def model(file: Path) -> Path:
    """Two bodies of 30 and 20 that stand on 0."""
    ball = trimesh.creation.icosphere(2, 10)
    ball.apply_translation((40, 0, 10))
    box = trimesh.creation.box((30, 20, 10))
    box.apply_translation((0, 0, 5))
    trimesh.util.concatenate([box, ball]).export(file)
    return file


def whole_bounds(file: Path) -> np.ndarray:
    points = np.concatenate([one.points for one in read_strictly(file)])
    return np.array([points.min(axis=0), points.max(axis=0)])


def test_a_model_file_s_parts_as_one_3mf(commands: Commands, folder: Path) -> None:
    """An STL's numbers are millimetres and stay where they are; the second time nothing is written or paid."""
    stl = model(folder / "rock.stl")
    asked = ("segment", stl, "--out", folder / "out", "--export-parts", "3mf", "--json")
    done = commands.run(*asked)
    assert done.code == 0, done.notes
    file = folder / "out" / "rock" / "rock.3mf"
    assert done.the("task")["files"] == [str(folder / "out" / "rock.glb"), str(file)]
    assert whole_bounds(file) == pytest.approx(trimesh.load_mesh(stl).bounds, abs=1e-3)
    assert "65.0 × 20.0 × 20.0 mm" in done.notes or "65.0 × 20.0 × 20.0 mm" in str(done.events)
    written = file.stat().st_mtime_ns
    assert commands.run(*asked).the("task")["files"] == done.the("task")["files"]
    assert file.stat().st_mtime_ns == written
    assert commands.created() == 1


def test_parts_are_closed_with_a_clearance(commands: Commands, folder: Path) -> None:
    """All are watertight; what an earlier run has written open is not taken for closed."""
    stl = folder / "ball.stl"
    trimesh.creation.icosphere(4, 20).export(stl)
    asked = ("segment", stl, "--out", folder / "out", "--export-parts", "3mf", "--json")
    file = folder / "out" / "ball" / "ball.3mf"
    whole = trimesh.load_mesh(stl).volume
    for more, least in (((), None), (("--close",), 0.999), (("--close", "--clearance", "0.2"), 0.9)):
        done = commands.run(*asked, *more)
        assert done.code == 0, done.notes
        parts = [trimesh.Trimesh(one.points, one.corners, process=False) for one in read_strictly(file)]
        assert len(parts) > 1
        assert all(part.is_watertight for part in parts) == bool(more)
        if least:
            assert whole * least < sum(part.volume for part in parts) < whole * (1.0001 if least > 0.99 else 0.9999)
    assert commands.created() == 1


def test_cuts_get_pegs(commands: Commands, folder: Path) -> None:
    """Parts stay closed; what an earlier run has written, with other pegs or none, is not taken for what is asked."""
    stl = folder / "beam.stl"
    beam = trimesh.creation.box((60, 12, 12))
    for _ in range(3):
        beam = beam.subdivide()
    beam.export(stl)
    asked = ("segment", stl, "--out", folder / "out", "--export-parts", "3mf", "--json", "--close")
    file = folder / "out" / "beam" / "beam.3mf"
    sizes = []
    for pegs, says in (
        ((), False),
        (("--pegs", "keyed"), True),
        (("--pegs", "round"), True),
        (("--pegs", "round"), False),
    ):
        done = commands.run(*asked, *pegs)
        assert done.code == 0, done.notes
        assert (" pegs at " in f"{done.events} {done.notes}") == says
        parts = [trimesh.Trimesh(one.points, one.corners, process=False) for one in read_strictly(file)]
        assert len(parts) > 1
        assert all(part.is_watertight for part in parts)
        sizes.append([len(part.faces) for part in parts])
    without, keyed, round_ones, again = sizes
    assert without < keyed != round_ones == again
    assert commands.created() == 1


def test_openings_are_closed_on_request(commands: Commands, folder: Path) -> None:
    """A beam that is open at one end."""
    stl = folder / "beam.stl"
    beam = trimesh.creation.box((60, 12, 12))
    for _ in range(3):
        beam = beam.subdivide()
    beam.update_faces(beam.triangles_center[:, 0] > -29.9)
    beam.export(stl)
    asked = ("segment", stl, "--out", folder / "out", "--export-parts", "3mf", "--json", "--close")
    file = folder / "out" / "beam" / "beam.3mf"
    for more in ((), ("--close-openings",)):
        done = commands.run(*asked, *more)
        assert done.code == 0, done.notes
        parts = [trimesh.Trimesh(one.points, one.corners, process=False) for one in read_strictly(file)]
        assert len(parts) > 1
        assert all(part.is_watertight for part in parts) == bool(more)
    assert commands.created() == 1


def test_a_clearance_is_for_closed_parts(capsys: pytest.CaptureFixture[str]) -> None:
    for wrong, said in (
        (["--clearance", "0.2", "--import"], "are for --close"),
        (["--close-openings", "--import"], "are for --close"),
        (["--pegs", "round", "--import"], "are for --close"),
        (["--close", "--pegs", "square", "--import"], "ROUND"),
        (["--close", "--pegs", "round", "--clearance", "0.2", "--import"], "leave --clearance out"),
        (["--close", "--clearance", "-1", "--import"], "no length"),
        (["--close"], "--import or --export-parts"),
    ):
        with pytest.raises(SystemExit):
            parse(["segment", *wrong], "hitem3d")
        assert said in capsys.readouterr().err


def test_a_scene_s_parts_in_millimetres(commands: Commands, folder: Path) -> None:
    """The cube of 2 m; what an earlier run has written in metres is not taken for millimetres."""
    scene = folder / "scene.blend"
    assert commands.run("segment", "--save-as", scene).code == 0
    asked = ("import", "--wait", "--out", folder / "out", "--export-parts")
    assert commands.run(*asked, "3mf", file=scene).code == 0
    assert whole_bounds(folder / "out" / "Cube" / "Cube.3mf").ravel() == pytest.approx([-1000] * 3 + [1000] * 3)
    for more, size in (((), 1), (("--millimetres",), 1000)):
        done = commands.run(*asked, "stl", *more, "--json", file=scene)
        assert done.code == 0, done.notes
        files = [Path(file) for file in done.the("task")["files"] if file.endswith(".stl")]
        whole = trimesh.util.concatenate([trimesh.load_mesh(file) for file in files])
        assert whole.bounds.ravel() == pytest.approx([-size] * 3 + [size] * 3, rel=1e-5)
        assert {file.name for file in (folder / "out" / "Cube").iterdir()} == {*(f.name for f in files), "parts.json"}


def test_millimetres_are_for_files_without_a_unit(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["import", "--out", "out", "--export-parts", "glb", "--millimetres"], "hitem3d")
    assert "units of their own" in capsys.readouterr().err
