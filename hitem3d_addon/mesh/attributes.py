# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attributes of a mesh's elements: how their values are read and written, and whole numbers as attributes.

Attributes stay with the elements through Geometry Nodes.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    default: tuple[float, ...]
    """The numbers that a new element has."""


VALUES = {
    "FLOAT": Values("value", np.float32, (0,)),
    "INT": Values("value", np.int32, (0,)),
    "INT8": Values("value", np.int8, (0,)),
    "BOOLEAN": Values("value", np.bool_, (0,)),
    "FLOAT2": Values("vector", np.float32, (0, 0)),
    "FLOAT_VECTOR": Values("vector", np.float32, (0, 0, 0)),
    "INT16_2D": Values("value", np.int16, (0, 0)),
    "INT32_2D": Values("value", np.int32, (0, 0)),
    "FLOAT_COLOR": Values("color", np.float32, (1, 1, 1, 1)),
    "BYTE_COLOR": Values("color_srgb", np.float32, (1, 1, 1, 1)),
    "QUATERNION": Values("value", np.float32, (1, 0, 0, 0)),
    "FLOAT4X4": Values("value", np.float32, (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1)),
}
"""By an attribute's type. Texts are the only ones that are no numbers."""
_TOPOLOGY = ("position", ".edge_verts", ".corner_vert", ".corner_edge")


def read_values(attribute: Attribute) -> NDArray[np.generic]:
    """(elements, numbers) of an attribute of one of the types in `VALUES`."""
    prop, kind, default = VALUES[attribute.data_type]
    values: NDArray[np.generic] = np.empty((len(attribute.data), len(default)), kind)
    attribute.data.foreach_get(prop, values.ravel())
    return values


def set_defaults(mesh: Mesh, before: Mapping[str, int]) -> None:
    """Give elements that were added to a mesh Blender's default in each attribute that they have now.

    ``before`` says how many elements each domain had. Blender itself does so from 4.2 to 5.0; 5.1 and 5.2 leave there
    what the memory held. Where the elements are, what they connect, and what is selected stays.
    """
    for attribute in mesh.attributes:
        first = before[attribute.domain]
        if len(attribute.data) <= first or attribute.name in _TOPOLOGY or attribute.name.startswith(".select"):
            continue
        if attribute.data_type in VALUES:
            prop, _, default = VALUES[attribute.data_type]
            values = read_values(attribute)
            values[first:] = np.array(default)
            attribute.data.foreach_set(prop, values.ravel())
        elif attribute.data_type == "STRING":
            for number in range(first, len(attribute.data)):
                attribute.data[number].value = b""


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
