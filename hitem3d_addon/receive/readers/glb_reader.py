# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A GLB, looked over and prepared -> what each of its nodes shows, as arrays. No ``bpy``.

After the glTF 2.0 specification, sections 3.5 (nodes), 3.7 (meshes) and 3.9 (materials).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ...mesh.arrays import Floats
from .delivered import Z_UP, Colours, Delivered, Finish, Labels
from .glb_arrays import Arrays
from .glb_document import Prepared
from .glb_merge import merged
from .glb_pose import Poses
from .glb_primitive import MODES, Used, sound_normals, triangles_of
from .words import says_something

_MOST_SETS = 8
"""Of UVs and colours, as many as Blender's importer takes."""


def read_parts(made: Prepared, arrays: Arrays) -> Iterator[Delivered]:
    """What each node shows that has a surface. Raises ValueError and the like, and OSError."""
    return _Reader(made, arrays).parts()


class _Reader:
    def __init__(self, made: Prepared, arrays: Arrays) -> None:
        self._document, self._made, self._arrays = made.document, made, arrays
        self._poses = Poses(made.document, made.parents, arrays)
        self._finishes: dict[int, Finish] = {}

    def parts(self) -> Iterator[Delivered]:
        known: dict[int, Delivered | None] = {}
        for number in self._made.shown:
            mesh = self._document["nodes"][number]["mesh"]
            if self._poses.is_posed(number):
                read = self._mesh(number)
            else:
                if mesh not in known:
                    known[mesh] = self._mesh(number)
                read = known[mesh]
            if read is not None:
                yield replace(read, name=self._name(number), matrix=Z_UP @ self._poses.matrix(number))

    def _mesh(self, number: int) -> Delivered | None:
        """The mesh of a node, of all its primitives, as it is posed there."""
        primitives = self._document["meshes"][self._document["nodes"][number]["mesh"]]["primitives"]
        pieces = [
            piece
            for primitive in primitives
            if primitive.get("mode", 4) in MODES and (piece := self._primitive(number, primitive))
        ]
        return merged(pieces) if pieces else None

    def _primitive(self, number: int, primitive: dict[str, Any]) -> Delivered | None:
        attributes = primitive["attributes"]
        if "POSITION" not in attributes:
            return None
        positions = self._arrays.floats(attributes["POSITION"], 3)
        triangles = triangles_of(self._arrays, primitive, len(positions))
        if not len(triangles):
            return None
        normals = self._arrays.floats(attributes["NORMAL"], 3) if "NORMAL" in attributes else None
        positions, normals = self._poses.posed(number, primitive, positions, normals)
        used = Used(triangles, len(positions))
        positions = used.of(positions)
        if normals is not None:
            normals = sound_normals(used.of(normals), positions, used.corners)
        material = primitive.get("material")
        return Delivered(
            name="",
            positions=positions,
            corners=used.corners,
            matrix=np.eye(4),
            normals=normals,
            uvs=[_upright(used.of(one)) for one in self._sets(attributes, "TEXCOORD", 2)],
            colours=[Colours("", _with_alpha(used.of(one))) for one in self._sets(attributes, "COLOR", 3, 4)],
            labels=self._labels(attributes, used),
            materials=() if material is None else (self._finish(material),),
        )

    def _sets(self, attributes: dict[str, int], name: str, *widths: int) -> Iterator[Floats]:
        for k in range(_MOST_SETS):
            if f"{name}_{k}" not in attributes:
                return
            yield self._arrays.floats(attributes[f"{name}_{k}"], *widths)

    def _labels(self, attributes: dict[str, int], used: Used) -> list[Labels]:
        """Attributes of the file's own that are whole numbers; their names begin with an underscore."""
        found = []
        for name, number in attributes.items():
            if name.startswith("_") and (values := self._arrays.whole_numbers(number)) is not None:
                found.append(Labels(name, used.of(values)))
        return found

    def _finish(self, number: int) -> Finish:
        if number not in self._finishes:
            self._finishes[number] = _finish(self._document["materials"][number], number)
        return self._finishes[number]

    def _name(self, number: int) -> str:
        """The first name that says something: of the node, its mesh, or a node above that is there for it alone."""
        nodes = self._document["nodes"]
        names = [nodes[number].get("name"), self._document["meshes"][nodes[number]["mesh"]].get("name")]
        names += [nodes[above].get("name") for above in self._made.alone_above(number)]
        words = [str(name) for name in names if name]
        return next((word for word in words if says_something(word)), words[0] if words else "")


def _upright(uvs: Floats) -> Floats:
    """Blender has the origin at the lower left, glTF at the upper left."""
    return np.stack([uvs[:, 0], 1 - uvs[:, 1]], axis=1)


def _with_alpha(colours: Floats) -> Floats:
    if colours.shape[1] == 4:
        return colours
    full = np.ones((len(colours), 4), np.float32)
    full[:, :3] = colours
    return full


def _finish(material: dict[str, Any], number: int) -> Finish:
    plain, extensions = material.get("pbrMetallicRoughness", {}), material.get("extensions", {})
    red, green, blue, alpha = (float(value) for value in plain.get("baseColorFactor", (1, 1, 1, 1)))
    emission = [float(value) for value in material.get("emissiveFactor", (0, 0, 0))]
    strength = float(extensions.get("KHR_materials_emissive_strength", {}).get("emissiveStrength", 1))
    if len(set(emission)) == 1:  # grey: as Blender's importer has it
        emission, strength = [1.0] * 3, strength * emission[0]
    mode = material.get("alphaMode", "OPAQUE")
    return Finish(
        name=str(material.get("name", f"Material_{number}")),
        colour=(red, green, blue, alpha),
        in_viewport="pbrMetallicRoughness" in material,
        metallic=float(plain.get("metallicFactor", 1)),
        roughness=float(plain.get("roughnessFactor", 1)),
        ior=float(extensions.get("KHR_materials_ior", {}).get("ior", 1.5)),
        emission=(emission[0], emission[1], emission[2]),
        emission_strength=strength,
        blended=mode == "BLEND",
        threshold=float(material.get("alphaCutoff", 0.5)) if mode == "MASK" else None,
        double_sided=material.get("doubleSided") is True,
    )
