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
from typing import TYPE_CHECKING, Any

from .fresh import fresh
from .row import Row

if TYPE_CHECKING:
    from bpy.types import Object

QUARTER = 0.25
LIMIT = 1.6


def rows(quick: bool) -> Iterator[Row]:
    """The three scenes: a plain grid, instances, a stack of modifiers. And one with materials."""
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
    places = 3 if quick else 10
    found = fresh("export", "measure_materials", places=places, faces=320, runs=runs)
    what = f"Export with materials, {found['triangles'] / 1e3:.3g} k triangles in {places**2} objects of one mesh"
    yield Row(what, found["ours"], "s", "at most 2 times", 2 * found["gltf"], "export_scene.gltf", found["gltf"])
    ours, theirs = found["bytes"] / 1e6, found["bytes of gltf"] / 1e6
    yield Row(f"{what}, file", ours, "MB", "at most 1.2 times", 1.2 * theirs, "export_scene.gltf", theirs)


def measure(scene: str, size: int, runs: int) -> dict[str, Any]:
    """Runs in a process of its own."""
    import os

    from blender.output import silenced

    import hitem3d_addon

    from . import models
    from .timing import interleaved

    os.environ |= {"HITEM3D_TOKEN": "token", "HITEM3D_API_URL": "http://127.0.0.1:9"}
    if scene == "instances":
        obj, _ = models.instances(size)
    else:
        obj = models.grid(size) if scene == "grid" else models.modified(size)
    computed = scene != "grid"
    plain = models.shown(obj) if computed else obj
    models.only(obj)
    hitem3d_addon.register()
    presses = Presses(obj, computed)
    with tempfile.TemporaryDirectory(prefix="hitem3d-bench-") as folder, silenced():
        sides: dict[str, Callable[[], Callable[[], object]]] = {
            "ours": presses.prepare,
            "gltf": partial(_prepare_gltf, plain, Path(folder)),
            "dump": partial(_prepare_dump, plain, computed, Path(folder)),
        }
        if computed:
            sides["evaluation"] = lambda: partial(models.evaluate, obj)
        seconds = interleaved(sides, runs)
        presses.clear()
    vertices, triangles = len(plain.data.vertices), len(plain.data.loop_triangles)
    least = 12 * vertices + 3 * triangles * (2 if vertices < 0xFFFF else 4)
    return {"evaluation": 0.0, **seconds, "triangles": triangles, "bytes": max(presses.sizes), "least": least}


def measure_materials(places: int, faces: int, runs: int) -> dict[str, Any]:
    """Runs in a process of its own."""
    import bpy
    from blender.output import silenced

    from hitem3d_addon.core.values import OutputFormat
    from hitem3d_addon.send.export import export_glb

    from . import models
    from .timing import interleaved

    objects = models.copies(places, faces)
    with tempfile.TemporaryDirectory(prefix="hitem3d-bench-") as name, silenced():
        ours, theirs = Path(name) / "ours.glb", Path(name) / "gltf.glb"
        graph = bpy.context.evaluated_depsgraph_get()
        export = partial(export_glb, objects, graph, ours, output_format=OutputFormat.GLB, include_materials=True)
        gltf = partial(bpy.ops.export_scene.gltf, filepath=str(theirs), use_selection=True)
        seconds = interleaved({"ours": lambda: export, "gltf": lambda: gltf}, runs)
        sizes = {"bytes": ours.stat().st_size, "bytes of gltf": theirs.stat().st_size}
        return {**seconds, **sizes, "triangles": export().triangles}


class Presses:
    """Presses of the window's button for one object; ``computed`` where the object's shape is computed anew each time.

    ``sizes`` has the bytes of each export.
    """

    def __init__(self, obj: Object, computed: bool) -> None:
        from hitem3d_addon.session import connection

        self.sizes: list[int] = []
        self._obj = obj
        self._computed = computed
        self._current = connection.current()
        self._made: list[Any] = []

    def prepare(self) -> Callable[[], None]:
        """Make the object the only one selected, and give the press."""
        from . import models

        self.clear()
        models.only(self._obj)
        return self._press

    def clear(self) -> None:
        """Note the size of what the last press exported, and remove it."""
        from hitem3d_addon.send import submission

        self.sizes += [one.sent.size for one in self._made]
        submission.discard(self._current, self._made)
        self._made.clear()

    def _press(self) -> None:
        """What is done on Blender's main thread, but for starting the agent, once a session."""
        import bpy

        from hitem3d_addon.core.task import SegmentationRequest
        from hitem3d_addon.core.tasks.store import TaskStore
        from hitem3d_addon.send import submission

        if self._computed:
            self._obj.data.update_tag()
        self._made = submission.prepare(
            bpy.context, self._current, SegmentationRequest(), source="ACTIVE", include_materials=False
        )
        with TaskStore(self._current.home) as store:
            self._made[-1].enlist(store, api_url=self._current.api_url, again=True)


def _prepare_gltf(plain: Object, folder: Path) -> Callable[[], object]:
    import bpy

    from . import models

    models.only(plain)
    return partial(bpy.ops.export_scene.gltf, filepath=str(folder / "plain.glb"), use_selection=True)


def _prepare_dump(plain: Object, computed: bool, folder: Path) -> Callable[[], None]:
    import numpy as np

    # What is computed anew has no triangles yet, in whichever way it is written.
    mesh = plain.data.copy() if computed else plain.data

    def write() -> None:
        positions = np.empty(3 * len(mesh.vertices), np.float32)
        mesh.vertices.foreach_get("co", positions)
        loops = np.empty(3 * len(mesh.loop_triangles), np.int32)
        mesh.loop_triangles.foreach_get("loops", loops)
        corners = np.empty(len(mesh.loops), np.int32)
        mesh.attributes[".corner_vert"].data.foreach_get("value", corners)
        with (folder / "dump").open("wb") as file:
            file.write(positions.data)
            file.write(corners[loops].data)

    return write
