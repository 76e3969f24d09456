# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures Close Parts on models of Blender's, and on OBJ files that are named, cut by place, by level and at random.

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
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # beside the folder of this script

import bpy
import numpy as np
from numpy.typing import NDArray
from sandbox.segment import LEVELS, segment
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from hitem3d_addon.closing.close import Closing, close_parts, run_through
from hitem3d_addon.closing.loops import open_edges
from hitem3d_addon.mesh.from_arrays import make_mesh
from hitem3d_addon.mesh.transform import transform_meshes

Array = NDArray[Any]
Case = tuple[str, Array, Array, Array]
_PLACE = np.array([3.3, -2.1, 1.7])
"""Where the models are: coordinates and origins are rounded there as in a real scene."""
_LEAST = 1e-5
"""Less volume than this in common, of the smaller part, is rounding."""
_JUDGE = """
import json, sys, numpy, manifold3d
data = numpy.load(sys.argv[1])
parts = {}
for number in [int(name[1:]) for name in data.files if name[0] == "p"]:
    parts[number] = manifold3d.Manifold(manifold3d.Mesh64(data[f"p{number}"], data[f"t{number}"]))
boxes = {k: numpy.array(part.bounding_box()) for k, part in parts.items()}
found = [[k, k, float("nan")] for k, part in parts.items() if part.status() != manifold3d.Error.NoError]
for one in parts:
    for other in parts:
        if one < other and (boxes[one][:3] <= boxes[other][3:]).all() and (boxes[other][:3] <= boxes[one][3:]).all():
            smaller = min(parts[one].volume(), parts[other].volume())
            found.append([one, other, (parts[one] ^ parts[other]).volume() / max(smaller, 1e-300)])
print(json.dumps(found))
"""


class Part(NamedTuple):
    """A part as its mesh has it."""

    points: Array
    """(n, 3), in the world."""
    corners: Array
    """(triangles, 3)."""
    caps: Array
    """(triangles,): which of them were added."""


def main() -> None:
    print("case | triangles | parts | s | closed | clean | volume error | overlap | equal caps | surface moved | notes")
    total: Counter[str] = Counter()
    for name, points, corners, labels in all_cases(sys.argv[1:]):
        row = measure(points, corners, labels)
        print(name, *row.values(), sep=" | ", flush=True)
        total.update({key: row[key] for key in ("parts", "closed", "clean", "unnamed")})
    print(
        f"{total['parts']} parts, {total['closed']} closed with a volume, {total['clean']} without a crossing; "
        f"{total['unnamed']} pairs that overlap are not named"
    )


def measure(points: Array, corners: Array, labels: Array) -> dict[str, Any]:
    """Close the parts of a model, with its own openings, and tell what came of it."""
    objects = make_parts(points, corners, labels)
    before = [read_part(obj) for obj in objects]
    begun = time.process_time()
    closing = run_through(close_parts(objects, bpy.context.evaluated_depsgraph_get(), close_openings=True))
    seconds = time.process_time() - begun
    after = [read_part(obj) for obj in objects]
    volumes = [enclosed(part) for part in after]
    is_closed = [not len(open_edges(part.corners)) and size > 0 for part, size in zip(after, volumes, strict=True)]
    is_whole = not len(open_edges(corners))
    error = abs(sum(volumes) / sum(enclosed(part) for part in before) - 1)
    seen = Counter(place for part in after for place in triangle_places(part, part.caps))
    equal = sum(count for count in seen.values() if count == 2) / max(sum(seen.values()), 1)
    pairs = zip(before, after, strict=True)
    moved = sum(triangle_places(was, ~was.caps) != triangle_places(part, ~part.caps) for was, part in pairs)
    overlap, unnamed = find_overlap(after, is_closed, closing)
    notes = [f"{len(closing.crossing)} parts of the source cross"] * bool(closing.crossing)
    return {
        "triangles": len(corners),
        "parts": len(objects),
        "seconds": f"{seconds:.1f}",
        "closed": sum(is_closed),
        "clean": sum(not part.crossings for part in closing.parts),
        "error": f"{100 * error:.0e} %" if is_whole else "-",
        "overlap": overlap,
        "equal": f"{100 * equal:.0f} %" if is_whole else "-",
        "moved": moved,
        "unnamed": unnamed,
        "notes": ", ".join(notes + ["the source is open"] * (not is_whole)),
    }


