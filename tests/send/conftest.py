# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""These tests run in the bpy wheel. What they share: exports that are validated."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import bpy
import khronos_validator
import pytest
from on_wheel import addon, empty_scene

sys.path.insert(0, str(Path(__file__).parent))  # for exported.py

from exported import Object

from hitem3d_addon.core.values import OutputFormat
from hitem3d_addon.send.export import SentGeometry, export_glb

__all__ = ["addon", "empty_scene"]


@pytest.fixture(params=[False, True], ids=["geometry", "materials"])
def export(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., tuple[SentGeometry, Path]]:
    """Exports without and with materials; every file is read by Khronos' validator."""

    def run(*objects: Object, output_format: OutputFormat = OutputFormat.GLB) -> tuple[SentGeometry, Path]:
        path = tmp_path / "mesh.glb"
        depsgraph = bpy.context.evaluated_depsgraph_get()
        sent = export_glb(objects, depsgraph, path, output_format=output_format, include_materials=request.param)
        assert list(tmp_path.iterdir()) == [path]
        assert sent.size == path.stat().st_size
        if not khronos_validator.missing():
            assert khronos_validator.complaints(path) == []
        return sent, path

    return run
