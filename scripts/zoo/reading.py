# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads uploads with many programs, and compares what each finds with what was sent. Run by readers.py."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import open3d
import pygltflib
import pymeshlab
import pyvista
import trimesh

from . import node

Found = tuple[np.ndarray, np.ndarray]
PACKAGES = [
    "open3d==0.20.0",
    "pygltflib==1.16.5",
    "pymeshlab==2025.7.post1",
    "pyvista==0.49.1",
    "vtk==9.7.2",
    "trimesh==5.2.0",
    "numpy==2.4.6",
    "scipy==1.17.1",
    "networkx==3.6.1",
]
NODE_PACKAGES = [
    "three@0.187.0",
    "@gltf-transform/core@4.5.1",
    "@gltf-transform/cli@4.5.1",
    "gltf-validator@2.0.0-dev.3.10",
    "gltfpack@1.3.0",
]


def with_trimesh(path: Path) -> Found:
    mesh = trimesh.load(path, process=False).to_geometry()
    return np.array(mesh.vertices), np.array(mesh.faces)


def with_open3d(path: Path) -> Found:
    mesh = open3d.io.read_triangle_mesh(str(path))
    return np.asarray(mesh.vertices), np.asarray(mesh.triangles)


def with_pymeshlab(path: Path) -> Found:
    layers = pymeshlab.MeshSet()
    layers.load_new_mesh(str(path))
    layers.generate_by_merging_visible_meshes(mergevertices=False)
    return layers.current_mesh().vertex_matrix(), layers.current_mesh().face_matrix()


def with_vtk(path: Path) -> Found:
    mesh = pyvista.read(path).combine().extract_surface(algorithm="dataset_surface").triangulate()
    return np.array(mesh.points), mesh.faces.reshape(-1, 4)[:, 1:]


def with_assimp(path: Path) -> Found:
    target = path.with_suffix(".assimp.stl")
    subprocess.run(["assimp", "export", str(path), str(target), "-fstlb"], check=True, capture_output=True)
    return soup(trimesh.load(target, process=False).triangles)


def with_pygltflib(path: Path) -> Found:
    document = pygltflib.GLTF2().load(str(path))
    blob = document.binary_blob()

    def values(number: int) -> np.ndarray:
        accessor = document.accessors[number]
        view = document.bufferViews[accessor.bufferView]
        width = {"SCALAR": 1, "VEC3": 3}[accessor.type]
        start = (view.byteOffset or 0) + (accessor.byteOffset or 0)
        kind = {5121: "u1", 5123: "<u2", 5125: "<u4", 5126: "<f4"}[accessor.componentType]
        return np.frombuffer(blob, kind, accessor.count * width, start).reshape(-1, width)

    points: list[np.ndarray] = []
    corners = []
    for one in document.nodes:
        matrix = np.array(one.matrix or np.eye(4).ravel()).reshape(4, 4).T
        matrix[:3, 3] += one.translation or (0, 0, 0)
        (primitive,) = document.meshes[one.mesh].primitives
        corners.append(values(primitive.indices).reshape(-1, 3).astype(int) + sum(len(some) for some in points))
        points.append(values(primitive.attributes.POSITION) @ matrix[:3, :3].T + matrix[:3, 3])
    return np.concatenate(points), np.concatenate(corners)


def with_draco(path: Path) -> Found:
    target = path.with_suffix(".draco.glb")
    node.command("gltf-transform", "draco", path, target)
    back = path.with_suffix(".undraco.glb")
    node.command("gltf-transform", "copy", target, back)
    return with_trimesh(back)


def with_gltfpack(path: Path) -> Found:
    target = path.with_suffix(".pack.glb")
    node.command("gltfpack", "-noq", "-i", path, "-o", target)
    return with_trimesh(target)


def soup(corners: np.ndarray) -> Found:
    return np.array(corners).reshape(-1, 3), np.arange(3 * len(corners)).reshape(-1, 3)


READERS: dict[str, Callable[[Path], Found]] = {
    "trimesh": with_trimesh,
    "Open3D": with_open3d,
    "PyMeshLab": with_pymeshlab,
    "VTK": with_vtk,
    "assimp": with_assimp,
    "pygltflib": with_pygltflib,
    "Draco": with_draco,
    "gltfpack": with_gltfpack,
}


def closed(points: np.ndarray, corners: np.ndarray) -> bool:
    """Whether each edge, by the places of its ends, has one in the other direction."""
    size = np.ptp(points, axis=0).max()
    _, places = np.unique((points / size).round(5), axis=0, return_inverse=True)
    ends = places.reshape(-1)[corners]
    one, other = (np.concatenate([ends[:, [k, (k + 1) % 3][::way]] for k in range(3)]) for way in (1, -1))
    return sorted(map(tuple, one.tolist())) == sorted(map(tuple, other.tolist()))


def volume(points: np.ndarray, corners: np.ndarray) -> float:
    a, b, c = (points - points.mean(axis=0))[corners].transpose(1, 0, 2)
    return float(np.cbrt(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6))


def judged(found: Found, sent: Found) -> str:
    """What differs, in few words; "✓" for nothing."""
    (points, corners), (belongs, triangles) = (
        (np.asarray(one, float), np.asarray(two, int)) for one, two in (found, sent)
    )
    size = np.linalg.norm(np.ptp(belongs, axis=0))
    if not len(corners):
        return "nothing"
    said = []
    if len(corners) != len(triangles):
        said.append(f"{len(corners) - len(triangles):+} triangles")
    ends = [np.array([one.min(axis=0), one.max(axis=0)]) for one in (points[corners.ravel()], belongs)]
    off = np.abs(ends[0] - ends[1]).max() / size
    if off > 1e-6:
        said.append(f"off by {off:.0e}")
    one, other = volume(points, corners), volume(belongs, triangles)
    if one * other < 0 and min(abs(one), abs(other)) > 1e-2 * size:
        said.append("faces turned")
    if closed(points, corners) != closed(belongs, triangles):
        said.append("not closed" if closed(belongs, triangles) else "closed")
    if len(points) != len(belongs) and len(points) != 3 * len(corners):
        said.append(f"{len(points) - len(belongs):+} vertices")
    return ", ".join(said) or "✓"


def main(folder: Path) -> None:
    """Print the results as JSON: by object, by reader."""
    table: dict[str, dict[str, str]] = {}
    for name, file in json.loads((folder / "uploads.json").read_text()).items():
        path = folder / file
        arrays = np.load(path.with_suffix(".npz"))
        sent = arrays["points"], arrays["corners"]
        row = table[name] = {}
        for one in sorted(folder.glob(f"{path.stem}.Blender *.npz")):
            blender = np.load(one)
            row[one.stem.partition(".")[2]] = judged((blender["points"], blender["corners"]), sent)
        for reader, read in READERS.items():
            try:
                row[reader] = judged(read(path), sent)
            except Exception as error:
                row[reader] = f"{type(error).__name__}"
        out = path.with_suffix(".json")
        node.script(Path(__file__).with_name("three_reader.mjs"), path, out)
        more = json.loads(out.read_text())
        for reader, key in (("three.js", "three"), ("glTF Transform", "gltf-transform")):
            one = more[key]
            row[reader] = judged(
                (np.array(one["points"]).reshape(-1, 3), np.array(one["corners"]).reshape(-1, 3)), sent
            )
        issues = more["validator"]
        count = issues["numErrors"] + issues["numWarnings"] + issues["numInfos"] + issues["numHints"]
        row["Khronos validator"] = "✓" if not count else f"{count} remarks"
    (folder / "readers.json").write_text(json.dumps(table))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
