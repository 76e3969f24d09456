# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gives the cuts between closed parts pegs and holes where these can hold, and says why where not."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
from bpy.types import Depsgraph, Object

from ..core.errors import InputError, Message, Value
from .assembly import find_blocked
from .making import make_peg
from .places import Fit, Reason, Wish, find_fit, find_places
from .seams import Seam, find_seams
from .solids import Frame, Solid, read_solids
from .writing import write_solid

_WHY = {
    Reason.CURVED: Message("“{one}” and “{other}” get no peg: the cut is too curved"),
    Reason.SMALL: Message("“{one}” and “{other}” get no peg: the cut is too small"),
    Reason.THIN: Message("“{one}” and “{other}” get no peg: the parts are too thin behind the cut"),
    Reason.BLOCKED: Message(
        "“{one}” and “{other}” get no peg: with it the parts could not be put together, since other pegs or cuts "
        "need another direction"
    ),
    Reason.UNSOUND: Message("“{one}” and “{other}” get no peg: the faces of the cut cross others, or were edited"),
    Reason.TAKEN: Message("“{one}” and “{other}” have a peg already"),
}


@dataclass(frozen=True, slots=True)
class Peg:
    """What became of a seam."""

    one: str
    other: str
    """The names of the parts: the one with the peg first, if there is one."""
    diameter: float
    """In the lengths of the world; 0 where there is no peg."""
    length: float
    reason: Reason | None
    """Why there is none."""


@dataclass(frozen=True, slots=True)
class Pegging:
    """What became of all seams."""

    pegs: list[Peg]
    millimetre: float

    def sentence(self) -> Message:
        """One sentence."""
        made = [peg for peg in self.pegs if not peg.reason]
        values: dict[str, Value] = {"count": len(made), "cuts": len(self.pegs)}
        if not made:
            return Message("No peg can hold at any of the {cuts} cuts, so nothing has changed", values)
        widths = [peg.diameter / self.millimetre for peg in made]
        values |= {"least": min(widths), "most": max(widths)}
        return Message("{count} pegs at {cuts} cuts, {least:.1f} to {most:.1f} mm wide", values)

    def warnings(self) -> list[Message]:
        """A sentence for each seam that has no peg, and says why."""
        return [
            Message(_WHY[peg.reason].template, {"one": peg.one, "other": peg.other}) for peg in self.pegs if peg.reason
        ]


def add_pegs(
    parts: Sequence[Object], depsgraph: Depsgraph, wish: Wish, *, keyed: bool
) -> Generator[tuple[int, int], None, Pegging]:
    """Read closed parts as they stand in the depsgraph, and give the steps that add pegs and holes.

    Nothing is changed before the last step. Each step yields how many are done, and of how many. Raises InputError,
    here and in the steps.
    """
    if len(parts) < 2:
        raise InputError("There is only one part, which has no neighbours. Select more parts, and try again.")
    return _add(parts, *read_solids(parts, depsgraph), wish, keyed=keyed)


def _add(
    parts: Sequence[Object], solids: list[Solid], frame: Frame, wish: Wish, *, keyed: bool
) -> Generator[tuple[int, int], None, Pegging]:
    yield 0, 1
    seams = find_seams(solids)
    if not seams:
        raise InputError("No two of these parts have a cut in common that is closed. Close the parts, and try again.")
    found: list[Fit | Reason] = []
    for number, seam in enumerate(seams):
        found.append(_find(solids, seam, wish))
        yield number, 2 * len(seams)
    fits = {number: fit for number, fit in enumerate(found) if isinstance(fit, Fit)}
    for number in find_blocked(seams, fits, len(solids)):
        found[number] = Reason.BLOCKED
    for done, number in enumerate(sorted(fits, key=lambda number: (-seams[number].area, number))):
        if found[number] is not Reason.BLOCKED:
            # Once more: pegs that were made meanwhile may be in the way.
            fit = find_fit(solids, seams[number], fits[number].place, wish)
            if isinstance(fit, Fit) and not make_peg(
                solids, seams[number], fit, clearance=wish.clearance, keyed=keyed, step=frame.step
            ):
                fit = Reason.UNSOUND
            found[number] = fit
        yield len(seams) + done, 2 * len(seams)
    for number, (part, solid) in enumerate(zip(parts, solids, strict=True)):
        if solid.gone.any():
            write_solid(part, solid, frame, number)
    return Pegging([_tell(parts, seam, fit) for seam, fit in zip(seams, found, strict=True)], wish.millimetre)


def _find(solids: Sequence[Solid], seam: Seam, wish: Wish) -> Fit | Reason:
    solid = solids[seam.one]
    if np.isin(solid.corners[seam.triangles], solid.corners[solid.pegs]).any():
        return Reason.TAKEN
    found = [find_fit(solids, seam, place, wish) for place in find_places(solid, seam)]
    fits = [fit for fit in found if isinstance(fit, Fit)]
    if fits:
        return max(fits, key=lambda fit: fit.radius)
    return found[0] if found else Reason.CURVED


def _tell(parts: Sequence[Object], seam: Seam, fit: Fit | Reason) -> Peg:
    one, other = parts[seam.one].name, parts[seam.other].name
    if isinstance(fit, Reason):
        return Peg(one, other, 0.0, 0.0, fit)
    one, other = (other, one) if fit.of_other else (one, other)
    return Peg(one, other, 2 * fit.radius, fit.length, None)
