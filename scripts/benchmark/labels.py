# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`apply_parts`: how long it takes to put the labels on the original, and how that grows with its faces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from .fresh import fresh
from .row import Row

MOST = 3.0
LINEAR = 1.05
"""The power of the number of faces with which the time may grow; a little more than 1, since caches are too small."""
PARTS = 100


def rows(quick: bool) -> Iterator[Row]:
    sizes = [10_000, 20_000] if quick else [10_000, 100_000, 1_000_000, 5_000_000]
    one, runs = (20_000, 1) if quick else (1_000_000, 3)
    million = f"{one / 1e6:.2g} M faces"
    from hitem3d_addon.core.choices import TARGETS

    for target in TARGETS:
        seconds = fresh("labels", "measure", faces=one, target=target, touched=False, runs=runs)
        yield Row(f"apply_parts, {million}, {target}", seconds, "s", "at most 3 s", MOST)
    seconds = fresh("labels", "measure", faces=one, target="FACE_ATTRIBUTE", touched=True, runs=runs)
    yield Row(f"apply_parts, {million}, remeshed by the service", seconds, "s", "at most 3 s", MOST)
    grown = [fresh("labels", "measure", faces=n, target="FACE_ATTRIBUTE", touched=False, runs=runs) for n in sizes]
    yield Row(
        f"apply_parts, growth from {sizes[0]:,} to {sizes[-1]:,} faces",
        power(sizes, grown),
        "",
        "linear: a power of 1, + 0.05",
        LINEAR,
        ", ".join(f"{seconds:.2f} s" for seconds in grown),
    )


def power(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """The slope of the line through the logarithms."""
    import numpy as np

    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def measure(faces: int, target: str, touched: bool, runs: int) -> float:
    """Runs in a process of its own. ``touched`` parts have other triangles than were sent, over the same surface."""
    import bpy
    import numpy as np
    from blender.output import silenced

    import hitem3d_addon

    from . import models
    from .timing import interleaved

    hitem3d_addon.register()

    def scene() -> None:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        obj = models.torus(faces)
        mesh = obj.data
        corners = np.empty((len(mesh.loop_triangles), 3), np.int32)
        mesh.loop_triangles.foreach_get("vertices", corners.ravel())
        positions = np.empty((len(mesh.vertices), 3), np.float32)
        mesh.vertices.foreach_get("co", positions.ravel())
        if touched:
            positions = _nudged(positions, corners)
        collection = bpy.data.collections.new("Parts")
        bpy.context.scene.collection.children.link(collection)
        obj["hitem3d_task_id"] = collection["hitem3d_task_id"] = "segmentation_1"
        for number, piece in enumerate(np.array_split(corners, PARTS)):
            used, faces_of = np.unique(piece, return_inverse=True)
            part = models.mesh_of(f"part {number}", positions[used], faces_of.reshape(-1, 3))
            collection.objects.link(bpy.data.objects.new(part.name, part))
        models.only(obj)

    def prepare() -> Callable[[], object]:
        scene()
        return partial(bpy.ops.hitem3d.apply_parts, target=target)

    with silenced():
        return interleaved({"ours": prepare}, runs)["ours"]


def _nudged(positions: Any, corners: Any) -> Any:
    """The vertices moved along the surface, by a part of an edge: no triangle is where it was, the surface is."""
    first, second = positions[corners[:, 0]], positions[corners[:, 1]]
    moved = positions.copy()
    moved[corners[:, 0]] += 0.3 * (second - first)
    return moved
