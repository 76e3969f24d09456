# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures Close Parts on models of Blender's, and on OBJ files that are named, cut by known and by random labels.

Run it with the Python of an environment that has bpy and SciPy: ``python scripts/closing_cases.py [model.obj …]``.
JUDGE may name a Python that has manifold3d: it says how much of any two parts is in both.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import bpy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from hitem3d_addon.closing.body import Body
from hitem3d_addon.closing.close import make_caps
from hitem3d_addon.closing.loops import open_edges, volume

Array = NDArray[Any]
_STEP = 2.0**-22
_JUDGE = """
import json, sys, numpy, manifold3d
data = numpy.load(sys.argv[1])
parts = [manifold3d.Manifold(manifold3d.Mesh64(data[f"p{k}"], data[f"t{k}"])) for k in range(len(data.files) // 2)]
boxes = [numpy.array(part.bounding_box()) for part in parts]
worst = 0.0
for one in range(len(parts)):
    for other in range(one):
        if (boxes[one][:3] <= boxes[other][3:]).all() and (boxes[other][:3] <= boxes[one][3:]).all():
            smaller = min(parts[one].volume(), parts[other].volume())
            worst = max(worst, (parts[one] ^ parts[other]).volume() / max(smaller, 1e-300))
print(json.dumps([sum(part.status() == manifold3d.Error.NoError for part in parts), worst]))
"""


def main() -> None:
    print("case | triangles | parts | s | closed | clean | volume error | overlap")
    total = [0, 0, 0]
    for name, points, corners, labels in all_cases(sys.argv[1:]):
        row = measure(points, corners, labels)
        total = [total[0] + row["parts"], total[1] + row["closed"], total[2] + row["clean"]]
        shown = "-" if row["overlap"] is None else f"{100 * row['overlap']:.3f} %"
        print(
            f"{name} | {len(corners)} | {row['parts']} | {row['seconds']:.1f} | {row['closed']} | {row['clean']} | "
            f"{100 * row['error']:.1e} % | {shown}",
            flush=True,
        )
    print(f"{total[0]} parts, {total[1]} closed with a volume, {total[2]} without a crossing")


def measure(points: Array, corners: Array, labels: Array) -> dict[str, Any]:
    """Close the parts of a model, and count."""
    points = np.rint(points / _STEP) * _STEP
    source = [corners[labels == label].astype(np.int32) for label in np.unique(labels)]
    body = Body(points, _STEP, source)
    begun = time.perf_counter()
    crossings: dict[int, Array] = {}
    for _ in make_caps(body, crossings):
        pass
    seconds = time.perf_counter() - begun
    closed = clean = 0
    whole, volumes = [], []
    for label, surface in enumerate(body.source):
        whole.append(np.concatenate([surface, body.result(label)]))
        volumes.append(volume(body.points, whole[-1]))
        closed += not len(open_edges(whole[-1])) and volumes[-1] > 0
        clean += not len(crossings[label])
    error = abs(sum(volumes) / volume(points, corners.astype(np.int32)) - 1)
    overlap = judge(body.points, whole)
    return {
        "parts": len(source),
        "seconds": seconds,
        "closed": closed,
        "clean": clean,
        "error": error,
        "overlap": overlap,
    }


def judge(points: Array, parts: list[Array]) -> float | None:
    """The largest common volume of two parts, of the smaller; None without a judge."""
    python = os.environ.get("JUDGE")
    if not python:
        return None
    arrays = {}
    for number, corners in enumerate(parts):
        used, places = np.unique(corners, return_inverse=True)
        arrays[f"p{number}"], arrays[f"t{number}"] = points[used], places.reshape(-1, 3).astype(np.uint64)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "parts.npz")
        np.savez(file, **arrays)
        said = subprocess.run([python, "-c", _JUDGE, str(file)], capture_output=True, text=True, check=True).stdout
    sound, worst = json.loads(said)
    return float(worst) if sound == len(parts) else float("nan")


