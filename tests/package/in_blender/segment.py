# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run in Blender with the extension enabled: the main job, as a user's script does it."""

from __future__ import annotations

import sys
from pathlib import Path

import bpy
from mathutils import Vector

sys.path.insert(0, str(Path(__file__).parent))

from answer import answer


def bounds(objects: list[bpy.types.Object]) -> list[list[float]]:
    """The lowest and the highest corner of all vertices, world frame."""
    points = [obj.matrix_world @ vertex.co for obj in objects for vertex in obj.data.vertices]
    return [[low(point[axis] for point in points) for axis in range(3)] for low in (min, max)]


bpy.ops.object.select_all(action="DESELECT")
bpy.ops.mesh.primitive_uv_sphere_add(radius=0.8, location=(0, 0, 1.3))
bpy.ops.mesh.primitive_cube_add(size=1.5)
bpy.ops.object.select_all(action="DESELECT")
cube = bpy.context.object
sphere = bpy.data.objects["Sphere"]
cube.select_set(True)
sphere.select_set(True)
bpy.ops.object.join()
cube.location, cube.rotation_euler = Vector((3.0, -2.0, 1.0)), (0.3, -0.2, 0.7)
before = set(bpy.data.objects)

created = bpy.ops.hitem3d.create_task(seg_level="LOW")
task_id = cube["hitem3d_task_id"]
cube.location.x += 4.0  # the parts are to come where the object is by then
imported = bpy.ops.hitem3d.import_result(wait=True, timeout=60.0)
parts = [obj for obj in bpy.data.objects if obj not in before]

answer(
    created=sorted(created),
    imported=sorted(imported),
    task_id=task_id,
    parts=len(parts),
    source_bounds=bounds([cube]),
    parts_bounds=bounds(parts),
)
