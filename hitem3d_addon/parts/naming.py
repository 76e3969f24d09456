# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The name and the colour of a part, and of all that goes by them."""

from __future__ import annotations

from collections.abc import Sequence

from bpy.types import Context, Material, Object

from ..apply.standing import rename_label
from ..core.errors import InputError
from ..mesh.colours import PART_NAME, Colour, recolour_material
from ..mesh.editable import check_own
from ..session.parts import import_of_part, originals_of
from ..session.record import PART


def rename_part(part: Object, name: str) -> str:
    """Rename a part, its mesh and its own material, and what stands for it on the original; gives its name then.

    Blender adds a number to a name that is in use. Raises InputError for a name without a letter, and for a part of
    another file.
    """
    name = name.strip()
    if not name:
        raise InputError("A part needs a name. Type one.")
    check_own([part])
    old = part.name
    if name == old:
        return old
    part.name = name
    if part.data.users - part.data.use_fake_user == 1:
        part.data.name = part.name
    collection = import_of_part(part)
    originals = originals_of(collection) if collection else []
    originals = [obj for obj in originals if obj.type == "MESH" and obj.data.is_editable]
    own = own_materials(part)
    labels = {old, *(material[PART_NAME] for material in own)}
    same = (one for obj in originals for one in own_materials(obj) if one[PART_NAME] in labels)
    for material in dict.fromkeys([*own, *same]):
        if material.name == material[PART_NAME]:
            material.name = part.name
        material[PART_NAME] = part.name
    for original in originals:
        rename_label(original, old, part.name)
    return part.name


def check_changeable(context: Context, parts: Sequence[Object]) -> None:
    """Raise InputError where the geometry of one of these can't be changed here and now."""
    check_not_edited(context, parts)
    for part in parts:
        if PART not in part or part.type != "MESH":
            raise InputError("“{name}” is no imported part. Deselect it, and try again.", name=part.name)
        if part.name not in context.view_layer.objects:
            raise InputError("“{name}” is in another scene or view layer. Open that one first.", name=part.name)
    check_own(parts)


def check_not_edited(context: Context, parts: Sequence[Object]) -> None:
    """Raise InputError while one of these, or the active object, is edited, sculpted or painted."""
    if context.mode != "OBJECT" or any(part.mode != "OBJECT" for part in parts):
        raise InputError("Leave the mode in which the active object is edited, and try again.")


def recolour_part(part: Object, colour: Colour) -> None:
    """Give a part another colour (linear RGBA), and the materials that show it as well."""
    before = part.color[:]
    part.color = colour
    own = own_materials(part)
    for material in part.data.materials:
        if material and (material in own or shows_alone(material, before)):
            recolour_material(material, colour, own=material in own)


def own_materials(obj: Object) -> list[Material]:
    """The materials on an object that were made for a part, and show its colour."""
    return [one for one in obj.data.materials if one and isinstance(one.get(PART_NAME), str) and one.is_editable]


def shows_alone(material: Material, colour: Sequence[float]) -> bool:
    """Whether a material shows this colour in Solid view, and nothing else uses the material."""
    return material.is_editable and material.users == 1 and material.diffuse_color[:] == tuple(colour)
