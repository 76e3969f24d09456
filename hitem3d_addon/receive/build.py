# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's meshes and materials from what a file holds, array by array."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from bpy.types import Material, Mesh, Node

from ..mesh.arrays import Flags, Floats
from ..mesh.from_arrays import make_mesh
from ..mesh.transform import CUSTOM_NORMALS
from .readers.delivered import Delivered, Finish
from .splitting.split import Part

_FREE_NORMALS = (4, 5, 0)
"""From this Blender on custom normals may be plain directions; before, they are stored relative to the faces around a
corner, which takes three seconds a million triangles."""
_FLAT = 1 - 1e-6
"""Cosine of the angle between a face and its corners' normals up to which they count as the same."""
_ALIKE = 2e-3
"""How far apart two normals may be, if both are that near to a third one."""


def make_parts(delivered: list[Delivered]) -> list[Part]:
    """A mesh for each part.

    The list is empty afterwards: what a mesh was made of need not stay in memory beside it.
    """
    materials: dict[tuple[int, bool], Material] = {}
    finishes = [finish for one in delivered for finish in one.materials]  # they live on, as their ids are told apart
    parts = []
    delivered.reverse()
    while delivered:
        one = delivered.pop()
        mesh = _make_mesh(one)
        for finish in one.materials or ([None] if one.colours else []):
            key = id(finish), bool(one.colours)
            if key not in materials and (finish or one.colours):
                materials[key] = _make_material(finish, coloured=bool(one.colours))
            mesh.materials.append(materials.get(key))
        if one.slots is not None:
            mesh.polygons.foreach_set("material_index", one.slots)
        parts.append(Part(mesh, one.name, one.matrix, one.labels))
    del finishes
    return parts


def _make_mesh(part: Delivered) -> Mesh:
    corners = part.corners
    starts = None if part.sizes is None else np.cumsum(part.sizes) - part.sizes
    mesh = make_mesh(part.name or "part", part.positions, corners, starts)
    for number, values in enumerate(part.uvs):
        layer = mesh.uv_layers.new(name=_numbered("UVMap", number))
        layer.uv.foreach_set("vector", (values if len(values) == len(corners) else values[corners]).ravel())
    for number, colours in enumerate(part.colours):
        domain = "CORNER" if colours.of_corners else "POINT"
        attribute = mesh.color_attributes.new(colours.name or _numbered("Color", number), "FLOAT_COLOR", domain)
        attribute.data.foreach_set("color", np.ascontiguousarray(colours.values).ravel())
    if part.colours:
        mesh.color_attributes.active_color_index = mesh.color_attributes.render_color_index = 0
    for labels in part.labels:
        attribute = mesh.attributes.new(labels.name, "INT", "FACE" if labels.of_faces else "POINT")
        attribute.data.foreach_set("value", labels.values)
    mesh.update(calc_edges=True)
    _set_shading(mesh, part)
    return mesh


def _numbered(name: str, number: int) -> str:
    return f"{name}.{number:03d}" if number else name


def _set_shading(mesh: Mesh, part: Delivered) -> None:
    """Flat faces where the file says so, and its normals, exactly where this Blender can."""
    normals = part.normals
    flat = np.ones(part.polygons, np.bool_) if normals is None else _flat_faces(part, normals)
    if flat.any():
        mesh.attributes.new("sharp_face", "BOOLEAN", "FACE").data.foreach_set("value", flat)
    if normals is None:
        return
    of_corners = len(normals) != len(part.positions)
    if bpy.app.version >= _FREE_NORMALS:
        stored = mesh.attributes.new(CUSTOM_NORMALS, "FLOAT_VECTOR", "CORNER" if of_corners else "POINT")
        stored.data.foreach_set("vector", np.ascontiguousarray(normals).ravel())
    elif of_corners:
        mesh.normals_split_custom_set(normals)
    else:
        mesh.normals_split_custom_set_from_vertices(normals)


def _flat_faces(part: Delivered, normals: Floats) -> Flags:
    """Which polygons have their own normal at all their corners; only triangles are looked at."""
    flat = np.zeros(part.polygons, np.bool_)
    if part.sizes is not None:
        return flat
    at = part.corners.reshape(-1, 3) if len(normals) == len(part.positions) else np.arange(3 * len(flat)).reshape(-1, 3)
    maybe = np.arange(len(flat))
    for axis in range(3):  # one after another, as there are few left after the first
        first, second, third = np.ascontiguousarray(normals[:, axis])[at[maybe].T]
        maybe = maybe[(np.abs(first - second) < _ALIKE) & (np.abs(first - third) < _ALIKE)]
    # Not asked of Blender, which would keep a normal for each face.
    points = part.positions[part.corners.reshape(-1, 3)[maybe]].astype(np.float64)
    own = np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
    least = _FLAT * np.linalg.norm(own, axis=1)
    flat[maybe] = np.all([(own * normals[at[maybe, k]]).sum(axis=1) > least for k in range(3)], axis=0)
    return flat


def _make_material(finish: Finish | None, *, coloured: bool) -> Material:
    """As Blender's glTF importer makes it."""
    material = bpy.data.materials.new(finish.name if finish else "DefaultMaterial")
    if material.node_tree is None:  # from Blender 5.0 on it is there from the start
        material.use_nodes = True
    surface = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    if finish:
        material.use_backface_culling = not finish.double_sided
        material.surface_render_method = "BLENDED" if finish.blended else "DITHERED"
        inputs = surface.inputs
        *colour, alpha = finish.colour
        if finish.in_viewport and not coloured:
            material.diffuse_color = finish.colour
        if finish.threshold is not None:
            alpha = float(alpha >= finish.threshold)
        elif not finish.blended:
            alpha = 1.0
        values: dict[str, Any] = {
            "Base Color": (*colour, 1.0),
            "Alpha": alpha,
            "Metallic": finish.metallic,
            "Roughness": finish.roughness,
            "IOR": finish.ior,
            "Emission Color": (*finish.emission, 1.0),
            "Emission Strength": finish.emission_strength,
        }
        for name, value in values.items():
            socket = inputs[name]
            if not np.allclose(socket.default_value, value, rtol=0, atol=1e-7):  # Blender updates nodes at each change
                socket.default_value = value
    if coloured:
        _show_colours(material, surface, finish)
    return material


def _show_colours(material: Material, surface: Node, finish: Finish | None) -> None:
    """The colour attribute, times the material's own colour."""
    nodes, links = material.node_tree.nodes, material.node_tree.links
    attribute = nodes.new("ShaderNodeVertexColor")
    attribute.location = -400, 0
    colour, alpha = attribute.outputs["Color"], attribute.outputs["Alpha"]
    *own, own_alpha = finish.colour if finish else (1.0,) * 4
    if own != [1.0, 1.0, 1.0]:
        mix = nodes.new("ShaderNodeMix")
        mix.data_type, mix.blend_type, mix.location = "RGBA", "MULTIPLY", (-200, 0)
        mix.inputs["Factor"].default_value = 1.0
        mix.inputs[7].default_value = (*own, 1.0)
        links.new(colour, mix.inputs[6])
        colour = mix.outputs[2]
    links.new(colour, surface.inputs["Base Color"])
    if finish and finish.blended:
        if own_alpha != 1.0:
            times = nodes.new("ShaderNodeMath")
            times.operation, times.location = "MULTIPLY", (-200, -230)
            times.inputs[1].default_value = own_alpha
            links.new(alpha, times.inputs[0])
            alpha = times.outputs[0]
        links.new(alpha, surface.inputs["Alpha"])
