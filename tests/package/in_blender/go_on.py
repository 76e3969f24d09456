# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run in Blender with the extension enabled: go on with the three objects of a file that an earlier version saved.

Arguments after ``--``: the file, the id of the task that waits, and the id of the task that may have been created. The
service works at its own addresses now, so their ids are not those that the file has.
"""

from __future__ import annotations

import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))

from answer import answer

MODULE = "bl_ext.user_default.hitem3d"
SETTINGS = (
    "access_key", "secret_key", "api_url", "seg_level", "format", "include_materials", "include_children", "auto_import"
)  # fmt: skip
file, waiting_id, uncertain_id = sys.argv[sys.argv.index("--") + 1 :]


def bounds(objects: list[bpy.types.Object]) -> list[list[float]]:
    """The lowest and the highest corner of all vertices, world frame."""
    points = [obj.matrix_world @ vertex.co for obj in objects for vertex in obj.data.vertices]
    return [[low(point[axis] for point in points) for axis in range(3)] for low in (min, max)]


def import_parts(obj: bpy.types.Object) -> dict[str, list[list[float]]]:
    """Move the object and import its parts; gives where both are."""
    obj.location.x += 3.0
    before = set(bpy.data.objects)
    bpy.ops.hitem3d.import_result(wait=True, timeout=60.0)
    return {"source": bounds([obj]), "parts": bounds([one for one in bpy.data.objects if one not in before])}


def activate(name: str) -> bpy.types.Object:
    """Make an object the active one, and the only one that is selected."""
    bpy.ops.object.select_all(action="DESELECT")
    obj = bpy.data.objects[name]
    obj.select_set(True)
    bpy.context.view_layer.objects.active = obj
    return obj


def count_labels(obj: bpy.types.Object) -> int:
    """How many parts the faces of an object belong to."""
    return len({value.value for value in obj.data.attributes["hitem3d_part"].data})


preferences = bpy.context.preferences.addons[MODULE].preferences
answer(settings={name: getattr(preferences, name) for name in SETTINGS})

bpy.ops.wm.open_mainfile(filepath=file)
done = activate("Done")
bpy.ops.hitem3d.apply_parts(target="FACE_ATTRIBUTE")
answer(labels=count_labels(done))
brought = next(one for one in bpy.data.collections if one.get("hitem3d_task_id") == done["hitem3d_task_id"])
activate(brought.objects[0].name)
brought.objects[1].select_set(True)
bpy.ops.hitem3d.merge_parts()
merged = [len(brought.objects), count_labels(done)]
bpy.ops.hitem3d.split_parts()
answer(merged=[*merged, len(brought.objects)])
activate("Done")
answer(done=import_parts(done))

waiting = activate("Waiting")
waiting["hitem3d_task_id"] = waiting_id
answer(waiting=import_parts(waiting))

uncertain = activate("Uncertain")
try:
    bpy.ops.hitem3d.import_result(wait=True)
except RuntimeError as error:
    answer(refused=str(error))
bpy.ops.hitem3d.give_task_id(uid=uncertain["hitem3d_task"]["uid"], task_id=uncertain_id)
answer(given=uncertain["hitem3d_task_id"], uncertain=import_parts(uncertain))
