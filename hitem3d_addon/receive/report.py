# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an import says when it is done: how many parts there are, and whether they stand where they belong."""

from __future__ import annotations

import math
from collections.abc import Iterator

from mathutils import Matrix

from ..core.errors import Message, Value, join
from .placing.place import Place, Seen
from .placing.placement import Fit, Verdict

_OF_INTEREST = 1e-5
"""Of the diagonal: if parts are farther off, the report says so; the six decimals of an OBJ are about that."""
_BESIDE = 0.5
"""Of the diagonal: parts that are farther off lie beside the object; by how much does not matter."""


def import_report(place: Place, *, count: int, name: str, shape_key: str = "") -> Message:
    """What to tell the user. ``shape_key``: the one that only Edit Mode showed when the object was sent."""
    values: dict[str, Value] = {
        "count": count,
        "name": name,
        "percent": _two_digits(100 * place.off),
        "more": _two_digits(100 * max(place.parts_hold_more, place.shows_more)),
        "vertices": place.beside,
        "key": shape_key,
    }
    return join([_how_many(place, count, values), *_what_else(place, values)])


def _how_many(place: Place, count: int, values: dict[str, Value]) -> Message:
    if place.fit.verdict is Verdict.UNKNOWN and not place.doubtful:
        if count == 1:
            return Message("1 part of “{name}”, imported as delivered.", values)
        return Message("{count} parts of “{name}”, imported as delivered.", values)
    if place.doubtful or place.seen is Seen.GONE:
        return Message("1 part of “{name}”." if count == 1 else "{count} parts of “{name}”.", values)
    if place.off < _OF_INTEREST:
        return Message(
            "1 part of “{name}”, in place." if count == 1 else "{count} parts of “{name}”, in place.", values
        )
    if count == 1:
        return Message("1 part of “{name}”, in place, off by up to {percent:g} % of its size.", values)
    return Message("{count} parts of “{name}”, in place, off by up to {percent:g} % of its size.", values)


def _what_else(place: Place, values: dict[str, Value]) -> Iterator[Message]:
    fit = place.fit
    if fit.verdict is Verdict.AMBIGUOUS:
        yield Message(
            "The result did not come back as it was sent, and how to turn it back is ambiguous: the model looks the "
            "same from several sides. It is left as delivered; turn it into place by hand."
        )
    elif fit.verdict is Verdict.NO_MATCH and math.isfinite(fit.residual):
        yield Message(
            "The result is left as delivered: its surface does not match what was sent (off by {percent:.2f} % of its "
            "size). Check that it is in place.",
            {"percent": 100 * fit.residual},
        )
    elif fit.verdict is Verdict.NO_MATCH:
        yield Message(
            "The result is left as delivered: its size does not match what was sent, however it is turned. Move it "
            "into place by hand."
        )
    elif fit.verdict is Verdict.CORRECTED:
        yield _correction(fit)
    if fit.verdict in (Verdict.AS_DELIVERED, Verdict.CORRECTED) or place.seen in (Seen.GONE, Seen.FLATTENED):
        yield from _compared(place, values)


def _compared(place: Place, values: dict[str, Value]) -> Iterator[Message]:
    seen = place.seen
    if seen is Seen.ON_ITS_SURFACE:
        yield Message(
            "The mesh of “{name}” was moved, or its transforms were applied, since it was sent. That was followed.",
            values,
        )
    elif seen is Seen.EDITED and place.beside == 1:
        yield Message(
            "One vertex of “{name}” differs from the parts by {percent:g} % of its size: it was edited since it was "
            "sent, and the parts show it as it was.",
            values,
        )
    elif seen is Seen.EDITED and place.beside:
        yield Message(
            "{vertices} vertices of “{name}” differ from the parts by up to {percent:g} % of its size: it was edited "
            "since it was sent, and the parts show it as it was.",
            values,
        )
    elif seen is Seen.EDITED:
        yield Message(
            "“{name}” was edited since it was sent, and the parts show it as it was: they differ by up to "
            "{percent:g} % of its size.",
            values,
        )
    elif seen is Seen.CHANGED and place.off > _BESIDE:
        yield Message(
            "“{name}” was moved and changed since it was sent, so where the result belongs can't be told. Move it into "
            "place by hand.",
            values,
        )
    elif seen is Seen.CHANGED:
        yield Message(
            "“{name}” looks different from when it was sent, off by up to {percent:g} % of its size: by edits, "
            "modifiers, shape keys or a pose. Check that the result is in place.",
            values,
        )
    elif seen is Seen.NOTHING:
        yield Message("“{name}” shows no surface now, so nobody could check that the result is in place.", values)
    elif seen is Seen.FLATTENED:
        yield Message(
            "“{name}” was flattened to a scale of 0 when it was sent, so how it was turned or scaled since can't be "
            "told. The result stands where it was then; move it into place by hand.",
            values,
        )
    elif place.parts_hold_more:
        yield Message("The parts hold more than “{name}” shows, up to {more:g} % of its size away from it.", values)
    elif place.shows_more:
        yield Message("“{name}” shows more than the parts hold, up to {more:g} % of its size away from them.", values)
    elif seen is Seen.GONE:
        yield Message("The object is not in this file: the result stands where it was when it was sent.")
    if seen in (Seen.EDITED, Seen.CHANGED) and values["key"]:
        yield Message(
            "It was sent in Edit Mode, which showed its shape key “{key}”: set that key's value to 1 to see it so.",
            values,
        )


def _two_digits(number: float) -> float:
    return float(f"{number:.2g}") if math.isfinite(number) else number


def _correction(fit: Fit) -> Message:
    pose = fit.pose
    turn = Matrix((pose.turn * (-1 if pose.mirrored else 1)).tolist()).to_euler()
    values: dict[str, Value] = {axis: round(math.degrees(angle)) for axis, angle in zip("xyz", turn, strict=True)}
    values |= {"scale": pose.scale, "distance": math.dist(pose.move, (0, 0, 0))}
    if pose.mirrored:
        return Message(
            "The result came back mirrored; that was undone: inverted, turned by {x}°, {y}°, {z}° about X, Y, Z, "
            "scaled by {scale:.6g}, moved by {distance:.6g}.",
            values,
        )
    return Message(
        "The result came back turned, moved or resized; that was undone: turned by {x}°, {y}°, {z}° about X, Y, Z, "
        "scaled by {scale:.6g}, moved by {distance:.6g}.",
        values,
    )
