# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects -> one GLB to send, and what was sent, so that the parts can be placed when they come back.

What is sent is what is seen: modifiers, instances, unsaved edits. World orientation and scale are baked in, and it is
centred, because float32 loses precision far from the origin. Nothing of the user's scene changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import bpy

from ..core.errors import InputError, MissingError
from ..core.values import OutputFormat, check_upload_size
from ..mesh.glb import glb_head, glb_size, index_bytes, write_glb

if TYPE_CHECKING:  # Some builds of Blender have no NumPy: the user is told when they export, not when the add-on loads.
    import numpy as np
    from numpy.typing import NDArray

    from ..mesh.surface import Frame, Surface

POINTS = 256

Bounds = tuple[float, float, float, float, float, float]


class SentGeometry(NamedTuple):
    """What was sent. "Sent" coordinates are (world - centre) * scale, Blender's axes (Z up)."""

    triangles: int
    centre: tuple[float, float, float]
    """World coordinates, with all the digits of float64."""
    scale: float
    """A power of two; 1.0 unless the size is one that the output format or float32 can't hold."""
    bounds: Bounds
    """Sent coordinates: lowest x, y, z, highest x, y, z."""
    points: NDArray[np.float32]
    """(256, 3) in sent coordinates: spread evenly over the surface, the same ones every time."""
    vertices: int
    anchors: NDArray[np.float32]
    """(n, 3) in sent coordinates: the vertices that `anchor_numbers` names, to find them again in the object."""
    mean: tuple[float, float, float]
    """The weighted mean of all vertices, in sent coordinates: it tells whether any of them was moved alone."""
    size: int
    """Bytes of the file."""


def export_glb(
    objects: Sequence[bpy.types.Object],
    depsgraph: bpy.types.Depsgraph,
    path: Path,
    *,
    output_format: OutputFormat,
    include_materials: bool = False,
) -> SentGeometry:
    """Write what the objects show as one model to a GLB, whose name and content tell nothing about the .blend.

    The file is there as a whole or not at all. The user's mode, selection, undo steps and data stay as they are.
    Raises InputError (hidden, no faces, coordinates that are no numbers), TooLargeError, MissingError, StoreError.
    """
    _flush_edits(objects, depsgraph)
    try:
        from ..mesh import points
        from ..mesh.surface import Frame, bounds, gather
    except ModuleNotFoundError as error:
        raise _without_numpy(error) from error

    surfaces = gather(objects, depsgraph)
    if not surfaces:
        raise _without_faces(objects)
    vertices = sum(surface.local.shape[1] * len(surface.matrices) for surface in surfaces)
    triangles = sum(len(surface.corners) * len(surface.matrices) for surface in surfaces)
    if not include_materials:
        check_upload_size(_estimate(vertices, triangles))

    low, high = bounds(surfaces)
    centre = low / 2 + high / 2
    frame = Frame(centre, _scale(math.dist(low, high), output_format))
    (x, y, z), (to_x, to_y, to_z) = frame.sent(low), frame.sent(high)
    if include_materials:
        from .materials import write_with_materials

        size = write_with_materials(objects, depsgraph, frame, path)
    else:
        head = glb_head(vertices, triangles, (x, z, 0.0 - to_y), (to_x, to_z, 0.0 - y))
        write_glb(path, head, _content(surfaces, frame, index_bytes(vertices)))
        size = glb_size(head)
    return SentGeometry(
        triangles=triangles,
        centre=(float(centre[0]), float(centre[1]), float(centre[2])),
        scale=frame.scale,
        bounds=(float(x), float(y), float(z), float(to_x), float(to_y), float(to_z)),
        points=points.sample(surfaces, frame, POINTS),
        vertices=vertices,
        anchors=frame.sent(points.vertices_at(surfaces, points.anchor_numbers(vertices)).T).T,
        mean=_mean(surfaces, frame),
        size=size,
    )


class Estimate(NamedTuple):
    """How large one model would be, before anything is written."""

    triangles: int
    size: int
    """Bytes of the file: without materials, a few digits more or less than it will have; with them, about."""
    loose: int
    """Vertices without a face, which are left out."""
    pictures: int = 0
    """Bytes of pictures, as a part of the size."""
    converted: int = 0
    """Bytes of the pictures that are guessed, because they are converted."""


