# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the parts as a result file, in the format that its name ends with; coordinates are written as they are."""

from __future__ import annotations

import colorsys
import json
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import bpy_process
from .meshes import Floats, Mesh

_ARRAY_BUFFER, _ELEMENT_ARRAY_BUFFER = 34962, 34963
_FLOAT, _UNSIGNED_INT = 5126, 5125


def write_parts(parts: Sequence[Mesh], path: Path, merge: str = "nodes", zip_obj: bool = False) -> Path:
    """Write one file and give its path, which is another one for a zipped OBJ.

    merge: "nodes" (an object for each part), or one object with "materials", vertex "colours" or loose "shells".
    STL can only hold shells. FBX and USDZ are written by bpy; raises BpyError where it can't.
    """
    kind = path.suffix
    if kind == ".glb":
        path.write_bytes(glb(parts, merge))
    elif kind == ".stl":
        _write_stl(parts, path)
    elif kind == ".3mf":
        _write_3mf(parts, path)
    elif kind == ".obj":
        return _write_obj(parts, path, merge, zip_obj)
    else:
        bpy_process.run("write", parts, path, merge)
    return path


def _write_3mf(parts: Sequence[Mesh], path: Path) -> None:
    """A 3MF of its core specification: an object for each part, each once in the build, coordinates in millimetres."""
    objects, items = [], []
    for number, part in enumerate(parts, 1):
        points = "".join(f'<vertex x="{x:.9g}" y="{y:.9g}" z="{z:.9g}"/>' for x, y, z in part.vertices)
        corners = "".join(f'<triangle v1="{a}" v2="{b}" v3="{c}"/>' for a, b, c in part.triangles)
        objects.append(
            f'<object id="{number}" name="{part_name(number - 1)}" type="model"><mesh><vertices>{points}</vertices>'
            f"<triangles>{corners}</triangles></mesh></object>"
        )
        items.append(f'<item objectid="{number}"/>')
    core = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
    model = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<model unit="millimeter" xml:lang="en-US" xmlns="{core}"><resources>'
        f"{''.join(objects)}</resources><build>{''.join(items)}</build></model>"
    )
    package = "http://schemas.openxmlformats.org/package/2006"
    types = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>'
    )
    relations = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Relationships xmlns="{package}/relationships"><Relationship '
        'Target="/3D/3dmodel.model" Id="rel0" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/>'
        "</Relationships>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, text in (("[Content_Types].xml", types), ("_rels/.rels", relations), ("3D/3dmodel.model", model)):
            whole.writestr(name, text)


def part_name(number: int) -> str:
    return f"part_{number:02}"


