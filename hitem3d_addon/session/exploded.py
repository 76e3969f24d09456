# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts that are moved apart to be looked at, and how to see them where they belong.

They are moved by their delta_location, beside what the user has there. Whoever measures, writes or places something
asks for them in place: no file and no label knows that they were moved.
"""

import contextlib
import math
from collections.abc import Iterator, Sequence

from bpy.types import Collection, Context, Object
from idprop.types import IDPropertyArray
from mathutils import Matrix, Vector

EXPLODED = "hitem3d_exploded"
"""On a part that is moved: its own delta_location and the one that it has instead, 6 numbers. On the collection of the
parts: how far they are moved."""
FARTHEST = 2.0
"""The largest amount."""


def amount_of(collection: Collection) -> float:
    """How far the parts of an import are moved apart, 0 to 2."""
    value = collection.get(EXPLODED)
    sound = isinstance(value, int | float) and math.isfinite(value)
    return min(max(float(value), 0.0), FARTHEST) if sound else 0.0


def note_amount(collection: Collection, amount: float) -> None:
    """Note how far the parts of an import are moved apart."""
    if amount:
        collection[EXPLODED] = amount
    elif EXPLODED in collection:
        del collection[EXPLODED]


def own_delta(obj: Object) -> tuple[float, float, float]:
    """The delta_location that the object has without being moved apart.

    What the user has changed there since counts as the user's own: added to it, or all of it cleared.
    """
    x, y, z = obj.delta_location
    noted = _noted(obj)
    if noted is None:
        return x, y, z
    own, given = noted
    if (x, y, z) == given:
        return own
    if not any((x, y, z)):
        return 0.0, 0.0, 0.0
    return x - (given[0] - own[0]), y - (given[1] - own[1]), z - (given[2] - own[2])


def move_apart(obj: Object, offset: Sequence[float]) -> None:
    """Move the object from its place, by an offset in the frame in which its location is; with 0 back, to the bit."""
    own = own_delta(obj)
    if EXPLODED in obj:
        del obj[EXPLODED]
    if not any(offset):
        obj.delta_location = own
        return
    obj.delta_location = Vector(own) + Vector(offset)
    obj[EXPLODED] = [*own, *obj.delta_location]


def basis_in_place(obj: Object) -> Matrix:
    """The object's matrix_basis as it is where it belongs, to the bit."""
    matrix = obj.matrix_basis.copy()
    if EXPLODED in obj:
        matrix.translation = obj.location + Vector(own_delta(obj))
    return matrix


@contextlib.contextmanager
def in_place(context: Context) -> Iterator[None]:
    """Every object that is moved apart stands where it belongs until the end, whatever depends on it as well.

    Ask for the depsgraph inside. Objects may be renamed or removed meanwhile.
    """
    import bpy

    moved = {obj.session_uid: obj.delta_location.copy() for obj in bpy.data.objects if EXPLODED in obj}
    if not moved:
        yield
        return
    for obj in bpy.data.objects:
        if obj.session_uid in moved:
            obj.delta_location = own_delta(obj)
    context.view_layer.update()
    try:
        yield
    finally:
        for obj in bpy.data.objects:
            if obj.session_uid in moved and EXPLODED in obj:
                obj.delta_location = moved[obj.session_uid]
        context.view_layer.update()


def _noted(obj: Object) -> tuple[tuple[float, float, float], tuple[float, float, float]] | None:
    """The object's own delta_location and the one that it was given; None for one that is not moved."""
    value = obj.get(EXPLODED)
    if not isinstance(value, IDPropertyArray) or len(value) != 6:
        return None
    numbers = [float(number) for number in value]
    if not all(map(math.isfinite, numbers)):
        return None
    a, b, c, d, e, f = numbers
    return (a, b, c), (d, e, f)
