# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the importer of a Blender finds in uploads: a program for a Blender module, given their folder."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import bpy
import numpy as np

TO_Y_UP = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]])


def read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Vertices (n, 3) in the file's axes, and triangles (m, 3)."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.import_scene.gltf(filepath=str(path))
    points, corners, before = [], [], 0
    for thing in bpy.context.scene.objects:
        mesh, matrix = thing.data, np.array(thing.matrix_world)
        mesh.calc_loop_triangles()
        places = np.array([tuple(vertex.co) for vertex in mesh.vertices]) @ matrix[:3, :3].T + matrix[:3, 3]
        some = np.array([list(one.vertices) for one in mesh.loop_triangles])
        # Blender shows the faces of a mirrored object as they are in the mesh, turned over.
        corners.append((some[:, ::-1] if np.linalg.det(matrix[:3, :3]) < 0 else some) + before)
        points.append(places @ TO_Y_UP.T)
        before += len(places)
    return np.concatenate(points), np.concatenate(corners)


def main(folder: Path) -> None:
    """Write what was read of each upload beside it."""
    for file in json.loads((folder / "uploads.json").read_text()).values():
        points, corners = read(folder / file)
        name = "Blender {}.{}".format(*bpy.app.version)
        np.savez((folder / file).with_suffix(f".{name}.npz"), points=points, corners=corners)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    os._exit(0)  # the module of Blender 4.2 may crash while Python ends