def part_colour(number: int) -> tuple[float, float, float]:
    """Colours that are far apart for neighbouring numbers."""
    return colorsys.hsv_to_rgb(number * 0.618034 % 1.0, 0.65, 0.95 - 0.25 * (number // 8 % 2))


def glb(parts: Sequence[Mesh], merge: str) -> bytes:
    """A GLB with float32 positions and uint32 indices, nothing else but what ``merge`` needs."""
    writer = _GlbWriter()
    meshes: list[dict[str, Any]] = []
    materials: list[dict[str, Any]] = []
    if merge in ("nodes", "materials"):
        primitives: list[dict[str, Any]] = []
        for number, part in enumerate(parts):
            primitive: dict[str, Any] = {"attributes": {"POSITION": writer.add_points(part.vertices)}}
            primitive["indices"] = writer.add(part.triangles.astype("<u4").reshape(-1, 1), _ELEMENT_ARRAY_BUFFER)
            if merge == "materials":
                primitive["material"] = number
                colour = {"baseColorFactor": [*part_colour(number), 1.0]}
                materials.append({"name": part_name(number), "pbrMetallicRoughness": colour})
            primitives.append(primitive)
        if merge == "nodes":
            meshes = [{"name": part_name(i), "primitives": [one]} for i, one in enumerate(primitives)]
        else:
            meshes = [{"name": "segmented", "primitives": primitives}]
    else:
        whole, numbers = join(parts)
        attributes = {"POSITION": writer.add_points(whole.vertices)}
        if merge == "colours":
            colours = np.array([part_colour(i) for i in range(len(parts))], "<f4")[numbers]
            attributes["COLOR_0"] = writer.add(colours, _ARRAY_BUFFER)
        indices = writer.add(whole.triangles.astype("<u4").reshape(-1, 1), _ELEMENT_ARRAY_BUFFER)
        meshes = [{"name": "segmented", "primitives": [{"attributes": attributes, "indices": indices}]}]
    nodes = [{"name": one["name"], "mesh": number} for number, one in enumerate(meshes)]
    return writer.finish(nodes, meshes, materials)


def join(parts: Sequence[Mesh]) -> tuple[Mesh, NDArray[np.int64]]:
    """All parts as one mesh that shares no vertex between them, and for each vertex the part's number."""
    counts = [len(one.vertices) for one in parts]
    starts = np.cumsum([0, *counts[:-1]])
    vertices = np.concatenate([one.vertices for one in parts])
    triangles = np.concatenate([one.triangles + start for one, start in zip(parts, starts, strict=True)])
    return Mesh(vertices, triangles), np.repeat(np.arange(len(parts)), counts)


class _GlbWriter:
    def __init__(self) -> None:
        self._accessors: list[dict[str, Any]] = []
        self._views: list[dict[str, Any]] = []
        self._blocks: list[bytes] = []
        self._length = 0

    def add(self, values: NDArray[Any], target: int) -> int:
        """An accessor for an array of 4-byte values, shape (count, components)."""
        block = np.ascontiguousarray(values).tobytes()
        self._views.append({"buffer": 0, "byteOffset": self._length, "byteLength": len(block), "target": target})
        self._blocks.append(block)
        self._length += len(block)
        self._accessors.append(
            {
                "bufferView": len(self._views) - 1,
                "componentType": _FLOAT if values.dtype.kind == "f" else _UNSIGNED_INT,
                "count": len(values),
                "type": {1: "SCALAR", 3: "VEC3"}[values.shape[1]],
            }
        )
        return len(self._accessors) - 1

    def add_points(self, points: Floats) -> int:
        index = self.add(points.astype("<f4"), _ARRAY_BUFFER)
        low, high = points.min(0), points.max(0)
        self._accessors[index] |= {"min": [float(x) for x in low], "max": [float(x) for x in high]}
        return index

    def finish(
        self, nodes: list[dict[str, Any]], meshes: list[dict[str, Any]], materials: list[dict[str, Any]]
    ) -> bytes:
        document: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": "Hitem3D sandbox"},
            "scene": 0,
            "scenes": [{"nodes": list(range(len(nodes)))}],
            "nodes": nodes,
            "meshes": meshes,
            "accessors": self._accessors,
            "bufferViews": self._views,
            "buffers": [{"byteLength": self._length}],
        }
        if materials:
            document["materials"] = materials
        text = json.dumps(document, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        total = 12 + 8 + len(text) + 8 + self._length
        head = struct.pack("<4sII", b"glTF", 2, total) + struct.pack("<I4s", len(text), b"JSON")
        return b"".join((head, text, struct.pack("<I4s", self._length, b"BIN\0"), *self._blocks))


def _write_stl(parts: Sequence[Mesh], path: Path) -> None:
    whole, _ = join(parts)
    corners = whole.vertices[whole.triangles].astype("<f4")
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    records = np.zeros(len(corners), np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("spare", "<u2")]))
    records["normal"] = np.divide(normals, lengths, out=np.zeros_like(normals), where=lengths > 0)
    records["corners"] = corners
    with path.open("wb") as file:
        file.write(b"Hitem3D sandbox".ljust(80) + struct.pack("<I", len(records)))
        records.tofile(file)


def _write_obj(parts: Sequence[Mesh], path: Path, merge: str, zipped: bool) -> Path:
    use_materials = zipped or merge == "materials"
    lines = ["# Hitem3D sandbox\n"] + ([f"mtllib {path.stem}.mtl\n"] if use_materials else [])
    start = 1
    for number, part in enumerate(parts):
        if merge == "nodes" or number == 0:
            lines.append(f"o {part_name(number) if merge == 'nodes' else 'segmented'}\n")
        vertices = part.vertices.astype(np.float64)
        form = "v %.6f %.6f %.6f"
        if merge == "colours":
            vertices = np.hstack((vertices, np.tile(part_colour(number), (len(vertices), 1))))
            form += " %.4f %.4f %.4f"
        if len(vertices):
            lines.append("\n".join(map(form.__mod__, map(tuple, vertices.tolist()))) + "\n")
        if use_materials:
            lines.append(f"usemtl {part_name(number)}\n")
        corners = (part.triangles + start).tolist()
        lines.append("\n".join(map("f %d %d %d".__mod__, map(tuple, corners))) + "\n")
        start += len(vertices)
    text = "".join(lines)
    materials = "".join(
        f"newmtl {part_name(i)}\nKd {' '.join(f'{x:.4f}' for x in part_colour(i))}\n" for i in range(len(parts))
    )
    if not zipped:
        path.write_text(text, encoding="utf-8")
        return path
    target = path.with_suffix(".zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(path.name, text)
        archive.writestr(f"{path.stem}.mtl", materials)
    return target
