# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Zips from a stranger: what is a model comes out, and nothing gets out of the folder."""

from __future__ import annotations

import io
import shutil
import stat
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitem3d_addon.core.errors import ResultError
from hitem3d_addon.receive.untrusted.archive import LIMITS, Limits, unpack

OBJ = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "deep" / "inside"
    made.mkdir(parents=True)
    return made


def zipped(folder: Path, *files: tuple[str | zipfile.ZipInfo, str | bytes]) -> Path:
    path = folder.parent.parent / "result.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return path


def refused(archive: Path, folder: Path, limits: Limits = LIMITS) -> str:
    outside = {path for path in folder.parent.parent.rglob("*") if folder not in path.parents}
    with pytest.raises(ResultError) as caught:
        unpack(archive, folder, limits)
    assert {path for path in folder.parent.parent.rglob("*") if folder not in path.parents} == outside
    return str(caught.value)


def test_the_model_is_found_with_all_that_belongs_to_it(folder: Path) -> None:
    archive = zipped(
        folder,
        ("readme.txt", "a model"),
        ("model/red.mtl", "newmtl red\nmap_Kd textures/red.png\n"),
        ("model/textures/red.png", b"\x89PNG"),
        ("model/model.bin", OBJ),  # told by content
        ("__MACOSX/model/._model.bin", b"\x00\x05\x16\x07"),
        ("model/", ""),
    )
    kind, files = unpack(archive, folder)
    assert (kind, files) == ("obj", [folder / "model" / "model.bin"])
    assert (folder / "model" / "textures" / "red.png").read_bytes() == b"\x89PNG"


def test_backslashes_are_folders(folder: Path) -> None:
    assert unpack(zipped(folder, ("parts\\wheel.obj", OBJ)), folder) == ("obj", [folder / "parts" / "wheel.obj"])


def test_each_of_many_models_comes_and_one_format_is_enough(folder: Path) -> None:
    stl = b"solid x\n facet normal 0 0 1\n"
    archive = zipped(folder, ("b.obj", OBJ), ("a.obj", OBJ), ("a.stl", stl))
    assert unpack(archive, folder) == ("obj", [folder / "a.obj", folder / "b.obj"])


@pytest.mark.parametrize(
    "name",
    [
        "../model.obj",
        "a/../../model.obj",
        "/tmp/model.obj",
        "\\\\server.invalid\\share\\model.obj",
        "..\\model.obj",
        "C:\\model.obj",
        "C:model.obj",
        "model.obj:stream",
        "a//model.obj",
        "./model.obj",
        "model.obj.",
        "mo\ndel.obj",
    ],
)
def test_paths_that_lead_elsewhere_are_refused(folder: Path, name: str) -> None:
    assert "not safe to unpack" in refused(zipped(folder, ("fine.obj", OBJ), (name, OBJ)), folder)
    assert not list(folder.iterdir())


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(folder: Path, kind: int) -> None:
    link = zipfile.ZipInfo("model.obj")
    link.create_system, link.external_attr = 3, (kind | 0o777) << 16
    assert "not safe to unpack" in refused(zipped(folder, (link, "/nowhere/secret")), folder)


SMALL = Limits(files=5, ratio=10, always=100_000)


def test_a_bomb_is_refused(folder: Path) -> None:
    archive = zipped(folder, ("model.obj", b"\n" * 100_001))
    assert "more than any model" in refused(archive, folder, SMALL)
    assert not list(folder.iterdir())
    assert unpack(zipped(folder, ("model.obj", OBJ.encode().ljust(100_000))), folder, SMALL)


def test_more_than_any_archive_may_hold_is_refused(folder: Path) -> None:
    archive = zipped(folder, ("model.obj", OBJ * 10))
    assert "more than any model" in refused(archive, folder, Limits(total=300))


