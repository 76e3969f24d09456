# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an import says when it is done: how many parts there are, and whether they stand where they belong."""

from __future__ import annotations

import math

from mathutils import Matrix

from ..core.errors import Message
from .placement import Fit, Verdict


def import_report(fit: Fit, *, count: int, name: str, lost_movement: bool) -> Message:
    """The sentence for the user. ``lost_movement``: the object's movement since the press can't be told."""
    values: dict[str, str | int | float] = {"count": count, "name": name, "percent": 100 * fit.residual}
    if lost_movement:
        return Message(
            "Parts of “{name}”: {count}. They stand where it was when it was sent. It was flattened to a scale of 0 "
            "then, so how it was turned or scaled since can't be told. Move them into place by hand.",
            values,
        )
    if fit.verdict is Verdict.AS_DELIVERED:
        return Message("Parts of “{name}”: {count}, in place (off by {percent:.5f} % of its size).", values)
    if fit.verdict is Verdict.AMBIGUOUS:
        return Message(
            "Parts of “{name}”: {count}. They did not come back as they were sent, and how to turn them "
            "back is ambiguous: the model looks the same from several sides. They are left as delivered; turn them "
            "into place by hand.",
            values,
        )
    if fit.verdict is Verdict.NO_MATCH and math.isfinite(fit.residual):
        return Message(
            "Parts of “{name}”: {count}. They are left as delivered: their surface does not match what was sent "
            "(off by {percent:.2f} % of its size). Check that they are in place.",
            values,
        )
    if fit.verdict is Verdict.NO_MATCH:
        return Message(
            "Parts of “{name}”: {count}. They are left as delivered: their size does not match what was sent, however "
            "they are turned. Move them into place by hand.",
            values,
        )
    if fit.verdict is Verdict.CORRECTED:
        return _corrected(fit, values)
    return Message("Parts of “{name}”: {count}, imported as delivered.", values)


def _corrected(fit: Fit, values: dict[str, str | int | float]) -> Message:
    pose = fit.pose
    turn = Matrix((pose.turn * (-1 if pose.mirrored else 1)).tolist()).to_euler()
    values |= {axis: round(math.degrees(angle)) for axis, angle in zip("xyz", turn, strict=True)}
    values |= {"scale": pose.scale, "distance": math.dist(pose.move, (0, 0, 0))}
    if pose.mirrored:
        return Message(
            "Parts of “{name}”: {count}, in place. They came back mirrored; that was undone: inverted, turned by "
            "{x}°, {y}°, {z}° about X, Y, Z, scaled by {scale:.6g}, moved by {distance:.6g} "
            "(off by {percent:.5f} % of its size).",
            values,
        )
    return Message(
        "Parts of “{name}”: {count}, in place. They came back turned, moved or resized; that was undone: turned by "
        "{x}°, {y}°, {z}° about X, Y, Z, scaled by {scale:.6g}, moved by {distance:.6g} "
        "(off by {percent:.5f} % of its size).",
        values,
    )
