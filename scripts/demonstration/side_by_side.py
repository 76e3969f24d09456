# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture of two states of a model, side by side, with two lines under each."""

from __future__ import annotations

from collections.abc import Sequence
from math import radians
from pathlib import Path
from typing import NamedTuple

import bpy
import numpy as np
from blender.output import silenced
from bpy.types import Material, Mesh, Object, Scene
from mathutils import Color, Euler, Matrix, Vector
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Points = NDArray[np.float64]
Colour = tuple[float, float, float, float]

WIDTH, HEIGHT = 1280, 720
SAMPLES = 16
"""Few: the denoiser does the rest."""
VIEW = Euler((radians(70.0), 0.0, radians(-30.0)))
"""From the front, a little from the left and from above; the camera sees no perspective."""
LENGTH = 2.0
"""Metres that the model is scaled to, so that the lights fit any."""
APART = 0.3
"""How much further than before a part is from the middle."""
FILLED = (0.86, 0.74)
"""The share of its half of the picture that a model takes at most, across and up."""
FLOOR = (0.77, 0.77, 0.77, 1.0)
"""White in the picture, in this light; the camera sees nothing else around the models."""
INK, PALE_INK = (52, 60, 72), (118, 128, 142)


class Half(NamedTuple):
    """A half of a picture: models, and two lines under them."""

    title: str
    detail: str
    meshes: Sequence[Mesh]


def fit(whole: Sequence[Mesh], meshes: Sequence[Mesh]) -> None:
    """Scale meshes, and bring them to the origin, as the whole needs it for the lights."""
    middle, size = _extent(whole)
    place = Matrix.Scale(LENGTH / max(float(size.max()), 1e-9), 4) @ Matrix.Translation(Vector(-middle))
    for mesh in meshes:
        mesh.transform(place)


def colour_and_pull_apart(meshes: Sequence[Mesh], parts: Sequence[Object]) -> None:
    """Show the meshes of parts, fitted, in the colours of the parts and a little away from the middle."""
    for mesh, part in zip(meshes, parts, strict=True):
        # An object's colour is the one that is seen; a surface's colour is the light that it reflects.
        paint(mesh, (*Color(part.color[:3]).from_srgb_to_scene_linear(), 1.0))
        mesh.transform(Matrix.Translation(APART * Vector(_extent([mesh])[0])))


def render_side_by_side(left: Half, right: Half, file: Path) -> None:
    """Write a picture of both, a PNG; leaves a scene in the open file."""
    scene = bpy.data.scenes.new("Side by side")
    _arrange(scene, left.meshes, right.meshes)
    _light(scene)
    _render(scene, file)
    with Image.open(file) as rendered:
        picture = rendered.convert("RGB")
    for half, across in ((left, 1 / 4), (right, 3 / 4)):
        _label(picture, across, half.title, half.detail)
    picture.save(file)


def seen(objects: Sequence[Object]) -> list[Mesh]:
    """New meshes of what objects show, modifiers applied, in the world's frame."""
    depsgraph = bpy.context.evaluated_depsgraph_get()
    return [_seen(obj, depsgraph) for obj in objects]


def _seen(obj: Object, depsgraph: bpy.types.Depsgraph) -> Mesh:
    mesh = bpy.data.meshes.new_from_object(obj.evaluated_get(depsgraph), depsgraph=depsgraph)
    mesh.transform(obj.matrix_world)
    if obj.matrix_world.is_negative:
        mesh.flip_normals()
    mesh.calc_loop_triangles()
    return mesh


def _points(meshes: Sequence[Mesh]) -> Points:
    """All vertices: (n, 3)."""
    arrays = []
    for mesh in meshes:
        points = np.empty(3 * len(mesh.vertices), np.float32)
        mesh.vertices.foreach_get("co", points)
        arrays.append(points.reshape(-1, 3).astype(np.float64))
    return np.concatenate(arrays)


def _extent(meshes: Sequence[Mesh]) -> tuple[Points, Points]:
    """The centre and the size of the bounds."""
    points = _points(meshes)
    low, high = points.min(axis=0), points.max(axis=0)
    return (low + high) / 2, high - low


def paint(mesh: Mesh, colour: Colour) -> None:
    """Give the whole mesh one colour, as linear light."""
    mesh.materials.clear()
    mesh.materials.append(material(colour))


