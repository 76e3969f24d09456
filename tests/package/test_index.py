# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The listing that makes the folder with the zip a remote repository."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from build import build, write_index
from extension_repository import ExtensionRepository


def test_offers_the_zip_beside_it(extension: Path) -> None:
    (offered,) = json.loads(write_index(extension).read_text("utf-8"))["data"]
    assert offered["id"] == "hitem3d"
    assert (extension.parent / offered["archive_url"]).samefile(extension)
    assert offered["archive_size"] == extension.stat().st_size
    assert offered["archive_hash"] == f"sha256:{hashlib.sha256(extension.read_bytes()).hexdigest()}"


def test_offers_one_version_where_earlier_ones_lie(repository: ExtensionRepository) -> None:
    listed = []
    for version in ("1.9.0", "1.10.0"):
        repository.publish(version)
        data = json.loads((repository.folder / "index.json").read_text("utf-8"))["data"]
        listed.append([offered["version"] for offered in data])
    assert listed == [["1.9.0"], ["1.10.0"]]
    assert len(list(repository.folder.glob("*.zip"))) == 2


def test_same_sources_give_the_same_bytes(extension: Path, tmp_path: Path) -> None:
    assert write_index(build(tmp_path)).read_bytes() == write_index(extension).read_bytes()
