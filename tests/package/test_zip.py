# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The zip itself: what is in it, and what is not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from zipfile import ZipFile

from build import build
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
