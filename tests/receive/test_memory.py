# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an import holds of a file beside the meshes that it makes."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import bpy
import numpy as np
from benchmark import models
from benchmark.parts import write_parts

from hitem3d_addon.core.values import OutputFormat
from hitem3d_addon.mesh.new_data import NewData
from hitem3d_addon.mesh.scratch import ScratchScene
from hitem3d_addon.receive.loading import load
from hitem3d_addon.send.export import export_glb


def test_no_part_is_kept_as_arrays_beside_its_mesh(tmp_path: Path) -> None:
    """While the parts are put in place; and their surfaces are still those of the file."""
    obj = models.torus(200_000)
    graph = bpy.context.evaluated_depsgraph_get()
    export_glb([obj], graph, tmp_path / "mesh.glb", output_format=OutputFormat.GLB)
    write_parts(tmp_path / "mesh.glb", tmp_path / "result.glb", 20, rich=True)
    collection = bpy.data.collections.new("parts")
    with NewData() as new, ScratchScene() as scratch:
        tracemalloc.start()
        try:
            loaded = load(bpy.context, tmp_path / "result.glb", collection, scratch, new, "AUTO")
            held, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert held < 0.2 * (tmp_path / "result.glb").stat().st_size < peak
        assert len(loaded.surfaces) == len(loaded.parts) == len(loaded.surfaces[:]) == 20
        assert sum(len(surface.corners) for surface in loaded.surfaces) == len(obj.data.loop_triangles)
        for surface, part in zip(loaded.surfaces, loaded.parts, strict=True):
            assert surface.local.shape[1] == len(part.mesh.vertices)
            assert np.array_equal(surface.matrices, part.matrix[None, :3])
