# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that are sent, what a service makes of them, and how far the parts then are from where they belong."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import bpy
import numpy as np
from mathutils import Euler, Matrix
from sandbox import meshes, with_bpy, writers
from sandbox.meshes import Mesh
from scipy.spatial import cKDTree

from hitem3d_addon.core.task import SegmentationRequest
from hitem3d_addon.core.values import OutputFormat
from hitem3d_addon.mesh.scratch import ScratchScene
from hitem3d_addon.mesh.surface import gather, moved
from hitem3d_addon.receive.scene_import import Imported, import_result
from hitem3d_addon.send.export import export_glb
from hitem3d_addon.send.submission import Submission
from hitem3d_addon.session.record import Record, read_record, write_record

Object = bpy.types.Object


def add_monkey(name: str = "Monkey", matrix: Matrix | None = None) -> Object:
    """A model that no turn maps onto itself (a mirror does), active and selected."""
    bpy.ops.mesh.primitive_monkey_add()
    thing = bpy.context.object
    thing.name = name
    thing.matrix_world = matrix or Matrix()
    bpy.context.view_layer.update()
    return thing


def add_mesh(name: str, vertices: Sequence[Sequence[float]], faces: Sequence[Sequence[int]]) -> Object:
    """An object with this mesh, active and selected."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(vertices, [], faces)
    thing = bpy.data.objects.new(name, mesh)
    bpy.context.collection.objects.link(thing)
    thing.select_set(True)
    bpy.context.view_layer.objects.active = thing
    bpy.context.view_layer.update()
    return thing


def turned(x: float, y: float, z: float) -> Matrix:
    return Euler((x, y, z)).to_matrix().to_4x4()


def plain(thing: Object) -> None:
    thing.matrix_world = Matrix.Translation((3, -2, 1)) @ turned(0.4, 0.2, 1.1)


def stretched_and_mirrored(thing: Object) -> None:
    thing.matrix_world = Matrix.Translation((3, -2, 1)) @ turned(0.4, 0.2, 1.1) @ Matrix.Diagonal((2, -0.5, 3, 1))


def sheared(thing: Object) -> None:
    parent = bpy.data.objects.new("Parent", None)
    bpy.context.collection.objects.link(parent)
    parent.matrix_world = Matrix.Translation((1, 2, 3)) @ Matrix.Diagonal((1, 3, 0.5, 1))
    thing.parent = parent
    thing.matrix_local = Matrix.Translation((0.3, 0, 1)) @ turned(0.5, 0.7, 0.2)


def other_units(thing: Object) -> None:
    bpy.context.scene.unit_settings.scale_length = 0.001
    plain(thing)


def far_away(thing: Object) -> None:
    thing.matrix_world = Matrix.Translation((1e5, -3e4, 7e3)) @ turned(0.4, 0.2, 1.1)


def tiny(thing: Object) -> None:
    thing.matrix_world = Matrix.Translation((0.3, 0.1, 0.2)) @ turned(0.4, 0.2, 1.1) @ Matrix.Scale(0.03, 4)


def instances(thing: Object) -> None:
    """Its copies stand on the vertices of a crooked tetrahedron, which is what is sent; it goes along with it."""
    ends = [(0, 0, 0), (5, 0, 0.3), (0.7, 6, 0), (0.2, 0.5, 7)]
    place = add_mesh("Places", ends, [(0, 2, 1), (0, 1, 3), (1, 2, 3), (0, 3, 2)])
    place.instance_type = "VERTS"
    thing.parent = place


TRANSFORMS: dict[str, Callable[[Object], None]] = {
    function.__name__: function
    for function in (plain, stretched_and_mirrored, sheared, other_units, far_away, tiny, instances)
}


def move_on(thing: Object) -> None:
    """What the user does while the service works: the object is moved, turned, scaled and mirrored."""
    thing.matrix_world = (
        Matrix.Translation((-4, 1, 2)) @ turned(1, -0.3, 2) @ Matrix.Diagonal((1.5, -0.8, 1.1, 1)) @ thing.matrix_world
    )
    bpy.context.view_layer.update()


def send(thing: Object, folder: Path, output_format: OutputFormat = OutputFormat.GLB) -> tuple[Path, Record]:
    """Export the object and put the record on it, as create-task does. Gives the file and the record as read back."""
    path = send_together([thing], folder, output_format)
    record = read_record(thing)
    assert record
    return path, record


def send_together(things: Sequence[Object], folder: Path, output_format: OutputFormat = OutputFormat.GLB) -> Path:
    """Export the objects as one model and put its record on each."""
    bpy.context.view_layer.update()
    path = folder / "mesh.glb"
    sent = export_glb(things, bpy.context.evaluated_depsgraph_get(), path, output_format=output_format)
    request = SegmentationRequest(mesh=path, format=output_format)
    submission = Submission("0123456789abcdef" * 2, things[0].name, things, request, sent)
    for thing in things:
        write_record(thing, submission.record_for(thing))
    return path


def keep(points: np.ndarray) -> np.ndarray:
    return points


def normalise(points: np.ndarray) -> np.ndarray:
    """The middle of the bounds at the origin, the longest side 1."""
    low, high = points.min(axis=0), points.max(axis=0)
    return (points - (low + high) / 2) / (high - low).max()


def swap_axes(points: np.ndarray) -> np.ndarray:
    """Turned by 90 degrees about X."""
    return np.stack((points[:, 0], -points[:, 2], points[:, 1]), axis=1)


def on_the_ground(points: np.ndarray) -> np.ndarray:
    """Moved off the origin, the lowest point at Y = 0."""
    return points - (0.3, points[:, 1].min(), -0.2)


def everything(points: np.ndarray) -> np.ndarray:
    return swap_axes(normalise(points)) * 3 + (0.1, 2, 0.4)


GEOMETRIES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    function.__name__: function for function in (keep, normalise, swap_axes, on_the_ground, everything)
}


def parts_of(sent: Path, geometry: Callable[[np.ndarray], np.ndarray] = keep, *, weld: bool = False) -> list[Mesh]:
    """What was sent, cut into slices that touch, its coordinates changed."""
    mesh = meshes.read_mesh(sent)
    if weld:
        vertices, places = np.unique(mesh.vertices, axis=0, return_inverse=True)
        mesh = Mesh(vertices, places.reshape(-1)[mesh.triangles])
    middles = mesh.vertices[mesh.triangles].mean(axis=1)[:, 1]
    _, labels = np.unique(np.digitize(middles, np.linspace(middles.min(), middles.max(), 6)), return_inverse=True)
    points = geometry(mesh.vertices.astype(np.float64)).astype(np.float32)
    return meshes.split(Mesh(points, mesh.triangles), labels)


def give_back(parts: Sequence[Mesh], path: Path, merge: str = "nodes", *, zipped: bool = False) -> Path:
    """The parts as a result file, named as a download is; this Blender writes what the sandbox leaves to one."""
    if path.suffix not in (".fbx", ".usdz"):
        return writers.write_parts(parts, path, merge, zipped)
    before = {*bpy.data.objects, *bpy.data.meshes, *bpy.data.materials}
    with ScratchScene() as scratch:
        layer = scratch.scene.view_layers[0]
        with warnings.catch_warnings(), bpy.context.temp_override(scene=scratch.scene, view_layer=layer):
            warnings.simplefilter("ignore")  # Blender's FBX exporter does what NumPy would rather not see
            with_bpy.write([(part.vertices, part.triangles) for part in parts], path, merge)
        bpy.data.batch_remove({*bpy.data.objects, *bpy.data.meshes, *bpy.data.materials} - before)
    return path


def triangles_of(things: Iterable[Object]) -> np.ndarray:
    """(triangles, 3, 3), the corners of all that the objects show, in the world, in float64."""
    things = list(things)
    bpy.context.view_layer.update()
    found = []
    for surface in gather(things, bpy.context.evaluated_depsgraph_get()):
        points = moved(surface.local, surface.matrices)
        for place, matrix in enumerate(surface.matrices):
            # Where a matrix mirrors, Blender shows the triangles the other way round.
            order = [0, 1, 2] if np.linalg.det(matrix[:, :3]) > 0 else [2, 1, 0]
            found.append(points[:, place].T[surface.corners[:, order]])
    return np.concatenate(found)


def worst_corner(parts: Iterable[Object], source: Object) -> float:
    """How far the worst corner of the parts is from where it belongs, in parts of the source's diagonal.

    Each triangle of the source has to come once, wound the same way.
    """
    belongs, found = triangles_of([source]), triangles_of(parts)
    assert len(found) == len(belongs)
    middle, diagonal = belongs.mean(axis=(0, 1)), np.linalg.norm(np.ptp(belongs, axis=(0, 1)))
    belongs, found = belongs - middle, found - middle
    _, nearest = cKDTree(belongs.mean(axis=1)).query(found.mean(axis=1))
    assert len(np.unique(nearest)) == len(belongs)
    turns = np.stack([np.roll(found, turn, axis=1) for turn in range(3)])
    off = np.linalg.norm(turns - belongs[nearest], axis=-1).max(axis=-1).min(axis=0)
    return float(off.max() / diagonal)


def farthest_vertex(parts: Iterable[Object], source: Object) -> float:
    """How far the worst vertex of the parts is from one of the source, or the other way, in parts of its diagonal.

    Whichever way they face, and however their quads are cut into triangles: that depends on the mesh's own scale.
    """
    belongs, found = triangles_of([source]), triangles_of(parts)
    middle, diagonal = belongs.mean(axis=(0, 1)), np.linalg.norm(np.ptp(belongs, axis=(0, 1)))
    one, other = (cKDTree((corners - middle).reshape(-1, 3)) for corners in (belongs, found))
    return float(max(one.query(other.data)[0].max(), other.query(one.data)[0].max()) / diagonal)


def all_data() -> Counter[str]:
    """How many of each kind of data there is."""
    kinds = [prop.identifier for prop in bpy.data.bl_rna.properties if prop.type == "COLLECTION"]
    return Counter({kind: len(getattr(bpy.data, kind)) for kind in kinds if kind != "all_ids"})


def bring_in(source: Object | None, result: tuple[Path, Record | None], **options: str | bool) -> Imported:
    """Import what came back for the monkey."""
    return import_result(bpy.context, result[0], source, result[1], name="Monkey", **options)


def state() -> tuple[object, ...]:
    """What of the user's an import must not touch."""
    context, scene = bpy.context, bpy.context.scene
    return (
        context.window.scene.name,
        context.mode,
        context.view_layer.objects.active,
        tuple(scene.cursor.matrix[0]),
        scene.frame_current,
        (scene.frame_start, scene.frame_end, scene.render.fps),
        scene.unit_settings.scale_length,
        context.preferences.is_dirty,
        context.view_layer.active_layer_collection.name,
    )
