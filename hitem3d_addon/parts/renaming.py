# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A new name for a part, and for all that is named after it."""

from __future__ import annotations

from bpy.types import Object

from ..apply.targets import rename_label
from ..mesh.colours import part_materials, rename_part_material
from ..session.parts import find_originals
from ..session.record import task_id_of_part


def rename(part: Object, name: str) -> None:
    """Rename a part, its mesh and its material, and on the original its vertex group and its material.

    Where another object has the name, Blender adds a number, and all get the name with it.
    """
    before = part.name
    if not name.strip() or name == before:
        return
    part.name = name
    if part.data.name == before:
        part.data.name = part.name
    originals = find_originals(task_id_of_part(part))
    for obj in originals:
        rename_label(obj, before, part.name)
    for obj in (part, *originals):
        if material := part_materials(getattr(obj.data, "materials", ())).get(before):
            rename_part_material(material, part.name)
