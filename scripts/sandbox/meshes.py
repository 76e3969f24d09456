# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes as the service sees them: read strictly from GLB, STL or OBJ into triangles in the frame of the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from . import sniff

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_INDEX_TYPES: dict[int, Any] = {5121: "<u1", 5123: "<u2", 5125: "<u4"}
_COMPONENT_SIZES = {5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
_COMPONENTS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
_FLOAT = 5126
_TRIANGLES, _STRIP, _FAN = 4, 5, 6


class MeshError(Exception):
    """The file can't be read as a mesh; the text says why."""


@dataclass(frozen=True, slots=True)
class Mesh:
    """Triangles in the file's own frame and units, in the file's own order."""

    vertices: Floats
    """(n, 3), as they are in the file: not welded."""
    triangles: Ints
    """(m, 3), into vertices."""


def read_mesh(path: Path) -> Mesh:
    """Read a GLB, STL or OBJ, by its content. Raises MeshError for what is broken or holds no triangle."""
    try:
        kind = sniff.kind_of(path)
        mesh = _read_glb(path) if kind == "glb" else _read_other(path, kind)
    except sniff.NoModelError as error:
        raise MeshError(str(error)) from None
    if not len(mesh.triangles):
        raise MeshError("the model has no triangles")
    if not np.isfinite(mesh.vertices).all():
        raise MeshError("the model has coordinates that are no numbers")
    return mesh


def split(mesh: Mesh, labels: Ints) -> list[Mesh]:
    """One mesh for each label, triangles and vertices in the order of the source; labels run from 0 without gaps."""
    parts = []
    order = np.argsort(labels, kind="stable")
    ends = np.cumsum(np.bincount(labels))
    for start, end in zip([0, *ends[:-1]], ends, strict=True):
        used, triangles = np.unique(mesh.triangles[order[start:end]], return_inverse=True)
        parts.append(Mesh(mesh.vertices[used], triangles.reshape(-1, 3)))
    return parts


def _read_other(path: Path, kind: str) -> Mesh:
    import trimesh

    try:
        with path.open("rb") as file:
            loaded: Any = trimesh.load_mesh(file, file_type=kind, process=False, maintain_order=True)
        if isinstance(loaded, trimesh.Scene):
            loaded = loaded.to_mesh()
        return Mesh(np.asarray(loaded.vertices, np.float32), np.asarray(loaded.faces, np.int64))
    except Exception as error:  # trimesh raises whatever its parsers meet
        raise MeshError(f"the {kind.upper()} can't be read: {error}") from error


def _read_glb(path: Path) -> Mesh:
    document, start, length = sniff.read_container(path)
    binary = np.memmap(path, np.uint8, "r", start, (length,)) if length else np.zeros(0, np.uint8)
    return _Glb(document, binary).read()


class _Glb:
    """One GLB's meshes, with every reference checked (glTF 2.0, section 3)."""

    def __init__(self, document: dict[str, Any], binary: NDArray[np.uint8]) -> None:
        self._document = document
        self._binary = binary
        if not str(self._get(document, "asset", dict).get("version", "")).startswith("2."):
            raise MeshError("asset.version is not 2.x")
        if required := document.get("extensionsRequired"):
            raise MeshError(f"needs extensions that are not known here: {', '.join(map(str, required))}")

    def read(self) -> Mesh:
        scenes = self._get(self._document, "scenes", list)
        scene = self._at(scenes, self._document.get("scene", 0), "scene")
        vertices: list[Floats] = []
        triangles: list[Ints] = []
        count = 0
        todo: list[tuple[int, NDArray[np.float64]]] = [(node, np.eye(4)) for node in reversed(scene.get("nodes", []))]
        seen: set[int] = set()
        while todo:
            index, parent = todo.pop()
            if index in seen:
                raise MeshError(f"node {index} is in the scene twice")
            seen.add(index)
            node = self._at(self._document.get("nodes", []), index, "node")
            world = parent @ _local_matrix(node)
            todo += [(child, world) for child in reversed(node.get("children", []))]
            if "mesh" not in node:
                continue
            mesh = self._at(self._document.get("meshes", []), node["mesh"], "mesh")
            for primitive in self._get(mesh, "primitives", list):
                if primitive.get("mode", _TRIANGLES) < _TRIANGLES:
                    continue  # points and lines have no surface
                points, corners = self._primitive(primitive)
                if not np.array_equal(world, np.eye(4)):
                    points = (points @ world[:3, :3].T + world[:3, 3]).astype(np.float32)
                    if np.linalg.det(world[:3, :3]) < 0:
                        corners = corners[:, ::-1]
                vertices.append(points)
                triangles.append(corners + count)
                count += len(points)
        if not triangles:
            raise MeshError("the model has no triangles")
        return Mesh(np.concatenate(vertices), np.concatenate(triangles))

    def _primitive(self, primitive: dict[str, Any]) -> tuple[Floats, Ints]:
        position = self._get(self._get(primitive, "attributes", dict), "POSITION", int)
        accessor = self._at(self._document.get("accessors", []), position, "accessor")
        if accessor.get("componentType") != _FLOAT or accessor.get("type") != "VEC3":
            raise MeshError("POSITION is not made of three floats")
        points = cast(Floats, self._accessor(accessor, "<f4"))
        for name, found in (("min", points.min(0)), ("max", points.max(0))):
            if not np.allclose(self._get(accessor, name, list), found, rtol=1e-6, atol=1e-30):
                raise MeshError(f"POSITION's {name} is not that of its values")
        for name, index in primitive["attributes"].items():
            other = self._at(self._document.get("accessors", []), index, "accessor")
            if other.get("count") != len(points):
                raise MeshError(f"{name} has another count than POSITION")
        if "indices" in primitive:
            accessor = self._at(self._document.get("accessors", []), primitive["indices"], "accessor")
            kind = _INDEX_TYPES.get(accessor.get("componentType", 0))
            if not kind or accessor.get("type") != "SCALAR":
                raise MeshError("the indices are of a wrong type")
            indices: NDArray[Any] = self._accessor(accessor, kind)[:, 0]
            if indices.max() >= len(points) or indices.max() == np.iinfo(indices.dtype).max:
                raise MeshError("an index points past the last vertex")
            corners = indices.astype(np.int64)
        else:
            corners = np.arange(len(points), dtype=np.int64)
        return points, _as_triangles(corners, primitive.get("mode", _TRIANGLES))

    def _accessor(self, accessor: dict[str, Any], kind: str) -> NDArray[Any]:
        if "sparse" in accessor:
            raise MeshError("sparse accessors are not known here")
        view = self._at(self._document.get("bufferViews", []), accessor.get("bufferView"), "bufferView")
        buffers = self._get(self._document, "buffers", list)
        if view.get("buffer") != 0 or len(buffers) != 1 or "uri" in buffers[0]:
            raise MeshError("the GLB needs files beside it")
        width = np.dtype(kind).itemsize * _COMPONENTS[accessor["type"]]
        count = self._get(accessor, "count", int)
        stride = view.get("byteStride", width)
        offset = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
        used = (count - 1) * stride + width
        if count < 1 or stride < width or offset % np.dtype(kind).itemsize:
            raise MeshError("an accessor's count, stride or offset is wrong")
        if accessor.get("byteOffset", 0) + used > self._get(view, "byteLength", int):
            raise MeshError("an accessor is longer than its bufferView")
        if view.get("byteOffset", 0) + view["byteLength"] > min(buffers[0].get("byteLength", 0), len(self._binary)):
            raise MeshError("a bufferView is longer than its buffer")
        raw = np.ndarray((count, width), np.uint8, self._binary[offset : offset + used].tobytes(), 0, (stride, 1))
        return np.ascontiguousarray(raw).view(kind)

    @staticmethod
    def _get(values: dict[str, Any], name: str, kind: type) -> Any:
        found = values.get(name)
        if not isinstance(found, kind):
            raise MeshError(f"{name} is missing or of a wrong type")
        return found

    @staticmethod
    def _at(values: list[dict[str, Any]], index: Any, name: str) -> dict[str, Any]:
        if not isinstance(index, int) or not 0 <= index < len(values) or not isinstance(values[index], dict):
            raise MeshError(f"there is no {name} {index}")
        return values[index]


def _local_matrix(node: dict[str, Any]) -> NDArray[np.float64]:
    """A node's own transform (glTF 2.0, section 3.5.3): a column-major matrix, or translation, rotation, scale."""
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    matrix = np.eye(4)
    x, y, z, w = node.get("rotation", (0, 0, 0, 1))
    matrix[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    matrix[:3, :3] *= node.get("scale", (1, 1, 1))
    matrix[:3, 3] = node.get("translation", (0, 0, 0))
    return matrix


def _as_triangles(corners: Ints, mode: int) -> Ints:
    if mode == _TRIANGLES:
        if len(corners) % 3:
            raise MeshError("the number of indices is no multiple of three")
        return corners.reshape(-1, 3)
    if len(corners) < 3:
        return np.zeros((0, 3), np.int64)
    if mode == _STRIP:
        triangles = np.stack((corners[:-2], corners[1:-1], corners[2:]), 1)
        triangles[1::2, 1:] = triangles[1::2, :0:-1]
        return triangles
    if mode == _FAN:
        return np.stack((corners[1:-1], corners[2:], np.full(len(corners) - 2, corners[0])), 1)
    raise MeshError(f"primitive mode {mode} is not known")
