# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user can choose for the import, and for applying parts to the original: each word is declared here alone."""

from typing import Literal, get_args

from .plain import Plain

PartsChoice = Literal["AUTO", "AS_DELIVERED", "BY_GROUP", "BY_MATERIAL", "BY_COLOUR", "LOOSE"]
Placement = Literal["AUTO", "AS_DELIVERED"]
Target = Literal["FACE_ATTRIBUTE", "FACE_SETS", "VERTEX_GROUPS", "MATERIALS", "SEPARATE"]
TARGETS: tuple[Target, ...] = get_args(Target)
PARTS_ITEMS = [
    ("AUTO", "Automatic", "By objects, else groups, else materials, else colours, else loose pieces"),
    ("AS_DELIVERED", "As Delivered", "The objects that the file holds"),
    ("BY_GROUP", "By Group", "A part for each group, solid or number that the file gives its faces"),
    ("BY_MATERIAL", "By Material", "A part for each material"),
    ("BY_COLOUR", "By Colour", "A part for each vertex colour"),
    ("LOOSE", "Loose Parts", "A part for each piece that hangs together"),
]
PLACEMENT_ITEMS = [
    ("AUTO", "Automatic", "Where the object is; turned, moved or scaled if the service changed that"),
    ("AS_DELIVERED", "As Delivered", "Trust the coordinates that the service sent back"),
]
TARGET_ITEMS = [
    ("FACE_ATTRIBUTE", "Face Attribute", "A number for each face, in the attribute hitem3d_part"),
    ("FACE_SETS", "Face Sets", "Face sets for Sculpt Mode"),
    ("VERTEX_GROUPS", "Vertex Groups", "A vertex group for each part"),
    ("MATERIALS", "Materials", "A material for each part"),
    ("SEPARATE", "Separate Objects", "The original cut into objects, with all its data"),
]
"""Each word with its name and tooltip, as Blender's EnumProperty takes them."""


THREE_MF = "3mf"
PART_FORMATS = (THREE_MF, "glb", "obj", "stl", "fbx", "usdz")
"""What parts can be written as: a 3MF holds all of them, the others are a file for each."""
UNITLESS = ("obj", "stl")
"""Files that don't say what their numbers are, so that they can be millimetres."""
ROUND, KEYED = PEG_SHAPES = ("ROUND", "KEYED")
PEG_CLEARANCE = 0.2
"""Millimetres between a peg and its hole, unless another is asked for."""


class ImportOptions(Plain):
    """How to import: the properties of the operator."""

    parts: PartsChoice = "AUTO"
    placement: Placement = "AUTO"
    hide_source: bool = False
    parent: bool = False
    replace: bool = False
    """Take away what an earlier import of the same task brought."""
