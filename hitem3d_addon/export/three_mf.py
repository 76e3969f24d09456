# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts -> one 3MF that printers' programs read as one object for each part. No ``bpy``.

The core specification (3mf.io, version 1.3): a zip with one model in XML. Two more files tell slicers that each part is
printed with a filament of its own: PrusaSlicer reads ``Slic3r_PE_model.config``, OrcaSlicer and Bambu Studio read
``model_settings.config``. Others ignore them.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple
from xml.sax.saxutils import quoteattr

import numpy as np

from ..core.errors import InputError
from ..mesh.arrays import Doubles, Ints

_CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_START = "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_MODEL = "3D/3dmodel.model"
_TYPES = f"""{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>
<Default Extension="config" ContentType="text/xml"/>
</Types>
"""
_RELS = f"""{_HEAD}<Relationships xmlns="{_RELATIONSHIPS}">
<Relationship Id="rel0" Type="{_START}" Target="/{_MODEL}"/>
</Relationships>
"""
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MATERIALS = 1
_FIRST_OBJECT = 2
"""The materials and all objects have numbers of their own."""
_TIME = (1980, 1, 1, 0, 0, 0)
"""The same parts give the same bytes."""
_BLOCK = 1 << 12
_ROW = 60
"""About as many bytes are in a line of the model."""
_LARGE = 1 << 31
"""From so many bytes on a file in a zip needs a form that old readers don't know, so it is used only there."""


class Solid(NamedTuple):
    """A part as it is written."""

    name: str
    colour: str
    """sRGB, such as #FF8000."""
    points: Doubles
    """(points, 3), in millimetres, Z up."""
    corners: Ints
    """(triangles, 3), indices into points, wound so that the normals point out."""


def write_3mf(file: Path, solids: Sequence[Solid]) -> None:
    """Write the parts into one file, each where it is: an object, a material and a build item for each.

    Points at the same place become one, and triangles that have no area by it are left out. Numbers have all their
    digits. Raises InputError for a part without a surface, before anything is written; OSError.
    """
    solids = [weld(solid) for solid in solids]
    rows = sum(len(solid.points) + len(solid.corners) for solid in solids)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as whole:
        _add(whole, "[Content_Types].xml", _TYPES)
        _add(whole, "_rels/.rels", _RELS)
        with whole.open(_new(_MODEL), "w", force_zip64=rows * _ROW > _LARGE) as stream:
            _write_model(stream, solids)
        _add(whole, "Metadata/Slic3r_PE_model.config", _prusa_config(solids))
        _add(whole, "Metadata/model_settings.config", _orca_config(solids))


def weld(solid: Solid) -> Solid:
    """The part with one point at each place, and without triangles that use a point twice or points that nobody uses.

    Raises InputError where nothing is left, and for coordinates that are no numbers.
    """
    points = solid.points + 0.0  # there is a zero below zero, which is the same place
    order = np.lexsort(points.T)
    new = np.ones(len(order), np.bool_)
    new[1:] = (points[order[1:]] != points[order[:-1]]).any(axis=1)
    numbers = np.empty(len(order), np.int64)
    numbers[order] = np.cumsum(new) - 1
    corners = numbers[solid.corners]
    one, two, three = corners.T
    corners = corners[(one != two) & (two != three) & (three != one)]
    if not len(corners):
        raise InputError("“{name}” has no surface that could be written. Leave it out, or delete it.", name=solid.name)
    used, places = np.unique(corners, return_inverse=True)
    points = points[order[new]][used]
    if not np.isfinite(points).all():
        raise InputError(
            "“{name}” has vertices whose coordinates are not numbers, or infinite. Correct or delete them and try "
            "again.",
            name=solid.name,
        )
    return solid._replace(points=points, corners=places.reshape(-1, 3).astype(np.int32))


def _new(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    # A fifth of the usual time, for a seventh more bytes. Public from Python 3.13 on.
    info._compresslevel = 1  # type: ignore[attr-defined]
    return info


def _add(whole: zipfile.ZipFile, name: str, text: str) -> None:
    whole.writestr(_new(name), text.encode())


def _quoted(text: str) -> str:
    """As an attribute's value; what XML can't hold is left out."""
    return quoteattr(_NO_XML.sub("", text))


def _write_model(stream: IO[bytes], solids: Sequence[Solid]) -> None:
    def write(text: str) -> None:
        stream.write(text.encode())

    write(f'{_HEAD}<model unit="millimeter" xml:lang="en-US" xmlns="{_CORE}">\n')
    write('<metadata name="Application">Hitem3D for Blender</metadata>\n<resources>\n')
    write(f'<basematerials id="{_MATERIALS}">\n')
    for solid in solids:
        write(f'<base name={_quoted(solid.name or "part")} displaycolor="{solid.colour}"/>\n')
    write("</basematerials>\n")
    for number, solid in enumerate(solids):
        write(f'<object id="{_FIRST_OBJECT + number}" type="model" name={_quoted(solid.name)} ')
        write(f'pid="{_MATERIALS}" pindex="{number}">\n<mesh>\n<vertices>\n')
        for text in _lines('<vertex x="%r" y="%r" z="%r"/>\n', solid.points):
            write(text)
        write("</vertices>\n<triangles>\n")
        for text in _lines('<triangle v1="%d" v2="%d" v3="%d"/>\n', solid.corners):
            write(text)
        write("</triangles>\n</mesh>\n</object>\n")
    write("</resources>\n<build>\n")
    for number in range(len(solids)):
        write(f'<item objectid="{_FIRST_OBJECT + number}"/>\n')
    write("</build>\n</model>\n")


def _lines(template: str, rows: Doubles | Ints) -> Iterator[str]:
    """A line for each row (n, 3), in blocks; floats in as many digits as it takes to read the same number again."""
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        yield template * len(block) % tuple(block.ravel().tolist())


def _prusa_config(solids: Sequence[Solid]) -> str:
    """What PrusaSlicer keeps of each object: its name, and the extruder; and that it is one volume."""
    lines = [f"{_HEAD}<config>"]
    for number, solid in enumerate(solids):
        name, last = _quoted(solid.name), len(solid.corners) - 1
        lines += [
            f'<object id="{_FIRST_OBJECT + number}" instances_count="1">',
            f'<metadata type="object" key="name" value={name}/>',
            f'<metadata type="object" key="extruder" value="{number + 1}"/>',
            f'<volume firstid="0" lastid="{last}">',
            f'<metadata type="volume" key="name" value={name}/>',
            '<metadata type="volume" key="volume_type" value="ModelPart"/>',
            "</volume>",
            "</object>",
        ]
    return "\n".join([*lines, "</config>", ""])


def _orca_config(solids: Sequence[Solid]) -> str:
    """The same for OrcaSlicer and Bambu Studio."""
    lines = [f"{_HEAD}<config>"]
    for number, solid in enumerate(solids):
        identity, name = _FIRST_OBJECT + number, _quoted(solid.name)
        lines += [
            f'<object id="{identity}">',
            f'<metadata key="name" value={name}/>',
            f'<metadata key="extruder" value="{number + 1}"/>',
            f'<part id="{identity}" subtype="normal_part">',
            f'<metadata key="name" value={name}/>',
            "</part>",
            "</object>",
        ]
    return "\n".join([*lines, "</config>", ""])
