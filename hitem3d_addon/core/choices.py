# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user can choose for an import and for putting parts on the original: the words, said once."""

from typing import Literal, NamedTuple

PartsChoice = Literal["AUTO", "AS_DELIVERED", "BY_MATERIAL", "BY_COLOUR", "LOOSE"]
Placement = Literal["AUTO", "AS_DELIVERED"]
Target = Literal["FACE_ATTRIBUTE", "FACE_SETS", "VERTEX_GROUPS", "MATERIALS", "SEPARATE"]


class ImportOptions(NamedTuple):
    """The properties of the import that say how."""

    parts: PartsChoice = "AUTO"
    placement: Placement = "AUTO"
    hide_source: bool = False
    parent: bool = False
    replace: bool = False
    """Take away what an earlier import of the same task brought."""
