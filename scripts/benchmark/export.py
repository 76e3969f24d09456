# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long Blender is frozen by the press of Segment, and how many bytes it makes.

Beside Blender's own exporter with its defaults, which is how peers do it, and beside the least that has to be done: the
positions and the indices read with NumPy and written to a file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from .fresh import fresh
from .row import Row

QUARTER = 0.25
LIMIT = 1.6


def rows(quick: bool) -> Iterator[Row]:
    """The three scenes: a plain grid, instances, a stack of modifiers."""
    sizes = {"grid": 200, "instances": 7, "modified": 50} if quick else {"grid": 1000, "instances": 28, "modified": 175}
    runs = 2 if quick else 7
    for scene, size in sizes.items():
        found = fresh("export", "measure", scene=scene, size=size, runs=runs)
        what = f"Export, {found['triangles'] / 1e6:.2g} M triangles"
        alone = found["evaluation"]
        if scene == "grid":
            of_gltf, of_dump = "at most 0.25 times", "at most 1.6 times"
        else:
            what += {"instances": " in instances", "modified": " from modifiers"}[scene]
            of_gltf, of_dump = "evaluation + 0.25 times", "evaluation + 1.6 times"
        for name, next_to, factor, bound in (
            ("gltf", "export_scene.gltf", QUARTER, of_gltf),
            ("dump", "a plain NumPy dump", LIMIT, of_dump),
        ):
            yield Row(what, found["ours"], "s", bound, alone + factor * found[name], next_to, found[name])
        if alone:
            yield Row(f"{what}, evaluation alone", alone, "s", "", None)
        least = found["least"] / 1e6
        next_to = "12 a vertex + indices"
        yield Row(f"{what}, file", found["bytes"] / 1e6, "MB", "at most 1 % over", 1.01 * least, next_to, least)


def measure(scene: str, size: int, runs: int) -> dict[str, Any]:
    """Runs in a process of its own."""
    import os

    import bpy
    import numpy as np
    from blender.output import silenced

    import hitem3d_addon
    from hitem3d_addon.core.task import SegmentationRequest
    from hitem3d_addon.core.tasks.store import TaskStore
    from hitem3d_addon.send import submission
    from hitem3d_addon.session import connection

    from . import models
    from .timing import interleaved

    os.environ |= {"HITEM3D_TOKEN": "token", "HITEM3D_API_URL": "http://127.0.0.1:9"}
    if scene == "instances":
        thing, _ = models.instances(size)
    else:
        thing = models.grid(size) if scene == "grid" else models.modified(size)
    computed = scene != "grid"
    plain = models.shown(thing) if computed else thing
    models.only(thing)
    hitem3d_addon.register()
    current = connection.current()
    sizes: list[int] = []

    with tempfile.TemporaryDirectory(prefix="hitem3d-bench-") as folder, silenced():

        def press() -> None:
            """What the window's button does on Blender's main thread, but for starting the agent, once a session."""
            if computed:
                thing.data.update_tag()
            made.extend(
                submission.prepare(
                    bpy.context, current, SegmentationRequest(), source="ACTIVE", include_materials=False
                )
            )
            with TaskStore(current.home) as store:
                made[-1].enlist(store, api_url=current.api_url, again=True)

        def ours() -> Callable[[], None]:
            if made:
                sizes.append(made[-1].sent.size)
                submission.discard(current, made)
                made.clear()
            models.only(thing)
            return press

        made: list[Any] = []

        def gltf() -> Callable[[], object]:
            models.only(plain)
            file = f"{folder}/plain.glb"
            return partial(bpy.ops.export_scene.gltf, filepath=file, use_selection=True)

        def dump() -> Callable[[], None]:
            # What is computed anew has no triangles yet, in whichever way it is written.
            mesh = plain.data.copy() if computed else plain.data

            def write() -> None:
                positions = np.empty(3 * len(mesh.vertices), np.float32)
                mesh.vertices.foreach_get("co", positions)
                loops = np.empty(3 * len(mesh.loop_triangles), np.int32)
                mesh.loop_triangles.foreach_get("loops", loops)
                corners = np.empty(len(mesh.loops), np.int32)
                mesh.attributes[".corner_vert"].data.foreach_get("value", corners)
                with Path(f"{folder}/dump").open("wb") as file:
                    file.write(positions.data)
                    file.write(corners[loops].data)

            return write

        sides: dict[str, Callable[[], Callable[[], object]]] = {"ours": ours, "gltf": gltf, "dump": dump}
        if computed:
            sides["evaluation"] = lambda: partial(models.evaluate, thing)
        seconds = interleaved(sides, runs)
        ours()
    vertices, triangles = len(plain.data.vertices), len(plain.data.loop_triangles)
    least = 12 * vertices + 3 * triangles * (2 if vertices < 0xFFFF else 4)
    return {"evaluation": 0.0, **seconds, "triangles": triangles, "bytes": max(sizes), "least": least}
