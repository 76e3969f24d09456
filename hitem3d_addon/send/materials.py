# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The GLB with materials and textures, written by Blender's own exporter.

Each mesh that the objects show is copied to where it stands, in a scene of its own, so that the exporter sees nothing
else of the file: no hidden objects, and no shear, which a node of glTF can't hold. Afterwards the names are removed,
and the metadata of images.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from bpy.types import Attribute, Depsgraph, Material, Mesh, Object
from numpy.typing import NDArray

from ..core.errors import InputError, MissingError
from ..core.values import check_upload_size
from ..mesh.arrays import Doubles
from ..mesh.attributes import VALUES, read_values
from ..mesh.glb import GENERATOR, read_glb, save_glb, written_whole
from ..mesh.surface import Frame, Shown, instance_matrices, moved, readable, shown_meshes
from ..mesh.triangles import corner_values, local_positions, polygon_starts, triangle_loops
from .image_metadata import without_metadata
from .places import Places, are_similar, around_origin, corners_apart, divide, spread, to_places

_NEUTRAL = "model"
_SHORT = 0xFFFF
"""Vertices up to which an index takes two bytes and not four: many small meshes are joined up to this."""


def write_with_materials(objects: Sequence[Object], depsgraph: Depsgraph, frame: Frame, path: Path) -> int:
    """Write what the objects show, with materials, and give the file's size in bytes.

    Raises MissingError without the glTF add-on, TooLargeError, InputError where the exporter fails, StoreError.
    """
    if "gltf" not in dir(bpy.ops.export_scene):
        raise MissingError(
            "Materials are written by the add-on “glTF 2.0 format”, which is off. "
            "Turn it on in Preferences > Add-ons, or send the model without materials."
        )
    with written_whole(path) as part:
        with _scene_of(objects, depsgraph, frame) as (scene, places):
            _export(scene, part)
        size = _make_neutral(part, places)
        check_upload_size(size)
    return size


def shown_materials(shown: Shown) -> list[Material | None]:
    """The user's materials that the mesh's slots show: an object can have its own in place of the mesh's."""
    materials = list(shown.mesh.materials)
    for number, slot in enumerate(shown.obj.material_slots):
        if slot.link == "OBJECT" and number < len(materials):
            materials[number] = slot.material
    return [material.original if material else None for material in materials] or [None]


@contextmanager
def _scene_of(
    objects: Sequence[Object], depsgraph: Depsgraph, frame: Frame
) -> Iterator[tuple[bpy.types.Scene, dict[str, Doubles]]]:
    """A scene with objects that hold each mesh; nothing of it is left afterwards.

    Where the file is to have a mesh once for many places, it stands there around the origin, and what takes it to its
    places is given by the name of its object. All other meshes are in all their places: an object for each would be
    slow to export; one object for all of them would need larger indices.
    """
    before = {mesh.session_uid for mesh in bpy.data.meshes}
    scene = bpy.data.scenes.new(_NEUTRAL)
    stands: dict[str, Doubles] = {}
    try:
        copies = _copies(objects, depsgraph)
        divided = [(mesh, places) for mesh, some in copies for places in divide(some, corners_apart(mesh))]
        check_upload_size(sum(_least(mesh) * (1 if one.shared else len(one.matrices)) for mesh, one in divided))
        for mesh, places in divided:
            for placed, nodes in _objects(mesh, places, frame):
                obj = bpy.data.objects.new(_NEUTRAL, placed)
                scene.collection.objects.link(obj)
                if nodes is not None:
                    stands[obj.name] = nodes
        yield scene, stands
    finally:
        made = [*scene.collection.objects, *(mesh for mesh in bpy.data.meshes if mesh.session_uid not in before)]
        bpy.data.scenes.remove(scene)  # removed together with the others, it ends Blender (4.2 to 5.2)
        bpy.data.batch_remove(made)


def _least(mesh: Mesh) -> int:
    """The fewest bytes that a mesh takes in the file: positions and normals, and the smallest indices."""
    vertices = np.count_nonzero(np.bincount(corner_values(mesh, ".corner_vert")))
    return 24 * int(vertices) + 6 * (len(mesh.loops) - 2 * len(mesh.polygons))


