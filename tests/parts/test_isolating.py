# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One part seen alone, and the next."""

from __future__ import annotations

import bpy
from imported import Import, import_monkey, select

from hitem3d_addon.parts.isolating import are_alone, find_next, isolate


def seen(imported: Import) -> list[int]:
    return [number for number, part in enumerate(imported.parts) if part.visible_get()]


def test_some_alone() -> None:
    imported = import_monkey()
    imported.part(3).hide_viewport = True
    chosen = [imported.part(3), imported.part(1)]
    isolate(bpy.context, imported.collection, chosen)
    assert seen(imported) == [1, 3] and not imported.original.visible_get()
    assert are_alone(bpy.context, imported.collection, chosen)
    assert [part.hide_render for part in imported.parts] == [True, False, True, False]
    imported.part(0).hide_set(False)
    assert not are_alone(bpy.context, imported.collection, chosen)
    assert not are_alone(bpy.context, imported.collection, imported.parts)


def test_next_goes_round() -> None:
    imported = import_monkey()
    select(imported.original)
    visited = []
    for _ in range(5):
        part = find_next(bpy.context, imported.collection)
        visited.append(imported.parts.index(part))
        select(part)
    assert visited == [0, 1, 2, 3, 0]
    assert find_next(bpy.context, imported.collection, backwards=True) == imported.part(3)


def test_backwards_from_the_original_begins_with_the_last() -> None:
    imported = import_monkey()
    select(imported.original)
    assert find_next(bpy.context, imported.collection, backwards=True) == imported.part(3)


def test_parts_that_the_view_layer_lacks_are_passed_over() -> None:
    imported = import_monkey()
    bpy.context.view_layer.layer_collection.children["Model parts"].exclude = True
    bpy.context.view_layer.update()
    assert find_next(bpy.context, imported.collection) is None
