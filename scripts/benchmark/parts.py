# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From "result on disk" to "parts in the scene": the whole import, beside Blender's bare importer on the same file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from .fresh import fresh
from .row import Row

MORE = 0.6


def rows(quick: bool) -> Iterator[Row]:
    count, triangles, runs = (10, 100_000, 2) if quick else (100, 1_000_000, 5)
    found = fresh("parts", "measure", count=count, triangles=triangles, runs=runs)
    what = f"Import of {count} parts, {found['triangles'] / 1e6:.2g} M triangles"
    yield Row(what, found["ours"], "s", "its time + 0.6 s", found["bare"] + MORE, "import_scene.gltf", found["bare"])


def measure(count: int, triangles: int, runs: int) -> dict[str, Any]:
    """Runs in a process of its own."""
    import bpy
    from blender.output import silenced
    from mathutils import Euler, Matrix

    from hitem3d_addon.core.task import SegmentationRequest
    from hitem3d_addon.core.values import OutputFormat
    from hitem3d_addon.receive.scene_import import import_result
    from hitem3d_addon.send.export import export_glb
    from hitem3d_addon.send.submission import Submission
    from hitem3d_addon.session.record import read_record, write_record

    from . import models
    from .timing import interleaved

    def empty() -> None:
        bpy.ops.wm.read_factory_settings(use_empty=True)

    with tempfile.TemporaryDirectory(prefix="hitem3d-bench-") as name, silenced():
        folder = Path(name)
        empty()
        source = models.torus(triangles // 2)
        source.matrix_world = Matrix.Translation((3, -2, 1)) @ Euler((0.4, 0.2, 1.1)).to_matrix().to_4x4()
        bpy.context.view_layer.update()
        depsgraph = bpy.context.evaluated_depsgraph_get()
        sent = export_glb([source], depsgraph, folder / "mesh.glb", output_format=OutputFormat.GLB)
        request = SegmentationRequest(mesh=folder / "mesh.glb", format=OutputFormat.GLB)
        submission = Submission("0" * 32, source.name, [source], request, sent)
        write_record(source, submission.record_for(source))
        bpy.ops.wm.save_as_mainfile(filepath=str(folder / "source.blend"))
        write_parts(folder / "mesh.glb", folder / "result.glb", count)

        def ours() -> Callable[[], object]:
            bpy.ops.wm.open_mainfile(filepath=str(folder / "source.blend"))
            thing = bpy.context.view_layer.objects.active
            found = read_record(thing)
            return lambda: made.append(
                len(import_result(bpy.context, folder / "result.glb", thing, found, name=thing.name).objects)
            )

        def bare() -> Callable[[], object]:
            bpy.ops.wm.open_mainfile(filepath=str(folder / "source.blend"))
            return partial(bpy.ops.import_scene.gltf, filepath=str(folder / "result.glb"))

        made: list[int] = []
        seconds = interleaved({"ours": ours, "bare": bare}, runs)
    if set(made) != {count}:
        raise RuntimeError(f"{made} parts in place of {count}")
    return {**seconds, "triangles": sent.triangles}


def write_parts(sent: Path, result: Path, count: int) -> None:
    """What a service sends back: the triangles of a model in so many parts, each with normals and a material."""
    import numpy as np
    import trimesh

    mesh = trimesh.load(sent, force="mesh", process=False)
    scene = trimesh.Scene()
    rng = np.random.default_rng(0)
    for number, faces in enumerate(np.array_split(np.arange(len(mesh.faces)), count)):
        part = mesh.submesh([faces], append=True)
        part.visual = trimesh.visual.TextureVisuals(
            material=trimesh.visual.material.PBRMaterial(baseColorFactor=[*rng.integers(0, 255, 3), 255])
        )
        _ = part.vertex_normals
        scene.add_geometry(part, node_name=f"part_{number}", geom_name=f"part_{number}")
    scene.export(result, include_normals=True)
