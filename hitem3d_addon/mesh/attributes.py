# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole numbers on a mesh's elements, as attributes: they stay with the elements through Geometry Nodes."""

from __future__ import annotations

import numpy as np
from bpy.types import Mesh

from .arrays import Ints


def store_numbers(mesh: Mesh, name: str, domain: str, values: Ints) -> None:
    """Set an integer attribute to a value for each element of the domain; one of another kind is replaced."""
    attribute = mesh.attributes.get(name)
    if attribute and (attribute.domain, attribute.data_type) != (domain, "INT"):
        mesh.attributes.remove(attribute)
        attribute = None
    if not attribute:
        attribute = mesh.attributes.new(name, "INT", domain)
    attribute.data.foreach_set("value", np.ascontiguousarray(values, np.int32))


def read_numbers(mesh: Mesh, name: str, domain: str) -> Ints | None:
    """The values of an integer attribute, None where the mesh has no such one on this domain."""
    attribute = mesh.attributes.get(name)
    if not attribute or (attribute.domain, attribute.data_type) != (domain, "INT"):
        return None
    values = np.empty(len(attribute.data), np.int32)
    attribute.data.foreach_get("value", values)
    return values


def take_numbers(mesh: Mesh, name: str) -> Ints:
    """The values of an integer attribute, which is removed."""
    attribute = mesh.attributes[name]
    values = np.empty(len(attribute.data), np.int32)
    attribute.data.foreach_get("value", values)
    mesh.attributes.remove(attribute)
    return values
