# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done to one mesh, in a process of the pool: read it, cut it, write the parts."""

from __future__ import annotations

import hashlib
import os
import threading
from dataclasses import dataclass
from multiprocessing import connection, parent_process
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .meshes import Ints, Mesh

KEPT = 64
"""Cuts that a process keeps: the same model is cut the same way each time, and many tests send the same one."""
KEPT_TRIANGLES = 20_000


class WorkError(Exception):
    """The mesh can't be segmented; the text says why."""


@dataclass(frozen=True, slots=True)
class Job:
    """One mesh and what is to become of it."""

    mesh: str
    result: str
    seg_level: str
    geometry: str = "keep"
    merge: str = "nodes"
    zip: bool = False
    apart: bool = False
    """Each part as a file of its own."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came out; ``results`` are the paths of the files."""

    results: tuple[str, ...]
    parts: int
    triangles: int


def nothing() -> None:
    """Only starts a process of the pool, and has it load what it will need."""
    import scipy.sparse.csgraph
    import scipy.spatial  # noqa: F401

    from . import reshape, segment, writers  # noqa: F401


def end_with_parent() -> None:
    """Have this process end when the sandbox is gone, however that ended."""
    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def segment_file(job: Job) -> Done:
    """Segment one file. Raises WorkError for a mesh that can't be read or holds no triangle."""
    # The server imports this module too, and does not need NumPy.
    from . import bpy_process, meshes, reshape, writers

    try:
        mesh = meshes.read_mesh(Path(job.mesh))
        shaped = reshape.reshape(mesh, job.geometry)
        parts = meshes.split(shaped, _labels(shaped, job.seg_level))
        whole = Path(job.result)
        each = [([part], whole.with_stem(f"{whole.stem}_{number}")) for number, part in enumerate(parts)]
        files = each if job.apart else [(parts, whole)]
        paths = [writers.write_parts(some, path, job.merge, job.zip) for some, path in files]
    except (meshes.MeshError, bpy_process.BpyError) as error:
        raise WorkError(str(error)) from None
    return Done(tuple(map(str, paths)), len(parts), len(mesh.triangles))


_kept: dict[bytes, Ints] = {}


def _labels(mesh: Mesh, seg_level: str) -> Ints:
    from .segment import segment

    if len(mesh.triangles) > KEPT_TRIANGLES:
        return segment(mesh.vertices, mesh.triangles, seg_level)
    key = hashlib.sha256(b"".join((mesh.vertices.tobytes(), mesh.triangles.tobytes(), seg_level.encode()))).digest()
    if key not in _kept:
        if len(_kept) >= KEPT:
            del _kept[next(iter(_kept))]
        _kept[key] = segment(mesh.vertices, mesh.triangles, seg_level)
    return _kept[key]
