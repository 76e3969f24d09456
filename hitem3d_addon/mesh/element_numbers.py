# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole numbers on a mesh's elements, as attributes that travel through Geometry Nodes."""

from __future__ import annotations

import numpy as np
from bpy.types import Mesh

from .triangles import Ints


def store_numbers(mesh: Mesh, name: str, domain: str, values: Ints) -> None:
    """Add an integer attribute with a value for each element of the domain."""
    mesh.attributes.new(name, "INT", domain).data.foreach_set("value", values)


def take_numbers(mesh: Mesh, name: str) -> Ints:
    """The values of an integer attribute, which is removed."""
    attribute = mesh.attributes[name]
    values = np.empty(len(attribute.data), np.int32)
    attribute.data.foreach_get("value", values)
    mesh.attributes.remove(attribute)
    return values
