# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Closed parts in a 3MF, as PrusaSlicer sees them; where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import bpy
import numpy as np
import pytest

SLICER = shutil.which("prusa-slicer")
pytestmark = [
    pytest.mark.once,
    pytest.mark.usefixtures("addon"),
    pytest.mark.skipif(not SLICER, reason="needs prusa-slicer on the PATH"),
]


def slicer(*arguments: str | Path) -> str:
    done = subprocess.run([str(SLICER), *map(str, arguments)], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_every_part_is_closed_has_its_size_and_is_sliced(tmp_path: Path) -> None:
    bpy.ops.mesh.primitive_torus_add(major_segments=64, minor_segments=24)
    bpy.ops.hitem3d.create_task(seg_level="LOW")
    bpy.ops.hitem3d.import_result(wait=True)
    bpy.ops.hitem3d.close_parts()
    file = tmp_path / "parts.3mf"
    bpy.ops.hitem3d.export_parts(filepath=str(file), scale=0.03)
    said = slicer("--info", file)
    (collection,) = (one for one in bpy.data.collections if "hitem3d_task_id" in one)
    parts = list(collection.objects)
    assert len(parts) > 1
    assert said.count("manifold = yes") == len(parts)
    assert "open_edges" not in said and "repaired" not in said
    sizes = [tuple(map(float, found)) for found in re.findall(r"size_x = (.*)\nsize_y = (.*)\nsize_z = (.*)", said)]
    right = [tuple(30 * np.array(part.dimensions)) for part in parts]
    assert np.array(sorted(sizes)) == pytest.approx(np.array(sorted(right)), abs=1e-3)
    code = tmp_path / "parts.gcode"
    said = slicer("--export-gcode", "--dont-arrange", "--center", "100,100", file, "-o", code)
    assert code.stat().st_size > 10_000 and "repaired" not in said and "open edges" not in said
