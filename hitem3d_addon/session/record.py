# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an object remembers of its task, in two plain custom properties that travel with the .blend.

``obj["hitem3d_task_id"]`` is public: scripts may read and set it; the collection of the parts has it too.
``obj["hitem3d_task"]`` holds what an import needs to put the parts where the object is. A .blend may come from
anywhere, so what this add-on would not have written counts as absent.

While a new task has no id yet, the record keeps the task that the object had before. If the new one is refused, or
stopped before it was sent, the object has that one again, and its id, until the new one is sent after all.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import bpy
from bpy.types import ID, Collection, Object
from idprop.types import IDPropertyArray, IDPropertyGroup
from mathutils import Matrix

from ..core.data_folder import is_uid
from ..core.plain import Plain
from ..core.values import OutputFormat

TASK_ID = "hitem3d_task_id"
RECORD = "hitem3d_task"
PART = "hitem3d_part"
"""On each part: the id of the task that it came from."""
PIECE_MATERIALS = "hitem3d_piece_materials"
"""On a part that was joined: by number, the materials of its pieces, which nothing may show meanwhile."""
ORIGINAL = "hitem3d_original"
"""On the collection of the parts: the name that the object had for which they were imported."""

_GIVEN_BACK = "given_back"
"""In the record: its task was not sent, so the object has the id of the one before."""
_LONGEST_ID = 500
"""Characters. The ids that are known have 35."""
_MOST_POINTS = 4096
_LONGEST_NAME = 255
_LARGEST = 1e36
"""Near the end of float32, where no model is."""


class Record(Plain):
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
    # Records of earlier versions have none of these.
    vertices: int = 0
    anchors: Sequence[float] = ()
    """x, y, z after x, y, z of some of these vertices, chosen by their numbers."""
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    """The weighted mean of all vertices of what was sent."""
    shape_key: str = ""
    """The name of the shape key that was shown because Edit Mode was on."""
    earlier_id: str = ""
    """The id of the task that the object had before this one."""
    earlier: "Record | None" = None
    """The record that belongs to it; None where there was none."""


def matrix_values(matrix: Matrix) -> tuple[float, ...]:
    """A matrix as a record holds it."""
    return tuple(value for row in matrix for value in row)


def write_record(obj: Object, record: Record) -> None:
    """Put the record on the object, in place of one that is there."""
    # Blender (4.2 to 5.2) writes a longer array over a shorter one of the same name without making room for it.
    remove_record(obj)
    obj[RECORD] = _to_group(record)


def _to_group(record: Record) -> dict[str, Any]:
    return {
        "uid": record.uid,
        "matrix": _doubles(record.matrix),
        "centre": _doubles(record.centre),
        "scale": float(record.scale),
        "bounds": _doubles(record.bounds),
        "triangles": int(record.triangles),
        # An empty array can't be stored.
        **({"points": record.points} if record.points else {}),
        **(
            {"vertices": int(record.vertices), "anchors": record.anchors, "mean": _doubles(record.mean)}
            if record.anchors
            else {}
        ),
        **({"shape_key": record.shape_key} if record.shape_key else {}),
        "format": int(record.format),
        # Whole seconds; Blender's integers end in 2038.
        "time": float(record.time),
        **({"earlier_id": record.earlier_id} if record.earlier_id else {}),
        **({"earlier": _to_group(record.earlier)} if record.earlier else {}),
    }


def read_record(obj: Object) -> Record | None:
    """The record of the object's task; None where there is none, or where any of it can't be what this add-on wrote."""
    group = _current_group(obj)
    return _from_group(group) if group is not None else None


def read_newest_record(obj: Object) -> Record | None:
    """The record of the last press, also where the object has its earlier task again."""
    group = _group(obj)
    record = _from_group(group) if group is not None else None
    if group is None or record is None:
        return None
    earlier = _earlier_group(group)
    return record._replace(earlier_id=_earlier_id(group), earlier=_from_group(earlier) if earlier is not None else None)


def read_earlier(obj: Object) -> tuple[str, Record | None]:
    """The id and the record of the task that an object goes back to if a new one is refused; "" where there is none."""
    if task_id := task_id_of(obj):
        return task_id, read_record(obj)
    newest = read_newest_record(obj)
    return (newest.earlier_id, newest.earlier) if newest else ("", None)


def _from_group(group: IDPropertyGroup) -> Record | None:
    anchored = group.get("anchors") is not None
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
            points=_points(group, "points"),
            vertices=_whole(group, "vertices") if anchored else 0,
            anchors=_points(group, "anchors") if anchored else (),
            mean=_numbers(group, "mean", 3) if anchored else (0.0, 0.0, 0.0),
            shape_key=_name(group, "shape_key"),
        )
    except (KeyError, TypeError, ValueError):
        return None
    low, high = record.bounds[:3], record.bounds[3:]
    sound = bool(record.uid) and record.scale > 0 and 0 <= record.triangles < 2**31 and record.time >= 0
    sound = sound and len(record.anchors) <= 3 * record.vertices < 2**33 and 1 / _LARGEST < record.scale < _LARGEST
    sound = sound and all(abs(value) < _LARGEST for value in (*record.matrix, *record.centre, *record.bounds))
    return record if sound and all(a <= b for a, b in zip(low, high, strict=True)) else None


def remove_record(obj: Object) -> None:
    """Remove the record from the object, if it has one."""
    if RECORD in obj:
        del obj[RECORD]


