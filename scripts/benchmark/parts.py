# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From "result on disk" to "parts in the scene": the whole import, beside Blender's bare importer on the same file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import process_memory
from .fresh import fresh
from .row import Row, Skipped

if TYPE_CHECKING:
    import numpy as np

WAYS = (
    ("with normals and materials", True, 100, 0.5),
    ("positions alone", False, 100, 0.7),
    ("small parts", True, 2000, 0.8),
)
"""What the file holds beside its triangles, how many parts there are, and the most of the bare importer's time."""
MEMORY = 0.6
"""The same, of the bare importer's memory."""


def rows(quick: bool) -> Iterator[Row | Skipped]:
    triangles, runs = (100_000, 2) if quick else (1_000_000, 5)
    for what, rich, parts, most in WAYS:
        count = parts // 10 if quick else parts
        found = fresh("parts", "measure", count=count, triangles=triangles, rich=rich, runs=runs)
        yield Row(
            f"Import of {count} parts, {found['triangles'] / 1e6:.2g} M triangles, {what}",
            found["ours"],
            "s",
            f"at most {most} of it",
            most * found["bare"],
            "import_scene.gltf",
            found["bare"],
        )
    if not process_memory.THERE:
        yield Skipped("Memory of an import", "is measured on Linux only")
        return
    count, triangles = (20, 1_000_000) if quick else (200, 10_000_000)
    ours, bare = (
        fresh("parts", "memory", count=count, triangles=triangles, side=side) / 1e6 for side in ("ours", "bare")
    )
    what = f"Memory added by an import of {count} parts, {triangles / 1e6:.2g} M triangles"
    yield Row(what, ours, "MB", f"at most {MEMORY} of it", MEMORY * bare, "import_scene.gltf", bare)


def memory(count: int, triangles: int, side: str) -> int:
    """Bytes that the import adds at its peak, in a process of its own."""
    import bpy
    from blender.output import silenced

    from hitem3d_addon.core.values import OutputFormat
    from hitem3d_addon.receive.scene_import import import_result
    from hitem3d_addon.send.export import export_glb

    from . import models

    with tempfile.TemporaryDirectory(prefix="hitem3d-bench-") as name, silenced():
        folder = Path(name)
        for file, size, parts in (("small", 1000, 2), ("large", triangles, count)):
            bpy.ops.wm.read_factory_settings(use_empty=True)
            models.torus(size // 2)
            export_glb(
                [bpy.context.object],
                bpy.context.evaluated_depsgraph_get(),
                folder / "mesh.glb",
                output_format=OutputFormat.GLB,
            )
            write_parts(folder / "mesh.glb", folder / f"{file}.glb", parts, rich=True)
        bpy.ops.wm.read_factory_settings(use_empty=True)
        before = 0
        for file in ("small", "large"):  # the first one loads what a session loads once
            process_memory.forget_peak()
            before = process_memory.resident()
            if side == "ours":
                import_result(bpy.context, folder / f"{file}.glb", None, None, name="Torus")
            else:
                bpy.ops.import_scene.gltf(filepath=str(folder / f"{file}.glb"))
        return process_memory.peak() - before


def measure(count: int, triangles: int, rich: bool, runs: int) -> dict[str, Any]:
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
        write_parts(folder / "mesh.glb", folder / "result.glb", count, rich=rich)

        def ours() -> Callable[[], object]:
            bpy.ops.wm.open_mainfile(filepath=str(folder / "source.blend"))
            obj = bpy.context.view_layer.objects.active
            found = read_record(obj)
            return lambda: made.append(
                len(import_result(bpy.context, folder / "result.glb", obj, found, name=obj.name).objects)
            )

        def bare() -> Callable[[], object]:
            bpy.ops.wm.open_mainfile(filepath=str(folder / "source.blend"))
            return partial(bpy.ops.import_scene.gltf, filepath=str(folder / "result.glb"))

        made: list[int] = []
        seconds = interleaved({"ours": ours, "bare": bare}, runs)
    if set(made) != {count}:
        raise RuntimeError(f"{made} parts in place of {count}")
    return {**seconds, "triangles": sent.triangles}


def write_parts(sent: Path, result: Path, count: int, *, rich: bool) -> None:
    """What a service sends back: the triangles of a model in so many parts; rich ones with normals and materials."""
    import numpy as np
    from sandbox import meshes

    from hitem3d_addon.mesh.glb import read_glb, save_glb

    whole = meshes.read_mesh(sent)
    colours = np.random.default_rng(0).random((count, 3))
    document, binary = read_glb(sent)
    lists: dict[str, list[dict[str, Any]]] = {
        kind: [] for kind in ("nodes", "meshes", "accessors", "bufferViews", "materials")
    }
    binary = bytearray()

    def accessor(array: np.ndarray, component: int, kind: str, **more: Any) -> int:
        lists["bufferViews"].append({"buffer": 0, "byteOffset": len(binary), "byteLength": array.nbytes})
        binary.extend(array.tobytes())
        view = len(lists["bufferViews"]) - 1
        lists["accessors"].append(
            {"bufferView": view, "componentType": component, "type": kind, "count": len(array), **more}
        )
        return len(lists["accessors"]) - 1

    for number, triangles in enumerate(np.array_split(whole.triangles, count)):
        used, corners = np.unique(triangles, return_inverse=True)
        points = whole.vertices[used].astype("<f4")
        bounds = {"min": points.min(axis=0).tolist(), "max": points.max(axis=0).tolist()}
        attributes = {"POSITION": accessor(points, 5126, "VEC3", **bounds)}
        primitive: dict[str, Any] = {"attributes": attributes}
        if rich:
            attributes["NORMAL"] = accessor(smooth_normals(points, corners.reshape(-1, 3)), 5126, "VEC3")
            plain = {"baseColorFactor": [*colours[number].tolist(), 1]}
            lists["materials"].append({"name": f"part_{number}", "pbrMetallicRoughness": plain})
            primitive["material"] = number
        primitive["indices"] = accessor(corners.reshape(-1).astype("<u4"), 5125, "SCALAR")
        lists["meshes"].append({"primitives": [primitive]})
        lists["nodes"].append({"name": f"part_{number}", "mesh": number})
    document |= {kind: some for kind, some in lists.items() if some}
    document["scenes"] = [{"nodes": list(range(count))}]
    document["buffers"] = [{"byteLength": len(binary)}]
    save_glb(result, document, binary)


def smooth_normals(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """A normal for each vertex (n, 3), from the triangles around it."""
    import numpy as np

    first, second, third = (points[triangles[:, k]] for k in range(3))
    normals = np.zeros_like(points)
    for k in range(3):
        np.add.at(normals, triangles[:, k], np.cross(second - first, third - first))
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    return normals.astype(np.float32)
