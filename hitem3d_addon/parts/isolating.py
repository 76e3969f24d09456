# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Some parts of an import seen alone."""

from __future__ import annotations

from collections.abc import Sequence

from bpy.types import Collection, Context, Object

from ..session.parts import originals_of, show
from ..session.record import parts_in
from .naming import check_not_edited


def reachable_parts(context: Context, collection: Collection) -> list[Object]:
    """The parts of an import that the view layer has, in their order."""
    there = set(context.view_layer.objects)
    return [part for part in parts_in(collection) if part in there]


def are_alone(context: Context, collection: Collection, chosen: Sequence[Object]) -> bool:
    """Whether these parts are the only ones of their import that are seen, of more."""
    parts = reachable_parts(context, collection)
    return len(parts) > len(chosen) and {part for part in parts if not part.hide_get()} == set(chosen)


def isolate(context: Context, collection: Collection, chosen: Sequence[Object]) -> None:
    """Show these parts alone: the others of their import are hidden, and so is the original, which lies around them.

    Raises InputError while one of them is edited, which would go on unseen.
    """
    check_not_edited(context, parts_in(collection))
    kept = set(chosen)
    show(context, [one for one in (*parts_in(collection), *originals_of(collection)) if one not in kept], False)
    show(context, chosen, True)


def find_next(context: Context, collection: Collection, *, backwards: bool = False) -> Object | None:
    """The part that comes after the active one, or before it; the first one comes after the last."""
    parts = reachable_parts(context, collection)
    active = context.view_layer.objects.active
    if not parts:
        return None
    if active not in parts:
        return parts[-1 if backwards else 0]
    return parts[(parts.index(active) + (-1 if backwards else 1)) % len(parts)]
