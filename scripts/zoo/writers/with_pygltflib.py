# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pygltflib: documents written by hand, node by node: as GLB, and as glTF with its data in the text."""

from __future__ import annotations

import numpy as np
import pygltflib as gltf

from ..cells import Zoo, run
from ..models import Model, Part, models, twin_matrices, twin_mesh

PACKAGES = ["pygltflib==1.16.5", "numpy==2.4.6"]


class Document:
    """A glTF under way."""

    def __init__(self) -> None:
        self.blob = b""
        self.gltf = gltf.GLTF2(scene=0, scenes=[gltf.Scene(nodes=[])], asset=gltf.Asset(version="2.0"))

    def accessor(self, values: np.ndarray, component: int, kind: str, target: int, bounds: bool = False) -> int:
        """Append an array to the data."""
        data = np.ascontiguousarray(values).tobytes()
        self.gltf.bufferViews.append(
            gltf.BufferView(buffer=0, byteOffset=len(self.blob), byteLength=len(data), target=target)
        )
        self.blob += data + b"\0" * (-len(data) % 4)
        low, high = (values.min(axis=0).tolist(), values.max(axis=0).tolist()) if bounds else (None, None)
        self.gltf.accessors.append(
            gltf.Accessor(
                bufferView=len(self.gltf.bufferViews) - 1,
                componentType=component,
                count=values.size if kind == gltf.SCALAR else len(values),
                type=kind,
                min=low,
                max=high,
            )
        )
        return len(self.gltf.accessors) - 1

    def primitive(
        self, part: Part, material: int | None = None, positions: int | None = None, triangles: np.ndarray | None = None
    ) -> gltf.Primitive:
        """One with its own vertices, or with an accessor that others share."""
        if positions is None:
            positions = self.accessor(
                part.vertices.astype(np.float32), gltf.FLOAT, gltf.VEC3, gltf.ARRAY_BUFFER, bounds=True
            )
        corners = part.triangles if triangles is None else triangles
        indices = self.accessor(
            corners.astype(np.uint16).ravel(), gltf.UNSIGNED_SHORT, gltf.SCALAR, gltf.ELEMENT_ARRAY_BUFFER
        )
        return gltf.Primitive(attributes=gltf.Attributes(POSITION=positions), indices=indices, material=material)

    def material(self, part: Part) -> int:
        """A paint of the part's colour."""
        paint = gltf.PbrMetallicRoughness(baseColorFactor=[*part.colour, 1.0])
        self.gltf.materials.append(gltf.Material(name=f"{part.name} paint", pbrMetallicRoughness=paint))
        return len(self.gltf.materials) - 1

    def node(self, name: str | None, primitives: list[gltf.Primitive], matrix: np.ndarray | None = None) -> None:
        """A mesh in one place."""
        self.gltf.meshes.append(gltf.Mesh(name=name, primitives=primitives))
        self.place(name, len(self.gltf.meshes) - 1, matrix)

    def place(self, name: str | None, mesh: int, matrix: np.ndarray | None = None) -> None:
        """A mesh once more."""
        values = None if matrix is None else matrix.T.ravel().tolist()
        self.gltf.nodes.append(gltf.Node(name=name, mesh=mesh, matrix=values))
        self.gltf.scenes[0].nodes.append(len(self.gltf.nodes) - 1)

    def finished(self) -> gltf.GLTF2:
        """With its data."""
        self.gltf.buffers.append(gltf.Buffer(byteLength=len(self.blob)))
        self.gltf.set_binary_blob(self.blob)
        return self.gltf


def nodes(model: Model, named: bool = True, painted: bool = False) -> gltf.GLTF2:
    """A node for each part."""
    document = Document()
    if model.name == "twins":
        first, second = twin_matrices()
        document.node("fin", [document.primitive(twin_mesh())], first)
        document.place("fin", 0, second)
        return document.finished()
    for part in model.parts:
        paint = document.material(part) if painted else None
        document.node(part.name if named else None, [document.primitive(part, paint)])
    return document.finished()


def primitives(model: Model, painted: bool) -> gltf.GLTF2:
    """One mesh, a primitive for each part; of a model that shares its vertices all use the same accessor."""
    document = Document()
    vertices, triangles, labels = model.together()
    shared = None
    if model.shared:
        shared = document.accessor(vertices.astype(np.float32), gltf.FLOAT, gltf.VEC3, gltf.ARRAY_BUFFER, bounds=True)
    made = []
    for number, part in enumerate(model.parts):
        paint = document.material(part) if painted else None
        made.append(document.primitive(part, paint, shared, triangles[labels == number] if model.shared else None))
    document.node("Model", made)
    return document.finished()


def write(zoo: Zoo) -> None:
    """Nodes and primitives, in GLB and in one glTF."""
    for model in models().values():
        way = "objects" if len(model.parts) > 1 else "whole"
        if not model.shared:
            nodes(model).save_binary(
                str(zoo.add(model, "glb", "a node for each part", way, variant="nodes", names="kept"))
            )
            nodes(model, named=False).save_binary(
                str(
                    zoo.add(
                        model,
                        "glb",
                        "nodes without names",
                        way,
                        variant="bare",
                        names="kept" if model.name == "twins" else "none",
                    )
                )
            )
            nodes(model, painted=True).save_binary(
                str(
                    zoo.add(
                        model,
                        "glb",
                        "nodes with materials",
                        way,
                        variant="paint",
                        names="kept",
                        materials=model.name != "twins",
                    )
                )
            )
            document = nodes(model)
            document.convert_buffers(gltf.BufferFormat.DATAURI)
            document.save_json(
                str(zoo.add(model, "gltf", "convert_buffers(DATAURI), save_json", way, variant="text", names="kept"))
            )
        if len(model.parts) > 1:
            for painted in (False, True):
                variant = "painted-primitives" if painted else "primitives"
                path = zoo.add(
                    model,
                    "glb",
                    f"one mesh, {variant.replace('-', ' ')}",
                    "primitives",
                    variant=variant,
                    names="paint" if painted and model.name != "twins" else "none",
                    materials=painted,
                )
                primitives(model, painted).save_binary(str(path))


if __name__ == "__main__":
    run("pygltflib", ["pygltflib"], write)
