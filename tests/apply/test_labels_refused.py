# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where no labels can be found: what the user reads."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
import pytest
from cut import mesh_object
from labelled import cut, everything, labels_of, monkey

from hitem3d_addon.core.errors import InputError


def test_a_curve_is_refused() -> None:
    bpy.ops.curve.primitive_bezier_circle_add()
    curve = bpy.context.object
    with pytest.raises(InputError, match="not a mesh"):
        labels_of(curve, [monkey()])


def test_what_is_linked_is_refused(tmp_path: Path) -> None:
    source = monkey()
    truth, parts = cut(source)
    library = str(tmp_path / "library.blend")
    bpy.data.libraries.write(library, {source})
    with bpy.data.libraries.load(library, link=True) as (_, wanted):
        wanted.objects = [source.name]
    (linked,) = wanted.objects
    bpy.context.scene.collection.objects.link(linked)
    for refused in (linked, linked.override_create()):
        with pytest.raises(InputError, match="another file"):
            labels_of(refused, parts)
    assert (labels_of(source, parts).faces == truth).all()


def test_instances_are_refused() -> None:
    source = mesh_object("Points", np.zeros((3, 3)), [])
    with pytest.raises(InputError, match="no faces of its own"):
        labels_of(source, [monkey()])


def test_parts_that_are_elsewhere_are_refused() -> None:
    source = monkey()
    _, parts = cut(source)
    for part in parts:
        part.location.x += 3
    before = everything()
    with pytest.raises(InputError, match="not where"):
        labels_of(source, parts)
    assert everything() == before


def test_parts_of_what_has_another_shape_now_are_not_to_be_imported_again() -> None:
    source = monkey()
    _, parts = cut(source)
    for vertex in source.data.vertices:
        vertex.co.z *= 5
    with pytest.raises(InputError, match="another shape") as caught:
        labels_of(source, parts)
    assert "Import" not in str(caught.value)