def all_cases(files: list[str]) -> Iterator[tuple[str, Array, Array, Array]]:
    """A name, points (n, 3), triangles (m, 3) and a label for each triangle."""
    torus = primitive("primitive_torus_add")
    middles = torus[0][torus[1]].mean(axis=1)
    angle = np.arctan2(middles[:, 1], middles[:, 0]) / (2 * np.pi) % 1
    for count in (3, 6, 12):
        yield f"torus in {count}", *torus, (angle * count).astype(np.int32) % count
    yield "torus, two rings", *torus, (middles[:, 2] > 0).astype(np.int32)
    yield "torus, wavy rings", *torus, (middles[:, 2] > 0.08 * np.sin(10 * np.pi * angle)).astype(np.int32)
    for count in (8, 20, 40):
        yield f"torus, {count} random", *torus, random_cells(*torus, count)
    sphere = primitive("primitive_ico_sphere_add", subdivisions=5)
    yield "octants of a ball", *sphere, (sphere[0][sphere[1]].mean(axis=1) > 0) @ np.array([1, 2, 4])
    for count in (20, 100):
        yield f"ball, {count} random", *sphere, random_cells(*sphere, count)
    inner = sphere[1][:, ::-1] + len(sphere[0])
    nested = np.concatenate([sphere[0], sphere[0] / 2]), np.concatenate([sphere[1], inner])
    yield "hollow ball, halves", *nested, (nested[0][nested[1]].mean(axis=1)[:, 2] > 0).astype(np.int32)
    yield "hollow ball, the cavity's wall", *nested, np.repeat([0, 1], len(sphere[1]))
    monkey = primitive("primitive_monkey_add", voxels=0.06)
    for count in (4, 12, 40):
        yield f"Suzanne, {count} random", *monkey, random_cells(*monkey, count)
    for file in files:
        model = read(file)
        along = model[0][:, int(np.ptp(model[0], axis=0).argmax())]
        for count in (4, 8):
            place = (along[model[1]].mean(axis=1) - along.min()) / np.ptp(along)
            yield f"{Path(file).stem} in {count}", *model, np.clip(place * count, 0, count - 1).astype(np.int32)
        for count in (8, 20, 60):
            yield f"{Path(file).stem}, {count} random", *model, random_cells(*model, count)


def primitive(name: str, *, voxels: float = 0.0, **options: int) -> tuple[Array, Array]:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    getattr(bpy.ops.mesh, name)(**options)
    obj = bpy.context.active_object
    if voxels:
        obj.modifiers.new("Remesh", "REMESH").voxel_size = voxels
    return arrays_of(obj)


def read(file: str) -> tuple[Array, Array]:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.wm.obj_import(filepath=file)
    return arrays_of(bpy.context.selected_objects[0])


def arrays_of(obj: Any) -> tuple[Array, Array]:
    """Points at different places, and triangles."""
    mesh = obj.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
    mesh.calc_loop_triangles()
    points = np.array([vertex.co for vertex in mesh.vertices], np.float64)
    corners = np.array([triangle.vertices for triangle in mesh.loop_triangles])
    unique, places = np.unique(points, axis=0, return_inverse=True)
    corners = places.reshape(-1)[corners]
    one, two, three = corners.T
    return unique, corners[(one != two) & (two != three) & (three != one)]


def random_cells(points: Array, corners: Array, count: int) -> Array:
    """For each triangle the nearest of so many random ones, along the surface."""
    middles = points[corners].mean(axis=1)
    sides = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]]), axis=1)
    keys = sides[:, 0].astype(np.int64) * len(points) + sides[:, 1]
    order = np.argsort(keys, kind="stable")
    pairs = np.flatnonzero(keys[order][1:] == keys[order][:-1])
    faces = np.tile(np.arange(len(corners)), 3)[order]
    one, other = faces[pairs], faces[pairs + 1]
    lengths = np.linalg.norm(middles[one] - middles[other], axis=1) + 1e-9
    graph = coo_matrix((np.tile(lengths, 2), (np.append(one, other), np.append(other, one))), shape=(len(corners),) * 2)
    seeds = np.random.default_rng(count).choice(len(corners), count, replace=False)
    nearest = dijkstra(graph.tocsr(), indices=seeds, min_only=True, return_predecessors=True)[2]
    return np.asarray(np.unique(nearest, return_inverse=True)[1].reshape(-1).astype(np.int32))


if __name__ == "__main__":
    main()