def test_a_bomb_that_lies_about_its_size_is_refused(folder: Path) -> None:
    archive = zipped(folder, ("model.obj", b"\n" * 200_000))
    content = archive.read_bytes()
    size = (200_000).to_bytes(4, "little")
    assert content.count(size) == 2
    archive.write_bytes(content.replace(size, (100).to_bytes(4, "little")))
    refused(archive, folder, SMALL)
    assert sum(path.stat().st_size for path in folder.rglob("*")) < 110_000


def test_too_many_files_are_refused(folder: Path) -> None:
    assert "more than any model" in refused(zipped(folder, *((f"{i}.obj", OBJ) for i in range(6))), folder, SMALL)


def test_a_damaged_zip_is_refused(folder: Path) -> None:
    archive = zipped(folder, ("model.obj", OBJ * 1000))
    content = bytearray(archive.read_bytes())
    content[40:80] = bytes(40)
    archive.write_bytes(content)
    assert "damaged" in refused(archive, folder)


def test_an_encrypted_zip_is_refused(folder: Path) -> None:
    archive = zipped(folder, ("model.obj", OBJ))
    content = bytearray(archive.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(content)
    assert "damaged" in refused(archive, folder)


def test_a_file_and_a_folder_of_one_name_are_refused(folder: Path) -> None:
    assert "not safe to unpack" in refused(zipped(folder, ("a", OBJ), ("a/b.obj", OBJ)), folder)


@pytest.mark.parametrize("name", ["nul", "COM1.obj", "parts/aux.obj"])
def test_names_of_devices_are_refused(folder: Path, name: str) -> None:
    assert "not safe to unpack" in refused(zipped(folder, (name, OBJ)), folder)


ENTRIES = st.tuples(
    st.text(max_size=20)
    | st.lists(st.sampled_from(["..", ".", "a", "b.obj", "", "C:", "\\", "ü", "x" * 300, "nul"]), max_size=4).map(
        "/".join
    ),
    st.sampled_from([OBJ.encode(), b"\n" * 5000, b"glTF", b"PK\x03\x04"]) | st.binary(max_size=100),
    st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]),
    st.sampled_from([0, stat.S_IFREG | 0o644, stat.S_IFLNK | 0o777, stat.S_IFIFO, stat.S_IFDIR, 0xFFFF]),
)


@st.composite
def archives(draw: st.DrawFn) -> bytes:
    """Zips as somebody might make them, some of their bytes changed, some cut off."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two entries of one name are meant
        for name, content, method, mode in draw(st.lists(ENTRIES, max_size=4)):
            entry = zipfile.ZipInfo(name)
            entry.create_system, entry.external_attr, entry.compress_type = 3, mode << 16, method
            archive.writestr(entry, content)
    data = bytearray(buffer.getvalue())
    for place, value in draw(st.lists(st.tuples(st.integers(0, len(data) - 1), st.integers(0, 255)), max_size=4)):
        data[place] = value
    return bytes(data[: draw(st.none() | st.integers(0, len(data)))])


@given(content=archives() | st.binary(max_size=300))
def test_any_zip_is_unpacked_or_refused_and_nothing_gets_out(tmp_path: Path, content: bytes) -> None:
    archive, folder = tmp_path / "result.zip", tmp_path / "deep" / "inside"
    shutil.rmtree(folder.parent, ignore_errors=True)
    folder.mkdir(parents=True)
    archive.write_bytes(content)
    try:
        kind, files = unpack(archive, folder)
    except ResultError as error:
        assert str(error)
    else:
        assert kind and files
        assert all(folder in file.parents for file in files)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "result.zip"]
    assert list(folder.parent.iterdir()) == [folder]
    assert not any(path.is_symlink() for path in folder.rglob("*"))


@pytest.mark.parametrize("files", [[], [("readme.txt", "nothing here")], [("inner.zip", b"PK\x03\x04")]])
def test_a_zip_without_a_model_is_refused(folder: Path, files: list[tuple[str, str | bytes]]) -> None:
    assert "no model" in refused(zipped(folder, *files), folder)