def find_overlap(parts: Sequence[Part], is_closed: Sequence[bool], closing: Closing) -> tuple[str, int]:
    """The largest common volume of two parts, of the smaller, and how many pairs of them are not named."""
    python = os.environ.get("JUDGE")
    if not python:
        return "-", 0
    arrays: dict[str, Any] = {}
    for number, part in enumerate(parts):
        if is_closed[number]:
            arrays[f"p{number}"], arrays[f"t{number}"] = part.points, part.corners.astype(np.uint64)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "parts.npz")
        np.savez(file, **arrays)
        said = subprocess.run([python, "-c", _JUDGE, str(file)], capture_output=True, text=True, check=True).stdout
    found = json.loads(said)
    names = [part.name for part in closing.parts]
    named = {name for pair in closing.overlapping for name in pair} | set(closing.crossing)
    unnamed = [one for one in found if one[2] > _LEAST and not {names[one[0]], names[one[1]]} <= named]
    return f"{100 * max((one[2] for one in found), default=0.0):.3f} %", len(unnamed)


def make_parts(points: Array, corners: Array, labels: Array) -> list[bpy.types.Object]:
    """An object for each label, as an import leaves them."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    meshes = []
    for label in np.unique(labels).tolist():
        used, places = np.unique(corners[labels == label], return_inverse=True)
        triangles = places.reshape(-1, 3).astype(np.int32)
        meshes.append(make_mesh(f"part {label}", points[used].astype(np.float32), triangles))
        meshes[-1].update(calc_edges=True)
    matrix = np.eye(4)
    matrix[:3, 3] = _PLACE
    origins = transform_meshes(meshes, [matrix] * len(meshes), [False] * len(meshes))
    objects = [bpy.data.objects.new(mesh.name, mesh) for mesh in meshes]
    for obj, origin in zip(objects, origins, strict=True):
        obj.location = origin
        bpy.context.scene.collection.objects.link(obj)
    bpy.context.view_layer.update()
    return objects


def read_part(obj: bpy.types.Object) -> Part:
    mesh = obj.data
    assert isinstance(mesh, bpy.types.Mesh)
    points = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.attributes["position"].data.foreach_get("vector", points.ravel())
    corners = np.empty((len(mesh.polygons), 3), np.int32)
    mesh.attributes[".corner_vert"].data.foreach_get("value", corners.ravel())
    caps = np.zeros(len(corners), np.bool_)
    if "hitem3d_cap" in mesh.attributes:
        mesh.attributes["hitem3d_cap"].data.foreach_get("value", caps)
    return Part(points.astype(np.float64) + np.array(obj.location, np.float64), corners, caps)


def triangle_places(part: Part, chosen: Array) -> list[bytes]:
    """For each chosen triangle its corners in some fixed order, exact."""
    at = part.points[part.corners[chosen]]
    order = np.lexsort(np.moveaxis(at, 2, 0), axis=1)
    return [row.tobytes() for row in np.take_along_axis(at, order[:, :, None], axis=1)]


def enclosed(part: Part) -> float:
    """The volume; of a part that is open, what it adds to that of all."""
    first, second, third = (part.points[part.corners[:, k]] - _PLACE for k in range(3))
    return float(np.einsum("nk,nk->", first, np.cross(second, third)) / 6)


def all_cases(files: list[str]) -> Iterator[Case]:
    """A name, points (n, 3), triangles (m, 3) and a label for each triangle."""
    yield from torus_cases()
    sphere = primitive("primitive_ico_sphere_add", subdivisions=5)
    yield "octants of a ball", *sphere, by_octant(*sphere)
    yield from at_random("ball", sphere, (20, 100))
    inner = sphere[1][:, ::-1] + len(sphere[0])
    nested = np.concatenate([sphere[0], sphere[0] / 2]), np.concatenate([sphere[1], inner])
    yield "hollow ball, halves", *nested, (nested[0][nested[1]].mean(axis=1)[:, 2] > 0).astype(np.int32)
    yield "hollow ball, the cavity's wall", *nested, np.repeat([0, 1], len(sphere[1]))
    cube = primitive("primitive_cube_add", subdivisions=3)
    yield "octants of a cube", *cube, by_octant(*cube)
    yield from at_random("cube", cube, (12, 40))
    cylinder = primitive("primitive_cylinder_add", subdivisions=2)
    yield "cylinder in 6", *cylinder, by_angle(*cylinder, 6)
    yield from at_random("cylinder", cylinder, (12,))
    monkey = primitive("primitive_monkey_add", voxels=0.06)
    yield from at_random("Suzanne of voxels", monkey, (4, 12, 40))
    yield from by_level("Suzanne of voxels", monkey)
    as_she_is = primitive("primitive_monkey_add")
    yield from at_random("Suzanne as she is", as_she_is, (12,))
    yield from by_level("Suzanne as she is", as_she_is)
    for file in files:
        model = read(file)
        along = model[0][:, int(np.ptp(model[0], axis=0).argmax())]
        for count in (4, 8):
            place = (along[model[1]].mean(axis=1) - along.min()) / np.ptp(along)
            yield f"{Path(file).stem} in {count}", *model, np.clip(place * count, 0, count - 1).astype(np.int32)
        yield from at_random(Path(file).stem, model, (8, 20, 60))
        yield from by_level(Path(file).stem, model)


def torus_cases() -> Iterator[Case]:
    torus = primitive("primitive_torus_add")
    for count in (3, 6, 12):
        yield f"torus in {count}", *torus, by_angle(*torus, count)
    middles = torus[0][torus[1]].mean(axis=1)
    angle = np.arctan2(middles[:, 1], middles[:, 0])
    yield "torus, two rings", *torus, (middles[:, 2] > 0).astype(np.int32)
    yield "torus, wavy rings", *torus, (middles[:, 2] > 0.08 * np.sin(5 * angle)).astype(np.int32)
    yield from at_random("torus", torus, (8, 20, 40))


def at_random(name: str, model: tuple[Array, Array], counts: Sequence[int]) -> Iterator[Case]:
    for count in counts:
        yield f"{name}, {count} random", *model, random_cells(*model, count)


def by_level(name: str, model: tuple[Array, Array]) -> Iterator[Case]:
    """As the local Hitem3D cuts it."""
    for level in reversed(LEVELS):
        yield f"{name}, {level}", *model, segment(*model, level)


def by_angle(points: Array, corners: Array, count: int) -> Array:
    x, y, _ = points[corners].mean(axis=1).T
    return np.asarray((np.arctan2(y, x) / (2 * np.pi) % 1 * count).astype(np.int32) % count)


def by_octant(points: Array, corners: Array) -> Array:
    return np.asarray((points[corners].mean(axis=1) > 0) @ np.array([1, 2, 4]))


def primitive(name: str, *, voxels: float = 0.0, subdivisions: int = 0) -> tuple[Array, Array]:
    """One of Blender's, with evenly divided faces where that is asked for, or made of voxels."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    is_ball = name == "primitive_ico_sphere_add"
    getattr(bpy.ops.mesh, name)(**({"subdivisions": subdivisions} if is_ball else {}))
    obj = bpy.context.active_object
    assert obj
    if voxels:
        obj.modifiers.new("Remesh", "REMESH").voxel_size = voxels
    elif subdivisions and not is_ball:
        obj.modifiers.new("Triangulate", "TRIANGULATE")
        divide = obj.modifiers.new("Subdivision", "SUBSURF")
        divide.subdivision_type, divide.levels = "SIMPLE", subdivisions
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
    return unique, corners[(one != two) & (two != three) & (three != one)].astype(np.int32)


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
