# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results as real programs write them, sent, fetched and imported by the command line: the same as by the operator.

One file of each program and format; all of them, which takes minutes, where ZOO is "all" (scripts/zoo/commands.py).
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import pytest
from hitem3d_commands import WHEEL, Commands
from mathutils import Matrix
from sandbox.process import Sandbox
from zoo_cells import CELLS, NOT_READ, PLACE, ZOO, Cell, add_source, check, is_refused

EACH = {(cell["writer"], cell["file"].rpartition(".")[2]): cell for cell in reversed(CELLS)}
SOME = sorted(CELLS if os.environ.get("ZOO") == "all" else EACH.values(), key=lambda cell: str(cell["file"]))
NAMES = [cell["file"] for cell in SOME]
REPORT = re.compile(r"\d+ parts? of “(.+?)”[,.]")
AT_ONCE = 64
"""Objects in a scene: with each import Blender looks at all that are there."""
MODEL = "pygltflib-nodes-{}.glb"
"""What is sent as a file: it says nothing of the parts."""


@dataclass(frozen=True)
class Came:
    """What came of a file."""

    event: dict[str, Any]
    """The end of the task."""
    notes: Sequence[str]
    """What was said of the import, its report last."""
    blend: Path


def sent(commands: Commands, cells: Sequence[Cell], *words: object, file: Path | None = None) -> Iterator[Came]:
    """Send what the words name, a model for each file, which is its result; the ends are in the order of the files."""
    files = [str(ZOO / cell["file"]) for cell in cells]
    commands.sandbox.behave(reset=True)
    commands.sandbox.behave(task_limit=1000, credits=100_000.0, seconds=0.0, given=files)
    done = commands.run("segment", *map(str, words), "--again", "--import", "--json", file=file)
    given = {task["task_id"]: task["given"] for task in commands.sandbox.counts()["tasks"]}
    events = {given[event["task_id"]]: event for event in done.events if event["event"] == "task"}
    assert list(given.values()) == files and sorted(events) == files, done.notes[-2000:]
    notes: dict[str, list[str]] = {}
    some: list[str] = []
    for line in done.notes.splitlines():
        some.append(line)
        if found := REPORT.match(line):
            notes[found[1]] = some
            some = []
    out = commands.folder / "out"
    for file_name in files:
        event = events[file_name]
        yield Came(
            event, notes.get(event["name"], []), Path(str(words[-1])) if file else out / f"{event['name']}.blend"
        )


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """The command line on the module; the import is the same in every Blender."""
    with Sandbox(seconds=0.0) as sandbox:
        yield Commands(WHEEL, tmp_path_factory.mktemp("zoo"), sandbox)


@pytest.fixture(scope="module")
def beside(commands: Commands) -> dict[str, Came]:
    """Scenes with an object for each file, named after it: all are sent, and their parts imported beside them."""
    found: dict[str, Came] = {}
    for first in range(0, len(SOME), AT_ONCE):
        cells = SOME[first : first + AT_ONCE]
        before, after = (commands.folder / f"{when} {first}.blend" for when in ("before", "after"))
        bpy.ops.wm.read_factory_settings(use_empty=True)
        for cell in cells:
            add_source(cell["model"]).name = cell["file"]
        bpy.ops.wm.save_as_mainfile(filepath=str(before))
        ends = sent(commands, cells, "--objects", "*", "--save-as", after, file=before)
        found |= {cell["file"]: end for cell, end in zip(cells, ends, strict=True)}
    return found


@pytest.fixture(scope="module")
def alone(commands: Commands) -> dict[str, Came]:
    """A model file for each file, named after it: all are sent, and their parts saved as a .blend each."""
    models = [commands.folder / f"{name.replace('.', '-')}.glb" for name in NAMES]
    for cell, model in zip(SOME, models, strict=True):
        shutil.copyfile(ZOO / MODEL.format("cubes" if cell["model"] == "egg" else cell["model"]), model)
    ends = sent(commands, SOME, *models, "--save", "--out", commands.folder / "out")
    return dict(zip(NAMES, ends, strict=True))


def check_end(cell: Cell, came: Came, matrix: Matrix | None) -> None:
    """What could be read is in the saved file; what could not, is said."""
    event = came.event
    if cell["how"] == "draco" and "compressed with" in event["error"]:
        pytest.skip("this Blender has no Draco")
    if is_refused(cell):
        assert event["kind"] == "ResultError" and NOT_READ in event["error"], event
        return
    assert not event["error"] and event["exit_code"] == 0
    if matrix:
        assert (", in place" in came.notes[-1]) != cell["fused"], came.notes
    if bpy.data.filepath != str(came.blend):
        bpy.ops.wm.open_mainfile(filepath=str(came.blend))
    check(cell, bpy.data.collections[f"{event['name']} parts"].objects, came.notes, matrix, event["name"])


@pytest.mark.timeout(900)
@pytest.mark.parametrize("cell", SOME, ids=NAMES)
def test_a_file_comes_in_beside_its_object(cell: Cell, beside: dict[str, Came]) -> None:
    assert beside[cell["file"]].event["name"] == cell["file"]
    check_end(cell, beside[cell["file"]], PLACE)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("cell", SOME, ids=NAMES)
def test_a_file_comes_in_alone(cell: Cell, alone: dict[str, Came]) -> None:
    check_end(cell, alone[cell["file"]], None)
