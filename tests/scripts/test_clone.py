# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tests run wherever somebody has cloned the repository to."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def test_in_a_folder_whose_name_is_no_python_name(tmp_path: Path) -> None:
    clone = tmp_path / "hitem3d-main"
    made = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "docs", "findings", "zoo", "demo-output")
    shutil.copytree(REPOSITORY, clone, ignore=made)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_permissions.py"]
    done = subprocess.run(command, cwd=clone, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout
