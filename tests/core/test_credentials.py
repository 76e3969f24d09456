# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys: which ones count, how the file is kept, and that they show up nowhere else."""

from __future__ import annotations

import os
import stat
import traceback
from pathlib import Path

import pytest

from hitem3d_addon.core import credentials
from hitem3d_addon.core.credentials import FILE_NAME, Credentials
from hitem3d_addon.core.errors import StoreError

STORED = Credentials(token="stored-token", access_key="ak_stored", secret_key="sk_stored")


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, STORED),
        ({"HITEM3D_TOKEN": " env-token\n"}, Credentials(token="env-token")),
        (
            {"HITEM3D_ACCESS_KEY": "ak", "HITEM3D_SECRET_KEY": "sk"},
            Credentials(access_key="ak", secret_key="sk"),
        ),
        (
            {"HITEM3D_TOKEN": "t", "HITEM3D_ACCESS_KEY": "ak", "HITEM3D_SECRET_KEY": "sk"},
            Credentials("t", "ak", "sk"),
        ),
        ({"HITEM3D_SECRET_KEY": "sk"}, Credentials(access_key="ak_stored", secret_key="sk")),
        ({"HITEM3D_TOKEN": ""}, STORED),
    ],
)
def test_the_environment_comes_first_and_accounts_are_not_mixed(environ: dict[str, str], expected: Credentials) -> None:
    assert credentials.resolve(environ, STORED) == expected


def test_one_key_without_the_other_is_not_enough() -> None:
    assert not Credentials(access_key="ak").present
    assert not Credentials().present
    assert Credentials(token="t").present
    assert Credentials(access_key="ak", secret_key="sk").present


def test_saved_credentials_come_back(tmp_path: Path) -> None:
    home = tmp_path / "Däten ordner"
    assert credentials.load(home) == Credentials()
    credentials.save(home, STORED)
    credentials.save(home, Credentials(token="schlüssel"))
    assert credentials.load(home) == Credentials(token="schlüssel")
    assert [file.name for file in home.iterdir()] == [FILE_NAME]


def test_empty_credentials_leave_no_file(tmp_path: Path) -> None:
    credentials.save(tmp_path, Credentials())
    credentials.save(tmp_path, STORED)
    credentials.save(tmp_path, Credentials())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_only_the_user_can_read_the_file_whatever_the_umask(tmp_path: Path) -> None:
    home = tmp_path / "home"
    before = os.umask(0)
    try:
        credentials.save(home, STORED)
    finally:
        os.umask(before)
    assert stat.S_IMODE((home / FILE_NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_a_save_that_fails_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(StoreError, match="can't be saved"):
        credentials.save(tmp_path, STORED)
    assert [file.name for file in tmp_path.iterdir()] == [FILE_NAME]


def test_a_data_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(StoreError, match="data folder"):
        credentials.save(tmp_path / "home", STORED)


@pytest.mark.parametrize(
    "content",
    [b"", b"sk_geheim", b'{"token": "sk_geheim"', b"[]", b'{"token": 7}', b"\xff\xfe\x00", b"[" * 100_000, b"null"],
)
def test_a_damaged_file_is_said_without_showing_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(StoreError, match="damaged") as raised:
        credentials.load(tmp_path)
    assert "geheim" not in "".join(traceback.format_exception(raised.value))
    assert raised.value.__context__ is None


def test_a_file_of_a_later_version_is_read_as_far_as_it_is_known(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('{"token": "t", "region": "eu"}')
    assert credentials.load(tmp_path) == Credentials(token="t")


def test_repr_names_what_is_there_and_shows_none_of_it() -> None:
    assert repr(STORED) == "<Credentials: token, access_key, secret_key>"
    assert repr(Credentials()) == "<Credentials: none>"