def material(colour: Colour) -> Material:
    """A new material that reflects this colour, as linear light."""
    made = bpy.data.materials.new("Paint")
    if made.node_tree is None:  # from Blender 5.0 on it is there from the start
        made.use_nodes = True
    surface = next(node for node in made.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    surface.inputs["Base Color"].default_value = colour
    surface.inputs["Roughness"].default_value = 0.55
    return made


def _arrange(scene: Scene, before: Sequence[Mesh], after: Sequence[Mesh]) -> None:
    """Stand both on the floor, each in the middle of its half, and look at them."""
    right, up = (np.array(VIEW.to_matrix() @ Vector(axis)) for axis in ((1, 0, 0), (0, 1, 0)))
    halves = {-1: before, 1: after}
    standing = {side: _points(meshes)[:, 2].min() for side, meshes in halves.items()}
    across, tall = {}, []
    for side, meshes in halves.items():
        points = _points(meshes) - (0, 0, standing[side])
        across[side] = points @ right
        tall.append(points @ up)
    heights = np.concatenate(tall)
    width = max(
        2 * max(float(np.ptp(one)) for one in across.values()) / FILLED[0],
        float(np.ptp(heights)) / FILLED[1] * WIDTH / HEIGHT,
    )
    for side, meshes in halves.items():
        middle = (across[side].max() + across[side].min()) / 2
        place = right * (side * width / 4 - middle) - (0, 0, standing[side])
        for mesh in meshes:
            obj = bpy.data.objects.new(mesh.name, mesh)
            obj.location = place
            scene.collection.objects.link(obj)
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.data.type, camera.data.ortho_scale = "ORTHO", width
    away = np.array(VIEW.to_matrix() @ Vector((0, 0, 1)))
    # A little below the middle, to leave room for the words under the models.
    camera.location = away * 30 + up * (float(heights.max() + heights.min()) / 2 - 0.035 * width)
    camera.rotation_euler = VIEW
    camera.data.clip_end = 100
    scene.collection.objects.link(camera)
    scene.camera = camera


def _light(scene: Scene) -> None:
    """Bright from all sides, one large soft lamp from the upper left, on a plain floor."""
    scene.world = bpy.data.worlds.new("Studio")
    if scene.world.node_tree is None:
        scene.world.use_nodes = True
    sky = next(node for node in scene.world.node_tree.nodes if node.type == "BACKGROUND")
    sky.inputs["Color"].default_value, sky.inputs["Strength"].default_value = (0.92, 0.96, 1.0, 1.0), 0.55
    turn = Matrix.Rotation(VIEW.z, 4, "Z")
    for name, place, strength, angle in (("Key", (-3, -4, 8), 2.0, 25.0), ("Rim", (5, 2, 4), 0.9, 40.0)):
        lamp = bpy.data.objects.new(name, bpy.data.lights.new(name, "SUN"))
        lamp.data.energy, lamp.data.angle = strength, radians(angle)
        lamp.data.use_shadow = name == "Key"
        lamp.rotation_euler = (turn @ Vector(place)).to_track_quat("Z", "Y").to_euler()
        scene.collection.objects.link(lamp)
    floor = bpy.data.objects.new("Floor", bpy.data.meshes.new("Floor"))
    floor.data.from_pydata([(-50, -50, 0), (50, -50, 0), (50, 50, 0), (-50, 50, 0)], [], [(0, 1, 2, 3)])
    paint(floor.data, FLOOR)
    scene.collection.objects.link(floor)


def _render(scene: Scene, file: Path) -> None:
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = SAMPLES
    scene.cycles.use_denoising = True
    scene.cycles.max_bounces = 2
    scene.render.resolution_x, scene.render.resolution_y = WIDTH, HEIGHT
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGB"
    scene.render.filepath = str(file)
    scene.view_settings.view_transform = "Standard"
    with silenced():
        bpy.ops.render.render(write_still=True, scene=scene.name)


def _label(picture: Image.Image, across: float, title: str, detail: str) -> None:
    """Two lines under a half of the picture."""
    draw = ImageDraw.Draw(picture)
    for text, size, height, colour in ((title, 28, 0.895, INK), (detail, 19, 0.943, PALE_INK)):
        place = (across * WIDTH, height * HEIGHT)
        draw.text(place, text, fill=colour, font=ImageFont.load_default(size), anchor="mm")
