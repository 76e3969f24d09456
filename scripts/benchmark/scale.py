# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How time grows with what grows: triangles and parts of a result, objects of one press, tasks in the list."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from .fresh import fresh
from .labels import LINEAR, power
from .row import Row

GROWING: tuple[tuple[str, str, tuple[int, ...], dict[str, Any]], ...] = (
    ("Import of 200 parts", "triangles", (2_500_000, 5_000_000, 10_000_000), {"count": 200}),
    ("Import of 1 M triangles", "parts", (500, 1000, 2000), {}),
    ("Explode and the list's areas", "exploded", (500, 1000, 2000), {}),
    ("Export Parts to one 3MF", "exported", (500, 1000, 2000), {}),
    ("Segment as One up to the upload", "objects", (250, 500, 1000), {}),
    ("A start with tasks in the list", "tasks", (1250, 2500, 5000), {}),
)
"""What it is, what of it grows, how, and what stays."""
RUNS = 3


def rows(quick: bool) -> Iterator[Row]:
    for what, grows, sizes, more in GROWING:
        if quick:
            sizes = tuple(size // 50 for size in sizes)
        seconds = [fresh("scale", grows, size=size, **more) for size in sizes]
        yield Row(
            f"{what}, {sizes[0]:,} to {sizes[-1]:,} {grows if grows in ('triangles', 'objects', 'tasks') else 'parts'}",
            power(sizes, seconds),
            "",
            "linear: a power of 1, + 0.05",
            LINEAR,
            ", ".join(f"{one:.3g} s" for one in seconds),
        )


def triangles(size: int, count: int) -> float:
    """The median seconds of an import of so many triangles in so many parts; each of these in a process of its own."""
    import bpy
    from blender.output import silenced

    from hitem3d_addon.receive.scene_import import import_result

    with tempfile.TemporaryDirectory(prefix="hitem3d-bench-") as name, silenced():
        file = _result(Path(name), size, count)
        taken = []
        for _ in range(RUNS):
            bpy.ops.wm.read_factory_settings(use_empty=True)
            start = time.perf_counter()
            import_result(bpy.context, file, None, None, name="Torus")
            taken.append(time.perf_counter() - start)
    return min(taken)


def parts(size: int) -> float:
    """The same for a million triangles in so many parts."""
    return triangles(1_000_000 if size >= 500 else 10_000, size)


def exploded(size: int) -> float:
    """The least seconds of moving so many parts apart and of measuring their areas."""
    import bpy

    from hitem3d_addon.ui import parts_list

    _imported(size)
    taken = []
    for amount in (1.0, 0.5, 2.0):
        parts_list._areas.clear()
        start = time.perf_counter()
        bpy.ops.hitem3d.explode_parts(amount=amount)
        while parts_list._measure() is not None:
            pass
        taken.append(time.perf_counter() - start)
    return min(taken)


def exported(size: int) -> float:
    """The least seconds of writing so many parts into a 3MF."""
    import bpy

    _imported(size)
    taken = []
    with tempfile.TemporaryDirectory(prefix="hitem3d-bench-") as name:
        for _ in range(RUNS):
            start = time.perf_counter()
            bpy.ops.hitem3d.export_parts(filepath=f"{name}/parts.3mf")
            taken.append(time.perf_counter() - start)
    return min(taken)


def objects(size: int) -> float:
    """The least seconds of what Blender does at a press of Segment as One with so many objects."""
    import bpy
    from blender.output import silenced

    import hitem3d_addon
    from hitem3d_addon.core.task import SegmentationRequest
    from hitem3d_addon.core.values import OutputFormat
    from hitem3d_addon.send import submission
    from hitem3d_addon.session import connection
    from hitem3d_addon.session.record import write_record

    from . import models

    os.environ.update(HITEM3D_API_URL="http://127.0.0.1:9", HITEM3D_TOKEN="local")
    hitem3d_addon.register()
    current, request = connection.current(), SegmentationRequest(format=OutputFormat.GLB)
    taken = []
    with silenced():
        for _ in range(RUNS):
            bpy.ops.wm.read_factory_settings(use_empty=True)
            models.torus(1000)
            first = bpy.context.object
            for number in range(1, size):
                other = bpy.data.objects.new("Torus", first.data.copy())
                other.location = (3 * (number % 40), 3 * (number // 40), 0)
                bpy.context.scene.collection.objects.link(other)
                other.select_set(True)
            bpy.context.view_layer.update()
            start = time.perf_counter()
            made = submission.prepare(bpy.context, current, request, source="TOGETHER", include_materials=False)
            for one in made:
                for obj in one.objects:
                    write_record(obj, one.record_for(obj))
            taken.append(time.perf_counter() - start)
            submission.discard(current, made)
    return min(taken)


def tasks(size: int) -> float:
    """The median seconds from a start to a list that is filled, with so many tasks."""
    import hitem3d_addon
    from hitem3d_addon.background import sync

    from .queued import finished

    home = Path(os.environ["HITEM3D_HOME"])
    home.mkdir(parents=True)
    finished(home, "http://127.0.0.1:9", size)
    hitem3d_addon.register()
    taken = []
    for _ in range(7):
        sync.stop()
        start = time.perf_counter()
        sync.wake()
        sync.take_news()
        taken.append(time.perf_counter() - start)
    return median(taken)


def _imported(size: int) -> None:
    import bpy
    from blender.output import silenced

    import hitem3d_addon
    from hitem3d_addon.receive.scene_import import import_result

    hitem3d_addon.register()
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with tempfile.TemporaryDirectory(prefix="hitem3d-bench-") as name, silenced():
        file = _result(Path(name), 1_000_000 if size >= 500 else 10_000, size)
        imported = import_result(bpy.context, file, None, None, name="Torus")
    for part in imported.objects:
        part["hitem3d_part"] = "segmentation_1"
    imported.collection["hitem3d_task_id"] = "segmentation_1"


def _result(folder: Path, size: int, count: int) -> Path:
    """A GLB with so many triangles in so many parts."""
    import bpy

    from hitem3d_addon.core.values import OutputFormat
    from hitem3d_addon.send.export import export_glb

    from . import models
    from .parts import write_parts

    bpy.ops.wm.read_factory_settings(use_empty=True)
    models.torus(size // 2)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    export_glb([bpy.context.object], depsgraph, folder / "mesh.glb", output_format=OutputFormat.GLB)
    write_parts(folder / "mesh.glb", folder / "result.glb", count, rich=True)
    return folder / "result.glb"
