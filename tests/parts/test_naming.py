# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part's name and colour, and what goes by them."""

from __future__ import annotations

import bpy
import pytest
from imported import apply, import_monkey

from hitem3d_addon.core.errors import InputError
from hitem3d_addon.parts.naming import recolour_part, rename_part


def test_all_that_stands_for_a_part_gets_its_name() -> None:
    imported = import_monkey()
    for target in ("VERTEX_GROUPS", "MATERIALS"):
        apply(imported, target)
    part, original = imported.part(1), imported.original
    assert rename_part(part, " left ear ") == "left ear"
    assert (part.name, part.data.name, part.data.materials[0].name) == ("left ear",) * 3
    names = ["Model part 01", "left ear", "Model part 03", "Model part 04"]
    assert original.vertex_groups.keys() == [material.name for material in original.data.materials] == names
    apply(imported, "VERTEX_GROUPS")
    apply(imported, "MATERIALS")
    assert original.vertex_groups.keys() == [material.name for material in original.data.materials] == names
    assert original.name == original.data.name == "Model"


def test_a_material_of_the_original_alone_follows_too() -> None:
    """With textured parts, that of a label is made for the original."""
    imported = import_monkey(textured=True)
    apply(imported, "MATERIALS")
    rename_part(imported.part(2), "chin")
    assert [material.name for material in imported.original.data.materials][-2:] == ["chin", "Model part 04"]
    assert [material.name for material in imported.part(2).data.materials] == ["skin", "eyes"]


def test_a_name_in_use_gets_a_number() -> None:
    imported = import_monkey()
    assert rename_part(imported.part(0), "Model part 02") == imported.part(0).name == "Model part 02.001"
    assert imported.part(0).data.name == "Model part 02.001"


def test_no_name_is_refused() -> None:
    imported = import_monkey()
    with pytest.raises(InputError, match="needs a name"):
        rename_part(imported.part(0), "  ")
    assert imported.part(0).name == "Model part 01"


def test_a_colour_is_that_of_part_and_material() -> None:
    imported = import_monkey()
    apply(imported, "MATERIALS")
    recolour_part(imported.part(1), (0.25, 0.5, 0.75, 1.0))
    shown = imported.original.data.materials[1]
    assert imported.part(1).color[:] == shown.diffuse_color[:] == (0.25, 0.5, 0.75, 1.0)
    assert shown == imported.part(1).data.materials[0]


def test_the_user_s_materials_keep_their_colours() -> None:
    imported = import_monkey(textured=True)
    before = [material.diffuse_color[:] for material in bpy.data.materials]
    recolour_part(imported.part(1), (0.25, 0.5, 0.75, 1.0))
    assert [material.diffuse_color[:] for material in bpy.data.materials] == before
