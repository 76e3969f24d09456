# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The studio's file: what it may say, and that a broken one forbids."""

from __future__ import annotations

from pathlib import Path

import pytest

from hitem3d_addon.core.errors import InputError
from hitem3d_addon.core.site_settings import SiteSettings, load_site, site_file

WHOLE = """
api_url = "https://hitem3d.studio.example"
ca_file = "/etc/ssl/studio.pem"
uploads = true
upload_limit_mb = 50
unfinished_tasks = 3
transfers = 2
note = "Questions: ask pipeline"
"""


def site(folder: Path, text: str, **environ: str) -> SiteSettings:
    file = folder / "site.toml"
    file.write_text(text, "utf-8")
    return load_site({"HITEM3D_SITE": str(file), **environ})


def test_all_that_it_may_say(tmp_path: Path) -> None:
    found = site(tmp_path, WHOLE)
    found.check()
    assert found == SiteSettings(
        file=tmp_path / "site.toml",
        api_url="https://hitem3d.studio.example",
        ca_file="/etc/ssl/studio.pem",
        upload_limit_mb=50,
        unfinished_tasks=3,
        transfers=2,
        note="Questions: ask pipeline",
    )
    assert found.upload_limit == 50_000_000


def test_without_a_file() -> None:
    """Nothing is set; only the variable can forbid."""
    elsewhere = {"PROGRAMDATA": "/nowhere"}
    assert load_site(elsewhere) in (SiteSettings(), SiteSettings(file=site_file(elsewhere)))
    assert load_site({"HITEM3D_NO_UPLOADS": "0"}).uploads
    assert not load_site({"HITEM3D_NO_UPLOADS": "1"}).uploads


def test_nothing_overrides_a_ban(tmp_path: Path) -> None:
    assert not site(tmp_path, "uploads = false", HITEM3D_NO_UPLOADS="0").uploads
    assert not site(tmp_path, WHOLE, HITEM3D_NO_UPLOADS="1").uploads


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("uploads = ", "site.toml"),
        ("upload = false", "unknown: upload"),
        ('uploads = "no"', "uploads has to be true or false"),
        ("transfers = true", "transfers has to be a whole number"),
        ("transfers = 0", "transfers has to be from 1 to 16"),
        ("upload_limit_mb = 500", "upload_limit_mb has to be from 1 to 200"),
        ("file = 'x'", "unknown: file"),
    ],
)
def test_a_broken_file_forbids(tmp_path: Path, text: str, says: str) -> None:
    """It may have forbidden what would follow, so nothing follows."""
    found = site(tmp_path, text)
    assert not found.uploads
    with pytest.raises(InputError, match="studio's settings can't be read") as caught:
        found.check()
    assert says in str(caught.value)


def test_a_named_file_that_is_not_there_forbids(tmp_path: Path) -> None:
    found = load_site({"HITEM3D_SITE": str(tmp_path / "gone.toml")})
    assert not found.uploads
    with pytest.raises(InputError, match="No such file"):
        found.check()


@pytest.mark.parametrize(
    ("platform", "environ", "place"),
    [
        ("linux", {}, "/etc/hitem3d/site.toml"),
        ("darwin", {}, "/Library/Application Support/Hitem3D/site.toml"),
        ("win32", {"PROGRAMDATA": "D:/Data"}, "D:/Data/Hitem3D/site.toml"),
        ("linux", {"HITEM3D_SITE": "/net/site.toml"}, "/net/site.toml"),
    ],
)
def test_where_it_is_looked_for(platform: str, environ: dict[str, str], place: str) -> None:
    assert site_file(environ, platform=platform).as_posix() == place