def uid_of(obj: Object) -> str:
    """The uid in the record of the object's task, without reading the rest; "" where there is none."""
    group = _current_group(obj)
    return _uid(group) if group is not None else ""


def newest_uid_of(obj: Object) -> str:
    """The uid of the last press, also where the object has its earlier task again; "" where there is none."""
    group = _group(obj)
    return _uid(group) if group is not None else ""


def has_earlier_again(obj: Object) -> bool:
    """Whether the object has the task of before the last press, since that one was refused or stopped unsent."""
    group = _group(obj)
    return group is not None and bool(group.get(_GIVEN_BACK)) and task_id_of(obj) == _earlier_id(group) != ""


def settle_task_id(obj: Object, task_id: str, *, unsent: bool) -> bool:
    """Put the id of the last press's task on the object; gives whether anything changed.

    While it has none (""), the object has no id either; if it is ``unsent`` for good, that of the task before. An id
    that a script has set stays.
    """
    group = _group(obj)
    if group is None:
        return False
    now, earlier_id = task_id_of(obj), _earlier_id(group)
    if now and not has_earlier_again(obj):
        return False
    gives_back = unsent and not task_id and bool(earlier_id)
    if gives_back:
        task_id = earlier_id
    if task_id == now:
        return False
    if gives_back:
        group[_GIVEN_BACK] = True
    elif group.get(_GIVEN_BACK) is not None:
        del group[_GIVEN_BACK]
    stamp_task_id(obj, task_id)
    return True


def task_id_of(block: Object | Collection) -> str:
    """The task id on an object or a collection; "" where there is none, or something that is no id."""
    return clean_task_id(read_text(block, TASK_ID))


def task_id_of_part(obj: Object) -> str:
    """The id of the task that a part came from; "" for what is no part."""
    return clean_task_id(read_text(obj, PART))


def read_text(block: ID, name: str) -> str:
    """A custom property that is a text; "" where it is not there, or something else."""
    value = block.get(name)
    return value if isinstance(value, str) else ""


def read_texts(block: ID, name: str) -> list[str]:
    """A custom property that is a list of texts; an empty list where it is not there, or something else."""
    value = block.get(name)
    return value if isinstance(value, list) and all(isinstance(one, str) for one in value) else []


def imports_of(obj: Object) -> list[list[Object]]:
    """The parts of each import for the object's task that still is in this file, the last one first.

    Objects of the same shape may share a task; each of them has parts of its own.
    """
    return imports_of_task(task_id_of(obj), obj.name)


def imports_of_task(task_id: str, original: str = "") -> list[list[Object]]:
    """The same for a task, of those for this original if there are any."""
    if not task_id:
        return []
    found = [collection for collection in bpy.data.collections if collection.get(TASK_ID) == task_id]
    if original:
        found = [one for one in found if one.get(ORIGINAL) == original] or [*filter(is_orphaned, found)] or found
    found.sort(key=lambda collection: collection.session_uid, reverse=True)
    return [parts for parts in map(parts_in, found) if parts]


def is_orphaned(collection: Collection) -> bool:
    """Whether the object for which these parts were imported is gone, or has a new name."""
    return read_text(collection, ORIGINAL) not in bpy.data.objects


def collections_in(collection: Collection) -> Iterator[Collection]:
    """The collection that an import has made and those that the user has made in it; not other imports."""
    yield collection
    for child in collection.children:
        if TASK_ID not in child:
            yield from collections_in(child)


def parts_in(collection: Collection) -> list[Object]:
    """The parts in the collection that an import has made; not what the user has put there."""
    found = (obj for one in collections_in(collection) for obj in one.objects if obj.type == "MESH" and PART in obj)
    return list(dict.fromkeys(found))


def parts_of(obj: Object) -> list[Object]:
    """The parts that were imported last for the object's task and still are in this file."""
    return next(iter(imports_of(obj)), [])


def parts_of_task(task_id: str) -> list[Object]:
    """The parts that were imported last for a task and still are in this file."""
    return next(iter(imports_of_task(task_id)), [])


def stamp_task_id(obj: Object, task_id: str) -> None:
    """Set the object's task id; with "" remove it. An object that has it already is not touched."""
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


def _current_group(obj: Object) -> IDPropertyGroup | None:
    """The record that belongs to the id on the object."""
    group = _group(obj)
    if group is None or not (earlier_id := _earlier_id(group)) or task_id_of(obj) != earlier_id:
        return group
    return _earlier_group(group)


def _earlier_id(group: IDPropertyGroup) -> str:
    value = group.get("earlier_id")
    return clean_task_id(value) if isinstance(value, str) else ""


def _earlier_group(group: IDPropertyGroup) -> IDPropertyGroup | None:
    value = group.get("earlier")
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


def _name(group: IDPropertyGroup, name: str) -> str:
    value = group.get(name)
    return value if isinstance(value, str) and len(value) <= _LONGEST_NAME and value.isprintable() else ""


def _points(group: IDPropertyGroup, name: str) -> Sequence[float]:
    from array import array  # not at the top: Blender starts with this module

    value: Any = group.get(name)
    if value is None:
        return array("f")
    if not isinstance(value, IDPropertyArray) or len(value) % 3 or len(value) > 3 * _MOST_POINTS:
        raise ValueError(name)
    points = array("f", [float(number) for number in value])
    if not all(map(math.isfinite, points)):
        raise ValueError(name)
    return points


def _doubles(values: tuple[float, ...]) -> Sequence[float]:
    from array import array

    return array("d", map(float, values))
