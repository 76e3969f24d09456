# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models of our own: the demo's robot, one mesh with modifiers, turned and away from the origin; and a ring."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import radians

import bmesh
import bpy
from bpy.types import Object
from mathutils import Euler, Matrix, Vector

LOCATION = (2.5, -1.5, 0.4)
ROTATION = (0.0, 0.0, radians(-10.0))


def make() -> Object:
    """Begin an empty file, put the robot in it, and give the robot, selected and active.

    Only its left half is modelled: a mirror makes the other one and a bevel rounds the edges.
    """
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return add_robot()


def add_robot() -> Object:
    """Put the robot in the open file."""
    mesh = bpy.data.meshes.new("Robot")
    robot = bpy.data.objects.new("Robot", mesh)
    form = bmesh.new()
    _model(form)
    form.to_mesh(mesh)
    form.free()
    robot.location, robot.rotation_euler = LOCATION, ROTATION
    mirror = robot.modifiers.new("Mirror", "MIRROR")
    mirror.use_clip = True
    bevel = robot.modifiers.new("Bevel", "BEVEL")
    bevel.width, bevel.segments, bevel.limit_method = 0.03, 3, "ANGLE"
    bevel.angle_limit = radians(50.0)
    bevel.use_clamp_overlap = False  # the shortest edge anywhere would set the width everywhere
    bpy.context.collection.objects.link(robot)
    bpy.context.view_layer.objects.active = robot
    robot.select_set(True)
    bpy.context.view_layer.update()
    return robot


def make_ring(minor_radius: float) -> Object:
    """Begin an empty file, and put a ring in it, tilted towards the camera."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.mesh.primitive_torus_add(
        major_segments=96, minor_segments=48, minor_radius=minor_radius, rotation=(1.0, 0.0, 0.3)
    )
    ring = bpy.context.object
    assert ring
    return ring


def _model(form: bmesh.types.BMesh) -> None:
    """Everything at x >= 0, one metre to the unit, standing on z = 0 and looking along -y."""
    with _half(form):
        _box(form, (0, 0, 1.02), (0.74, 0.5, 0.72))  # body
        _box(form, (0, 0, 1.76), (0.86, 0.62, 0.56))  # head
        _cylinder(form, (0, 0, 1.43), 0.13, 0.2)  # neck
        _cylinder(form, (0, 0, 2.13), 0.04, 0.24)  # antenna
        _ball(form, (0, 0, 2.3), 0.09)
        _cylinder(form, (0, -0.27, 1.05), 0.16, 0.08, axis="Y")  # dial
    _cylinder(form, (0.2, -0.32, 1.8), 0.11, 0.1, axis="Y")  # eye
    _cylinder(form, (0.47, 0, 1.76), 0.14, 0.12, axis="X")  # ear
    _ball(form, (0.46, 0, 1.24), 0.15)  # shoulder
    _cylinder(form, (0.56, -0.02, 0.97), 0.085, 0.46, tilt=radians(-14.0))  # arm
    _ball(form, (0.64, -0.03, 0.68), 0.14)  # hand
    _cylinder(form, (0.2, 0, 0.46), 0.11, 0.5)  # leg
    _box(form, (0.21, -0.08, 0.12), (0.3, 0.5, 0.22))  # foot


@contextmanager
def _half(form: bmesh.types.BMesh) -> Iterator[None]:
    """Keep only what lies at x >= 0 of what is made inside."""
    yield
    everything = [*form.verts, *form.edges, *form.faces]
    bmesh.ops.bisect_plane(form, geom=everything, dist=1e-5, plane_co=(0, 0, 0), plane_no=(1, 0, 0), clear_inner=True)


def _box(form: bmesh.types.BMesh, centre: tuple[float, ...], size: tuple[float, ...]) -> None:
    bmesh.ops.create_cube(form, size=1.0, matrix=Matrix.LocRotScale(Vector(centre), None, Vector(size)))


def _ball(form: bmesh.types.BMesh, centre: tuple[float, ...], radius: float) -> None:
    before = set(form.faces)
    bmesh.ops.create_uvsphere(form, u_segments=24, v_segments=16, radius=radius, matrix=Matrix.Translation(centre))
    for face in set(form.faces) - before:
        face.smooth = True


def _cylinder(
    form: bmesh.types.BMesh,
    centre: tuple[float, ...],
    radius: float,
    length: float,
    *,
    axis: str = "Z",
    tilt: float = 0.0,
) -> None:
    quarter = radians(90.0)
    turn = {"X": Euler((0, quarter, 0)), "Y": Euler((quarter, 0, 0)), "Z": Euler((0, tilt, 0))}[axis]
    bmesh.ops.create_cone(
        form,
        cap_ends=True,
        segments=32,
        radius1=radius,
        radius2=radius,
        depth=length,
        matrix=Matrix.LocRotScale(Vector(centre), turn, None),
    )
