# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the zip to parts and back: installed as a user does, used, disabled, enabled, removed; and updated."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from extension_repository import ExtensionRepository
from isolated_blender import IsolatedBlender

IN_BLENDER = Path(__file__).parent / "in_blender"


def check_job(answer: dict[str, Any], isolated: IsolatedBlender, *, earlier: Sequence[str] = ()) -> None:
    """The main job was done: one task more, paid for once, whose parts stand where the object stands."""
    assert (answer["created"], answer["imported"]) == (["FINISHED"], ["FINISHED"])
    assert [task["task_id"] for task in isolated.sandbox.counts()["tasks"]] == [*earlier, answer["task_id"]]
    assert answer["parts"] >= 2
    for source, parts in zip(answer["source_bounds"], answer["parts_bounds"], strict=True):
        assert parts == pytest.approx(source, abs=1e-5)


def check_disable_enable(answer: dict[str, Any]) -> None:
    """Disabling takes everything away that enabling brings, however often."""
    enabled, disabled, enabled_again, disabled_again, at_last = answer["states"]
    assert "create_task" in enabled["operators"]
    assert enabled["enabled"] == ["bl_ext.user_default.hitem3d"]
    assert enabled == enabled_again == at_last
    assert disabled == disabled_again
    assert not any(disabled[what] for what in ("types", "operators", "properties", "enabled"))
    assert disabled["menu_entries"] < enabled["menu_entries"]


def check_removed(answer: dict[str, Any], isolated: IsolatedBlender) -> None:
    """Nothing is left but the user's data: the task list, which knows the paid task."""
    assert not [name for name in answer["addons"] if "hitem3d" in name]
    assert isolated.left_behind() == []
    kept = b"".join(path.read_bytes() for path in isolated.data_folder.glob("*") if path.is_file())
    assert isolated.sandbox.counts()["tasks"][0]["task_id"].encode() in kept


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def versions_seen(isolated: IsolatedBlender) -> list[str]:
    """Which version of the add-on made each task."""
    tasks = isolated.sandbox.counts()["tasks"]
    return [task["headers"]["user-agent"].removeprefix("Hitem3D-for-Blender/") for task in tasks]


def test_in_a_real_blender(real_blender: str, installable: Path, isolated: IsolatedBlender) -> None:
    def script(name: str) -> dict[str, Any]:
        return isolated.run(
            real_blender, "--background", "--python-exit-code", "1", "--python", IN_BLENDER / f"{name}.py"
        )

    isolated.run(real_blender, "--command", "extension", "install-file", "-r", "user_default", "-e", installable)
    check_job(script("segment"), isolated)
    check_disable_enable(script("disable_enable"))
    isolated.run(real_blender, "--command", "extension", "remove", "hitem3d")
    check_removed(script("list_addons"), isolated)


def test_updated_from_a_web_server(
    real_blender: str, repository: ExtensionRepository, isolated: IsolatedBlender
) -> None:
    """Added as a remote repository, installed from it, used, updated to the next version, used, removed."""

    def extension(*words: str) -> None:
        isolated.run(real_blender, "--online-mode", "--command", "extension", *words)

    def script(name: str) -> dict[str, Any]:
        return isolated.run(
            real_blender, "--background", "--python-exit-code", "1", "--python", IN_BLENDER / f"{name}.py"
        )

    repository.publish("1.9.0")
    # Without Blender's own repository in the internet.
    extension("repo-add", "--clear-all", "--name", "Hitem3D", "--url", repository.url, "studio")
    extension("install", "--sync", "--enable", "hitem3d")
    first = script("segment")
    check_job(first, isolated)
    kept = contents(isolated.data_folder)
    repository.publish("1.10.0")
    extension("update", "--sync")
    assert contents(isolated.data_folder) == kept
    second = script("segment")
    check_job(second, isolated, earlier=[first["task_id"]])
    assert versions_seen(isolated) == ["1.9.0", "1.10.0"]
    assert [name for name in script("list_addons")["addons"] if "hitem3d" in name] == ["bl_ext.studio.hitem3d"]
    extension("remove", "hitem3d")
    check_removed(script("list_addons"), isolated)


def test_on_the_bpy_wheel(installable: Path, isolated: IsolatedBlender) -> None:
    answer = isolated.run(sys.executable, IN_BLENDER / "on_wheel.py", installable)
    check_job(answer, isolated)
    check_disable_enable(answer)
    check_removed(answer, isolated)


def check_switched(seen: Sequence[dict[str, Any]]) -> None:
    """One add-on with one set of preferences, whether it came as an archive, as the zip, or as an archive again."""
    assert [answer["module"] for answer in seen] == ["hitem3d_addon.ui.preferences", "ui.preferences"] * 2
    assert [answer["seg_level"] for answer in seen] == ["MEDIUM", "HIGH", "HIGH", "HIGH"]
    assert all(answer["enabled"] == ["bl_ext.user_default.hitem3d"] for answer in seen)


def test_from_an_archive_to_the_zip_and_back(
    real_blender: str, source_archive: Path, extension: Path, isolated: IsolatedBlender
) -> None:
    seen = []
    for file in (source_archive, extension, source_archive, extension):
        isolated.run(real_blender, "--command", "extension", "install-file", "-r", "user_default", "-e", file)
        seen.append(isolated.run(real_blender, "--background", "--python", IN_BLENDER / "change_a_preference.py"))
    check_switched(seen)


def test_from_an_archive_to_the_zip_and_back_on_the_bpy_wheel(
    source_archive: Path, extension: Path, isolated: IsolatedBlender
) -> None:
    """In one Blender that goes on running."""
    answer = isolated.run(sys.executable, IN_BLENDER / "switch_on_wheel.py", *[source_archive, extension] * 2)
    check_switched(answer["seen"])


def test_updated_on_the_bpy_wheel(tmp_path: Path, isolated: IsolatedBlender) -> None:
    with ExtensionRepository(tmp_path / "before") as before, ExtensionRepository(tmp_path / "after") as after:
        before.publish("1.9.0")
        after.publish("1.10.0")
        answer = isolated.run(sys.executable, IN_BLENDER / "update_on_wheel.py", before.url, after.url)
    check_job(answer, isolated, earlier=[answer["first_task_id"]])
    assert versions_seen(isolated) == ["1.9.0", "1.10.0"]
    assert answer["enabled"] == ["bl_ext.studio.hitem3d"]
