# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The GLB with materials and textures, written by Blender's own exporter.

What the objects show becomes one mesh in a scene of its own, so that the exporter meets nothing else of the file: no
hidden objects, no shear that its nodes can't hold. Afterwards the names are taken out, and what images say of their
origin.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from bpy.types import Depsgraph, Material, Mesh, Object
from numpy.typing import NDArray

from ..core.errors import InputError, MissingError
from ..core.values import check_upload_size
from ..mesh.glb import GENERATOR, read_glb, save_glb, written_whole
from ..mesh.surface import Doubles, Frame, Shown, instance_matrices, moved, readable, shown_meshes
from ..mesh.triangles import Floats, Ints, corner_values, local_positions, triangle_loops
from .image_metadata import without_metadata

_NEUTRAL = "model"
_UV = ("Hitem3D UV", "FLOAT2", "CORNER")

Key = tuple[str, str, str]
"""Name, data type and domain of an attribute."""


@dataclass(frozen=True, slots=True)
class _Look:
    """One mesh with everything that decides how it looks."""

    positions: Floats
    """(3, vertices)"""
    corners: Ints
    """(corners,), three to a triangle; what follows is for these corners and triangles, too."""
    normals: Floats | None
    """(corners, 3); None where they follow from sharp triangles alone."""
    smooth: NDArray[np.bool_]
    """(triangles,)"""
    slots: Ints
    """(triangles,), indices into materials."""
    materials: list[Material | None]
    layers: dict[Key, Floats]
    """UV maps (corners, 2) and colours (corners or vertices, 4)."""
    rendered: Key | None
    """The UV map that materials use unless they name another."""

    def corner_order(self, mirrored: bool) -> NDArray[np.int64]:
        """The corners' numbers; each triangle's own in reverse where the place mirrors."""
        order = np.arange(len(self.corners))
        return order.reshape(-1, 3)[:, ::-1].ravel() if mirrored else order


def write_with_materials(objects: Sequence[Object], depsgraph: Depsgraph, frame: Frame, path: Path) -> int:
    """Write what the objects show, with materials, and give the file's size in bytes.

    Raises MissingError without the glTF add-on, TooLargeError, InputError where the exporter fails, StoreError.
    """
    if "gltf" not in dir(bpy.ops.export_scene):
        raise MissingError(
            "Materials are written by the add-on “glTF 2.0 format”, which is off. "
            "Turn it on in Preferences > Add-ons, or send the model without materials."
        )
    parts = _gather(objects, depsgraph)
    with written_whole(path) as part:
        with _scene_of(parts, frame) as scene:
            _export(scene, part)
        size = _make_neutral(part)
        check_upload_size(size)
    return size


def _gather(objects: Iterable[Object], depsgraph: Depsgraph) -> list[tuple[_Look, Doubles]]:
    """Every mesh that the objects show, and its places (places, 3, 4)."""
    looks: dict[int, _Look] = {}
    places: dict[int, list[int]] = {}
    for shown in shown_meshes(objects, depsgraph):
        key = shown.mesh.as_pointer()
        if key not in looks:
            with readable(shown) as mesh:
                if not len(mesh.polygons):
                    continue
                looks[key] = _look(mesh, shown_materials(shown))
        places.setdefault(key, []).append(shown.number)
    matrices = instance_matrices(depsgraph)
    return [(look, matrices[places[key]]) for key, look in looks.items()]


def shown_materials(shown: Shown) -> list[Material | None]:
    """The user's materials that the mesh's slots show: an object can have its own in place of the mesh's."""
    materials = list(shown.mesh.materials)
    for number, slot in enumerate(shown.thing.material_slots):
        if slot.link == "OBJECT" and number < len(materials):
            materials[number] = slot.material
    return [material.original if material else None for material in materials] or [None]


