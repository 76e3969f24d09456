# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Khronos' own validator of glTF files, installed from npm into build/ the first time that it is asked."""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent
_BUILD = _HERE.parents[1] / "build"

ERROR, WARNING = 0, 1


def missing() -> str:
    """What has to be installed before a file can be validated; empty where it is there."""
    return ", ".join(name for name in ("node", "npm") if not shutil.which(name))


def validate(file: Path) -> dict[str, Any]:
    """Khronos' report on a GLB: ``issues`` has ``numErrors`` and ``messages``; ``info`` describes the file.

    Raises RuntimeError where the validator ended instead; it has said why.
    """
    node = _running()
    assert node.stdin and node.stdout
    node.stdin.write(f"{file}\n")
    node.stdin.flush()
    line = node.stdout.readline()
    if not line:
        _running.cache_clear()
        raise RuntimeError(f"the validator ended at {file}")
    report: dict[str, Any] = json.loads(line)
    return report


@functools.cache
def _running() -> subprocess.Popen[str]:
    """The program, which goes on for all files: to start it takes longer than most of them."""
    command = [_program("node"), str(_HERE / "validate.mjs"), str(_installed())]
    node = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
    atexit.register(node.communicate)
    return node


def complaints(file: Path) -> list[str]:
    """The errors and warnings in the report, as text."""
    messages = validate(file)["issues"]["messages"]
    return [
        f"{message['code']} {message.get('pointer', '')}: {message['message']}"
        for message in messages
        if message["severity"] <= WARNING
    ]


def _program(name: str) -> str:
    found = shutil.which(name)
    if not found:
        raise FileNotFoundError(f"{name} is not installed")
    return found


def _installed() -> Path:
    """The folder with the version that the lock names. Two runs at once may both install; one of them wins."""
    version = json.loads((_HERE / "package.json").read_text())["dependencies"]["gltf-validator"]
    folder = _BUILD / f"khronos-validator-{version}"
    if not folder.is_dir():
        _BUILD.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_BUILD) as scratch:
            fresh = Path(scratch) / "fresh"
            fresh.mkdir()
            for name in ("package.json", "package-lock.json"):
                shutil.copy(_HERE / name, fresh)
            subprocess.run([_program("npm"), "ci", "--silent", "--ignore-scripts"], check=True, cwd=fresh)
            try:
                fresh.replace(folder)
            except OSError:
                if not folder.is_dir():
                    raise
    return folder
