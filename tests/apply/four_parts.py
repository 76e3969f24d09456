# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A model with four parts, and what is applied to it."""

from __future__ import annotations

import bpy
import numpy as np
from cut import bands, face_centres

from hitem3d_addon.apply.targets import Applied, apply_labels
from hitem3d_addon.core.choices import Target

Object = bpy.types.Object
NAMES = ["ears", "brow", "eyes", "chin"]
COLOURS = [(1.0, 0.0, 0.0, 1.0), (0.0, 1.0, 0.0, 1.0), (0.0, 0.0, 1.0, 1.0), (0.5, 0.25, 0.125, 1.0)]


def monkey() -> tuple[Object, np.ndarray]:
    """A model and a label for each of its faces."""
    bpy.ops.mesh.primitive_monkey_add()
    source = bpy.context.object
    return source, bands(face_centres(source), len(NAMES))


def apply(source: Object, labels: np.ndarray, target: Target) -> Applied:
    result = apply_labels(source, labels, NAMES, COLOURS, target)
    bpy.context.view_layer.update()
    return result