def _look(mesh: Mesh, materials: list[Material | None]) -> _Look:
    """Read a mesh as Blender's own triangles: another program, or another place, may cut its polygons otherwise."""
    positions = local_positions(mesh)
    triangles, polygons = triangle_loops(mesh, positions)
    loops = triangles.ravel()
    slots = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("material_index", slots)
    smooth = np.empty(len(mesh.polygons), np.bool_)
    mesh.polygons.foreach_get("use_smooth", smooth)
    normals = None
    if mesh.normals_domain == "CORNER":
        normals = np.empty((len(mesh.loops), 3), np.float32)
        mesh.corner_normals.foreach_get("vector", normals.ravel())
        normals = normals[loops]
    layers: dict[Key, Floats] = {}
    rendered = None
    for layer in mesh.uv_layers:
        key = (layer.name, "FLOAT2", "CORNER")
        values = np.empty((len(mesh.loops), 2), np.float32)
        mesh.attributes[layer.name].data.foreach_get("vector", values.ravel())
        layers[key] = values[loops]
        if layer.active_render:
            rendered = key
    for colours in mesh.color_attributes:
        values = np.empty((len(colours.data), 4), np.float32)
        colours.data.foreach_get("color", values.ravel())
        layers[colours.name, colours.data_type, colours.domain] = (
            values[loops] if colours.domain == "CORNER" else values
        )
    return _Look(
        positions=positions,
        corners=corner_values(mesh, ".corner_vert")[loops],
        normals=normals,
        smooth=smooth[polygons],
        slots=np.clip(slots, 0, len(materials) - 1)[polygons],
        materials=materials,
        layers=layers,
        rendered=rendered,
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """One mesh in some of its places, none of which mirrors, or all do; and where it goes in the joined mesh."""

    look: _Look
    matrices: Doubles
    mirrored: bool
    vertex: int
    corner: int

    def vertices(self) -> slice:
        return slice(self.vertex, self.vertex + len(self.matrices) * self.look.positions.shape[1])

    def corners(self) -> slice:
        return slice(self.corner, self.corner + len(self.matrices) * len(self.look.corners))

    def vertex_of_corners(self) -> Ints:
        """For each corner of each place in turn, its vertex in the joined mesh."""
        one = self.look.corners[self.look.corner_order(self.mirrored)]
        starts = self.vertex + self.look.positions.shape[1] * np.arange(len(self.matrices))
        return (one + starts[:, None]).ravel().astype(np.int32)


def _runs(parts: Sequence[tuple[_Look, Doubles]]) -> list[_Run]:
    runs: list[_Run] = []
    vertex = corner = 0
    for look, matrices in parts:
        turned = np.linalg.det(matrices[:, :, :3]) < 0
        for mirrored in (False, True):
            if (turned == mirrored).any():
                runs.append(_Run(look, matrices[turned == mirrored], mirrored, vertex, corner))
                vertex, corner = runs[-1].vertices().stop, runs[-1].corners().stop
    return runs


def _fill(mesh: Mesh, runs: Sequence[_Run], frame: Frame) -> None:
    """Make an empty mesh the one that holds all runs, in the coordinates that are sent."""
    mesh.vertices.add(runs[-1].vertices().stop)
    mesh.loops.add(runs[-1].corners().stop)
    positions = [frame.sent(moved(run.look.positions, run.matrices)).reshape(3, -1).T for run in runs]
    mesh.vertices.foreach_set("co", np.concatenate(positions).ravel())
    mesh.loops.foreach_set("vertex_index", np.concatenate([run.vertex_of_corners() for run in runs]))

    mesh.polygons.add(len(mesh.loops) // 3)
    mesh.polygons.foreach_set("loop_start", np.arange(0, len(mesh.loops), 3, dtype=np.int32))
    materials: dict[Material | None, int] = {}
    slots = []
    for run in runs:
        numbers = np.array(
            [materials.setdefault(material, len(materials)) for material in run.look.materials], np.int32
        )
        slots.append(np.tile(numbers[run.look.slots], len(run.matrices)))
    for material in materials:
        mesh.materials.append(material)
    mesh.polygons.foreach_set("material_index", np.concatenate(slots))
    smooth = [np.tile(run.look.smooth, len(run.matrices)) for run in runs]
    mesh.polygons.foreach_set("use_smooth", np.concatenate(smooth))
    mesh.update(calc_edges=True)
    _fill_layers(mesh, runs)
    if any(run.look.normals is not None for run in runs):
        mesh.normals_split_custom_set(_normals(mesh, runs))


def _fill_layers(mesh: Mesh, runs: Sequence[_Run]) -> None:
    rendered = {run.look.rendered for run in runs if run.look.rendered}
    common = rendered.pop() if len(rendered) == 1 else _UV
    layers: dict[Key, Floats] = {}
    for run in runs:
        order = run.look.corner_order(run.mirrored)
        # The first UV map is the one that a program takes that knows only one.
        first = {common: run.look.layers[run.look.rendered]} if run.look.rendered else {}
        for key, one in (first | run.look.layers).items():
            if key[2] == "CORNER":
                values, total, where = one[order], len(mesh.loops), run.corners()
            else:
                values, total, where = one, len(mesh.vertices), run.vertices()
            whole = layers.setdefault(key, np.zeros((total, one.shape[1]), np.float32))
            whole[where] = np.tile(values, (len(run.matrices), 1))
    for (name, kind, domain), whole in layers.items():
        if kind == "FLOAT2":
            layer = mesh.uv_layers.new(name=name, do_init=False)
            mesh.attributes[layer.name].data.foreach_set("vector", whole.ravel())
            mesh.uv_layers[layer.name].active_render = (name, kind, domain) == common
        else:
            colours = mesh.color_attributes.new(name, kind, domain)
            colours.data.foreach_set("color", whole.ravel())


def _normals(mesh: Mesh, runs: Sequence[_Run]) -> Floats:
    """The normals of all corners, (corners, 3): those that are not given follow from the mesh as it is."""
    normals = np.empty((len(mesh.loops), 3), np.float32)
    mesh.corner_normals.foreach_get("vector", normals.ravel())
    for run in runs:
        if run.look.normals is None:
            continue
        x, y, z = (run.matrices[:, axis, :3] for axis in range(3))
        cofactors = np.stack((np.cross(y, z), np.cross(z, x), np.cross(x, y)), axis=1) * (-1 if run.mirrored else 1)
        moved_normals = run.look.normals[run.look.corner_order(run.mirrored)] @ cofactors.transpose(0, 2, 1)
        lengths = np.linalg.norm(moved_normals, axis=2, keepdims=True)
        normals[run.corners()] = (moved_normals / np.where(lengths, lengths, 1)).reshape(-1, 3)
    return normals


@contextmanager
def _scene_of(parts: Sequence[tuple[_Look, Doubles]], frame: Frame) -> Iterator[bpy.types.Scene]:
    """A scene with one object; nothing of it is left afterwards."""
    mesh = bpy.data.meshes.new(_NEUTRAL)
    thing = bpy.data.objects.new(_NEUTRAL, mesh)
    scene = bpy.data.scenes.new(_NEUTRAL)
    try:
        scene.collection.objects.link(thing)
        _fill(mesh, _runs(parts), frame)
        yield scene
    finally:
        bpy.data.scenes.remove(scene)
        bpy.data.objects.remove(thing)
        bpy.data.meshes.remove(mesh)


def _export(scene: bpy.types.Scene, path: Path) -> None:
    try:
        with bpy.context.temp_override(scene=scene, view_layer=scene.view_layers[0]):
            bpy.ops.export_scene.gltf(
                filepath=str(path),
                export_format="GLB",
                use_active_scene=True,
                export_materials="EXPORT",
                export_animations=False,
                export_skins=False,
                export_morph=False,
                export_cameras=False,
                export_lights=False,
                export_extras=False,
            )
    except RuntimeError as error:
        raise InputError(
            "Blender's glTF exporter could not write this model with its materials. "
            "Send it without materials, or free some disk space."
        ) from error


def _make_neutral(path: Path) -> int:
    """Take out names, custom properties and the images' metadata; gives the size in bytes."""
    document, binary = read_glb(path)
    document["asset"] = {"version": "2.0", "generator": GENERATOR}
    _forget_names(document)
    for image in document.get("images", ()):
        view = document["bufferViews"][image["bufferView"]]
        start, end = view.get("byteOffset", 0), view.get("byteOffset", 0) + view["byteLength"]
        kept = without_metadata(bytes(binary[start:end]))
        binary[start:end] = kept.ljust(end - start, b"\0")
        view["byteLength"] = len(kept)
    return save_glb(path, document, binary)


def _forget_names(value: Any) -> None:
    """Remove every name and all extras in a glTF document; nothing in it is referred to by name."""
    if isinstance(value, list):
        for item in value:
            _forget_names(item)
    elif isinstance(value, dict):
        value.pop("name", None)
        value.pop("extras", None)
        for item in value.values():
            _forget_names(item)
