# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the core specification of 3MF (3mf.io, version 1.3) asks of a file, looked at with plain XML."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as Xml

import numpy as np

CORE = "{http://schemas.microsoft.com/3dmanufacturing/core/2015/02}"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
NUMBER = re.compile(r"[-+]?(\d+(\.\d+)?|\.\d+)([eE][-+]?\d+)?")
"""ST_Number."""


class Read(NamedTuple):
    """An object of the file, which is in the build."""

    name: str
    colour: str
    points: np.ndarray
    """(n, 3) in millimetres."""
    corners: np.ndarray
    """(m, 3)."""


def read_strictly(file: Path) -> list[Read]:
    """The objects in the order of the build; an AssertionError for whatever the specification forbids."""
    with zipfile.ZipFile(file) as whole:
        assert whole.testzip() is None
        names = whole.namelist()
        types = Xml.fromstring(whole.read("[Content_Types].xml"))
        known = {entry.attrib["Extension"] for entry in types if entry.tag == f"{TYPES}Default"}
        assert {name.rpartition(".")[2] for name in names if name != "[Content_Types].xml"} <= known
        (start,) = Xml.fromstring(whole.read("_rels/.rels"))
        assert start.tag == f"{PACKAGE}Relationship"
        model = Xml.fromstring(whole.read(start.attrib["Target"].removeprefix("/")))
    assert (model.tag, model.attrib["unit"]) == (f"{CORE}model", "millimeter")
    *_, resources, build = model
    assert [resources.tag, build.tag] == [f"{CORE}resources", f"{CORE}build"]
    materials, *objects = resources
    identities = [element.attrib["id"] for element in resources]
    assert len(set(identities)) == len(identities)
    assert [item.attrib for item in build] == [{"objectid": identity} for identity in identities[1:]]
    colours = [base.attrib["displaycolor"] for base in materials]
    assert all(re.fullmatch("#[0-9A-F]{6}", colour) for colour in colours)
    assert all(base.attrib["name"] for base in materials)
    return [_read(element, materials.attrib["id"], colours) for element in objects]


def _read(element: Xml.Element, materials: str, colours: list[str]) -> Read:
    assert (element.tag, element.attrib["type"], element.attrib["pid"]) == (f"{CORE}object", "model", materials)
    (mesh,) = element
    vertices, triangles = mesh
    assert all(NUMBER.fullmatch(vertex.attrib[axis]) for vertex in vertices for axis in "xyz")
    points = np.array([[float(vertex.attrib[axis]) for axis in "xyz"] for vertex in vertices])
    corners = np.array([[int(triangle.attrib[name]) for name in ("v1", "v2", "v3")] for triangle in triangles])
    assert len(points) >= 3 and len(np.unique(points, axis=0)) == len(points), "welded"
    assert np.array_equal(np.unique(corners), np.arange(len(points))), "each point is used, and no other"
    assert all(len(set(triangle)) == 3 for triangle in corners.tolist())
    return Read(element.attrib["name"], colours[int(element.attrib["pindex"])], points, corners)