def estimate(
    models: Sequence[Sequence[bpy.types.Object]], depsgraph: bpy.types.Depsgraph, *, include_materials: bool = False
) -> list[Estimate]:
    """What `export_glb` would write for each model, a list of objects. Edits that are not flushed yet don't count.

    Raises InputError (hidden, no faces) and MissingError as `export_glb` does.
    """
    try:
        from ..mesh.surface import count
    except ModuleNotFoundError as error:
        raise _without_numpy(error) from error
    counts = count({obj for objects in models for obj in objects}, depsgraph)
    found = []
    for objects in models:
        vertices, triangles, loose = (sum(counts[obj][i] for obj in objects) for i in range(3))
        if not triangles:
            raise _without_faces(objects)
        found.append(Estimate(triangles, _estimate(vertices, triangles), loose))
    if include_materials:
        from .estimate import estimate_sizes

        for number, (size, pictures) in enumerate(estimate_sizes(models, depsgraph)):
            whole = size + pictures.copied + pictures.converted
            found[number] = found[number]._replace(size=whole, pictures=whole - size, converted=pictures.converted)
    return found


def _estimate(vertices: int, triangles: int) -> int:
    """The size of the file, apart from a few digits of its bounds; never less than it will be."""
    widest = (-1.2345678901234567e-10,) * 3
    return glb_size(glb_head(vertices, triangles, widest, widest))


def _content(surfaces: Sequence[Surface], frame: Frame, index: int) -> Iterator[memoryview]:
    """The positions, Y up, then the indices, block by block."""
    import numpy as np

    for surface in surfaces:
        for world in surface.world_blocks():
            x, y, z = frame.sent(world)
            block = np.empty((*x.shape, 3), "<f4")
            block[..., 0], block[..., 1] = x, z
            np.subtract(np.float32(0), y, out=block[..., 2])
            yield block.data
    first = 0
    for surface in surfaces:
        for corners in surface.corner_blocks(first):
            yield corners.astype(f"<u{index}").data
        first += surface.local.shape[1] * len(surface.matrices)


def _mean(surfaces: Sequence[Surface], frame: Frame) -> tuple[float, float, float]:
    from ..mesh.points import weighted_mean

    x, y, z = (weighted_mean(surfaces) - frame.centre) * frame.scale
    return float(x), float(y), float(z)


def _scale(diagonal: float, output_format: OutputFormat) -> float:
    """1.0; for a diagonal that is out of range, the power of two that brings it to between 8 and 16.

    OBJ is written with six decimals (measured with Blender's exporter): from a diagonal of 1 on they are better than
    0.0001 % of it. Other formats hold float32, whose range is large enough for coordinates, but not for the squares
    and cubes that programs compute, nor for their fixed tolerances.
    """
    smallest, largest = (1.0 if output_format is OutputFormat.OBJ else 1e-4), 1e6
    if diagonal == 0 or smallest <= diagonal <= largest:
        return 1.0
    return math.ldexp(1.0, 4 - math.frexp(diagonal)[1])


def _flush_edits(objects: Sequence[bpy.types.Object], depsgraph: bpy.types.Depsgraph) -> None:
    """Bring what is being edited or sculpted into the evaluated objects; the mode stays as it is."""
    for obj in objects:
        if obj.mode == "SCULPT" and any(modifier.type == "MULTIRES" for modifier in obj.modifiers):
            # Until Sculpt Mode is left, the evaluated mesh is empty (4.2) or the base mesh (5.x).
            raise InputError(
                "“{name}” is being sculpted with Multiresolution. Leave Sculpt Mode and try again.", name=obj.name
            )
        if obj.mode == "SCULPT":
            bpy.ops.ed.flush_edits()
        obj.update_from_editmode()
    depsgraph.update()


def _without_faces(objects: Sequence[bpy.types.Object]) -> InputError:
    if len(objects) == 1:
        return InputError(
            "“{name}” has no faces to send, with its modifiers as they are. Choose an object with a surface.",
            name=objects[0].name,
        )
    return InputError(
        "The selected objects have no faces to send, with their modifiers as they are. Choose objects with a surface."
    )


def _without_numpy(error: ModuleNotFoundError) -> Exception:
    if error.name != "numpy":
        return error
    return MissingError(
        "This build of Blender has no NumPy, which the export needs. "
        "Install your system's NumPy package for Blender's Python, or use Blender from blender.org."
    )
