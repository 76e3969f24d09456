# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command line finds out before it pays for anything."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
import trimesh
from hitem3d_commands import WHEEL, Commands

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d" * 32 + b"\nsize 12345\n"
THREE_CUBES = """
import bpy
bpy.ops.wm.read_factory_settings(use_empty=True)
for size in (1.0, 2.0, 3.0):
    bpy.ops.mesh.primitive_cube_add(size=size)
bpy.ops.wm.save_as_mainfile(filepath={file!r})
"""


def model(folder: Path, name: str = "rock.glb", size: float = 1.0) -> Path:
    file = folder / name
    trimesh.creation.box((1, 1, size)).export(file)
    return file


def test_a_file_that_is_no_model_keeps_all_from_being_sent(commands: Commands, folder: Path) -> None:
    """It is seen before the first model is sent, wherever it is in the list."""
    good, bad = model(folder), folder / "pointer.glb"
    contents = {"Git LFS": LFS, "web page": b"<!DOCTYPE html>", "cut off": good.read_bytes()[:-100]}
    for said, content in contents.items():
        bad.write_bytes(content)
        done = commands.run("segment", good, bad, "--out", folder / "out")
        assert (done.code, said in done.notes, "Nothing was sent" in done.notes) == (2, True, True), done.notes
    assert not (folder / "out").exists()
    assert commands.sandbox.counts()["requests"]["create-task"] == 0


@pytest.mark.skipif(os.name == "nt", reason="/proc")
def test_out_that_can_t_be_written_is_seen_first(commands: Commands, folder: Path) -> None:
    rock, a_file = model(folder), model(folder, "a_file.glb", 2.0)
    (folder / "taken" / "rock.glb").mkdir(parents=True)
    outs = ["/proc/x", a_file, a_file / "below", folder / ("n" * 300), folder / "taken"]
    for out in outs:
        done = commands.run("segment", rock, "--out", out)
        assert (done.code, "can't be written" in done.notes) == (2, True), done.notes
    assert commands.sandbox.counts()["requests"]["create-task"] == 0
    done = commands.run("segment", rock, "--out", folder / "deep" / "er")
    assert done.code == 0
    assert [file.name for file in (folder / "deep" / "er").iterdir()] == ["rock.glb"]


def test_the_ledger(commands: Commands, folder: Path) -> None:
    assert commands.run("segment", model(folder), model(folder, "two.glb", 2.0), "--seg-level", "low").code == 0
    done = commands.run("balance", "--ledger", "--json")
    entries = [event for event in done.events if event["event"] == "ledger"]
    assert [(e["name"], e["seg_level"], e["format"], e["credits"]) for e in entries] == [
        ("rock", "low", "glb", 20.0),
        ("two", "low", "glb", 20.0),
    ]
    assert entries[0]["file"] == str(folder / "rock.glb")
    assert done.the("ledger_sum")["credits"] == 100_000.0 - commands.sandbox.counts()["credits"]
    output = commands.run("balance", "--ledger", "--csv").output
    table = list(csv.DictReader(io.StringIO(output[output.index("time,") :])))  # a real Blender says more before it
    assert [(row["what"], row["name"], float(row["credits"])) for row in table] == [
        ("task", "rock", 20.0),
        ("task", "two", 20.0),
    ]
    text = commands.run("balance", "--ledger").output
    assert "40 credits between a balance of 100000 and one of 99960." in text


def test_what_is_never_begun_leaves_no_file(commands: Commands, folder: Path) -> None:
    """The account has no credits: after the first refusal the other objects are not sent, and their files go."""
    commands.sandbox.behave(credits=0.0)
    scene = folder / "three.blend"
    # Saved by the Blender that opens it: an older one can't read what a newer one writes.
    python = [sys.executable, "-c"]
    if commands.program != WHEEL:
        python = [commands.program, "--factory-startup", "--background", "--python-expr"]
    subprocess.run([*python, THREE_CUBES.format(file=str(scene))], env=commands.environ, check=True)
    asked = ("--objects", "*", "--jobs", "1", "--json")
    for done in (commands.run("segment", *asked, file=scene), commands.run("segment", scene, *asked)):
        assert done.code == 4, done.notes
        rows = {event["uid"] for event in commands.run("list", "--json").events}
        assert {job.name for job in (folder / "home" / "jobs").iterdir()} <= rows
