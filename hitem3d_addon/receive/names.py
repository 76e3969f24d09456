# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the parts are called: as in the file where that says something, else after the object, with a number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_LONGEST = 63 - len(".001")
"""Bytes of a name in Blender 4, and what it adds where the name is taken."""

_GENERIC = frozenset(
    """
    mesh meshes object objects part parts node nodes geometry geometries geom geo segment segments segmented
    segmentation seg group groups grp shape shapes default material materials mat mtl model models result component
    comp piece pieces chunk primitive prim primitives submesh subset subsets scene root world polysurface surface
    untitled unnamed obj none null colour color cluster instance prototype solid volume brep facet facets cad stl
    ply glb gltf fbx usd usda usdc usdz assimp assimpscene visualscene rootnode armature export exported xform
    sg lambert sg phong blinn initialshadinggroup initialshadingsg shadinggroup aistandardsurface standardsurface
    defaultmaterial defaultmat defaultobject polymesh trimesh trianglemesh indexedfaceset meshdata meshpart
    meshphysicalmaterial meshstandardmaterial meshbasicmaterial meshphongmaterial meshlambertmaterial
    """.split()  # noqa: SIM905
)
"""Words that programs write by themselves: trimesh, assimp, three.js, VTK, Open3D, Maya, 3ds Max, Blender and CAD."""


def part_names(delivered: Sequence[str], name: str) -> list[str]:
    """A name for each part, in order: the one in the file if it is a word of its own, else ``<name> part 01``.

    ``name`` is that of the object. A word that comes more than once gets a number: "wheel 1", "wheel 2".
    """
    words = [_word(one) for one in delivered]
    counts = Counter(words)
    digits = max(2, len(str(len(words))))
    came: Counter[str] = Counter()
    taken = {word for word in words if word and counts[word] == 1}
    names = []
    for number, word in enumerate(words, 1):
        made = _fitting(name, f" part {number:0{digits}}")
        if word in taken:
            made = _fitting(word)
        elif word:
            came[word] += 1
            while (made := _fitting(word, f" {came[word]}")) in taken:
                came[word] += 1
        names.append(made)
    return names


def says_something(name: str) -> bool:
    """Whether the name of a thing in a file tells what it is; where not, the one above it may."""
    return bool(_word(name))


def plain(name: str) -> str:
    """The name without the number that Blender adds where it is taken."""
    return re.sub(r"\.\d{3,}$", "", name)


def collection_name(name: str) -> str:
    """The name of the collection that the parts of an object go into."""
    return _fitting(name, " parts")


def _word(name: str) -> str:
    """The name without the number that Blender adds; "" if nothing is left that says what the part is."""
    name = plain(name).strip()
    # A program that runs words together means them apart: defaultMaterial, AssimpScene.
    letters = re.sub(r"[\W\d_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).strip().lower()
    words = letters.split()
    if len(letters) < 2 or all(word in _GENERIC for word in words) or "".join(words) in _GENERIC:
        return ""
    is_hash = re.fullmatch(r"[0-9a-f-]{8,}", name.lower()) and re.search(r"\d", name)
    return "" if is_hash else name


def _fitting(name: str, ending: str = "") -> str:
    """The name, shortened so that Blender cuts nothing off its end."""
    room = _LONGEST - len(ending.encode())
    return name.encode()[:room].decode(errors="ignore").rstrip() + ending
