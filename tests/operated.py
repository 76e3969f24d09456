# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of operators share."""

from __future__ import annotations

from collections.abc import Callable

import bpy
import pytest
from sandbox.process import Sandbox


def add_model(name: str = "Model") -> bpy.types.Object:
    """A torus off the origin, turned, active and selected."""
    bpy.ops.mesh.primitive_torus_add(location=(3, -2, 1), rotation=(0.4, 0.2, 1.1))
    obj = bpy.context.active_object
    obj.name = name
    return obj


def parts() -> list[bpy.types.Object]:
    """The parts of the torus that segmented() gives, in their order."""
    return list(bpy.data.collections["Torus parts"].objects)


@pytest.fixture
def segmented(addon: None, sandbox: Sandbox) -> bpy.types.Object:
    """A torus with UVs that was segmented and is hidden, as Segment leaves it; its parts are here and selected."""
    torus = add_model("Torus")
    sandbox.behave(seconds=0.0)
    bpy.ops.hitem3d.create_task(seg_level="HIGH")
    bpy.ops.hitem3d.import_result(wait=True, hide_source=True)
    sandbox.behave(seconds=0.2)
    bpy.context.view_layer.update()
    return torus


def fails(operator: Callable[..., object], **options: object) -> str:
    """What an operator says that can't do what is asked."""
    with pytest.raises(RuntimeError) as caught:
        operator(**options)
    text = str(caught.value)
    assert "Traceback" not in text
    return text
