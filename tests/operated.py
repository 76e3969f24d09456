# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of operators share."""

from __future__ import annotations

from collections.abc import Callable

import bpy
import pytest


def add_model(name: str = "Model") -> bpy.types.Object:
    """A torus off the origin, turned, active and selected."""
    bpy.ops.mesh.primitive_torus_add(location=(3, -2, 1), rotation=(0.4, 0.2, 1.1))
    obj = bpy.context.active_object
    obj.name = name
    return obj


def fails(operator: Callable[..., object], **options: object) -> str:
    """What an operator says that can't do what is asked."""
    with pytest.raises(RuntimeError) as caught:
        operator(**options)
    text = str(caught.value)
    assert "Traceback" not in text
    return text
