# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The zip itself: what is in it, and what is not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from zipfile import ZipFile

from build import build, extension_command
from environment import REPOSITORY


def test_holds_the_package_and_nothing_else(extension: Path) -> None:
    package = REPOSITORY / "hitem3d_addon"
    files = [*package.rglob("*.py"), *package.glob("locale/*.po")]
    sources = {path.relative_to(package).as_posix() for path in files}
    with ZipFile(extension) as archive:
        assert set(archive.namelist()) == sources | {"blender_manifest.toml", "LICENSE"}
        for name in sources:
            assert archive.read(name) == (package / name).read_bytes()


def test_same_sources_give_the_same_bytes(extension: Path, tmp_path: Path) -> None:
    assert build(tmp_path).read_bytes() == extension.read_bytes()


def test_version_is_the_one_in_the_changelog(extension: Path) -> None:
    with ZipFile(extension) as archive:
        version = tomllib.loads(archive.read("blender_manifest.toml").decode())["version"]
    changelog = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+)", changelog, re.MULTILINE)
    assert newest
    assert newest[1] == version
    assert extension.name == f"hitem3d-{version}.zip"


def test_blender_s_own_build_of_a_clone(source_archive: Path, tmp_path: Path) -> None:
    """`blender --command extension build` makes an extension of a clone with nothing in it that is not the add-on."""
    with ZipFile(source_archive) as archive:
        archive.extractall(tmp_path)
    clone = tmp_path / "hitem3d-main"
    for made in (".venvs/py311/left.py", "dist/hitem3d.zip", "build/left.png", ".git/config", "demo-output/a.blend"):
        (clone / made).parent.mkdir(parents=True, exist_ok=True)
        (clone / made).touch()
    extension_command("build", "--source-dir", str(clone), "--output-filepath", str(tmp_path / "built.zip"))
    with ZipFile(tmp_path / "built.zip") as built:
        outside = {name for name in built.namelist() if not name.startswith("hitem3d_addon/")}
        inside = {name for name in built.namelist() if name.endswith((".py", ".po"))}
    assert outside == {"__init__.py", "blender_manifest.toml", "LICENSE"}
    package = clone / "hitem3d_addon"
    files = [*package.rglob("*.py"), *package.glob("locale/*.po")]
    assert inside == {path.relative_to(clone).as_posix() for path in files} | {"__init__.py"}
