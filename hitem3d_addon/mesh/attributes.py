# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attributes of a mesh's elements: how their values are read and written, and whole numbers as attributes.

Attributes stay with the elements through Geometry Nodes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from bpy.types import Attribute, Mesh
from numpy.typing import NDArray

from .arrays import Ints

CAP = "hitem3d_cap"
"""True on the faces that close a part where it was cut."""
PIECE = "hitem3d_piece"
"""On the faces of a joined part: which of its pieces they are of."""


class Values(NamedTuple):
    """What the values of one type of attribute are."""

    prop: str
    """What Blender calls them."""
    kind: type[np.generic]
    width: int
    """How many numbers one of them is."""


VALUES = {
    "FLOAT": Values("value", np.float32, 1),
    "INT": Values("value", np.int32, 1),
    "INT8": Values("value", np.int8, 1),
    "BOOLEAN": Values("value", np.bool_, 1),
    "FLOAT2": Values("vector", np.float32, 2),
    "FLOAT_VECTOR": Values("vector", np.float32, 3),
    "INT16_2D": Values("value", np.int16, 2),
    "INT32_2D": Values("value", np.int32, 2),
    "FLOAT_COLOR": Values("color", np.float32, 4),
    "BYTE_COLOR": Values("color_srgb", np.float32, 4),
    "QUATERNION": Values("value", np.float32, 4),
    "FLOAT4X4": Values("value", np.float32, 16),
}
"""By an attribute's type. Texts are the only ones that are no numbers."""


def read_values(attribute: Attribute) -> NDArray[np.generic]:
    """(elements, numbers) of an attribute of one of the types in `VALUES`."""
    prop, kind, width = VALUES[attribute.data_type]
    values: NDArray[np.generic] = np.empty((len(attribute.data), width), kind)
    attribute.data.foreach_get(prop, values.ravel())
    return values


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
