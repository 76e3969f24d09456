# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an earlier version left goes on: its preferences, its data folder and the objects of a file.

data/made_by_an_earlier_version.tar.xz was made in Blender 4.2 by the add-on as it was when all its modules lay in one
folder: three objects that were sent, whose tasks are done (with its parts), waiting, and uncertain.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
import tarfile
from contextlib import closing
from pathlib import Path
from typing import Any

import bpy
import pytest
import requests
from isolated_blender import IsolatedBlender

HERE = Path(__file__).parent
IN_BLENDER = HERE / "in_blender"

SETTINGS = {
    "api_url": "http://127.0.0.1:34865",
    "seg_level": "LOW",
    "format": "OBJ",
    "include_materials": True,
    "include_children": True,
    "auto_import": True,
}
"""What the earlier version's preferences say, beside the keys, which are in the data folder."""


@pytest.fixture
def earlier(tmp_path: Path, isolated: IsolatedBlender) -> list[str]:
    """Preferences and data folder of the earlier version; gives the arguments of go_on.py."""
    with tarfile.open(HERE / "data" / "made_by_an_earlier_version.tar.xz") as archive:
        # Debian 12's own Python, 3.11.2, knows no filters yet.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(tmp_path / "earlier")
    config = isolated.folder / "resources" / "config"
    config.mkdir(parents=True)
    shutil.move(tmp_path / "earlier" / "userpref.blend", config)
    shutil.move(tmp_path / "earlier" / "home", isolated.data_folder)
    (mesh,) = isolated.data_folder.glob("jobs/*/mesh.glb")
    waiting, uncertain = (create_task(isolated, mesh.read_bytes()) for _ in range(2))
    # The sandbox stands for the service that the earlier version used.
    with closing(sqlite3.connect(isolated.data_folder / "tasks.sqlite3")) as tasks, tasks:
        tasks.execute("UPDATE task SET api_url = ?", [isolated.sandbox.url])
        tasks.execute("UPDATE task SET task_id = ? WHERE name = 'Waiting'", [waiting])
    return [str(tmp_path / "earlier" / "scene.blend"), waiting, uncertain]


def create_task(isolated: IsolatedBlender, mesh: bytes) -> str:
    """A task at the service for which nobody here has a row."""
    done = requests.post(
        f"{isolated.sandbox.url}/open-api/v1/segmentation/create-task",
        headers={"Authorization": f"Token {isolated.sandbox.token}"},
        data={"seg_level": "medium", "format": "2"},
        files={"mesh": ("mesh.glb", mesh)},
        timeout=60,
    )
    return str(done.json()["data"]["task_id"])


def check(answer: dict[str, Any], isolated: IsolatedBlender, uncertain_id: str) -> None:
    """The keys hold, all parts are where their objects are, and nothing was sent."""
    assert (answer["settings"].pop("access_key"), answer["settings"].pop("secret_key")) == ("ak_sandbox", "sk_sandbox")
    assert answer["labels"] == 11
    assert answer["merged"] == [10, 10, 11], (
        "its parts can be joined, its labels follow, and the part can be split again"
    )
    for name in ("done", "waiting", "uncertain"):
        for source, parts in zip(answer[name]["source"], answer[name]["parts"], strict=True):
            assert parts == pytest.approx(source, abs=1e-5), name
    assert "may have been created and charged" in answer["refused"]
    assert answer["given"] == uncertain_id
    assert isolated.sandbox.counts()["tasks_created"] == 2  # by this test
    with closing(sqlite3.connect(isolated.data_folder / "tasks.sqlite3")) as tasks:
        assert tasks.execute("SELECT name, state FROM task ORDER BY name").fetchall() == [
            ("Done", "done"),
            ("Uncertain", "done"),
            ("Waiting", "done"),
        ]


def test_in_a_real_blender(real_blender: str, extension: Path, earlier: list[str], isolated: IsolatedBlender) -> None:
    isolated.run(real_blender, "--command", "extension", "install-file", "-r", "user_default", "-e", extension)
    script = ("--background", "--python-exit-code", "1", "--python", IN_BLENDER / "go_on.py")
    answer = isolated.run(real_blender, *script, "--", *earlier)
    check(answer, isolated, earlier[-1])
    assert answer["settings"] == SETTINGS


def test_on_the_bpy_wheel(extension: Path, earlier: list[str], isolated: IsolatedBlender) -> None:
    """The preferences too, but on the wheel of 4.2, which can't read any."""
    answer = isolated.run(sys.executable, IN_BLENDER / "go_on_on_wheel.py", extension, "--", *earlier)
    check(answer, isolated, earlier[-1])
    if bpy.app.version >= (5, 0):
        assert answer["settings"] == SETTINGS
