# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The manifest asks for what the code does, and for nothing else."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]

SIGNS = {
    "network": {"requests", "socket", "urllib.request", "http.client", "url_open"},
    "files": {"write_text", "write_bytes", "mkstemp", "mkdir"},
    "clipboard": {"clipboard"},
    "camera": {"cv2"},
    "microphone": {"aud", "sounddevice"},
}
"""Of each permission that Blender knows: modules, attributes and operators that need it."""


def words(package: Path) -> Iterator[str]:
    """Modules that are imported, and attributes that are used, anywhere in a package."""
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            match node:
                case ast.Import():
                    yield from (alias.name for alias in node.names)
                case ast.ImportFrom(module=str(module), level=0):
                    yield module
                case ast.Attribute(attr=name):
                    yield name


def needed(package: Path) -> set[str]:
    used = set(words(package))
    return {permission for permission, signs in SIGNS.items() if signs & used}


def test_the_manifest_asks_for_what_the_code_does() -> None:
    manifest = tomllib.loads((REPOSITORY / "blender_manifest.toml").read_text("utf-8"))
    assert manifest["permissions"].keys() == needed(REPOSITORY / "hitem3d_addon")


@pytest.mark.parametrize(
    ("code", "permission"),
    [
        ("context.window_manager.clipboard = 'x'", "clipboard"),
        ("def f():\n    import requests", "network"),
        ("path.write_text('x')", "files"),
    ],
)
def test_each_is_noticed(code: str, permission: str, tmp_path: Path) -> None:
    assert not needed(tmp_path)
    (tmp_path / "one.py").write_text(code)
    assert needed(tmp_path) == {permission}
