# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the zip share: the zip, and the real Blenders to install it into."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from build import build
from environment import REPOSITORY
from sandbox.process import Sandbox

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from extension_repository import ExtensionRepository
from isolated_blender import IsolatedBlender

REAL_BLENDERS = [program for program in os.environ.get("BLENDER", "").split(os.pathsep) if program]


@pytest.fixture
def isolated(tmp_path: Path, sandbox: Sandbox) -> IsolatedBlender:
    """Blenders in an empty folder, with a sandbox as the service."""
    return IsolatedBlender(tmp_path, sandbox)


@pytest.fixture(scope="session")
def extension(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip, freshly built."""
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def source_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository as a host of code gives it to a visitor: a zip with a folder at its top."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(listed, cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no clone, or git is not installed")
    archive = tmp_path_factory.mktemp("archive") / "hitem3d-main.zip"
    with ZipFile(archive, "w") as written:
        for name in filter(None, done.stdout.split("\0")):
            if (REPOSITORY / name).is_file():
                written.write(REPOSITORY / name, f"hitem3d-main/{name}")
    return archive


@pytest.fixture(params=["extension", "source_archive"])
def installable(request: pytest.FixtureRequest) -> Path:
    """What a user may install: the zip, and an archive of the repository."""
    return Path(request.getfixturevalue(request.param))


@pytest.fixture
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExtensionRepository]:
    """A web server that offers nothing yet."""
    with ExtensionRepository(tmp_path_factory.mktemp("dist")) as repository:
        yield repository


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each real Blender that BLENDER names."""
    if "real_blender" in metafunc.fixturenames:
        nowhere = pytest.param(
            "",
            marks=pytest.mark.skip(reason="needs a real Blender: name one in BLENDER, and test with --all"),
            id="none",
        )
        metafunc.parametrize("real_blender", [pytest.param(p, id=_name(p)) for p in REAL_BLENDERS] or [nowhere])


def _name(program: str) -> str:
    said = subprocess.run([program, "--version"], capture_output=True, encoding="utf-8", check=False).stdout
    found = re.search(r"^Blender (\S+)", said, re.MULTILINE)
    return found[1] if found else Path(program).name
