# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may import whom: core knows no Blender, and the layers have no circles."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "hitem3d_addon"
BLENDER = {"bpy", "bmesh", "mathutils", "idprop", "gpu", "blf", "numpy"}


def imported(file: Path) -> set[str]:
    """The modules that a file imports at its top level, siblings as ``.name``."""
    found: set[str] = set()
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            found |= {module} if node.module else {module + alias.name for alias in node.names}
    return found


@pytest.mark.parametrize("file", sorted((PACKAGE / "core").glob("*.py")), ids=lambda file: file.stem)
def test_core_knows_no_blender(file: Path) -> None:
    tree = ast.parse(file.read_text("utf-8"))
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) if not node.level}
    assert not {name.partition(".")[0] for name in modules} & BLENDER
    assert not [name for name in imported(file) if name.startswith("..")], "core reaches out of its folder"
    assert "context" not in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("folder", [PACKAGE, PACKAGE / "core"], ids=["blender", "core"])
def test_no_circles(folder: Path) -> None:
    siblings = {file.stem for file in folder.glob("*.py")}
    graph = {
        file.stem: {name.lstrip(".") for name in imported(file) if name.startswith(".")} & siblings - {file.stem}
        for file in folder.glob("*.py")
    }
    assert len(list(TopologicalSorter(graph).static_order())) == len(siblings)


def test_no_threads_on_blender_s_side() -> None:
    """Python threads inside Blender are unsupported: they crash it."""
    for file in PACKAGE.glob("*.py"):
        assert not imported(file) & {"threading", "concurrent.futures", "multiprocessing"}, file


def test_plain_python_can_import_core() -> None:
    code = (
        "import sys; import hitem3d_addon.core.workflow, hitem3d_addon.core.agent_main\n"
        "assert not {'bpy', 'numpy', 'requests'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parent, check=True)
