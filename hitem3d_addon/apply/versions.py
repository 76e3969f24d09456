# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies imported parts to later versions of what they were cut from, or to sisters of it: paid once for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from bpy.types import Context, Object

from ..core.choices import Target
from ..core.errors import Message
from ..session.exploded import in_place
from .applying import in_object_mode, show_instead

if TYPE_CHECKING:
    from .labels import Labels

_COVERED = 0.5
"""With less of the parts' surface on a version, that is said."""


class _Ready(NamedTuple):
    """A version and what goes onto it."""

    version: Object
    parts: Sequence[Object]
    labels: Labels
    covered: float


def apply_to_versions(
    context: Context,
    versions: Sequence[Object],
    imports: Sequence[Sequence[Object]],
    target: Target,
    *,
    in_colour: bool = False,
) -> list[Message]:
    """Apply the parts to each of these objects, and give the reports, the main one last.

    Of several imports each object takes the one that lies on it. Raises a Hitem3DError before anything has changed
    where any of the objects is elsewhere, has another shape, or can't be changed.
    """
    from ..mesh.colours import part_materials
    from .imports import choose_import
    from .labels import version_labels
    from .separate import check_separable
    from .targets import apply_labels, show_colours

    ready: list[_Ready] = []
    pieces: list[Object] = []
    with in_object_mode(context), in_place(context):
        depsgraph = context.evaluated_depsgraph_get()
        for version in versions:
            parts = choose_import(version, imports, depsgraph) if version.type == "MESH" else imports[0]
            ready.append(_Ready(version, parts, *version_labels(version, parts, depsgraph)))
            if target == "SEPARATE":
                check_separable(version)
        reports = [message for one in ready if (message := _doubt(one))]
        for version, parts, labels, _ in ready:
            colours = [tuple(part.color) for part in parts]
            materials = part_materials(material for part in parts for material in part.data.materials)
            names = [part.name for part in parts]
            if target == "SEPARATE":  # the parts have their names, and so may pieces of another version
                names = [f"{version.name} {name}" for name in names]
            applied = apply_labels(version, labels.faces, names, colours, target, materials=materials)
            pieces += applied.objects
            if in_colour and target not in ("MATERIALS", "SEPARATE"):
                show_colours(version, labels.faces, colours)
    if target == "SEPARATE":
        show_instead(context, pieces, ())
    count = len({number for one in ready for number in one.labels.faces.tolist()})
    if len(ready) == 1:
        return [*reports, Message("{count} parts on “{name}”", {"count": count, "name": ready[0].version.name})]
    return [*reports, Message("{count} parts on {objects} objects", {"count": count, "objects": len(ready)})]


def _doubt(one: _Ready) -> Message | None:
    """What may not be as the user thinks: much of the parts is not on this version, or of it not on the parts."""
    name = one.version.name
    if one.labels.unmatched > 0.001:
        return Message(
            "{percent:.1f} % of “{name}” lies on no part and took the nearest",
            {"percent": 100 * one.labels.unmatched, "name": name},
        )
    if one.covered < _COVERED:
        return Message(
            "“{name}” has only {percent:.0f} % of the parts' surface", {"percent": 100 * one.covered, "name": name}
        )
    return None
