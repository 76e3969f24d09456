# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an import says of how it told the parts apart."""

from __future__ import annotations

from collections.abc import Mapping

from ...core.errors import Message
from .told import Told, Way

_TOLD: Mapping[Way, Message] = {
    "OBJECTS": Message("Told apart by the objects in the file."),
    "MATERIALS": Message("Told apart by their materials."),
    "COLOURS": Message("Told apart by their colours."),
    "SHELLS": Message("Told apart by what hangs together."),
    "ORDER": Message("Told apart by the order of the triangles in the file."),
    "WHOLE": Message("Nothing in the file tells parts apart: it is one piece."),
}
_GROUPS: Mapping[str, Message] = {
    "groups": Message("Told apart by the groups in the file."),
    "solids": Message("Told apart by the solids in the file."),
    "primitives": Message("Told apart by the primitives in the file."),
    "subsets": Message("Told apart by the subsets in the file."),
}
_OTHERS: Mapping[Way, Message] = {
    "GROUPS": Message("Its groups would give other parts: choose By Group for Parts."),
    "MATERIALS": Message("Its materials would give other parts: choose By Material for Parts."),
    "COLOURS": Message("Its colours would give other parts: choose By Colour for Parts."),
}


def told_notes(told: Told) -> list[Message]:
    """The sentences for the user: how the parts were told apart, and how else they can be."""
    said = _TOLD.get(told.way) or _GROUPS.get(told.word)
    if said is None:
        said = Message("Told apart by the numbers in “{name}”.", {"name": told.word})
    return [said, *(_OTHERS[way] for way in told.others if way in _OTHERS)]


def stl_warning(kind: str, told: Told) -> list[Message]:
    """That an STL in one piece may hold more parts than can be seen."""
    if kind != "stl" or told.way != "WHOLE":
        return []
    return [
        Message(
            "The STL came as one piece, and an STL can't tell parts apart that touch. GLB as the format can, "
            "the next time."
        )
    ]
