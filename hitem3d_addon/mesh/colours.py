# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours that tell the parts apart in the viewport, by object colour and by material colour."""

from __future__ import annotations

import colorsys
from collections.abc import Iterable

import bpy
from bpy.types import Material, Object

Colour = tuple[float, float, float, float]
PART_NAME = "hitem3d_part"
"""A custom property of the materials that are made here: the name of the part."""


def part_colour(number: int) -> Colour:
    """The colour of a part, counted from 0: RGBA, far from the colours of the parts before and after it."""
    hue = number * 0.618034 % 1.0
    return (*colorsys.hsv_to_rgb(hue, 0.65 - 0.2 * (number // 6 % 2), 0.85 - 0.25 * (number // 12 % 2)), 1.0)


def colour_part(part: Object, number: int) -> None:
    """Give the part its colour, and a material of that colour where the file gave it none.

    Solid view shows material colours unless it is set otherwise, so without a material all parts would be grey. So they
    would with the material that importers make from Blender 4.5 on, which shows vertex colours: each part gets its own.
    """
    part.color = part_colour(number)
    if not any(part.data.materials):
        part.data.materials.clear()
        part.data.materials.append(part_material(part.name, part_colour(number)))
    elif len(part.data.materials) == 1 and _shows_vertex_colours(material := part.data.materials[0]):
        if material.users > 1:
            part.data.materials[0] = material = material.copy()
            material.name = part.name
        material.diffuse_color = part_colour(number)


def _shows_vertex_colours(material: Material) -> bool:
    """Whether the material's colour is that of the vertices, which Solid view does not show."""
    kinds = {node.bl_idname for node in material.node_tree.nodes} if material.node_tree else set()
    return "ShaderNodeVertexColor" in kinds and "ShaderNodeTexImage" not in kinds


def part_material(name: str, colour: Colour) -> Material:
    """A new material for the part of this name, of this colour (linear RGBA), in the viewport and in renders."""
    material = bpy.data.materials.new(name)
    material[PART_NAME] = name
    material.diffuse_color = colour
    if material.node_tree is None:  # from Blender 5.0 on it is there from the start
        material.use_nodes = True
    surface = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    surface.inputs["Base Color"].default_value = colour
    return material


def recolour_material(material: Material, colour: Colour, *, own: bool) -> None:
    """Change the colour that a material shows in Solid view; with ``own`` also in renders: it was made for a part."""
    material.diffuse_color = colour
    if own and material.node_tree:
        for node in material.node_tree.nodes:
            if node.type == "BSDF_PRINCIPLED":
                node.inputs["Base Color"].default_value = colour


def part_materials(materials: Iterable[Material | None]) -> dict[str, Material]:
    """The materials that `part_material` has made, by the name of their part."""
    return {str(material[PART_NAME]): material for material in materials if material and PART_NAME in material}