def _objects(mesh: Mesh, places: Places, frame: Frame) -> Iterator[tuple[Mesh, Doubles | None]]:
    """The meshes of the objects that are exported for places of a mesh, and where the nodes of a shared one stand."""
    matrices = places.matrices
    if places.shared:
        local = local_positions(mesh)[:, corner_values(mesh, ".corner_vert")]
        middle = (local.min(axis=1) / 2 + local.max(axis=1) / 2).astype(np.float64)
        yield _place(mesh, matrices[:1], around_origin(middle, matrices[0], frame)), to_places(middle, matrices, frame)
        return
    step = max(1, _SHORT // corners_apart(mesh))
    for start in range(0, len(matrices), step):
        yield _place(mesh, matrices[start : start + step], frame), None


def _copies(objects: Sequence[Object], depsgraph: Depsgraph) -> list[tuple[Mesh, Doubles]]:
    """A copy of each mesh that the objects show, with the materials of one object, and its places (places, 3, 4)."""
    matrices = instance_matrices(depsgraph)
    copies: dict[tuple[int, tuple[Material | None, ...]], Mesh] = {}
    places: dict[Mesh, list[int]] = {}
    for shown in shown_meshes(objects, depsgraph):
        materials = shown_materials(shown)
        key = shown.mesh.as_pointer(), tuple(materials)
        if key not in copies:
            with readable(shown) as mesh:
                if not len(mesh.polygons):
                    continue
                copies[key] = mesh.copy()
            for number, material in enumerate(materials[: len(copies[key].materials)]):
                copies[key].materials[number] = material
            _put_rendered_uv_first(copies[key])
        places.setdefault(copies[key], []).append(shown.number)
    return [(mesh, matrices[numbers]) for mesh, numbers in places.items()]


def _put_rendered_uv_first(mesh: Mesh) -> None:
    """Make the UV map that is rendered the first one: programs that know only one take that."""
    names = [layer.name for layer in mesh.uv_layers]
    rendered = next((layer.name for layer in mesh.uv_layers if layer.active_render), "")
    if not rendered or rendered == names[0]:
        return
    values = {}
    for name in names:
        values[name] = np.empty((len(mesh.loops), 2), np.float32)
        mesh.attributes[name].data.foreach_get("vector", values[name].ravel())
        mesh.uv_layers.remove(mesh.uv_layers[name])
    for name in sorted(names, key=lambda name: name != rendered):
        layer = mesh.uv_layers.new(name=name, do_init=False)
        mesh.attributes[layer.name].data.foreach_set("vector", values[name].ravel())
    mesh.uv_layers[rendered].active_render = True


_LOOKS = ("material_index", "sharp_face", "sharp_edge")
"""Attributes that decide how a mesh looks, beside its UV maps and colours."""


def _repeated(mesh: Mesh, times: int, *, triangulated: bool) -> Mesh:
    """A copy that holds the mesh so many times, with all that decides on its look, except custom normals.

    Triangulated, its faces are the triangles that Blender draws; then sharp edges are left out, too.
    """
    if times == 1 and not triangulated:
        return mesh.copy()
    vertices, edges = len(mesh.vertices), len(mesh.edges)
    corners = np.arange(len(mesh.loops), dtype=np.int32)
    faces, starts = np.arange(len(mesh.polygons), dtype=np.int32), polygon_starts(mesh)[:-1]
    if triangulated:
        triangles, faces = triangle_loops(mesh, local_positions(mesh))
        corners, edges, starts = triangles.ravel(), 0, np.arange(0, triangles.size, 3, dtype=np.int32)
    whole = bpy.data.meshes.new(_NEUTRAL)
    number = np.arange(times, dtype=np.int32)[:, None]
    whole.vertices.add(times * vertices)
    whole.edges.add(times * edges)
    whole.loops.add(times * len(corners))
    whole.polygons.add(times * len(faces))
    of_corners = corner_values(mesh, ".corner_vert")[corners] + np.int32(vertices) * number
    whole.loops.foreach_set("vertex_index", of_corners.ravel())
    whole.polygons.foreach_set("loop_start", (starts + np.int32(len(corners)) * number).ravel())
    if not triangulated:
        ends = np.empty(2 * edges, np.int32)
        mesh.edges.foreach_get("vertices", ends)
        whole.edges.foreach_set("vertices", (ends + vertices * number).ravel())
        whole.loops.foreach_set("edge_index", (corner_values(mesh, ".corner_edge") + np.int32(edges) * number).ravel())
    for material in mesh.materials:
        whole.materials.append(material)
    for name in (*mesh.uv_layers.keys(), *mesh.color_attributes.keys(), *_LOOKS):
        found = mesh.attributes.get(name)
        if found and not (triangulated and found.domain == "EDGE"):
            order = {"CORNER": corners, "FACE": faces}.get(found.domain, slice(None)) if triangulated else slice(None)
            _repeat_attribute(found, whole, order, times)
    if triangulated:
        whole.update(calc_edges=True)
    return whole


def _repeat_attribute(found: Attribute, whole: Mesh, order: NDArray[np.int32] | slice, times: int) -> None:
    values = read_values(found)
    made = whole.attributes.get(found.name) or whole.attributes.new(found.name, found.data_type, found.domain)
    made.data.foreach_set(VALUES[found.data_type].prop, np.tile(values[order], (times, 1)).ravel())


def _place(mesh: Mesh, matrices: Doubles, frame: Frame) -> Mesh:
    """A copy of a mesh, once for each (3, 4) matrix where it is sent, computed in float64. All of them mirror, or none.

    The faces still show their outsides.
    """
    # A shear, or another scale for each axis, divides the same polygon into other triangles, and turns normals
    # otherwise.
    similar = bool(are_similar(matrices[:, :, :3]).all())
    triangulated = not similar and len(mesh.loops) > 3 * len(mesh.polygons)
    placed = _repeated(mesh, len(matrices), triangulated=triangulated)
    sent = frame.sent(moved(local_positions(mesh), matrices)).reshape(3, -1)
    placed.attributes["position"].data.foreach_set("vector", np.ascontiguousarray(sent.T).ravel())
    mirrored = bool(np.linalg.det(matrices[0, :, :3]) < 0)
    if mirrored:
        placed.flip_normals()
    placed.update()
    if mesh.normals_domain != "CORNER" or (similar and not mesh.has_custom_normals):
        return placed
    normals = np.empty((len(mesh.loops), 3), np.float32)
    mesh.corner_normals.foreach_get("vector", normals.ravel())
    if triangulated:
        normals = normals[triangle_loops(mesh, local_positions(mesh))[0].ravel()]
    x, y, z = (matrices[:, axis, :3] for axis in range(3))
    cofactors = np.stack((np.cross(y, z), np.cross(z, x), np.cross(x, y)), axis=1) * (-1 if mirrored else 1)
    turned = (normals @ cofactors.transpose(0, 2, 1)).reshape(-1, 3)
    lengths = np.linalg.norm(turned, axis=1, keepdims=True)
    turned = (turned / np.where(lengths, lengths, 1)).astype(np.float32)
    placed.normals_split_custom_set(turned[_flipped(placed)] if mirrored else turned)
    return placed


def _flipped(mesh: Mesh) -> NDArray[np.int64]:
    """Which corner each one was before the faces were flipped: the first stays, the others come in reverse order."""
    starts = polygon_starts(mesh).astype(np.int64)
    polygons = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    corners = np.arange(len(polygons))
    first, end = starts[polygons], starts[polygons + 1]
    return np.where(corners == first, corners, end - (corners - first))


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


def _make_neutral(path: Path, places: Mapping[str, Doubles]) -> int:
    """Remove names, custom properties and the metadata of images; give the size in bytes.

    The nodes with these names are put in their places.
    """
    document, binary = read_glb(path)
    spread(document, places)
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
