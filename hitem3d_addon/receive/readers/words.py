# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names in a file: which are words of somebody, and which were written by a program without a thought. And a note."""

from __future__ import annotations

import re

from ...core.errors import Message

WHOLE_LEFT_OUT = Message("Left out: the whole model, which came beside its parts.")
"""Said wherever a file holds it."""
_GENERIC = frozenset(
    """
    mesh meshes object objects part parts node nodes geometry geometries geom geo segment segments segmented
    segmentation seg group groups grp shape shapes default material materials mat mtl model models result component
    comp piece pieces chunk primitive prim primitives submesh subset subsets scene root world polysurface surface
    untitled unnamed obj none null colour color cluster instance prototype solid volume brep facet facets cad stl
    ply glb gltf fbx usd usda usdc usdz assimp assimpscene visualscene rootnode armature export exported xform
    sg lambert sg phong blinn initialshadinggroup initialshadingsg shadinggroup aistandardsurface standardsurface
    defaultmaterial defaultmat defaultobject polymesh trimesh trianglemesh indexedfaceset meshdata meshpart
    merged renderer meshphysicalmaterial meshstandardmaterial meshbasicmaterial meshphongmaterial meshlambertmaterial
    openscadmodel
    """.split()  # noqa: SIM905
)
"""Words that programs write by themselves: trimesh, assimp, three.js, VTK, Open3D, Maya, 3ds Max, Blender and CAD."""


def says_something(name: str) -> bool:
    """Whether the name of a thing in a file tells what it is; where not, the one above it may."""
    return bool(word_in(name))


def plain(name: str) -> str:
    """The name without the number that Blender adds where it is taken."""
    return re.sub(r"\.\d{3,}$", "", name)


def word_in(name: str) -> str:
    """The name without the number that Blender adds; "" if nothing is left that says what the part is."""
    name = plain(name).strip()
    # A program that runs words together means them apart: defaultMaterial, AssimpScene.
    letters = re.sub(r"[\W\d_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).strip().lower()
    words = letters.split()
    if len(letters) < 2 or all(word in _GENERIC for word in words) or "".join(words) in _GENERIC:
        return ""
    is_hash = re.fullmatch(r"[0-9a-f-]{8,}", name.lower()) and re.search(r"\d", name)
    return "" if is_hash else name
