# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an object remembers of its task, in two plain custom properties that travel with the .blend.

``obj["hitem3d_task_id"]`` is public: scripts may read and set it; the collection of the parts has it too.
``obj["hitem3d_task"]`` holds what an import needs to put the parts where the object is. A .blend may come from
anywhere, so whatever is not as this add-on writes it is taken for absent.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import bpy
from bpy.types import Object
from idprop.types import IDPropertyArray, IDPropertyGroup

from ..core.data_folder import is_uid
from ..core.values import OutputFormat

TASK_ID = "hitem3d_task_id"
RECORD = "hitem3d_task"
PART = "hitem3d_part"
"""On each part: the id of the task that it came from."""
ORIGINAL = "hitem3d_original"
"""On the collection of the parts: the name that the object had for which they were imported."""

_LONGEST_ID = 500
"""Characters. The ids that are known have 35."""
_MOST_POINTS = 4096


class Record(NamedTuple):
    """Written at the press, before any request.

    Lengths are those of what was sent, which is ``(world - centre) * scale``; its frame has world axes, Z up. With a
    mesh_url nothing was exported: there are no triangles, no points, and no bounds.
    """

    uid: str
    """Names the row of the task list and the job's folder."""
    matrix: tuple[float, ...]
    """The object's matrix_world at the press, 16 numbers, row after row."""
    format: OutputFormat
    time: int
    """Whole seconds since 1970."""
    centre: tuple[float, ...] = (0.0, 0.0, 0.0)
    """World coordinates of what became the origin, to double precision."""
    scale: float = 1.0
    bounds: tuple[float, ...] = (0.0,) * 6
    """Lowest x, y, z and highest x, y, z of what was sent."""
    triangles: int = 0
    points: Sequence[float] = ()
    """x, y, z after x, y, z of points spread over the surface of what was sent."""


def matrix_of(obj: Object) -> tuple[float, ...]:
    """The object's matrix_world as a record holds it."""
    return tuple(value for row in obj.matrix_world for value in row)


def write_record(obj: Object, record: Record) -> None:
    """Put the record on the object, in place of one that is there."""
    # Blender (4.2 to 5.2) writes a longer array over a shorter one of the same name without making room for it.
    remove_record(obj)
    obj[RECORD] = {
        "uid": record.uid,
        "matrix": _doubles(record.matrix),
        "centre": _doubles(record.centre),
        "scale": float(record.scale),
        "bounds": _doubles(record.bounds),
        "triangles": int(record.triangles),
        # An empty array can't be stored.
        **({"points": record.points} if record.points else {}),
        "format": int(record.format),
        # Whole seconds; Blender's integers end in 2038.
        "time": float(record.time),
    }


def read_record(obj: Object) -> Record | None:
    """The object's record; None where there is none, or where any of it can't be what this add-on wrote."""
    group = _group(obj)
    if group is None:
        return None
    try:
        record = Record(
            uid=_uid(group),
            matrix=_numbers(group, "matrix", 16),
            format=OutputFormat(_whole(group, "format")),
            time=_whole(group, "time"),
            centre=_numbers(group, "centre", 3),
            scale=_number(group, "scale"),
            bounds=_numbers(group, "bounds", 6),
            triangles=_whole(group, "triangles"),
            points=_points(group),
        )
    except (KeyError, TypeError, ValueError):
        return None
    low, high = record.bounds[:3], record.bounds[3:]
    sound = bool(record.uid) and record.scale > 0 and 0 <= record.triangles < 2**31 and record.time >= 0
    return record if sound and all(a <= b for a, b in zip(low, high, strict=True)) else None


def remove_record(obj: Object) -> None:
    """Take the record off the object, if it has one."""
    if RECORD in obj:
        del obj[RECORD]


def uid_of(obj: Object) -> str:
    """The uid in the object's record, without reading the rest; "" where there is none."""
    group = _group(obj)
    return _uid(group) if group is not None else ""


def task_id_of(obj: Object) -> str:
    """The task id on the object; "" where there is none, or something that is no id."""
    value = obj.get(TASK_ID)
    return clean_task_id(value) if isinstance(value, str) else ""


def task_id_of_part(obj: Object) -> str:
    """The id of the task that a part came from; "" for what is no part."""
    value = obj.get(PART)
    return clean_task_id(value) if isinstance(value, str) else ""


def parts_of(obj: Object) -> list[Object]:
    """The parts that were imported last for the object's task and still are in this file.

    Objects of the same shape may share a task; each of them has parts of its own.
    """
    return parts_of_task(task_id_of(obj), obj.name)


def parts_of_task(task_id: str, original: str = "") -> list[Object]:
    """The parts that were imported last for a task and still are in this file, best those for this original."""
    if not task_id:
        return []
    found = [c for c in bpy.data.collections if c.get(TASK_ID) == task_id and c.objects]
    found = [c for c in found if c.get(ORIGINAL) == original] or found
    newest = max(found, key=lambda collection: collection.session_uid, default=None)
    return [part for part in newest.objects if part.type == "MESH"] if newest else []


def stamp_task_id(obj: Object, task_id: str) -> None:
    """Set the object's task id; with "" take it off. What is so already is not touched."""
    if not task_id:
        if TASK_ID in obj:
            del obj[TASK_ID]
    elif obj.get(TASK_ID) != task_id:
        obj[TASK_ID] = task_id


def clean_task_id(text: str) -> str:
    """What the user typed or pasted, without the spaces around it; "" if it can't be a task id."""
    text = text.strip() if len(text) < 2 * _LONGEST_ID else ""
    fits = len(text) <= _LONGEST_ID and text.isprintable() and any(character.isalnum() for character in text)
    return text if fits else ""


def _group(obj: Object) -> IDPropertyGroup | None:
    value = obj.get(RECORD)
    return value if isinstance(value, IDPropertyGroup) else None


def _uid(group: IDPropertyGroup) -> str:
    uid = group.get("uid")
    return uid if isinstance(uid, str) and is_uid(uid) else ""


def _number(group: IDPropertyGroup, name: str) -> float:
    value: Any = group[name]
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(name)
    return value


def _whole(group: IDPropertyGroup, name: str) -> int:
    value = _number(group, name)
    if value != int(value):
        raise ValueError(name)
    return int(value)


def _numbers(group: IDPropertyGroup, name: str, count: int) -> tuple[float, ...]:
    value: Any = group[name]
    if not isinstance(value, IDPropertyArray) or len(value) != count:
        raise ValueError(name)
    numbers = tuple(float(number) for number in value)
    if not all(map(math.isfinite, numbers)):
        raise ValueError(name)
    return numbers


def _points(group: IDPropertyGroup) -> Sequence[float]:
    from array import array  # not at the top: Blender starts with this module

    value: Any = group.get("points")
    if value is None:
        return array("f")
    if not isinstance(value, IDPropertyArray) or len(value) % 3 or len(value) > 3 * _MOST_POINTS:
        raise ValueError("points")
    points = array("f", [float(number) for number in value])
    if not all(map(math.isfinite, points)):
        raise ValueError("points")
    return points


def _doubles(values: tuple[float, ...]) -> Sequence[float]:
    from array import array

    return array("d", map(float, values))
